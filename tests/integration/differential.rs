//! Our evaluator of policies, held against another one: `tests/differential/README.md` says how its answers were recorded.
//!
//! Where the two differ, a *reading* must explain it: one thing that the judge reads otherwise than AWS's words, or where AWS is silent,
//! written as a change of the case. With that change our evaluator must give the judge's answer; so a reading excuses nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value as Json;
use stagecheck::iam::{
    Choice, Condition, Context, Decision, Document, Effect, Operator, Policies, Principal, Principals, Request,
    SetOperator, Statement, Test, Version, Who, matches_resource, may,
};

const RECORDED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/differential/cases.jsonl");

/// How many agree, and what explains the others: of those that are recorded, or of fresh ones in a file that is named by hand (see
/// `tests/differential/README.md`).
#[test]
fn the_answers_of_another_evaluator_are_ours_or_are_explained() {
    if let Some(path) = std::env::var_os("STAGECHECK_DIFFERENTIAL") {
        eprintln!("{}", hold_against(Path::new(&path)));
        return;
    }
    insta::assert_snapshot!(hold_against(Path::new(RECORDED)), @r#"
    21000 cases: 5584 allowed, 3944 explicitly denied, 11472 implicitly denied
    19676 agreed
    1 differ (0 we alone allow, 0 we leave open): ${*}, ${?} and ${$} stay as they are where an operator knows no wildcards
    17 differ (4 we alone allow, 0 we leave open): 0.0.0.0/0 takes no address
    25 differ (2 we alone allow, 0 we leave open): ForAnyValue with IfExists and no such key: no match
    27 differ (5 we alone allow, 0 we leave open): a negated operator and a text that it cannot read: no match
    86 differ (28 we alone allow, 0 we leave open): a negated operator or NotResource and a variable without a value: no match
    615 differ (0 we alone allow, 0 we leave open): a request for no resource in particular: only "*" takes it
    86 differ (22 we alone allow, 0 we leave open): a whole number as a date: milliseconds
    109 differ (52 we alone allow, 0 we leave open): a wildcard or a variable's colon in the type of a resource takes nothing
    162 differ (57 we alone allow, 0 we leave open): an ARN with fewer than six parts
    8 differ (2 we alone allow, 0 we leave open): an IPv6 address compared letter by letter
    2 differ (0 we alone allow, 2 we leave open): an empty string is a value like another
    3 differ (1 we alone allow, 0 we leave open): an identity provider belongs to its account
    19 differ (4 we alone allow, 4 we leave open): an operator without ForAllValues or ForAnyValue on a key that may have several values: no match
    72 differ (0 we alone allow, 0 we leave open): everyone passes by the boundary as one named in person
    27 differ (7 we alone allow, 0 we leave open): one address of the other family, negated: no match
    28 differ (9 we alone allow, 0 we leave open): several of these together
    37 differ (8 we alone allow, 0 we leave open): variables in a document of version 2008-10-17
    "#);
}

#[derive(Deserialize)]
struct Header {
    who: Vec<Caller>,
    ask: Vec<(String, String)>,
}

#[derive(Deserialize, Clone)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Caller {
    Aws { arn: String, account: String },
    Root { account: String },
    Service { name: String },
    Anonymous,
    Federated { provider: String },
}

#[derive(Deserialize)]
struct World {
    identity: Vec<Json>,
    boundary: Vec<Json>,
    resource: Vec<Json>,
    context: Vec<BTreeMap<String, Json>>,
    cases: Vec<String>,
}

#[derive(Clone)]
struct Case {
    caller: Caller,
    action: String,
    resource: String,
    identity: Vec<Document>,
    boundary: Option<Document>,
    policy: Option<Document>,
    /// By lower-case key.
    context: BTreeMap<String, Values>,
}

#[derive(Clone)]
struct Values {
    texts: Vec<String>,
    /// It is a key that may have several values, even where it has one.
    many: bool,
}

/// The account of every resource in the cases.
const OWN: &str = "111111111111";

