//! What must hold of any account: section 7.2 of the specification.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use super::states::concluded;
use super::worlds::{Dice, Entity, Line, World, line};
use crate::analysis::escalation::path::{Hop, Path};
use crate::analysis::escalation::verdict::{Conclusions, Verdict, Way};

/// How bad a user's ways are; unknown is told apart.
fn rank(conclusions: &Conclusions, user: &str) -> Option<u8> {
    match conclusions.users.get(user) {
        None => Some(0),
        Some(Verdict::Existing(_)) => Some(1),
        Some(Verdict::Guarded(_) | Verdict::Idle(_)) => Some(2),
        Some(Verdict::Open(_)) => Some(3),
        Some(Verdict::Unknown(_)) => None,
    }
}

fn sure_roles(conclusions: &Conclusions) -> Vec<&String> {
    let sure = conclusions.roles.iter().filter(|(_, way)| matches!(way, Way::Surely(_)));
    sure.map(|(arn, _)| arn).collect()
}

/// After the change no user's ways are worse, and no more roles lead to an administrator.
fn assert_no_worse(before: &World, after: &World) -> Result<(), TestCaseError> {
    let (was, is) = (concluded(before.facts()), concluded(after.facts()));
    for number in 0..before.users.len() {
        let name = before.user(number);
        prop_assert!(
            rank(&is, &name) <= rank(&was, &name),
            "{name}: {:?}, then {:?}\n{before:#?}",
            was.users.get(&name),
            is.users.get(&name)
        );
    }
    let were = sure_roles(&was);
    prop_assert!(sure_roles(&is).iter().all(|arn| were.contains(arn)), "{before:#?}");
    Ok(())
}

fn entities(world: &mut World) -> impl Iterator<Item = &mut Entity> {
    world.users.iter_mut().chain(&mut world.roles).chain(&mut world.groups)
}

/// Removes one Allow, one attachment or membership that only allows, or one trust.
fn without_something_allowed(world: &World, dice: &mut Dice) -> World {
    let mut less = world.clone();
    let only_allows: Vec<bool> =
        world.policies.iter().map(|policy| policy.lines.iter().all(|line| line.allow)).collect();
    let group_only_allows: Vec<bool> = world
        .groups
        .iter()
        .map(|group| group.lines.iter().all(|line| line.allow) && group.policies.iter().all(|p| only_allows[*p]))
        .collect();
    let chosen = dice.roll(10);
    let kind = dice.roll(4);
    let place = dice.roll(3);
    if kind == 3 {
        let policy = &mut less.policies[chosen % 4].lines;
        if policy.get(place).is_some_and(|line| line.allow) {
            policy.remove(place);
        }
        return less;
    }
    if let Some(entity) = entities(&mut less).nth(chosen) {
        match kind {
            0 if entity.lines.get(place).is_some_and(|line| line.allow) => {
                entity.lines.remove(place);
            }
            1 => {
                entity.policies.retain(|policy| !only_allows[*policy]);
                entity.groups.retain(|group| !group_only_allows[*group]);
            }
            _ if place < entity.trusts.len() => {
                entity.trusts.remove(place);
            }
            _ => entity.is_administrator = false,
        }
    }
    less
}

/// Adds one Deny.
fn with_a_deny(world: &World, dice: &mut Dice) -> World {
    let mut more = world.clone();
    let mut deny = line(dice, 100);
    deny.allow = false;
    match dice.roll(3) {
        0 => more.policies[dice.roll(4)].lines.push(deny),
        1 => {
            let number = dice.roll(4);
            let whom = format!(r#"{{"AWS":"arn:aws:iam::111122223333:user/@u{number}"}}"#);
            more.roles[dice.roll(4)].shuts_out.push(whom);
        }
        _ => {
            let chosen = dice.roll(10);
            if let Some(entity) = entities(&mut more).nth(chosen) {
                entity.lines.push(deny);
            }
        }
    }
    more
}

/// Whether a pattern with `*` takes a text: written anew, so that it shares nothing with the policy language.
fn takes(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, behind)) => text
            .strip_prefix(before)
            .is_some_and(|rest| (0..=rest.len()).any(|at| rest.get(at..).is_some_and(|rest| takes(behind, rest)))),
    }
}

