//! What we could not see is never a pass: facts are taken out of every fixture, and nothing may get better, or worse, for that.

use std::collections::BTreeSet;
use std::fs;
use std::sync::LazyLock;

use futures_util::FutureExt;
use serde_json::{Map, Value};
use stagecheck::account::Account;
use stagecheck::account::facts::Facts;
use stagecheck::account::operation::{Operation, Purpose};
use stagecheck::checks::SINGLE_ACCOUNT;
use stagecheck::model::check::Check;
use stagecheck::model::finding::Finding;
use stagecheck::model::status::Status::{self, Pass, Unknown, Warn};
use stagecheck::report::snapshot;

use crate::stories::STORIES;

/// Where a fact is in a snapshot's `facts`: its field, and its key where the field holds several.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Place {
    field: String,
    key: Option<String>,
}

/// A fixture, parsed once.
struct Fixture {
    name: &'static str,
    recorded: snapshot::Recorded,
    facts: Map<String, Value>,
    places: Vec<Place>,
}

static FIXTURES: LazyLock<Vec<Fixture>> =
    LazyLock::new(|| STORIES.iter().map(|story| Fixture::read(story.name)).collect());

impl Fixture {
    fn read(name: &'static str) -> Self {
        let file = crate::stories::fixtures().join(format!("{name}.json"));
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let whole: Value = serde_json::from_str(&text).unwrap();
        let facts = whole["facts"].as_object().unwrap().clone();
        let place = |field: &str, key: Option<&str>| Place { field: field.to_owned(), key: key.map(str::to_owned) };
        let places = facts
            .iter()
            .flat_map(|(field, value)| match value {
                // Nobody asked.
                Value::Null => Vec::new(),
                Value::Object(slot) if slot.contains_key("call") => vec![place(field, None)],
                Value::Object(slots) => slots.keys().map(|key| place(field, Some(key))).collect(),
                other => panic!("{name}: {field} is {other}"),
            })
            .collect();
        Fixture { name, recorded: snapshot::read(&text).unwrap(), facts, places }
    }

    fn slot(&self, place: &Place) -> &Value {
        let field = &self.facts[&place.field];
        place.key.as_ref().map_or(field, |key| &field[key])
    }

    fn operation(&self, place: &Place) -> Operation {
        serde_json::from_value(self.slot(place)["call"]["operation"].clone()).unwrap()
    }

    /// Its facts but for some.
    fn without(&self, places: &[&Place]) -> Map<String, Value> {
        let mut facts = self.facts.clone();
        for Place { field, key } in places {
            match key {
                None => drop(facts.remove(field)),
                Some(key) => drop(facts[field].as_object_mut().unwrap().remove(key)),
            }
        }
        facts
    }

    /// The facts of some places only.
    fn only(&self, places: &[&Place]) -> Map<String, Value> {
        let mut facts = Map::new();
        for place in places {
            let slot = self.slot(place).clone();
            match &place.key {
                None => drop(facts.insert(place.field.clone(), slot)),
                Some(key) => {
                    let slots = facts.entry(&place.field).or_insert_with(|| Value::Object(Map::new()));
                    slots[key] = slot;
                }
            }
        }
        facts
    }

    /// The facts that a check may ask for.
    fn asked_by(&self, check: &Check) -> Vec<&Place> {
        self.places.iter().filter(|place| check.operations.contains(&self.operation(place))).collect()
    }

    /// What a check finds in these facts.
    fn judge(&self, check: &'static Check, facts: Map<String, Value>) -> Vec<Finding> {
        let facts: Facts = serde_json::from_value(Value::Object(facts)).unwrap();
        let account = Account::recorded(facts, self.recorded.recorded_at);
        let judged = (check.run)(&account, &self.recorded.expectations);
        judged.now_or_never().expect("nothing is waited for in a file").findings
    }

    fn status(&self, check: &'static Check, facts: Map<String, Value>) -> Status {
        Status::all(self.judge(check, facts).iter().map(|finding| finding.status))
    }
}

/// What a check may come to when a fact is taken away: another candidate that warns may be the best then.
fn may_become(before: Status, after: Status) -> bool {
    after == before || after == Unknown || (before == Pass && after == Warn)
}