fn hold_against(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let mut lines = text.lines();
    let header: Header = serde_json::from_str(lines.next().unwrap()).unwrap();
    let (mut cases, mut agreed) = (0, 0);
    let mut answers = BTreeMap::from([('A', 0), ('E', 0), ('I', 0)]);
    let mut explained: BTreeMap<&str, [u32; 3]> = BTreeMap::new();
    let mut unexplained = Vec::new();
    for line in lines {
        let world: World = serde_json::from_str(line).unwrap();
        let parse = |policies: &[Json]| -> Vec<Document> {
            policies.iter().map(|policy| Document::parse(&policy.to_string()).unwrap()).collect()
        };
        let (identity, boundary, resource) = (parse(&world.identity), parse(&world.boundary), parse(&world.resource));
        let contexts: Vec<_> = world.context.iter().map(read_context).collect();
        for text in &world.cases {
            let [who, ask, own, bound, policy, context, answer] = text.split(' ').collect::<Vec<_>>()[..] else {
                panic!("{text}")
            };
            let at = |number: &str| number.parse::<usize>().ok();
            let (action, asked) = header.ask[at(ask).unwrap()].clone();
            let case = Case {
                caller: header.who[at(who).unwrap()].clone(),
                action,
                resource: asked,
                identity: own.split(',').filter_map(at).map(|number| identity[number].clone()).collect(),
                boundary: at(bound).map(|number| boundary[number].clone()),
                policy: at(policy).map(|number| resource[number].clone()),
                context: contexts[at(context).unwrap()].clone(),
            };
            let theirs = answer.chars().next().unwrap();
            cases += 1;
            *answers.get_mut(&theirs).unwrap() += 1;
            let ours = case.decide();
            if ours == theirs {
                agreed += 1;
            } else if let Some(reading) = explain(&case, theirs) {
                let counts = explained.entry(reading).or_default();
                counts[0] += 1;
                counts[1] += u32::from(ours == 'A');
                counts[2] += u32::from(ours == '?');
            } else {
                unexplained.push(format!("{text}: we say {ours}\n{}", case.describe()));
            }
        }
    }
    assert!(
        unexplained.is_empty(),
        "{} of {cases} answers differ and nothing explains it; the first:\n{}",
        unexplained.len(),
        unexplained.iter().take(3).cloned().collect::<Vec<_>>().join("\n")
    );
    let mut report = format!(
        "{cases} cases: {} allowed, {} explicitly denied, {} implicitly denied\n{agreed} agreed\n",
        answers[&'A'], answers[&'E'], answers[&'I']
    );
    for (reading, [count, allowed, open]) in explained {
        writeln!(report, "{count} differ ({allowed} we alone allow, {open} we leave open): {reading}").unwrap();
    }
    report
}

fn read_context(values: &BTreeMap<String, Json>) -> BTreeMap<String, Values> {
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    let read = |value: &Json| match value {
        Json::Array(values) => Values { texts: values.iter().map(text).collect(), many: true },
        one => Values { texts: vec![text(one)], many: false },
    };
    values.iter().map(|(key, value)| (key.to_lowercase(), read(value))).collect()
}

impl Case {
    /// In the judge's letters; `?` where we leave it open.
    fn decide(&self) -> char {
        let context =
            self.context.iter().fold(Context::closed(), |context, (key, values)| context.with_many(key, &values.texts));
        let names: [&str; 1] = [if let Caller::Service { name } = &self.caller { name } else { "" }];
        let (who, account) = match &self.caller {
            Caller::Aws { arn, account } => (Who::Aws { arn, account }, account.as_str()),
            Caller::Root { account } => (Who::Root { account }, account.as_str()),
            Caller::Service { .. } => (Who::Service { names: &names }, ""),
            Caller::Anonymous => (Who::Anonymous, ""),
            Caller::Federated { provider } => (Who::Federated { provider }, ""),
        };
        let request = Request { who, action: &self.action, resource: &self.resource, context: &context };
        let identity: Vec<&Document> = self.identity.iter().collect();
        let policies =
            Policies { identity: &identity, boundary: self.boundary.as_ref(), resource: self.policy.as_ref() };
        let letter = |decision| match decision {
            Decision::Allowed => 'A',
            Decision::Denied { explicit: true } => 'E',
            Decision::Denied { explicit: false } => 'I',
            Decision::Depends(_) => '?',
        };
        let asks_the_resource = self.resource.contains(":key/") || self.action.starts_with("sts:");
        if !asks_the_resource {
            return letter(may(&policies, &request, account == OWN));
        }
        // As the documentation of `may` says: both sides, or the resource's policy alone for whom it names beyond the account.
        let both = letter(may(&policies, &request, false));
        if both != 'I' || account != OWN || matches!(who, Who::Root { .. }) {
            return both;
        }
        letter(may(&Policies { identity: &[], ..policies }, &request, true))
    }