/// The statements that a user or a role has, and whether it has AdministratorAccess.
fn of_principal<'w>(world: &'w World, arn: &str) -> (Vec<&'w Line>, bool, &'w Entity) {
    let name = arn.rsplit('/').next().unwrap();
    let number: usize = name.get(1..).unwrap().parse().unwrap();
    let entity = if name.starts_with('u') { &world.users[number] } else { &world.roles[number] };
    let groups: Vec<&Entity> = entity.groups.iter().map(|group| &world.groups[*group]).collect();
    let all: Vec<&Entity> = groups.into_iter().chain([entity]).collect();
    let policies = all.iter().flat_map(|entity| &entity.policies).flat_map(|policy| &world.policies[*policy].lines);
    let lines = all.iter().flat_map(|entity| &entity.lines).chain(policies).collect();
    (lines, all.iter().any(|entity| entity.is_administrator), entity)
}

/// The first step of a path that an evaluator of its own does not allow.
fn refused(world: &World, path: &Path) -> Option<String> {
    for (at, hop) in path.hops.iter().enumerate() {
        // Who has joined a group may what the group may, whoever added it.
        let is_changed = |earlier: &Hop| {
            earlier.method == "I4"
                || (earlier.method.starts_with('I') && (earlier.from == hop.from || earlier.to == hop.from))
        };
        if path.hops[..at].iter().any(is_changed) {
            continue;
        }
        let (lines, is_administrator, _) = of_principal(world, &hop.from);
        let name = hop.from.rsplit('/').next().unwrap();
        let fits = |line: &Line, action: &str, on: Option<&str>| {
            let resource = line.resource.replace('@', "").replace("${aws:username}", name);
            line.actions.iter().any(|pattern| takes(&pattern.to_lowercase(), &action.to_lowercase()))
                && on.is_none_or(|on| takes(&resource, on))
        };
        if hop.method == "T1" {
            let (_, _, role) = of_principal(world, &hop.to);
            let whom = if hop.policy.is_some() { "arn:aws:iam::111122223333:root" } else { &hop.from };
            let trusts = role.trusts.iter().any(|(named, _)| named.replace('@', "").contains(&format!("\"{whom}\"")));
            if !trusts {
                return Some(format!("{} does not trust {whom}", hop.to));
            }
            if hop.policy.is_none() {
                continue;
            }
        }
        for action in &hop.actions {
            let on = match (hop.method, *action) {
                ("T2", "sts:AssumeRole") => continue,
                ("MFA" | "I10" | "I11", _) => None,
                (method, "iam:PassRole") if !method.starts_with('E') => Some(hop.to.as_str()),
                (method, _) if method.starts_with(['N', 'E']) => None,
                _ if !hop.to.starts_with("arn:") || hop.to.ends_with("/*") => None,
                _ => Some(hop.to.as_str()),
            };
            let allowed = is_administrator || lines.iter().any(|line| line.allow && fits(line, action, on));
            let denied = lines.iter().any(|line| {
                !line.allow
                    && line.condition.is_empty()
                    && fits(line, action, on)
                    && (on.is_some() || line.resource == "*")
            });
            if !allowed || denied {
                return Some(format!("{} may not {action} on {on:?}", hop.from));
            }
        }
    }
    None
}

