//! Which management events a trail's selectors record, all selectors taken together.
//! <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html>

use std::collections::BTreeSet;

use crate::account::facts::{AdvancedSelector, BasicSelector, EventSelectors, FieldSelector};

/// The two sources whose events CloudTrail lets one leave out for their volume.
const HIGH_VOLUME: [&str; 2] = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];

/// What a trail's selectors leave out of all management events, read and write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Coverage {
    /// Nothing.
    Complete,
    /// Events of these high-volume sources only.
    ButHighVolume(BTreeSet<String>),
    /// What it names.
    Gap(String),
    /// A selector says too little of itself to tell.
    Open(&'static str),
}

/// A kind of events: by source (`None`: every source that no selector names), and read-only or not.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Kind {
    source: Option<String>,
    read_only: bool,
}

/// What one selector records: which sources, and which halves of their events.
struct Recorded {
    sources: Sources,
    reads: bool,
    writes: bool,
}

enum Sources {
    AllBut(BTreeSet<String>),
    Only(BTreeSet<String>),
}

impl Recorded {
    fn has(&self, kind: &Kind) -> bool {
        let half = if kind.read_only { self.reads } else { self.writes };
        half && match (&self.sources, &kind.source) {
            (Sources::AllBut(excluded), Some(source)) => !excluded.contains(source),
            (Sources::AllBut(_), None) => true,
            (Sources::Only(only), Some(source)) => only.contains(source),
            (Sources::Only(_), None) => false,
        }
    }
}

pub(super) fn coverage(selectors: &EventSelectors) -> Coverage {
    if selectors.basic.is_empty() && selectors.advanced.is_empty() {
        return Coverage::Open("The trail's event selectors weren't returned");
    }
    let advanced = || selectors.advanced.iter().filter_map(advanced);
    let sure: Vec<Recorded> = selectors.basic.iter().filter_map(basic).chain(advanced()).collect();
    let at_most: Vec<Recorded> =
        selectors.basic.iter().filter_map(|selector| basic(&at_most(selector))).chain(advanced()).collect();
    let (sure, at_most) = (recording(selectors, &sure), recording(selectors, &at_most));
    if sure == at_most || matches!(at_most, Coverage::Gap(_)) {
        return at_most;
    }
    Coverage::Open("An event selector doesn't say which management events it logs")
}

/// What these leave out.
fn recording(selectors: &EventSelectors, all: &[Recorded]) -> Coverage {
    let missing: Vec<Kind> =
        kinds(selectors).into_iter().filter(|kind| !all.iter().any(|recorded| recorded.has(kind))).collect();
    if missing.is_empty() {
        return Coverage::Complete;
    }
    let is_high_volume = |kind: &Kind| kind.source.as_deref().is_some_and(|source| HIGH_VOLUME.contains(&source));
    if missing.iter().all(is_high_volume) {
        return Coverage::ButHighVolume(missing.into_iter().filter_map(|kind| kind.source).collect());
    }
    Coverage::Gap(gap(&missing))
}

/// A basic selector that does not say what it records, as one that records the most that it can.
fn at_most(selector: &BasicSelector) -> BasicSelector {
    let is_half = matches!(selector.read_write_type.as_deref(), Some("ReadOnly" | "WriteOnly"));
    let read_write_type = if is_half { selector.read_write_type.clone() } else { Some("All".to_owned()) };
    let include_management_events = selector.include_management_events.or(Some(true));
    BasicSelector { include_management_events, read_write_type, ..selector.clone() }
}

/// The kinds of events that the selectors tell apart.
fn kinds(selectors: &EventSelectors) -> BTreeSet<Kind> {
    let mut sources: BTreeSet<Option<String>> = HIGH_VOLUME.iter().map(|source| Some((*source).to_owned())).collect();
    sources.insert(None);
    for selector in &selectors.basic {
        sources.extend(selector.excluded_sources.iter().cloned().map(Some));
    }
    for field in selectors.advanced.iter().flat_map(|selector| &selector.fields) {
        if field.field == "eventSource" {
            sources.extend(field.equals.iter().chain(&field.not_equals).cloned().map(Some));
        }
    }
    let halves = |source: Option<String>| [true, false].map(|read_only| Kind { source: source.clone(), read_only });
    sources.into_iter().flat_map(halves).collect()
}