    fn describe(&self) -> String {
        let caller = match &self.caller {
            Caller::Aws { arn, .. } => arn.clone(),
            Caller::Root { account } => format!("root of {account}"),
            Caller::Service { name } => name.clone(),
            Caller::Anonymous => "nobody".to_owned(),
            Caller::Federated { provider } => provider.clone(),
        };
        let mut text = format!("{caller} asks {} on {}\n", self.action, self.resource);
        for (key, values) in &self.context {
            writeln!(text, "  {key} = {:?}", values.texts).unwrap();
        }
        let documents = self.identity.iter().map(|one| ("identity", one));
        let documents = documents.chain(self.boundary.iter().map(|one| ("boundary", one)));
        for (kind, document) in documents.chain(self.policy.iter().map(|one| ("resource", one))) {
            for statement in &document.statements {
                writeln!(
                    text,
                    "  {kind} {:?} {:?} {:?} {:?} {:?} {:?}",
                    statement.version,
                    statement.effect,
                    statement.principals,
                    statement.actions,
                    statement.resources,
                    statement
                        .conditions
                        .iter()
                        .map(|one| (&one.operator.spelling, &one.key, &one.values))
                        .collect::<Vec<_>>()
                )
                .unwrap();
            }
        }
        text
    }

    fn values(&self, key: &str) -> Option<&Values> {
        self.context.get(&key.to_lowercase())
    }

    /// Changes every statement, with the case as it was at hand, and whether the statement stands in the resource's policy.
    fn each_statement(&mut self, change: impl Fn(&Case, &mut Statement, bool)) {
        let before = self.clone();
        let of_resource = self.policy.iter_mut().map(|document| (document, true));
        let others = self.identity.iter_mut().chain(&mut self.boundary).map(|document| (document, false));
        for (document, of_resource) in others.chain(of_resource) {
            for statement in &mut document.statements {
                change(&before, statement, of_resource);
            }
        }
    }

    fn each_condition(&mut self, change: impl Fn(&Case, &mut Condition)) {
        self.each_statement(|case, statement, _| {
            for condition in &mut statement.conditions {
                change(case, condition);
            }
        });
    }

    /// Whether a text has a variable that has neither value nor default.
    fn lacks_a_variable(&self, text: &str) -> bool {
        variables(text).any(|inside| !inside.contains(',') && self.values(inside).is_none())
    }
}

fn variables(text: &str) -> impl Iterator<Item = &str> {
    text.split("${")
        .skip(1)
        .filter_map(|rest| rest.split('}').next())
        .filter(|inside| !["*", "?", "$"].contains(inside))
}

/// A condition that never holds in these cases.
fn never() -> Condition {
    Condition { operator: Operator::parse("Null"), key: "no:such-key".to_owned(), values: vec!["false".to_owned()] }
}

fn any_arn(pattern: &str) -> &str {
    if pattern == "*" { "arn:*:*:*:*:*" } else { pattern }
}

type Reading = (&'static str, fn(&mut Case));

fn explain(case: &Case, theirs: char) -> Option<&'static str> {
    for (name, change) in READINGS {
        let mut read = case.clone();
        change(&mut read);
        if read.decide() == theirs {
            return Some(name);
        }
    }
    let mut read = case.clone();
    for (_, change) in READINGS {
        change(&mut read);
    }
    (read.decide() == theirs).then_some("several of these together")
}