proptest! {
    // The same worlds on every machine; `PROPTEST_CASES` makes more of them.
    #![proptest_config(ProptestConfig { rng_seed: RngSeed::Fixed(11), ..ProptestConfig::default() })]

    #[test]
    fn every_told_path_replays(seed in any::<u64>()) {
        let world = World::random(seed);
        let conclusions = concluded(world.facts());
        for verdict in conclusions.users.values() {
            let (Verdict::Guarded(path) | Verdict::Open(path) | Verdict::Idle(path) | Verdict::Existing(path)) = verdict
            else {
                continue;
            };
            prop_assert_eq!(refused(&world, path), None, "{} {:#?}", path.chain(), world);
        }
    }

    #[test]
    fn taking_an_allow_away_adds_no_path(seed in any::<u64>()) {
        let world = World::random(seed);
        let less = without_something_allowed(&world, &mut Dice::new(seed ^ 1));
        assert_no_worse(&world, &less)?;
    }

    #[test]
    fn adding_a_deny_or_boundary_adds_no_path(seed in any::<u64>()) {
        let world = World::random(seed);
        let mut dice = Dice::new(seed ^ 2);
        let mut more = with_a_deny(&world, &mut dice);
        if dice.roll(3) == 0 {
            let (chosen, policy) = (dice.roll(8), dice.roll(4));
            let bounded = more.users.iter_mut().chain(&mut more.roles).nth(chosen).unwrap();
            bounded.boundary = bounded.boundary.or(Some(policy));
        }
        assert_no_worse(&world, &more)?;
    }

    #[test]
    fn unread_policy_leaves_statuses_or_makes_them_unknown(seed in any::<u64>()) {
        let world = World::random(seed);
        let mut unread = world.clone();
        unread.policies[Dice::new(seed ^ 3).roll(4)].is_readable = false;
        let (was, is) = (concluded(world.facts()), concluded(unread.facts()));
        for number in 0..world.users.len() {
            let name = world.user(number);
            let (before, after) = (was.users.get(&name), is.users.get(&name));
            let same = rank(&was, &name) == rank(&is, &name);
            let device = world.users[number].device;
            prop_assert!(same || rank(&is, &name).is_none() || device, "{name}: {before:?}, then {after:?}\n{world:#?}");
        }
    }

    #[test]
    fn names_and_order_change_no_status(seed in any::<u64>()) {
        let world = World::random(seed);
        let other = World { prefix: "zz", is_reversed: true, ..world.clone() };
        let (was, is) = (concluded(world.facts()), concluded(other.facts()));
        for number in 0..world.users.len() {
            prop_assert_eq!(rank(&was, &world.user(number)), rank(&is, &other.user(number)), "{} {:#?}", number, world);
        }
        prop_assert_eq!(sure_roles(&was).len(), sure_roles(&is).len());
    }

    #[test]
    fn an_mfa_device_worsens_nothing(seed in any::<u64>()) {
        let world = World::random(seed);
        let mut guarded = world.clone();
        let chosen = Dice::new(seed ^ 4).roll(4);
        guarded.users[chosen].device = true;
        let (was, is) = (concluded(world.facts()), concluded(guarded.facts()));
        for number in 0..world.users.len() {
            let name = world.user(number);
            let fails = |conclusions: &Conclusions| matches!(conclusions.users.get(&name), Some(Verdict::Open(_)));
            prop_assert!(fails(&was) || !fails(&is), "{name} {world:#?}");
        }
    }

    #[test]
    fn what_surely_leads_perhaps_leads(seed in any::<u64>()) {
        let mut world = World::random(seed);
        let read = concluded(world.facts());
        world.policies[Dice::new(seed ^ 5).roll(4)].is_readable = false;
        let unread = concluded(world.facts());
        // Whoever surely leads to an administrator with a policy unread does so once it is read, whatever it says.
        let sure = |conclusions: &Conclusions, arn: &str| {
            let ways = conclusions.reaching_users.get(arn).or_else(|| conclusions.roles.get(arn));
            matches!(ways, Some(Way::Surely(_)))
        };
        for arn in unread.reaching_users.keys().chain(unread.roles.keys()) {
            prop_assert!(!sure(&unread, arn) || sure(&read, arn), "{arn} {world:#?}");
        }
    }
}
