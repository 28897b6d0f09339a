//! `/exists`, `/region`, `/metric`, and which alarm is chosen.

use super::*;
use crate::account::facts::CompositeAlarm;

fn at_home(facts: &mut Facts, alarms: Vec<MetricAlarm>) {
    facts.alarms.set("us-west-2", known(Operation::DescribeAlarms, Alarms { metric: alarms, composite: Vec::new() }));
}

fn in_oregon(name: &str) -> MetricAlarm {
    MetricAlarm {
        name: name.to_owned(),
        arn: format!("arn:aws:cloudwatch:us-west-2:{ACCOUNT}:alarm:{name}"),
        ..alarm()
    }
}

#[test]
fn no_alarm_fails_exists_alone_and_mentions_budgets() {
    for alarms in [Vec::new(), vec![changed(|alarm| alarm.metric = cpu())]] {
        let judged = judge_facts(&CHECK, account_with(alarms));
        assert_eq!(links(&judged), [("exists", Fail)]);
        assert!(judged.findings[0].message.contains("Budget"));
        let commands = &judged.findings[0].remediation.as_ref().unwrap().commands;
        assert_eq!(commands[0], "aws sns create-topic --name SecurityAlerts --region us-east-1");
        assert_eq!(
            commands[2],
            "aws cloudwatch put-metric-alarm --alarm-name billing-over-25-usd --namespace AWS/Billing --metric-name EstimatedCharges \
             --dimensions 'Name=Currency,Value=USD' --statistic Maximum --period 21600 --evaluation-periods 1 --threshold 25 \
             --comparison-operator GreaterThanThreshold --alarm-actions arn:aws:sns:us-east-1:111122223333:SecurityAlerts --region \
             us-east-1"
        );
    }
}

#[test]
fn a_new_alarm_gets_a_name_that_is_not_taken() {
    let judged =
        judge_facts(&CHECK, account_with(vec![named("billing-over-25-usd", changed(|alarm| alarm.metric = cpu()))]));
    let commands = &judged.findings[0].remediation.as_ref().unwrap().commands;
    assert!(commands[2].contains("--alarm-name billing-over-25-usd-2 "), "{}", commands[2]);
    let taken = ["billing-over-25-usd", "billing-over-25-usd-2", "billing-over-25-usd-3"];
    let alarms = taken.map(|name| named(name, changed(|alarm| alarm.metric = cpu()))).to_vec();
    let judged = judge_facts(&CHECK, account_with(alarms));
    let commands = &judged.findings[0].remediation.as_ref().unwrap().commands;
    assert!(commands[2].contains("--alarm-name billing-over-25-usd-4 "), "{}", commands[2]);
}

#[test]
fn a_new_alarm_does_not_replace_a_composite_one() {
    let mut facts = account_with(Vec::new());
    let composite = CompositeAlarm {
        name: "billing-over-25-usd".to_owned(),
        arn: "arn:aws:cloudwatch:us-east-1:111122223333:alarm:billing-over-25-usd".to_owned(),
        rule: None,
        alarm_actions: Vec::new(),
    };
    let alarms = Alarms { metric: Vec::new(), composite: vec![composite] };
    facts.alarms.set(REGION_NAME, known(Operation::DescribeAlarms, alarms));
    let judged = judge_facts(&CHECK, facts);
    let commands = &judged.findings[0].remediation.as_ref().unwrap().commands;
    assert!(commands[2].contains("--alarm-name billing-over-25-usd-2 "), "{}", commands[2]);
}

#[test]
fn alarm_in_the_home_region_fails_region_alone() {
    let mut facts = account_with(Vec::new());
    at_home(&mut facts, vec![in_oregon("Zeta"), in_oregon("Alpha")]);
    let judged = judge_facts(&CHECK, facts);
    assert_eq!(links(&judged), [("region", Fail)]);
    let finding = finding(&judged, "region");
    assert!(finding.message.contains("Alpha") && finding.message.contains("us-west-2"), "{}", finding.message);
    assert_eq!(finding.subject.region.as_deref(), Some("us-west-2"));
}

#[test]
fn an_alarm_in_the_billing_region_decides_whatever_is_at_home() {
    let mut facts = account_with(vec![changed(|alarm| alarm.threshold = Some(100.0))]);
    at_home(&mut facts, vec![in_oregon("Alpha")]);
    assert_eq!(not_passed(&judge_facts(&CHECK, facts)), [("threshold", Fail)]);
}