/// In the order in which they must be applied together.
const READINGS: &[Reading] = &[
    ("variables in a document of version 2008-10-17", |case| {
        case.each_statement(|_, statement, _| statement.version = Version::V2012);
    }),
    ("a whole number as a date: milliseconds", |case| {
        let date = |text: &mut String| {
            if let Ok(number) = text.parse() {
                *text = Timestamp::from_millisecond(number).unwrap().to_string();
            }
        };
        case.each_condition(|_, condition| {
            if is_date(&condition.operator.test) {
                condition.values.iter_mut().for_each(date);
            }
        });
        for key in ["aws:currenttime", "aws:tokenissuetime"] {
            case.context.get_mut(key).into_iter().flat_map(|values| &mut values.texts).for_each(date);
        }
    }),
    ("0.0.0.0/0 takes no address", |case| {
        case.each_condition(|_, condition| {
            for value in condition.values.iter_mut().filter(|value| *value == "0.0.0.0/0") {
                "0.0.0.0/32".clone_into(value);
            }
        });
    }),
    ("one address of the other family, negated: no match", |case| {
        case.each_condition(|case, condition| {
            let family = |text: &str| (!text.contains('/')).then(|| text.contains(':'));
            let asked = case.values(&condition.key).and_then(|values| family(&values.texts[0]));
            if condition.operator.test == Test::NotIpAddress
                && asked.is_some()
                && condition.values.iter().any(|value| family(value).is_some_and(|one| Some(one) != asked))
            {
                *condition = never();
            }
        });
    }),
    ("an IPv6 address compared letter by letter", |case| {
        case.each_condition(|case, condition| {
            let asked = case.values(&condition.key).map(|values| values.texts[0].clone());
            if matches!(condition.operator.test, Test::IpAddress | Test::NotIpAddress) {
                for value in &mut condition.values {
                    if value.contains(':') && !value.contains('/') && asked.as_ref() != Some(value) {
                        "::1".clone_into(value);
                    }
                }
            }
        });
    }),
    ("${*}, ${?} and ${$} stay as they are where an operator knows no wildcards", |case| {
        case.each_condition(|_, condition| {
            if matches!(
                condition.operator.test,
                Test::StringEquals
                    | Test::StringNotEquals
                    | Test::StringEqualsIgnoreCase
                    | Test::StringNotEqualsIgnoreCase
            ) {
                for value in &mut condition.values {
                    *value = value.replace("${$}", "${$}{${$}}").replace("${*}", "${$}{*}").replace("${?}", "${$}{?}");
                }
            }
        });
    }),
    ("a negated operator and a text that it cannot read: no match", |case| {
        case.each_condition(|case, condition| {
            let test = &condition.operator.test;
            if let Some(values) = case.values(&condition.key)
                && test.is_negated()
                && values.texts.iter().chain(&condition.values).any(|text| !reads(test, text))
            {
                *condition = never();
            }
        });
    }),
    ("a negated operator or NotResource and a variable without a value: no match", |case| {
        case.each_statement(|case, statement, _| {
            for condition in &mut statement.conditions {
                if condition.operator.test.is_negated()
                    && case.values(&condition.key).is_some()
                    && condition.values.iter().any(|value| case.lacks_a_variable(value))
                {
                    *condition = never();
                }
            }
            if let Some(Choice::AllBut(exceptions)) = &statement.resources
                && exceptions.iter().any(|pattern| {
                    let (before, product, _) = parts(pattern);
                    case.lacks_a_variable(pattern)
                        && matches_resource(&format!("{before}{product}*"), any_arn(&case.resource))
                })
            {
                statement.conditions.push(never());
            }
        });
    }),
    ("an operator without ForAllValues or ForAnyValue on a key that may have several values: no match", |case| {
        case.each_condition(|case, condition| {
            let Operator { set, test, .. } = &condition.operator;
            if set.is_none() && *test != Test::Null && case.values(&condition.key).is_some_and(|values| values.many) {
                *condition = never();
            }
        });
    }),
    ("ForAnyValue with IfExists and no such key: no match", |case| {
        case.each_condition(|_, condition| {
            if condition.operator.set == Some(SetOperator::ForAnyValue) {
                condition.operator.if_exists = false;
            }
        });
    }),
    ("an empty string is a value like another", |case| {
        case.each_statement(|case, statement, _| {
            for condition in &mut statement.conditions {
                if case.values(&condition.key).is_some_and(|values| values.texts.iter().all(String::is_empty)) {
                    condition.operator.set = None;
                    if condition.operator.test == Test::Null {
                        if condition.values.contains(&"false".to_owned()) {
                            condition.values = vec!["true".to_owned(), "false".to_owned()];
                        } else {
                            *condition = never();
                        }
                    }
                }
            }
        });
    }),
    ("an ARN in a condition, cut at the colon of a variable", |case| {
        case.each_condition(|_, condition| {
            if is_arn(&condition.operator.test) {
                for value in &mut condition.values {
                    if value.splitn(6, ':').take(5).any(|part| part.contains("${")) {
                        "arn:none:none:none:none:none".clone_into(value);
                    }
                }
            }
        });
    }),
    ("an ARN with fewer than six parts", |case| {
        case.each_statement(|case, statement, of_resource| {
            let short = |pattern: &str| pattern != "*" && pattern.split(':').count() < 6;
            let whole = |pattern: &str| {
                let missing = 6_usize.saturating_sub(pattern.split(':').count());
                if short(pattern) { pattern.to_owned() + &":*".repeat(missing) } else { pattern.to_owned() }
            };
            let taken = |pattern: &String| !(of_resource && short(pattern) && !pattern.contains('*'));
            match &mut statement.resources {
                Some(Choice::Only(patterns)) => {
                    patterns.retain(taken);
                    *patterns = patterns.iter().map(|pattern| whole(pattern)).collect();
                }
                Some(Choice::AllBut(patterns)) => {
                    patterns.retain(taken);
                    let misses =
                        |pattern: &String| short(pattern) && !matches_resource(&whole(pattern), &case.resource);
                    if patterns.iter().any(misses) {
                        statement.conditions.push(never());
                    }
                    *patterns = patterns.iter().map(|pattern| whole(pattern)).collect();
                }
                None => {}
            }
        });
    }),
    ("a request for no resource in particular: only \"*\" takes it", |case| {
        if case.resource == "*" {
            case.each_statement(|_, statement, _| match &mut statement.resources {
                Some(Choice::Only(patterns) | Choice::AllBut(patterns)) => patterns.retain(|pattern| pattern == "*"),
                None => {}
            });
        }
    }),
    ("a wildcard or a variable's colon in the type of a resource takes nothing", |case| {
        case.each_statement(|_, statement, _| match &mut statement.resources {
            Some(Choice::Only(patterns) | Choice::AllBut(patterns)) => {
                patterns.retain(|pattern| !parts(pattern).1.contains(['*', '?', '$']));
            }
            None => {}
        });
    }),
    ("everyone passes by the boundary as one named in person", |case| {
        case.each_statement(|case, statement, of_resource| {
            if let (Caller::Aws { arn, account }, true, Effect::Allow) = (&case.caller, of_resource, statement.effect)
                && account == OWN
            {
                let who = Who::Aws { arn, account };
                let everyone = match &statement.principals {
                    Some(Principals::Only(named)) => named.iter().any(|one| matches!(one, Principal::Everyone { .. })),
                    Some(all_but @ Principals::AllBut(_)) => all_but.fit(&who),
                    None => false,
                };
                if everyone {
                    statement.principals = Some(Principals::Only(vec![Principal::Aws(arn.clone())]));
                }
            }
        });
    }),
    ("an identity provider belongs to its account", |case| {
        case.each_statement(|case, statement, _| {
            let Caller::Federated { provider } = &case.caller else { return };
            let ((Some(Principals::Only(named)), Effect::Deny) | (Some(Principals::AllBut(named)), _)) =
                (&mut statement.principals, statement.effect)
            else {
                return;
            };
            if named.iter().any(|one| one.names(&Who::Root { account: OWN })) {
                named.push(Principal::Federated(provider.clone()));
            }
        });
    }),
];

