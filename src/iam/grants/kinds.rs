//! One resource for each kind that a policy tells apart.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::caller::{FILLER, filled};
use crate::iam::{
    Choice, Context, Document, Version, has_variables, matches_resource, overlaps_resource, resource_within,
};

/// The kinds within a resource, or within the beginning of resources with a `*` behind it.
pub(super) struct Kinds {
    /// Those that are the same for every request.
    fixed: BTreeSet<String>,
    /// Patterns with variables: what they take differs by the request.
    varying: Vec<(Version, String)>,
    resource: String,
}

impl Kinds {
    pub(super) fn of(policy: &Document, resource: &str) -> Kinds {
        let mut kinds = Kinds { fixed: BTreeSet::new(), varying: Vec::new(), resource: resource.to_owned() };
        if !resource.ends_with('*') {
            kinds.fixed.insert(resource.to_owned());
            return kinds;
        }
        let mut fixed = BTreeSet::from([filled(resource)]);
        for statement in &policy.statements {
            let Some(Choice::Only(patterns) | Choice::AllBut(patterns)) = &statement.resources else { continue };
            for pattern in patterns {
                if has_variables(pattern, statement.version) {
                    kinds.varying.push((statement.version, pattern.clone()));
                } else {
                    fixed.extend(kinds.examples(pattern));
                }
            }
        }
        kinds.varying.sort_unstable_by(|(_, one), (_, other)| one.cmp(other));
        kinds.varying.dedup();
        kinds.fixed = fixed;
        kinds
    }

    /// Whether they differ by the request.
    pub(super) fn vary(&self) -> bool {
        !self.varying.is_empty()
    }

    /// The kinds in this context. A variable that it leaves open has whatever value the requester chooses.
    pub(super) fn within(&self, context: &Context) -> Cow<'_, BTreeSet<String>> {
        if self.varying.is_empty() {
            return Cow::Borrowed(&self.fixed);
        }
        let patterns = self.varying.iter().filter_map(|(version, text)| resource_within(text, *version, context));
        let examples = patterns.flat_map(|pattern| self.examples(&pattern));
        Cow::Owned(self.fixed.iter().cloned().chain(examples).collect())
    }

    fn examples(&self, pattern: &str) -> Vec<String> {
        let Some(beginning) = self.resource.strip_suffix('*') else { return Vec::new() };
        if !overlaps_resource(pattern, &self.resource) {
            return Vec::new();
        }
        let mut examples = continuations(pattern, beginning);
        examples.retain(|kind| kind != beginning && matches_resource(&self.resource, kind));
        examples
    }
}

/// Resources with this beginning that the pattern takes, be the beginning taken by plain characters or by wildcards.
fn continuations(pattern: &str, beginning: &str) -> Vec<String> {
    let is_plain = pattern.find(['*', '?']).is_none_or(|at| at >= beginning.len());
    let ends = pattern.char_indices().map(|(at, character)| at + character.len_utf8());
    let ends = ends.filter(|at| !is_plain || *at == beginning.len());
    ends.filter_map(|at| pattern.split_at_checked(at))
        .filter(|(taken, _)| matches_resource(taken, beginning))
        .flat_map(|(taken, rest)| {
            let run_on = if taken.ends_with('*') { FILLER } else { "" };
            let (filled, shortest) = (filled(rest), filled(&rest.replace('*', "")));
            [format!("{beginning}{run_on}{filled}"), format!("{beginning}{filled}"), format!("{beginning}{shortest}")]
        })
        .filter(|resource| matches_resource(pattern, resource))
        .collect()
}
