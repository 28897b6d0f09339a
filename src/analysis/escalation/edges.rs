//! The steps that lead to a state: §2.2 and §2.3 of the specification, looked for from where they lead.

use super::methods::{Class, EXISTING, MAKES_PROFILE, MFA, NEW, Place, Service, T1, T2, T3, T4, T5, T6};
use super::mode::Mode;
use super::node::Node;
use super::run::{Ask, Grant};
use super::search::{Link, Search, State, Step};
use super::services::Calls;
use super::trust::{ASSUME, Entry, is_session_of};

type Edges<'e> = Vec<(State, Step<'e>)>;
type Wanted<'w> = &'w dyn Fn(State) -> bool;

impl<'e> Search<'e> {
    /// The steps that lead to a state of a principal, from those that are wanted.
    pub(super) fn edges_into(&self, target: State, only_existing: bool, wanted: Wanted<'_>) -> Edges<'e> {
        let mut edges = Vec::new();
        let Some(node) = self.node(target.node) else { return edges };
        if node.principal.holder.is_user {
            if !only_existing {
                self.by_credential(target, node, wanted, &mut edges);
                self.enrolls(target, node, wanted, &mut edges);
            }
            return edges;
        }
        if !only_existing {
            self.by_assuming(target, node, wanted, &mut edges);
            self.by_trust(target, node, wanted, &mut edges);
        }
        if target.mode == Mode::Role {
            if !only_existing {
                self.by_provider(target, wanted, &mut edges);
                self.by_service(NEW, target, node, wanted, &mut edges);
            }
            if self.existing {
                self.by_service(EXISTING, target, node, wanted, &mut edges);
            }
        }
        edges
    }

    /// Evaluates one of each class for all of it, or each by itself.
    fn each_class(
        &self,
        actions: &[&str],
        modes: impl Fn(bool) -> &'static [Mode],
        (by_principal, by_mode): (bool, bool),
        wanted: Wanted<'_>,
        mut step: impl FnMut(&Node<'e>, Mode) -> Option<Step<'e>>,
        edges: &mut Edges<'e>,
    ) {
        let bits = self.run.index.bits(actions);
        for class in &self.classes {
            let Some(of_class) = self.node(class.first) else { continue };
            if !of_class.traits.allows.contains(&bits) {
                continue;
            }
            let mut same: Option<Option<Step<'e>>> = None;
            for mode in modes(of_class.principal.holder.is_user) {
                let open = self.open_of(class, *mode);
                let members = open.iter().map(|node| State { node: *node, mode: *mode });
                let mut wanted = members.filter(|state| wanted(*state)).peekable();
                if wanted.peek().is_none() {
                    continue;
                }
                if by_principal {
                    for state in wanted {
                        let found = self.node(state.node).and_then(|node| step(node, *mode));
                        edges.extend(found.map(|step| (state, step)));
                    }
                    continue;
                }
                let found = match &same {
                    Some(found) if !of_class.traits.by_mode && !by_mode => found.clone(),
                    _ => step(of_class, *mode),
                };
                if let Some(step) = &found {
                    edges.extend(wanted.map(|state| (state, step.clone())));
                }
                same = Some(found);
            }
        }
    }

    /// T1
    fn by_assuming(&self, target: State, role: &Node<'e>, wanted: Wanted<'_>, edges: &mut Edges<'e>) {
        let Some(Some(trust)) = self.trusts.get(target.node) else { return };
        let arn = role.principal.holder.arn;
        let assume = |node: &Node<'e>, mode: Mode| -> Option<Step<'e>> {
            let entry = Calls::of(mode).iter().find_map(|calls| self.run.assumes(node, calls.others, trust, arn))?;
            let grants = match entry {
                Entry::Named => Vec::new(),
                Entry::Allowed(grant) => vec![grant],
            };
            let unread = match &role.principal.trust {
                Some(Err(unavailable)) => Some(unavailable),
                Some(Ok(_)) | None => None,
            };
            Some(Step { method: T1, actions: vec![ASSUME], grants, unread, via: None })
        };
        let mut named: Vec<usize> = trust
            .named
            .iter()
            .filter_map(|arn| {
                let itself = self.by_arn.get(arn).copied();
                itself.or_else(|| {
                    let roles = self.by_arn.iter().filter(|_| arn.contains(":assumed-role/"));
                    roles.filter(|(role, _)| is_session_of(arn, role)).map(|(_, who)| *who).next()
                })
            })
            .collect();
        let selves: Vec<usize> = named
            .iter()
            .flat_map(|who| self.selves_of.get(who).map(Vec::as_slice).unwrap_or_default())
            .copied()
            .collect();
        named.extend(selves);
        for number in named {
            let Some(node) = self.node(number) else { continue };
            for mode in assuming(target.mode, node.principal.holder.is_user) {
                let state = State { node: number, mode: *mode };
                if wanted(state) {
                    edges.extend(assume(node, *mode).map(|step| (state, step)));
                }
            }
        }
        if trust.account {
            let by = (trust.by_principal, trust.by_mode);
            let modes = |is_user| assuming(target.mode, is_user);
            self.each_class(&[ASSUME], modes, by, wanted, assume, edges);
        }
    }

    /// T2
    fn by_trust(&self, target: State, role: &Node<'e>, wanted: Wanted<'_>, edges: &mut Edges<'e>) {
        if role.principal.is_reserved() {
            return;
        }
        let arn = role.principal.holder.arn;
        let boundary = role.boundary.and_then(|boundary| boundary.arn);
        let keys: Vec<(&'static str, Option<&str>)> =
            boundary.map(|arn| ("iam:PermissionsBoundary", Some(arn))).into_iter().collect();
        let rewrite = |node: &Node<'e>, mode: Mode| {
            let ask = Ask::new("iam:UpdateAssumeRolePolicy", arn).with(&keys);
            let grant = self.run.may(node, mode, ask)?;
            let denied = |calls: &Calls| self.run.is_denied(node, calls.others, Ask::new(ASSUME, arn));
            let actions = vec!["iam:UpdateAssumeRolePolicy", ASSUME];
            (!Calls::of(mode).iter().all(denied)).then(|| Step {
                method: T2,
                actions,
                grants: vec![grant],
                unread: None,
                via: None,
            })
        };
        let modes = |is_user| assuming(target.mode, is_user);
        self.each_class(&["iam:UpdateAssumeRolePolicy"], modes, (false, false), wanted, rewrite, edges);
    }

    /// T3, T4, T5
    fn by_credential(&self, target: State, user: &Node<'e>, wanted: Wanted<'_>, edges: &mut Edges<'e>) {
        let holder = user.principal.holder;
        let wanted = |state: State| {
            state.node != target.node && self.node(state.node).is_some_and(|node| node.who != user.who) && wanted(state)
        };
        let of = |node: &Node<'e>, mode: Mode, action: &'static str| {
            // Whoever may only manage its own credentials makes none of another user.
            if !node.traits.elsewhere.meets(&self.run.index.bits(&[action])) {
                return None;
            }
            self.run.may(node, mode, Ask::new(action, holder.arn))
        };
        let of_target = self.preconditions.of(holder.name, self.run.perhaps);
        // Somebody who needs MFA enables a device for the user beside.
        let with_mfa = |node: &Node<'e>, mode: Mode, actions: &mut Vec<&'static str>, grants: &mut Vec<Grant<'e>>| {
            if target.mode != Mode::Mfa {
                return true;
            }
            actions.push("iam:EnableMFADevice");
            let grant = of(node, mode, "iam:EnableMFADevice");
            grants.extend(grant);
            grant.is_some()
        };
        if matches!(target.mode, Mode::Key | Mode::Mfa) {
            let key = |node: &Node<'e>, mode: Mode| {
                let mut actions = vec!["iam:CreateAccessKey"];
                let mut grants = vec![of(node, mode, "iam:CreateAccessKey")?];
                let mut unread = None;
                if let Some(grant) = of(node, mode, "iam:DeleteAccessKey") {
                    if !of_target.room_for_a_key.is_surely_so() {
                        actions.insert(0, "iam:DeleteAccessKey");
                        grants.push(grant);
                    }
                } else {
                    unread = of_target.room_for_a_key.so()?;
                }
                with_mfa(node, mode, &mut actions, &mut grants).then_some(Step {
                    method: T3,
                    actions,
                    grants,
                    unread,
                    via: None,
                })
            };
            self.each_class(&["iam:CreateAccessKey"], Mode::of, (false, false), &wanted, key, edges);
        }
        if matches!(target.mode, Mode::Session | Mode::Mfa) {
            let kinds = [
                (T4, "iam:CreateLoginProfile", &of_target.no_password),
                (T5, "iam:UpdateLoginProfile", &of_target.password),
            ];
            for (method, action, precondition) in kinds {
                let password = |node: &Node<'e>, mode: Mode| {
                    let mut unread = precondition.so()?;
                    let mut actions = vec![action];
                    let mut grants = vec![of(node, mode, action)?];
                    if let Some(grant) = of(node, mode, "iam:DeactivateMFADevice") {
                        if !of_target.no_device.is_surely_so() {
                            actions.push("iam:DeactivateMFADevice");
                            grants.push(grant);
                        }
                    } else {
                        unread = of_target.no_device.so()?.or(unread);
                    }
                    with_mfa(node, mode, &mut actions, &mut grants).then_some(Step {
                        method,
                        actions,
                        grants,
                        unread,
                        via: None,
                    })
                };
                self.each_class(&[action], Mode::of, (false, false), &wanted, password, edges);
            }
        }
    }

    /// A user enrolls a device of its own, and signs in with it.
    fn enrolls(&self, target: State, user: &Node<'e>, wanted: Wanted<'_>, edges: &mut Edges<'e>) {
        if target.mode != Mode::Mfa {
            return;
        }
        let arn = user.principal.holder.arn;
        for mode in [Mode::Key, Mode::Session] {
            let state = State { node: target.node, mode };
            if !wanted(state) {
                continue;
            }
            let Some(enable) = self.run.may(user, mode, Ask::new("iam:EnableMFADevice", arn)) else { continue };
            let mut grants = vec![enable];
            let mut actions = vec!["iam:EnableMFADevice"];
            // The console also takes a security key; a key's calls can only enable a virtual device.
            if mode == Mode::Key {
                let Some(create) = self.run.makes_one(user, mode, "iam:CreateVirtualMFADevice") else { continue };
                grants.insert(0, create);
                actions.insert(0, "iam:CreateVirtualMFADevice");
            }
            edges.push((state, Step { method: MFA, actions, grants, unread: None, via: None }));
        }
    }

    /// T6
    fn by_provider(&self, target: State, wanted: Wanted<'_>, edges: &mut Edges<'e>) {
        let Some(Some(trust)) = self.trusts.get(target.node) else { return };
        if self.node(target.node).is_none_or(|role| role.principal.is_reserved()) {
            return;
        }
        for provider in trust.providers.iter().filter(|provider| trust.has_provider(provider)) {
            let replace = |node: &Node<'e>, mode: Mode| {
                let grant = self.run.may(node, mode, Ask::new("iam:UpdateSAMLProvider", provider))?;
                let (actions, via) = (vec!["iam:UpdateSAMLProvider"], Some((*provider).to_owned()));
                Some(Step { method: T6, actions, grants: vec![grant], unread: None, via })
            };
            self.each_class(&["iam:UpdateSAMLProvider"], Mode::of, (false, false), wanted, replace, edges);
        }
    }

    /// What passes the role to a service, or takes over what has it.
    fn by_service(
        &self,
        rows: &'static [Service],
        target: State,
        role: &Node<'e>,
        wanted: Wanted<'_>,
        edges: &mut Edges<'e>,
    ) {
        let Some(Some(trust)) = self.trusts.get(target.node) else { return };
        let reached = self.at(target);
        let deploys = reached.is_some_and(|reached| matches!(&reached.link, Link::Step(step, _) if step.method == T1));
        let by_itself = reached.is_some_and(|reached| reached.by_itself);
        for row in rows {
            if (row.limited && !by_itself) || (row.place == Place::Deployer && !deploys) {
                continue;
            }
            for service in row.services.iter().filter(|service| self.run.serves(trust, service)) {
                for (number, way) in row.ways.iter().enumerate() {
                    let step = |node: &Node<'e>, mode: Mode| {
                        Calls::of(mode)
                            .iter()
                            .find_map(|calls| self.through(row, (number, way), service, role, node, *calls))
                    };
                    self.each_class(way, Mode::of, (false, false), wanted, step, edges);
                }
            }
        }
    }

    fn through(
        &self,
        row: &'static Service,
        (number, way): (usize, &'static [&'static str]),
        service: &'static str,
        role: &Node<'e>,
        node: &Node<'e>,
        calls: Calls,
    ) -> Option<Step<'e>> {
        let is_new = row.method.class == Class::Pass;
        let of_node = (std::ptr::from_ref(node).addr(), usize::from(row.method.order) * 16 + number, calls);
        let done = |make: &dyn Fn() -> Option<Vec<Grant<'e>>>, key| {
            if let Some(known) = self.ways.borrow().get(&key) {
                return known.clone();
            }
            let made = make();
            self.ways.borrow_mut().insert(key, made.clone());
            made
        };
        let passes = is_new || way.contains(&"iam:PassRole");
        let grants = done(
            &|| if is_new { self.run.makes(node, calls, way) } else { self.run.takes_over(node, calls, way) },
            of_node,
        )?;
        let arn = role.principal.holder.arn;
        let pass = if passes { Some(self.run.passes(node, calls, arn, service)?) } else { None };
        let profile = || {
            let key = (of_node.0, 15, calls);
            done(&|| self.run.makes(node, calls, &MAKES_PROFILE), key).is_some()
        };
        if !self.run.fits(row, service, role, profile) {
            return None;
        }
        let mut actions: Vec<&'static str> = way.iter().copied().filter(|action| *action != "iam:PassRole").collect();
        if passes {
            actions.insert(0, "iam:PassRole");
        }
        let grants = pass.into_iter().chain(grants).collect();
        Some(Step { method: row.method, actions, grants, unread: None, via: Some(format!("{service}.amazonaws.com")) })
    }
}

/// The modes in which a role is assumed so that its session is of this mode.
fn assuming(session: Mode, is_user: bool) -> &'static [Mode] {
    match (session, is_user) {
        (Mode::RoleMfa, true) => &[Mode::Mfa],
        (Mode::RoleMfa, false) => &[Mode::RoleMfa],
        (_, true) => &[Mode::Key, Mode::Session],
        (_, false) => &[Mode::Role],
    }
}