/// What a basic selector records; `None` where it does not say.
fn basic(selector: &BasicSelector) -> Option<Recorded> {
    let excluded = selector.excluded_sources.iter().cloned().collect();
    let (reads, writes) = match (selector.include_management_events?, selector.read_write_type.as_deref()) {
        (false, _) => (false, false),
        (true, Some("All")) => (true, true),
        (true, Some("ReadOnly")) => (true, false),
        (true, Some("WriteOnly")) => (false, true),
        (true, _) => return None,
    };
    Some(Recorded { sources: Sources::AllBut(excluded), reads, writes })
}

/// What an advanced selector surely records of management events. A field, an operator or a value that is not known
/// narrows it in a way that is not known either: nothing is sure.
fn advanced(selector: &AdvancedSelector) -> Option<Recorded> {
    let mut recorded = Recorded { sources: Sources::AllBut(BTreeSet::new()), reads: true, writes: true };
    let mut is_management = false;
    for field in &selector.fields {
        if has_other_operators(field) {
            return None;
        }
        match (field.field.as_str(), field.equals.as_slice(), field.not_equals.as_slice()) {
            ("eventCategory", [category], []) if category == "Management" => is_management = true,
            ("readOnly", values @ [_, ..], []) => {
                recorded.reads &= values.iter().any(|value| value == "true");
                recorded.writes &= values.iter().any(|value| value == "false");
            }
            ("eventSource", only @ [_, ..], []) => recorded.sources = recorded.sources.held_to(only),
            ("eventSource", [], excluded @ [_, ..]) => recorded.sources = recorded.sources.without(excluded),
            _ => return None,
        }
    }
    is_management.then_some(recorded)
}

impl Sources {
    fn held_to(self, only: &[String]) -> Sources {
        let only = only.iter().cloned();
        Sources::Only(match self {
            Sources::AllBut(excluded) => only.filter(|source| !excluded.contains(source)).collect(),
            Sources::Only(before) => only.filter(|source| before.contains(source)).collect(),
        })
    }

    fn without(self, excluded: &[String]) -> Sources {
        match self {
            Sources::AllBut(before) => Sources::AllBut(before.into_iter().chain(excluded.iter().cloned()).collect()),
            Sources::Only(before) => {
                Sources::Only(before.into_iter().filter(|source| !excluded.contains(source)).collect())
            }
        }
    }
}

fn has_other_operators(field: &FieldSelector) -> bool {
    [&field.starts_with, &field.not_starts_with, &field.ends_with, &field.not_ends_with]
        .iter()
        .any(|values| !values.is_empty())
}