#[test]
fn home_alarms_explain_only_and_change_no_verdict_if_unknown() {
    let mut facts = account_with(Vec::new());
    facts.alarms.set("us-west-2", denied(Operation::DescribeAlarms));
    assert_eq!(links(&judge_facts(&CHECK, facts)), [("exists", Fail)]);
    let mut facts = account_with(Vec::new());
    at_home(&mut facts, vec![changed(|alarm| alarm.metric = nothing())]);
    assert_eq!(links(&judge_facts(&CHECK, facts)), [("exists", Fail)]);
}

#[test]
fn home_and_billing_region_may_be_the_same() {
    let expect =
        Settings { home_region: Setting::new(REGION_NAME.to_owned(), SettingSource::Flag), ..Settings::default() };
    assert_eq!(links(&judge_expecting(&CHECK, account_with(Vec::new()), &expect)), [("exists", Fail)]);
    assert_eq!(links(&judge_expecting(&CHECK, ready(), &expect)), ALL.map(|link| (link, Pass)));
}

#[test]
fn an_alarm_of_which_nothing_is_told_may_be_the_one() {
    for metric in [nothing(), MetricStat { metric_name: None, ..bill() }, MetricStat { namespace: None, ..bill() }] {
        let unclear = named("Unclear", changed(|alarm| alarm.metric = metric.clone()));
        let judged = judge_facts(&CHECK, account_with(vec![unclear.clone()]));
        assert_eq!(links(&judged), ALL.map(|link| (link, Unknown)), "{metric:?}");
        let beside_broken = account_with(vec![changed(|alarm| alarm.threshold = Some(99.0)), unclear.clone()]);
        assert_eq!(link(beside_broken, "exists"), Unknown, "{metric:?}");
        let beside_good = account_with(vec![alarm(), unclear]);
        assert_eq!(links(&judge_facts(&CHECK, beside_good)), ALL.map(|link| (link, Pass)), "{metric:?}");
    }
}

#[test]
fn half_a_name_that_is_another_metrics_is_a_sure_no() {
    for metric in [
        MetricStat { metric_name: None, ..cpu() },
        MetricStat { namespace: None, ..cpu() },
        MetricStat { namespace: Some("aws/billing".to_owned()), ..bill() },
        MetricStat { metric_name: Some("ActualCharges".to_owned()), ..bill() },
    ] {
        let judged = judge_facts(&CHECK, account_with(vec![changed(|alarm| alarm.metric = metric.clone())]));
        assert_eq!(links(&judged), [("exists", Fail)], "{metric:?}");
    }
}

#[test]
fn only_currency_usd_alone_is_the_whole_bill() {
    let usd = || dimension("Currency", "USD");
    for (dimensions, status) in [
        (vec![usd()], Pass),
        (vec![], Fail),
        (vec![dimension("Currency", "EUR")], Fail),
        (vec![dimension("Currency", "usd")], Fail),
        (vec![dimension("currency", "USD")], Fail),
        (vec![usd(), dimension("ServiceName", "AmazonEC2")], Fail),
        (vec![dimension("ServiceName", "AmazonEC2")], Fail),
        (vec![dimension("LinkedAccount", ACCOUNT), usd()], Fail),
        (vec![usd(), dimension("Other", "x")], Fail),
    ] {
        assert_eq!(
            link_of(|alarm| alarm.metric.dimensions = Some(dimensions.clone()), "metric"),
            status,
            "{dimensions:?}"
        );
    }
}

#[test]
fn only_the_unit_none_is_the_metrics_own() {
    for (unit, status) in
        [(None, Pass), (Some("None"), Pass), (Some("Count"), Fail), (Some("Seconds"), Fail), (Some("none"), Fail)]
    {
        let unit = unit.map(str::to_owned);
        assert_eq!(link_of(|alarm| alarm.metric.unit = unit.clone(), "metric"), status, "{unit:?}");
        let in_math = in_math_form(vec![metric_query("m1", MetricStat { unit: unit.clone(), ..bill() }, true)]);
        assert_eq!(link(account_with(vec![in_math]), "metric"), status, "{unit:?} in math form");
    }
}

#[test]
fn dimensions_that_are_not_returned_leave_the_metric_unknown() {
    let untold = || MetricStat { dimensions: None, ..bill() };
    for (name, alarm) in [
        ("plain", changed(|alarm| alarm.metric = untold())),
        ("in math form", in_math_form(vec![metric_query("m1", untold(), true)])),
    ] {
        assert_eq!(
            not_passed(&judge_facts(&CHECK, account_with(vec![alarm.clone()]))),
            [("metric", Unknown)],
            "{name}"
        );
        let other = MetricStat { dimensions: None, ..cpu() };
        let beside_cpu = account_with(vec![super::alarm(), named("cpu", changed(|alarm| alarm.metric = other))]);
        assert_eq!(not_passed(&judge_facts(&CHECK, beside_cpu)), [], "{name}");
    }
    let counted = changed(|alarm| alarm.metric = MetricStat { unit: Some("Count".to_owned()), ..untold() });
    assert_eq!(link(account_with(vec![counted]), "metric"), Fail, "a sure fault is not hidden");
}