/// Runs `work` over all fixtures, on all processors.
fn over_all_fixtures<T: Send>(work: impl Fn(&Fixture) -> T + Sync) -> Vec<T> {
    std::thread::scope(|scope| {
        let running: Vec<_> = FIXTURES.iter().map(|fixture| scope.spawn(|| work(fixture))).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

#[test]
fn operation_not_listed_by_a_check_cannot_change_it() {
    over_all_fixtures(|fixture| {
        for check in SINGLE_ACCOUNT.checks {
            let all = fixture.judge(check, fixture.facts.clone());
            let asked = fixture.judge(check, fixture.only(&fixture.asked_by(check)));
            assert_eq!(all, asked, "{}: {} asks for more than it lists", fixture.name, check.id);
        }
    });
}

/// What a check does not ask for has no say in it, as the test above shows: so each is judged by the facts that it may ask for.
#[test]
fn missing_facts_and_pairs_leave_same_unknown_or_warning_pass() {
    let outcomes = over_all_fixtures(|fixture| {
        let (mut audits, mut faults) = (0, Vec::new());
        for check in SINGLE_ACCOUNT.checks {
            let places = fixture.asked_by(check);
            let before = fixture.status(check, fixture.only(&places));
            for (index, first) in places.iter().enumerate() {
                // With itself each is taken away alone.
                for second in &places[index..] {
                    let left: Vec<&Place> =
                        places.iter().copied().filter(|place| place != first && place != second).collect();
                    let after = fixture.status(check, fixture.only(&left));
                    audits += 1;
                    if !may_become(before, after) {
                        faults.push(format!(
                            "{}: {} from {before:?} to {after:?} without {first:?}, {second:?}",
                            fixture.name, check.id
                        ));
                    }
                }
            }
        }
        (audits, faults)
    });
    let audits: usize = outcomes.iter().map(|(audits, _)| audits).sum();
    let faults: Vec<_> = outcomes.into_iter().flat_map(|(_, faults)| faults).collect();
    println!("{audits} audits");
    assert!(faults.is_empty(), "{} faults in {audits} audits:\n{}", faults.len(), faults.join("\n"));
}

#[test]
fn a_fact_that_lacks_any_field_was_not_collected() {
    let nothing = serde_json::to_value(Facts::default()).unwrap();
    for fixture in FIXTURES.iter() {
        for place in fixture.places.iter().filter(|place| place.field != "account_summary") {
            for (path, maimed) in without_each_field(fixture.slot(place)) {
                // Older snapshots lack these, and are read as if AWS had left them out.
                if ["feature_set", "versions"].iter().any(|field| path.ends_with(field)) || path.contains(".rare") {
                    continue;
                }
                let field = match &place.key {
                    None => maimed,
                    Some(key) => Value::Object(Map::from_iter([(key.clone(), maimed)])),
                };
                let facts = Value::Object(Map::from_iter([(place.field.clone(), field)]));
                let read: Facts = serde_json::from_value(facts).unwrap();
                let read = serde_json::to_value(read).unwrap();
                assert_eq!(read, nothing, "{}: {place:?} without {path}", fixture.name);
            }
        }
    }
}

#[test]
fn missing_summary_entry_leaves_same_or_unknown() {
    // Its entries are AWS's own, so one that is missing does not make the whole of it unread.
    let place = Place { field: "account_summary".to_owned(), key: None };
    for fixture in FIXTURES.iter().filter(|fixture| fixture.places.contains(&place)) {
        let asking =
            SINGLE_ACCOUNT.checks.iter().filter(|check| check.operations.contains(&Operation::GetAccountSummary));
        for check in asking {
            let asked = fixture.only(&fixture.asked_by(check));
            let before = fixture.status(check, asked.clone());
            for (path, maimed) in without_each_field(fixture.slot(&place)) {
                let mut facts = asked.clone();
                facts["account_summary"] = maimed;
                let after = fixture.status(check, facts);
                assert!(
                    after == before || after == Unknown,
                    "{}: {before:?} to {after:?} without {path}",
                    fixture.name
                );
            }
        }
    }
}

/// The value without each of its fields in turn, however deep.
fn without_each_field(value: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let mut less = fields.clone();
                less.remove(name);
                all.push((name.clone(), Value::Object(less)));
                for (path, inner) in without_each_field(inner) {
                    let mut less = fields.clone();
                    less[name] = inner;
                    all.push((format!("{name}.{path}"), Value::Object(less)));
                }
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                for (path, item) in without_each_field(item) {
                    let mut less = items.clone();
                    less[index] = item;
                    all.push((format!("{index}.{path}"), Value::Array(less)));
                }
            }
        }
        _ => {}
    }
    all
}