/// The five parts before the resource, its type with the sign behind it, and the rest.
fn parts(pattern: &str) -> (String, String, String) {
    let parts: Vec<&str> = pattern.splitn(6, ':').collect();
    let [arn, partition, service, region, account, resource] = parts[..] else {
        return (pattern.to_owned(), String::new(), String::new());
    };
    let end = match resource.find([':', '/']) {
        Some(end) if (service, region, account) != ("s3", "", "") => end + 1,
        _ => 0,
    };
    let before = format!("{arn}:{partition}:{service}:{region}:{account}:");
    (before, resource[..end].to_owned(), resource[end..].to_owned())
}

fn is_arn(test: &Test) -> bool {
    matches!(test, Test::ArnEquals | Test::ArnLike | Test::ArnNotEquals | Test::ArnNotLike)
}

fn is_date(test: &Test) -> bool {
    matches!(
        test,
        Test::DateEquals
            | Test::DateNotEquals
            | Test::DateLessThan
            | Test::DateLessThanEquals
            | Test::DateGreaterThan
            | Test::DateGreaterThanEquals
    )
}

/// Whether a text is one that this operator compares.
fn reads(test: &Test, text: &str) -> bool {
    match test {
        Test::NumericNotEquals => text.parse::<f64>().is_ok(),
        Test::DateNotEquals => text.starts_with(|first: char| first.is_ascii_digit()),
        Test::NotIpAddress => text.contains(['.', ':']),
        test if is_arn(test) => text.splitn(6, ':').count() == 6,
        _ => true,
    }
}