#[test]
fn a_promql_alarm_is_no_candidate() {
    let promql = || {
        changed(|alarm| {
            alarm.metric = nothing();
            alarm.rare.evaluation_criteria = true;
        })
    };
    assert_eq!(links(&judge_facts(&CHECK, account_with(vec![promql()]))), [("exists", Fail)]);
    let beside = judge_facts(&CHECK, account_with(vec![named("promql", promql()), alarm()]));
    assert_eq!((not_passed(&beside), beside.chosen.unwrap().others), (vec![], 0));
}

#[test]
fn the_currency_is_unknown_where_bills_are_not_in_dollars() {
    let currency =
        |value: Option<&str>| value.map(|value| dimension("Currency", value)).into_iter().collect::<Vec<_>>();
    let service = vec![dimension("ServiceName", "AmazonEC2"), dimension("Currency", "CNY")];
    for (name, partition, dimensions, metric, data) in [
        ("CNY in China", "aws-cn", currency(Some("CNY")), Unknown, Pass),
        ("EUR in the sovereign cloud", "aws-eusc", currency(Some("EUR")), Unknown, Pass),
        ("none in China", "aws-cn", currency(None), Unknown, Fail),
        ("USD in China", "aws-cn", currency(Some("USD")), Pass, Pass),
        ("a service in China", "aws-cn", service, Fail, Fail),
        ("EUR in GovCloud", "aws-us-gov", currency(Some("EUR")), Fail, Fail),
        ("EUR", "aws", currency(Some("EUR")), Fail, Fail),
    ] {
        let caller = Caller { account: ACCOUNT.to_owned(), arn: format!("arn:{partition}:iam::{ACCOUNT}:user/a") };
        let there = changed(|alarm| alarm.metric.dimensions = Some(dimensions.clone()));
        let mut facts = Facts { caller: known(Operation::GetCallerIdentity, caller), ..account_with(vec![there]) };
        facts
            .billing_metrics
            .set(REGION_NAME, known(Operation::ListMetrics, vec![Metric { dimensions: Some(dimensions) }]));
        let expect = Settings {
            billing_region: Setting::new(REGION_NAME.to_owned(), SettingSource::Flag),
            ..Settings::default()
        };
        let judged = judge_expecting(&CHECK, facts, &expect);
        assert_eq!(status_of(&judged, "billing-alarm/metric"), metric, "{name}");
        assert_eq!(status_of(&judged, "billing-alarm/data"), data, "{name}");
    }
}

#[test]
fn govcloud_is_told_where_the_billing_data_are() {
    let caller = Caller { account: ACCOUNT.to_owned(), arn: format!("arn:aws-us-gov:iam::{ACCOUNT}:user/a") };
    let facts = Facts { caller: known(Operation::GetCallerIdentity, caller), ..ready() };
    let judged = judge_facts(&CHECK, facts);
    assert_eq!(links(&judged), ALL.map(|link| (link, Unknown)));
    let message = &judged.findings[0].message;
    assert!(message.contains("associated standard account") && message.contains("--billing-region"), "{message}");
}

#[test]
fn one_plain_metric_in_math_form_counts_as_it() {
    let own = MetricQuery { account_id: Some(ACCOUNT.to_owned()), ..metric_query("m1", bill(), true) };
    let untold = MetricQuery { return_data: None, ..metric_query("m1", bill(), true) };
    for queries in [
        vec![metric_query("m1", bill(), true)],
        vec![metric_query("m1", bill(), true), metric_query("m2", cpu(), false)],
        vec![own],
        vec![untold],
    ] {
        let judged = judge_facts(&CHECK, account_with(vec![in_math_form(queries.clone())]));
        assert_eq!(links(&judged), ALL.map(|link| (link, Pass)), "{queries:?}");
    }
}

