//! Who waits for whom: found out by holding one answer back at a time, and seeing which calls come later for it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::conversation::{Conversation, Question};

/// How far answers are away meanwhile.
const AWAY: Duration = Duration::from_millis(50);
/// How much longer one answer is held back.
const LATE: Duration = Duration::from_millis(300);

/// What each question waits for itself, not by way of others.
pub(crate) fn who_waits_for_whom(conversation: &Conversation) -> BTreeMap<Question, BTreeSet<Question>> {
    let usual = conversation.audit(AWAY).beginnings();
    let mut waits: BTreeMap<Question, BTreeSet<Question>> = BTreeMap::new();
    for late in usual.keys() {
        for (question, at) in conversation.audit_without_haste(AWAY, late, LATE).beginnings() {
            if at > usual[&question] + LATE / 2 {
                waits.entry(question).or_default().insert(late.clone());
            }
        }
    }
    let none = BTreeSet::new();
    let of = |question: &Question| waits.get(question).unwrap_or(&none);
    let directly = |all: &BTreeSet<Question>| {
        all.iter().filter(|one| !all.iter().any(|other| of(other).contains(one))).cloned().collect()
    };
    waits.iter().map(|(question, all)| (question.clone(), directly(all))).collect()
}
