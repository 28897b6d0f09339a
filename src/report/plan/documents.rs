//! One document, one step. Each remedy is made from a document as it is, so a second command would bring back what the first took away:
//! the changes of one document become one command, and what is only better holds what is needful too.

use std::collections::HashMap;

use crate::model::remediation::{CommandLine, Edit, Remediation, Target};
use crate::report::plan::collect::StepBuilder;

/// What the steps so far make of each document.
type Written = HashMap<Target, Edit>;

/// The steps, the needful first, so that no two of one need replace the same document, and that none undoes what one before it did.
/// `region` is where commands of global services go.
pub(super) fn composed<'a>(drafts: Vec<StepBuilder<'a>>, region: &str) -> Vec<StepBuilder<'a>> {
    let mut written = Written::new();
    let mut kept: Vec<StepBuilder<'a>> = Vec::with_capacity(drafts.len());
    for mut draft in drafts {
        if draft.step.remedy.edits.is_empty() {
            kept.push(draft);
            continue;
        }
        let Some(remedy) = rewritten(&draft.step.remedy, &written, region) else {
            kept.push(for_later(draft));
            continue;
        };
        draft.step.remedy = remedy;
        written.extend(draft.step.remedy.edits.iter().map(|edit| (edit.target.clone(), edit.clone())));
        add(&mut kept, draft);
    }
    kept
}

/// The remedy with what the steps before it make of the same documents; `None` where that cannot be made one.
fn rewritten(remedy: &Remediation, written: &Written, region: &str) -> Option<Remediation> {
    let mut remedy = remedy.clone();
    let mut whole: Vec<Edit> = Vec::new();
    for edit in &remedy.edits {
        let own = whole.iter().position(|one| one.target == edit.target);
        let before = own.and_then(|at| whole.get(at)).or_else(|| written.get(&edit.target));
        let both = match before {
            Some(before) => before.and(edit, region)?,
            None => edit.clone(),
        };
        match own.and_then(|at| whole.get_mut(at)) {
            Some(one) => *one = both,
            None => whole.push(both),
        }
    }
    let mut commands: Vec<CommandLine> = Vec::new();
    for command in &remedy.commands {
        let edit = remedy.edits.iter().find(|edit| edit.line() == command);
        let both = edit.and_then(|edit| whole.iter().find(|whole| whole.target == edit.target));
        let command = both.map_or(command, Edit::line);
        if !commands.contains(command) {
            commands.push(command.clone());
        }
    }
    (remedy.commands, remedy.edits) = (commands, whole);
    Some(remedy)
}

/// Lets a step that is more needful take it, if that does all of it; else those as needful that change one of its documents become one
/// step with it.
fn add<'a>(kept: &mut Vec<StepBuilder<'a>>, draft: StepBuilder<'a>) {
    let does_all = |other: &StepBuilder<'_>| {
        let runs = |command: &CommandLine| other.step.remedy.commands.contains(command);
        other.step.need < draft.step.need && draft.step.remedy.commands.iter().all(runs)
    };
    if let Some(more_needful) = kept.iter_mut().find(|other| does_all(other)) {
        return more_needful.take_in(draft);
    }
    let changes = |edit: &Edit| draft.step.remedy.edits.iter().any(|own| own.target == edit.target);
    let shares =
        |other: &StepBuilder<'_>| other.step.need == draft.step.need && other.step.remedy.edits.iter().any(changes);
    let mut sharing = (0..kept.len()).filter(|at| kept.get(*at).is_some_and(shares)).collect::<Vec<_>>().into_iter();
    let Some(first) = sharing.next() else { return kept.push(draft) };
    // From the last, so that the places of the others stay.
    let mut joining: Vec<StepBuilder<'a>> = sharing.rev().map(|at| kept.remove(at)).collect();
    joining.reverse();
    if let Some(home) = kept.get_mut(first) {
        for other in joining.into_iter().chain([draft]) {
            home.join_documents(other);
        }
    }
}

/// Two changes of one document that contradict each other: the second is made of what the first has left, and that is told by an audit.
fn for_later(mut draft: StepBuilder<'_>) -> StepBuilder<'_> {
    let remedy = &mut draft.step.remedy;
    remedy.summary = format!(
        "Audit again after the step that changes the same document, which can't include this fix: {}",
        remedy.summary
    );
    remedy.commands.clear();
    remedy.inputs.clear();
    remedy.edits.clear();
    draft
}