fn gap(missing: &[Kind]) -> String {
    let unnamed = |read_only| missing.contains(&Kind { source: None, read_only });
    match (unnamed(true), unnamed(false)) {
        (true, true) => "management events".to_owned(),
        (true, false) => "management events that read".to_owned(),
        (false, true) => "management events that write".to_owned(),
        (false, false) => {
            let sources: BTreeSet<&str> = missing.iter().filter_map(|kind| kind.source.as_deref()).collect();
            format!("management events of {}", sources.into_iter().collect::<Vec<_>>().join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_basic(include: bool, read_write: &str, excluded: &[&str]) -> BasicSelector {
        BasicSelector {
            include_management_events: Some(include),
            read_write_type: Some(read_write.to_owned()),
            excluded_sources: excluded.iter().map(|source| (*source).to_owned()).collect(),
        }
    }

    fn field(name: &str, equals: &[&str], not_equals: &[&str]) -> FieldSelector {
        let owned = |values: &[&str]| values.iter().map(|value| (*value).to_owned()).collect();
        FieldSelector {
            field: name.to_owned(),
            equals: owned(equals),
            not_equals: owned(not_equals),
            ..FieldSelector::default()
        }
    }

    fn management(fields: &[FieldSelector]) -> AdvancedSelector {
        let mut all = vec![field("eventCategory", &["Management"], &[])];
        all.extend_from_slice(fields);
        AdvancedSelector { name: None, fields: all }
    }

    fn of_basic(basic: Vec<BasicSelector>) -> Coverage {
        coverage(&EventSelectors { basic, advanced: vec![] })
    }

    fn of_advanced(advanced: Vec<AdvancedSelector>) -> Coverage {
        coverage(&EventSelectors { basic: vec![], advanced })
    }

    fn high_volume(sources: &[&str]) -> Coverage {
        Coverage::ButHighVolume(sources.iter().map(|source| (*source).to_owned()).collect())
    }

    fn is_gap(coverage: &Coverage) -> bool {
        matches!(coverage, Coverage::Gap(_))
    }

    #[test]
    fn one_basic_selector_of_all_management_events_is_complete() {
        assert_eq!(of_basic(vec![is_basic(true, "All", &[])]), Coverage::Complete);
    }

    #[test]
    fn two_halves_count_together() {
        let halves = vec![is_basic(true, "ReadOnly", &[]), is_basic(true, "WriteOnly", &[])];
        assert_eq!(of_basic(halves), Coverage::Complete);
        let halves =
            vec![management(&[field("readOnly", &["true"], &[])]), management(&[field("readOnly", &["false"], &[])])];
        assert_eq!(of_advanced(halves), Coverage::Complete);
    }

    #[test]
    fn one_half_alone_is_a_gap_that_is_named() {
        let gap = Coverage::Gap("management events that read".to_owned());
        assert_eq!(of_basic(vec![is_basic(true, "WriteOnly", &[])]), gap);
        assert_eq!(of_advanced(vec![management(&[field("readOnly", &["false"], &[])])]), gap);
        let gap = Coverage::Gap("management events that write".to_owned());
        assert_eq!(of_basic(vec![is_basic(true, "ReadOnly", &[])]), gap);
        assert_eq!(of_advanced(vec![management(&[field("readOnly", &["true"], &[])])]), gap);
    }

    #[test]
    fn selectors_of_data_events_only_record_no_management_event() {
        assert!(is_gap(&of_basic(vec![is_basic(false, "All", &[])])));
        let data = AdvancedSelector { name: None, fields: vec![field("eventCategory", &["Data"], &[])] };
        assert!(is_gap(&of_advanced(vec![data])));
    }

    #[test]
    fn excluded_high_volume_source_is_found_in_both_selector_kinds() {
        let kms = "kms.amazonaws.com";
        assert_eq!(of_basic(vec![is_basic(true, "All", &[kms])]), high_volume(&[kms]));
        assert_eq!(of_advanced(vec![management(&[field("eventSource", &[], &[kms])])]), high_volume(&[kms]));
        let both = ["kms.amazonaws.com", "rdsdata.amazonaws.com"];
        assert_eq!(of_basic(vec![is_basic(true, "All", &both)]), high_volume(&both));
    }

    #[test]
    fn what_one_selector_excludes_another_may_cover() {
        let kms = "kms.amazonaws.com";
        let complete = vec![is_basic(true, "All", &[kms]), is_basic(true, "All", &[])];
        assert_eq!(of_basic(complete), Coverage::Complete);
        let complete =
            vec![management(&[field("eventSource", &[], &[kms])]), management(&[field("eventSource", &[kms], &[])])];
        assert_eq!(of_advanced(complete), Coverage::Complete);
        let half = vec![is_basic(true, "All", &[kms]), is_basic(true, "ReadOnly", &[])];
        assert_eq!(of_basic(half), high_volume(&[kms]));
    }

    #[test]
    fn any_other_source_field_or_operator_is_a_gap() {
        assert!(is_gap(&of_basic(vec![is_basic(true, "All", &["iam.amazonaws.com"])])));
        assert!(is_gap(&of_advanced(vec![management(&[field("eventSource", &["iam.amazonaws.com"], &[])])])));
        assert!(is_gap(&of_advanced(vec![management(&[field("eventSource", &[], &["iam.amazonaws.com"])])])));
        assert!(is_gap(&of_advanced(vec![management(&[field("eventName", &[], &["AssumeRole"])])])));
        assert!(is_gap(&of_advanced(vec![management(&[field("readOnly", &[], &["true"])])])));
        let mut starts = field("eventSource", &[], &[]);
        starts.starts_with.push("s3".to_owned());
        assert!(is_gap(&of_advanced(vec![management(&[starts])])));
    }

    /// What such a field records is not known, so its other operators prove nothing.
    #[test]
    fn unknown_operator_spoils_its_selector() {
        for category in ["Management", "Data"] {
            let mut mixed = field("eventCategory", &[category], &[]);
            mixed.not_ends_with.push("ment".to_owned());
            assert!(is_gap(&of_advanced(vec![AdvancedSelector { name: None, fields: vec![mixed] }])), "{category}");
        }
    }

    #[test]
    fn what_a_selector_names_and_also_excludes_it_does_not_record() {
        let kms = "kms.amazonaws.com";
        let but_kms = management(&[field("eventSource", &[], &[kms])]);
        let named =
            |excluded: &str| management(&[field("eventSource", &[kms], &[]), field("eventSource", &[], &[excluded])]);
        assert_eq!(of_advanced(vec![but_kms.clone(), named(kms)]), high_volume(&[kms]));
        assert_eq!(of_advanced(vec![but_kms, named("rdsdata.amazonaws.com")]), Coverage::Complete);
    }

    #[test]
    fn fields_of_one_selector_must_all_fit() {
        let narrowed = management(&[field("readOnly", &["true"], &[]), field("readOnly", &["false"], &[])]);
        assert!(is_gap(&of_advanced(vec![narrowed])));
    }

    #[test]
    fn no_selectors_in_the_answer_leave_it_open() {
        assert!(matches!(of_basic(vec![]), Coverage::Open(_)));
    }

    #[test]
    fn incomplete_selector_is_unknown_unless_others_suffice() {
        let silent = BasicSelector { include_management_events: None, ..is_basic(true, "All", &[]) };
        assert!(matches!(of_basic(vec![silent.clone()]), Coverage::Open(_)));
        assert_eq!(of_basic(vec![silent, is_basic(true, "All", &[])]), Coverage::Complete);
        let silent = BasicSelector { read_write_type: None, ..is_basic(true, "All", &[]) };
        assert!(matches!(of_basic(vec![silent]), Coverage::Open(_)));
    }

    #[test]
    fn a_silent_selector_hides_no_sure_gap() {
        let silent =
            |kind, excluded| BasicSelector { include_management_events: None, ..is_basic(true, kind, excluded) };
        assert!(is_gap(&of_basic(vec![silent("WriteOnly", &[])])));
        assert!(is_gap(&of_basic(vec![silent("All", &["iam.amazonaws.com"])])));
        assert!(matches!(of_basic(vec![silent("All", &["kms.amazonaws.com"])]), Coverage::Open(_)));
        assert!(matches!(of_basic(vec![silent("ReadOnly", &[]), is_basic(true, "WriteOnly", &[])]), Coverage::Open(_)));
        let untyped = |excluded| BasicSelector { read_write_type: None, ..is_basic(true, "All", excluded) };
        assert!(is_gap(&of_basic(vec![untyped(&["sts.amazonaws.com"])])));
        let kms = "kms.amazonaws.com";
        let both = vec![is_basic(true, "All", &[kms]), untyped(&[kms])];
        assert_eq!(of_basic(both), high_volume(&[kms]), "warns either way");
    }
}
