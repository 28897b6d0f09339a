//! Whether members are kept out of every Region that is not allowed.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::{FUTURE, LOCKED, Lock, STORES, WORKLOADS};
use crate::account::Unavailable;
use crate::analysis::organization::tally::{GroupVerdict, Tally};
use crate::analysis::organization::{Coverage, MemberGroup, MemberPrincipal, ScpStatus};
use crate::iam::Exempts;
use crate::model::finding::{Finding, Subject};

/// What some actions come to in one Region.
enum InRegion {
    Denied,
    /// One is open.
    Open,
    Unknown(Unavailable),
}

impl<'m, 'a> Lock<'m, 'a> {
    pub(super) fn locked(&self, subject: &Subject) -> Finding {
        let exempted = RefCell::new(BTreeSet::new());
        let closed = self.closed();
        let tally = self.tally(|group, tally| match &closed {
            Err(why) => GroupVerdict::Unknown(why.clone()),
            Ok(closed) => self.of_group(group, closed, tally, &exempted),
        });
        LOCKED.judge(subject, || {
            let regions = self.expect.allowed_regions();
            let mut only = format!("able to work only in {}", regions.join(" and "));
            let roles: Vec<String> = exempted.borrow().iter().take(3).cloned().collect();
            if !roles.is_empty() {
                only = format!("{only} (exempt: {})", roles.join(", "));
            }
            let judged = tally.outcome(&only, self.exceptions(), || self.lock_with(&tally))?;
            Ok(self.with_near_miss(judged, &tally))
        })
    }

    fn of_group(
        &self,
        group: &MemberGroup<'m, 'a>,
        closed: &[&str],
        tally: &Tally<'m, 'a>,
        exempted: &RefCell<BTreeSet<String>>,
    ) -> GroupVerdict {
        if let Ok(ScpStatus::Off(_)) = self.map.scps.status {
            return GroupVerdict::Fail("can work in every Region (SCPs are off)".to_owned());
        }
        let mut worst = Exempts::NoOne;
        let mut ask = |actions: &[&str], region: &str| {
            let mut unknown = None;
            for action in actions {
                let coverage = group.coverage(MemberPrincipal::Any, action, "*", Some(region));
                tally.note(&coverage);
                match coverage {
                    Coverage::Open(_) => return InRegion::Open,
                    Coverage::Unknown(why) => unknown = unknown.or(Some(why)),
                    Coverage::Denied(covered) => worst = worst.clone().max(covered.exempts),
                }
            }
            unknown.map_or(InRegion::Denied, InRegion::Unknown)
        };
        let mut unknown = None;
        let mut open = |actions: &[&str], region: &str| match ask(actions, region) {
            InRegion::Open => true,
            InRegion::Denied => false,
            InRegion::Unknown(why) => {
                unknown.get_or_insert(why);
                false
            }
        };
        let future = open(&WORKLOADS, FUTURE);
        let now: Vec<&str> = closed.iter().copied().filter(|region| open(&WORKLOADS, region)).collect();
        let is_everywhere = !closed.is_empty() && now.len() == closed.len();
        if is_everywhere || future && !now.is_empty() {
            return GroupVerdict::Fail(format!("can work outside the allowed Regions ({})", first(&now)));
        }
        let stores = closed.iter().copied().chain([FUTURE]).filter(|region| open(&STORES, region)).count();
        if let Some(why) = unknown {
            return GroupVerdict::Unknown(why);
        }
        if !now.is_empty() {
            let are = if now.len() == 1 { "is" } else { "are" };
            return GroupVerdict::Warn(format!("can work elsewhere too ({} {are} open too)", first(&now)));
        }
        if future {
            return GroupVerdict::Warn("can work in Regions that AWS adds later (future Regions stay open)".to_owned());
        }
        if stores > 0 {
            return GroupVerdict::Warn("can store data outside the allowed Regions".to_owned());
        }
        match worst {
            Exempts::NoOne => GroupVerdict::Pass,
            Exempts::Named(roles) => {
                exempted.borrow_mut().extend(roles);
                GroupVerdict::Pass
            }
            Exempts::IdentityCenter(_) => {
                GroupVerdict::Warn("can work everywhere as any user of IAM Identity Center".to_owned())
            }
        }
    }
}

/// The first Regions, and how many more there are.
fn first(regions: &[&str]) -> String {
    let named: Vec<&str> = regions.iter().copied().take(3).collect();
    match regions.len().saturating_sub(3) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
