//! What must hold of any account: section 7.2 of the specification.

use proptest::prelude::*;

use super::states::concluded;
use super::worlds::{Dice, Entity, World, line};
use crate::judgement::escalation::verdict::{Conclusions, Verdict, Way};

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

proptest! {
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