/// What a check asks for and no fixture's verdict hangs on, and why.
const NO_VERDICT: &[(&str, Operation, &str)] = &[
    ("admin-user-mfa", Operation::GetCallerIdentity, "it names the partition in the commands of a remedy"),
    ("ec2-ssm-role", Operation::GetCallerIdentity, "it names the partition in the commands of a remedy"),
    ("admin-user-mfa", Operation::DescribeOrganization, "no fixture has a policy whose verdict hangs on it"),
    ("billing-alarm", Operation::DescribeOrganization, "no fixture has a policy whose verdict hangs on it"),
    ("ec2-ssm-role", Operation::DescribeOrganization, "no fixture has a policy whose verdict hangs on it"),
    ("ec2-ssm-role", Operation::ListMfaDevices, "no fixture has a policy whose verdict hangs on it"),
    ("ec2-ssm-role", Operation::GetLoginProfile, "no fixture has a policy whose verdict hangs on it"),
    ("ec2-ssm-role", Operation::ListAccessKeys, "no fixture has a policy whose verdict hangs on it"),
    ("multi-region-trail", Operation::DescribeRegions, "no fixture has a policy whose verdict hangs on it"),
    ("security-alerts-topic", Operation::DescribeRegions, "no fixture has a policy whose verdict hangs on it"),
    ("trail-bucket-policy", Operation::DescribeRegions, "no fixture has a policy whose verdict hangs on it"),
];

#[test]
fn whatever_a_verdict_hangs_on_is_named_when_it_is_taken_away() {
    let named: BTreeSet<(&str, Operation)> = over_all_fixtures(|fixture| {
        let mut named = BTreeSet::new();
        for place in &fixture.places {
            let operation = fixture.operation(place);
            for check in SINGLE_ACCOUNT.checks {
                let left: Vec<&Place> = fixture.asked_by(check).into_iter().filter(|other| *other != place).collect();
                let findings = fixture.judge(check, fixture.only(&left));
                let names = |finding: &Finding| {
                    finding.status == Unknown
                        && finding
                            .unavailable
                            .as_ref()
                            .is_some_and(|unavailable| unavailable.call.operation == operation)
                };
                if findings.iter().any(names) {
                    named.insert((check.id, operation));
                }
            }
        }
        named
    })
    .into_iter()
    .flatten()
    .collect();
    let mut wanted = BTreeSet::new();
    for check in SINGLE_ACCOUNT.checks {
        let verdicts = check.operations.iter();
        wanted.extend(verdicts.map(|operation| (check.id, *operation)));
    }
    let excepted: BTreeSet<_> = NO_VERDICT.iter().map(|(check, operation, _)| (*check, *operation)).collect();
    let missing: Vec<_> = wanted.difference(&named).filter(|pair| !excepted.contains(pair)).collect();
    assert!(missing.is_empty(), "no fixture shows what becomes of these without the fact: {missing:?}");
    let idle: Vec<_> = excepted.intersection(&named).collect();
    assert!(idle.is_empty(), "these are shown, and need no exception: {idle:?}");
    let unlisted: Vec<_> = named.difference(&wanted).collect();
    assert!(
        unlisted.is_empty(),
        "a check's list of operations lacks these, on which a verdict of it hangs: {unlisted:?}"
    );
}

#[test]
fn without_what_only_explains_every_check_is_as_it_was() {
    for fixture in FIXTURES.iter() {
        let explains = |place: &&Place| SINGLE_ACCOUNT.purpose(fixture.operation(place)) != Some(Purpose::Evaluate);
        let explaining: Vec<&Place> = fixture.places.iter().filter(explains).collect();
        for check in SINGLE_ACCOUNT.checks {
            let before = fixture.status(check, fixture.facts.clone());
            assert_eq!(fixture.status(check, fixture.without(&explaining)), before, "{}: {}", fixture.name, check.id);
        }
    }
}