#[test]
fn anything_else_in_math_form_fails() {
    let elsewhere = MetricQuery { account_id: Some("444455556666".to_owned()), ..metric_query("m1", bill(), true) };
    let other = MetricStat { metric_name: Some("OtherCharges".to_owned()), ..bill() };
    let euros = MetricStat { dimensions: Some(vec![dimension("Currency", "EUR")]), ..bill() };
    for queries in [
        vec![expression_query("e1", "m1 * 2", true), metric_query("m1", bill(), false)],
        vec![metric_query("m1", bill(), false), expression_query("e1", "m1", true)],
        vec![metric_query("m1", cpu(), true), metric_query("m2", bill(), false)],
        vec![metric_query("m1", other.clone(), true), metric_query("m2", bill(), false)],
        vec![elsewhere],
        vec![metric_query("m1", euros, true)],
        vec![expression_query("q1", r#"SELECT MAX(EstimatedCharges) FROM SCHEMA("AWS/Billing", Currency)"#, true)],
    ] {
        assert_eq!(link(account_with(vec![in_math_form(queries.clone())]), "metric"), Fail, "{queries:?}");
    }
}

#[test]
fn a_math_form_without_the_billing_metric_is_no_candidate() {
    for queries in [
        vec![metric_query("m1", cpu(), true)],
        vec![expression_query("e1", "m1 * 2", true), metric_query("m1", cpu(), false)],
        vec![expression_query("q1", r#"SELECT MAX(CallCount) FROM SCHEMA("AWS/Billing", Currency)"#, true)],
        vec![expression_query("q1", r#"SELECT MAX(EstimatedCharges) FROM SCHEMA("Mine", Currency)"#, true)],
    ] {
        let judged = judge_facts(&CHECK, account_with(vec![in_math_form(queries)]));
        assert_eq!(links(&judged), [("exists", Fail)]);
    }
}

#[test]
fn which_of_several_returned_entries_counts_is_unknown() {
    let queries = vec![metric_query("m1", bill(), true), metric_query("m2", bill(), true)];
    assert_eq!(link(account_with(vec![in_math_form(queries)]), "metric"), Unknown);
}

#[test]
fn anomaly_detection_fails_metric_and_threshold() {
    let queries =
        vec![metric_query("m1", bill(), true), expression_query("ad1", "ANOMALY_DETECTION_BAND(m1, 2)", true)];
    let band = MetricAlarm {
        threshold: None,
        threshold_metric_id: Some("ad1".to_owned()),
        comparison_operator: Some("GreaterThanUpperThreshold".to_owned()),
        ..in_math_form(queries)
    };
    assert_eq!(not_passed(&judge_facts(&CHECK, account_with(vec![band]))), [("metric", Fail), ("threshold", Fail)]);
}

#[test]
fn the_best_alarm_decides_and_the_others_are_counted() {
    let warns = named("b-warns", changed(|alarm| alarm.state = Some("ALARM".to_owned())));
    let fails = named("a-fails", changed(|alarm| alarm.actions_enabled = Some(false)));
    let open = named("c-open", changed(|alarm| alarm.actions_enabled = None));
    let chosen = |alarms: Vec<MetricAlarm>| judge_facts(&CHECK, account_with(alarms)).chosen.unwrap();
    assert_eq!(
        chosen(vec![fails.clone(), open.clone(), warns.clone(), alarm()]),
        Chosen { name: "Billing-25".to_owned(), others: 3 }
    );
    assert_eq!(chosen(vec![fails.clone(), open.clone(), warns]).name, "b-warns");
    assert_eq!(chosen(vec![fails.clone(), open]).name, "c-open");
    let worse = named(
        "a-worse",
        changed(|alarm| {
            alarm.actions_enabled = Some(false);
            alarm.threshold = Some(99.0);
        }),
    );
    assert_eq!(chosen(vec![worse, named("z-closer", fails.clone()), named("y-closer", fails)]).name, "y-closer");
}

#[test]
fn another_partition_is_unknown_unless_the_region_is_named() {
    let caller = Caller { account: ACCOUNT.to_owned(), arn: format!("arn:aws-cn:iam::{ACCOUNT}:user/a") };
    for alarms in [Vec::new(), vec![alarm()]] {
        let facts = Facts { caller: known(Operation::GetCallerIdentity, caller.clone()), ..account_with(alarms) };
        let judged = judge_facts(&CHECK, facts);
        assert_eq!(links(&judged), ALL.map(|link| (link, Unknown)));
        assert!(judged.findings[0].message.contains("--billing-region"));
    }
    for origin in [SettingSource::Flag, SettingSource::Config] {
        let expect =
            Settings { billing_region: Setting::new("cn-northwest-1".to_owned(), origin), ..Settings::default() };
        let mut facts =
            Facts { caller: known(Operation::GetCallerIdentity, caller.clone()), ..account_with(Vec::new()) };
        let none = Alarms { metric: Vec::new(), composite: Vec::new() };
        facts.alarms.set("cn-northwest-1", known(Operation::DescribeAlarms, none));
        let judged = judge_expecting(&CHECK, facts, &expect);
        assert_eq!(links(&judged), [("exists", Fail)]);
        let commands = &judged.findings[0].remediation.as_ref().unwrap().commands;
        assert!(commands[1].contains("arn:aws-cn:sns:cn-northwest-1:111122223333:SecurityAlerts"), "{commands:?}");
    }
}
