//! `/threshold`, `/data`, `/state`, `/enabled`.

use super::*;
use crate::account::facts::WallClockWindow;

#[test]
fn a_threshold_up_to_the_limit_passes_and_a_higher_one_fails() {
    for (threshold, status) in [(25.0, Pass), (10.0, Pass), (0.0, Pass), (25.01, Fail), (100.0, Fail)] {
        assert_eq!(link_of(|alarm| alarm.threshold = Some(threshold), "threshold"), status, "{threshold}");
    }
    assert_eq!(link_of(|alarm| alarm.threshold = None, "threshold"), Unknown);
}

#[test]
fn the_limit_is_the_operators() {
    let expect = Settings { threshold: Setting::new(50.0, SettingSource::Flag), ..Settings::default() };
    for (threshold, status) in [(50.0, Pass), (50.5, Fail)] {
        let facts = account_with(vec![changed(|alarm| alarm.threshold = Some(threshold))]);
        let judged = judge_expecting(&CHECK, facts, &expect);
        assert_eq!(status_of(&judged, "billing-alarm/threshold"), status, "{threshold}");
    }
}

#[test]
fn only_operators_of_an_upper_limit_pass() {
    for (operator, status) in [
        ("GreaterThanThreshold", Pass),
        ("GreaterThanOrEqualToThreshold", Pass),
        ("LessThanThreshold", Fail),
        ("LessThanOrEqualToThreshold", Fail),
        ("GreaterThanUpperThreshold", Fail),
        ("LessThanLowerOrGreaterThanUpperThreshold", Fail),
    ] {
        let found = link_of(|alarm| alarm.comparison_operator = Some(operator.to_owned()), "threshold");
        assert_eq!(found, status, "{operator}");
    }
    assert_eq!(link_of(|alarm| alarm.comparison_operator = None, "threshold"), Unknown);
}

#[test]
fn statistics_are_judged_by_whether_they_are_the_bill() {
    for (statistic, status) in [
        ("Maximum", Pass),
        ("Average", Pass),
        ("Minimum", Pass),
        ("Sum", Warn),
        ("SampleCount", Fail),
        ("p99", Fail),
        ("p50", Fail),
        ("tm90", Fail),
        ("IQM", Fail),
    ] {
        let found = link_of(|alarm| alarm.metric.statistic = Some(statistic.to_owned()), "threshold");
        assert_eq!(found, status, "{statistic}");
        let mut metric = bill();
        metric.statistic = Some(statistic.to_owned());
        let in_math = account_with(vec![in_math_form(vec![metric_query("m1", metric, true)])]);
        assert_eq!(link(in_math, "threshold"), status, "{statistic} in math form");
    }
    assert_eq!(link_of(|alarm| alarm.metric.statistic = None, "threshold"), Unknown);
}

fn window(periods: i64, period: i64) -> Status {
    link_of(
        |alarm| {
            alarm.evaluation_periods = Some(periods);
            alarm.datapoints_to_alarm = Some(1);
            alarm.metric.period = Some(period);
        },
        "threshold",
    )
}

#[test]
fn a_window_of_more_than_a_day_warns() {
    for (periods, period, status) in [
        (4, 21_600, Pass),
        (1, 86_400, Pass),
        (5, 21_600, Warn),
        (2, 86_400, Warn),
        (1, 60, Pass),
        (i64::MAX, 3600, Warn),
    ] {
        assert_eq!(window(periods, period), status, "{periods} x {period}");
    }
}

#[test]
fn a_window_that_cannot_hold_its_data_points_fails() {
    for (datapoints, periods, period, missing_data, status) in [
        (Some(2), 2, 3_600, Some("notBreaching"), Fail),
        (Some(2), 2, 21_599, Some("ignore"), Fail),
        (Some(2), 3, 21_599, Some("ignore"), Pass),
        (Some(2), 12, 3_600, Some("notBreaching"), Pass),
        (Some(2), 11, 3_600, Some("notBreaching"), Fail),
        (Some(3), 17, 3_600, Some("ignore"), Fail),
        (Some(3), 18, 3_600, Some("ignore"), Pass),
        (None, 4, 21_600, Some("ignore"), Pass),
        (None, 2, 300, Some("ignore"), Fail),
        (Some(1), 2, 300, Some("notBreaching"), Pass),
        (Some(2), 2, 21_600, Some("notBreaching"), Pass),
        (Some(2), 2, 300, Some("missing"), Pass),
        (Some(2), 2, 300, Some("breaching"), Pass),
        (Some(2), 2, 300, None, Pass),
        (None, 1, 300, Some("ignore"), Pass),
    ] {
        let found = link_of(
            |alarm| {
                alarm.datapoints_to_alarm = datapoints;
                alarm.evaluation_periods = Some(periods);
                alarm.metric.period = Some(period);
                alarm.treat_missing_data = missing_data.map(str::to_owned);
            },
            "threshold",
        );
        assert_eq!(found, status, "{datapoints:?} of {periods} x {period}, {missing_data:?}");
    }
}

#[test]
fn missing_numbers_are_unknown_and_hide_no_sure_failure() {
    for untold in ["periods", "period", "statistic", "operator", "threshold"] {
        let take = |alarm: &mut MetricAlarm| match untold {
            "periods" => (alarm.evaluation_periods, alarm.datapoints_to_alarm) = (None, None),
            "period" => alarm.metric.period = None,
            "statistic" => alarm.metric.statistic = None,
            "operator" => alarm.comparison_operator = None,
            _ => alarm.threshold = None,
        };
        assert_eq!(link_of(take, "threshold"), Unknown, "{untold}");
        let and_bad = |alarm: &mut MetricAlarm| {
            alarm.threshold = Some(99.0);
            alarm.metric.statistic = Some("SampleCount".to_owned());
            take(alarm);
        };
        assert_eq!(link_of(and_bad, "threshold"), Fail, "{untold}");
        let and_weak = |alarm: &mut MetricAlarm| {
            alarm.metric.statistic = Some("Sum".to_owned());
            take(alarm);
        };
        assert_eq!(link_of(and_weak, "threshold"), Unknown, "{untold}");
    }
}

fn without_data(configured: Option<jiff::Timestamp>, listed: Vec<Metric>) -> CheckResult {
    let mut facts = account_with(vec![changed(|alarm| alarm.configured = configured)]);
    facts.billing_metrics.set(REGION_NAME, known(Operation::ListMetrics, listed));
    judge_facts(&CHECK, facts)
}

#[test]
fn no_billing_data_fails_a_day_after_the_alarm_was_set() {
    for (configured, status) in
        [(Some(hours_ago(25)), Fail), (Some(hours_ago(24)), Unknown), (Some(hours_ago(1)), Unknown), (None, Unknown)]
    {
        assert_eq!(not_passed(&without_data(configured, Vec::new())), [("data", status)], "{configured:?}");
    }
    let judged = without_data(Some(hours_ago(25)), Vec::new());
    let remedy = finding(&judged, "data").remediation.as_ref().unwrap();
    assert!(
        remedy.commands.is_empty() && remedy.console.as_ref().unwrap().contains("Receive CloudWatch billing alerts")
    );
}

#[test]
fn data_that_may_still_come_settles() {
    assert!(finding(&without_data(Some(hours_ago(1)), Vec::new()), "data").resolves.is_some());
    assert!(finding(&without_data(None, Vec::new()), "data").resolves.is_none());
    assert!(finding(&without_data(Some(hours_ago(25)), Vec::new()), "data").resolves.is_none());
}

#[test]
fn only_the_metric_of_the_whole_bill_counts_as_data() {
    let metric = |dimensions| Metric { dimensions: Some(dimensions) };
    let others = vec![
        metric(vec![dimension("Currency", "EUR")]),
        metric(vec![dimension("ServiceName", "AmazonEC2"), dimension("Currency", "USD")]),
        metric(vec![dimension("LinkedAccount", "111122223333"), dimension("Currency", "USD")]),
        metric(vec![]),
    ];
    assert_eq!(status_of(&without_data(Some(hours_ago(25)), others.clone()), "billing-alarm/data"), Fail);
    let with_it = others.into_iter().chain([metric(vec![dimension("Currency", "USD")])]).collect();
    assert_eq!(status_of(&without_data(Some(hours_ago(25)), with_it), "billing-alarm/data"), Pass);
}

#[test]
fn metric_without_dimensions_is_unknown_unless_another_counts() {
    let (silent, whole) =
        (Metric { dimensions: None }, Metric { dimensions: Some(vec![dimension("Currency", "USD")]) });
    let status = |metrics| status_of(&without_data(Some(hours_ago(25)), metrics), "billing-alarm/data");
    assert_eq!(status(vec![silent.clone()]), Unknown);
    assert_eq!(status(vec![silent, whole]), Pass);
}

#[test]
fn states_are_judged_by_what_they_prove() {
    for (state, transitioned, updated, status) in [
        (Some("OK"), None, None, Pass),
        (Some("ALARM"), None, None, Warn),
        (Some("INSUFFICIENT_DATA"), Some(hours_ago(23)), Some(hours_ago(99)), Warn),
        (Some("INSUFFICIENT_DATA"), Some(hours_ago(24)), Some(hours_ago(1)), Fail),
        (Some("INSUFFICIENT_DATA"), None, Some(hours_ago(1)), Warn),
        (Some("INSUFFICIENT_DATA"), None, Some(hours_ago(25)), Fail),
        (Some("INSUFFICIENT_DATA"), None, None, Unknown),
        (Some("SOMETHING"), None, None, Unknown),
        (None, None, None, Unknown),
    ] {
        let found = link_of(
            |alarm| {
                alarm.state = state.map(str::to_owned);
                alarm.state_transitioned = transitioned;
                alarm.state_updated = updated;
            },
            "state",
        );
        assert_eq!(found, status, "{state:?} {transitioned:?} {updated:?}");
    }
}

fn state(change: impl FnOnce(&mut MetricAlarm), listed: bool) -> CheckResult {
    let mut facts = account_with(vec![changed(|alarm| {
        alarm.state = Some("INSUFFICIENT_DATA".to_owned());
        change(alarm);
    })]);
    let metrics =
        if listed { vec![Metric { dimensions: Some(vec![dimension("Currency", "USD")]) }] } else { Vec::new() };
    facts.billing_metrics.set(REGION_NAME, known(Operation::ListMetrics, metrics));
    judge_facts(&CHECK, facts)
}

/// The status, and what the message and the remedy are about.
#[test]
fn an_alarm_without_data_is_told_why() {
    let (between, awaited, long) = ("between two data points", "no data yet", "more than 24 hours");
    let (period, wait, enable, look) = ("--period 21600", "Wait", "Receive CloudWatch billing alerts", "Find out why");
    for (name, since, seconds, listed, status, message, remedy) in [
        ("young, short, sent", 1, 300, true, Warn, between, period),
        ("young, short, not sent", 1, 300, false, Warn, awaited, wait),
        ("young, long, sent", 1, 21_600, true, Warn, awaited, wait),
        ("young, just short, sent", 23, 21_599, true, Warn, between, period),
        ("old, long, sent", 25, 21_600, true, Fail, long, look),
        ("old, short, sent", 25, 300, true, Fail, long, period),
        ("old, long, not sent", 25, 21_600, false, Fail, long, enable),
        ("old, short, not sent", 25, 300, false, Fail, long, enable),
    ] {
        let judged = state(
            |alarm| {
                alarm.state_transitioned = Some(hours_ago(since));
                alarm.metric.period = Some(seconds);
            },
            listed,
        );
        let finding = finding(&judged, "state");
        assert_eq!(finding.status, status, "{name}");
        assert!(finding.message.contains(message), "{name}: {}", finding.message);
        let does = format!("{:?}", finding.remediation.as_ref().unwrap());
        assert!(does.contains(remedy), "{name}: {does}");
        assert_eq!(does.contains(enable), remedy == enable, "{name}: {does}");
    }
}

#[test]
fn an_alarm_in_its_warm_up_warns_until_that_ends() {
    for (name, minutes, configured, since, status) in [
        ("warming up", 2_880, Some(47), Some(47), Warn),
        ("warmed up", 2_880, Some(48), Some(48), Fail),
        ("warmed up, and set anew an hour ago", 60, Some(1), Some(1), Warn),
        ("longer than AWS allows", 100_000, Some(48), Some(48), Fail),
        ("not returned when it was set, old", 60, None, Some(48), Unknown),
        ("not returned when it was set, young", 60, None, Some(1), Warn),
        ("warming up, not returned since when", 120, Some(1), None, Warn),
        ("none at all", 0, Some(48), Some(48), Fail),
    ] {
        let change = |alarm: &mut MetricAlarm| {
            alarm.rare.warm_up_minutes = Some(minutes);
            alarm.configured = configured.map(hours_ago);
            (alarm.state_transitioned, alarm.state_updated) = (since.map(hours_ago), None);
        };
        let judged = state(change, true);
        assert_eq!(finding(&judged, "state").status, status, "{name}");
        let is_told = finding(&judged, "state").message.contains("in its warm-up until");
        assert_eq!(is_told, name.starts_with("warming up"), "{name}: {}", finding(&judged, "state").message);
    }
}

#[test]
fn the_worse_of_state_and_evaluation_state_counts() {
    for (state, evaluation, status) in [
        ("OK", None, Pass),
        ("OK", Some("EVALUATION_ERROR"), Fail),
        ("OK", Some("EVALUATION_FAILURE"), Warn),
        ("OK", Some("PARTIAL_DATA"), Warn),
        ("OK", Some("SOMETHING"), Unknown),
        ("ALARM", Some("EVALUATION_ERROR"), Fail),
        ("ALARM", Some("PARTIAL_DATA"), Warn),
        ("ALARM", Some("SOMETHING"), Unknown),
        ("SOMETHING", Some("PARTIAL_DATA"), Unknown),
        ("SOMETHING", Some("EVALUATION_ERROR"), Fail),
    ] {
        let change = |alarm: &mut MetricAlarm| {
            alarm.state = Some(state.to_owned());
            alarm.rare.evaluation_state = evaluation.map(str::to_owned);
        };
        assert_eq!(link_of(change, "state"), status, "{state} {evaluation:?}");
    }
}

#[test]
fn mute_rules_count_while_they_are_not_expired() {
    let rule = |status: Option<&str>| MuteRule {
        arn: format!("arn:aws:cloudwatch:us-east-1:{ACCOUNT}:alarm-mute-rule:nightly"),
        status: status.map(str::to_owned),
    };
    let (active, scheduled, expired, other, untold) =
        (rule(Some("ACTIVE")), rule(Some("SCHEDULED")), rule(Some("EXPIRED")), rule(Some("PAUSED")), rule(None));
    for (name, enabled, rules, status) in [
        ("none", Some(true), vec![], Pass),
        ("expired", Some(true), vec![expired.clone()], Pass),
        ("scheduled", Some(true), vec![expired, scheduled.clone()], Warn),
        ("active", Some(true), vec![active.clone()], Fail),
        ("active and scheduled", Some(true), vec![scheduled.clone(), active.clone()], Fail),
        ("of another status", Some(true), vec![other.clone()], Unknown),
        ("of no status, and scheduled", Some(true), vec![scheduled.clone(), untold], Unknown),
        ("of another status, and active", Some(true), vec![other, active.clone()], Fail),
        ("scheduled, not returned whether enabled", None, vec![scheduled], Unknown),
        ("active, not returned whether enabled", None, vec![active.clone()], Fail),
        ("active, disabled", Some(false), vec![active], Fail),
    ] {
        let mut facts = account_with(vec![changed(|alarm| alarm.actions_enabled = enabled)]);
        mute(&mut facts, "Billing-25", rules);
        let judged = judge_facts(&CHECK, facts);
        assert_eq!(not_passed(&judged), if status == Pass { vec![] } else { vec![("enabled", status)] }, "{name}");
        if status == Fail || status == Warn {
            let remedy = finding(&judged, "enabled").remediation.as_ref().unwrap();
            assert!(remedy.console.is_some() && !remedy.references.is_empty(), "{name}: {remedy:?}");
        }
    }
}

#[test]
fn mute_rules_that_cannot_be_read_hide_no_disabled_actions() {
    for (enabled, status) in [(Some(true), Unknown), (None, Unknown), (Some(false), Fail)] {
        let mut facts = account_with(vec![changed(|alarm| alarm.actions_enabled = enabled)]);
        facts.alarm_mute_rules.set("us-east-1 Billing-25", denied(Operation::ListAlarmMuteRules));
        assert_eq!(link(facts, "enabled"), status, "{enabled:?}");
    }
}

#[test]
fn a_replaced_alarm_keeps_its_window_and_names_what_it_loses() {
    let clock = |timezone: Option<&str>| Some(WallClockWindow { timezone: timezone.map(str::to_owned) });
    let remedy = |change: &dyn Fn(&mut MetricAlarm)| {
        let facts = account_with(vec![changed(|alarm| {
            alarm.threshold = Some(100.0);
            change(alarm);
        })]);
        let judged = judge_facts(&CHECK, facts);
        let remedy = finding(&judged, "threshold").remediation.clone().unwrap();
        (remedy.summary, remedy.commands[0].clone())
    };
    let (summary, command) = remedy(&|alarm| {
        alarm.metric.period = Some(3_600);
        alarm.rare.wall_clock_window = clock(Some("Europe/Berlin"));
        alarm.rare.warm_up_minutes = Some(60);
        alarm.rare.sends_tags = true;
    });
    assert!(command.contains(r#"--evaluation-window '{"WallClockWindow":{"Timezone":"Europe/Berlin"}}'"#), "{command}");
    assert!(summary.ends_with("without its description, its warm-up, the tags in its notifications)"), "{summary}");
    let (summary, command) = remedy(&|alarm| {
        alarm.metric.period = Some(60);
        alarm.rare.wall_clock_window = clock(None);
    });
    assert!(command.contains(r#"--evaluation-window '{"WallClockWindow":{}}'"#), "{command}");
    assert!(summary.ends_with("without its description)"), "{summary}");
    let (summary, command) = remedy(&|alarm| {
        (alarm.metric.period, alarm.evaluation_periods) = (Some(604_800), Some(2));
        alarm.rare.wall_clock_window = clock(None);
    });
    assert!(!command.contains("--evaluation-window"), "{command}");
    assert!(summary.ends_with("without its description, its wall clock window)"), "{summary}");
}

#[test]
fn an_alarms_first_day_without_data_settles() {
    let change = |alarm: &mut MetricAlarm| {
        alarm.state = Some("INSUFFICIENT_DATA".to_owned());
        alarm.state_transitioned = Some(hours_ago(1));
    };
    let judged = judge_facts(&CHECK, account_with(vec![changed(change)]));
    assert!(finding(&judged, "state").resolves.is_some());
}

#[test]
fn disabled_actions_fail_and_one_command_enables_them() {
    let judged = judge_facts(&CHECK, account_with(vec![changed(|alarm| alarm.actions_enabled = Some(false))]));
    assert_eq!(not_passed(&judged), [("enabled", Fail)]);
    assert_eq!(
        finding(&judged, "enabled").remediation.as_ref().unwrap().commands,
        ["aws cloudwatch enable-alarm-actions --alarm-names Billing-25 --region us-east-1"]
    );
    assert_eq!(link_of(|alarm| alarm.actions_enabled = None, "enabled"), Unknown);
    let bracketed = changed(|alarm| (alarm.name, alarm.actions_enabled) = ("[prod] bill".to_owned(), Some(false)));
    assert_eq!(
        finding(&judge_facts(&CHECK, account_with(vec![bracketed])), "enabled").remediation.as_ref().unwrap().commands,
        [r#"aws cloudwatch enable-alarm-actions --alarm-names '["[prod] bill"]' --region us-east-1"#]
    );
}

/// The numbers of the command that repairs an alarm whose threshold or dimensions are wrong.
fn repaired(change: impl FnOnce(&mut MetricAlarm)) -> String {
    let judged = judge_facts(
        &CHECK,
        account_with(vec![changed(|alarm| {
            alarm.metric.dimensions.as_mut().unwrap().push(dimension("ServiceName", "AmazonEC2"));
            change(alarm);
        })]),
    );
    let commands = &finding(&judged, "metric").remediation.as_ref().unwrap().commands;
    let (_, numbers) = commands[0].split_once(" --statistic Maximum ").unwrap();
    numbers.split_once(" --comparison-operator").unwrap().0.to_owned()
}

#[test]
fn a_repaired_alarm_keeps_of_its_numbers_what_is_right() {
    let kept = repaired(|alarm| {
        alarm.threshold = Some(20.0);
        (alarm.metric.period, alarm.evaluation_periods, alarm.datapoints_to_alarm) = (Some(3_600), Some(3), Some(1));
    });
    assert_eq!(kept, "--period 3600 --evaluation-periods 3 --threshold 20");
    for (periods, period, datapoints, missing_data) in
        [(8, 21_600, 1, "missing"), (3, 3_600, 2, "notBreaching"), (8, 21_600, 2, "missing")]
    {
        let replaced = repaired(|alarm| {
            alarm.threshold = Some(100.0);
            alarm.metric.period = Some(period);
            alarm.evaluation_periods = Some(periods);
            alarm.datapoints_to_alarm = Some(datapoints);
            alarm.treat_missing_data = Some(missing_data.to_owned());
        });
        assert_eq!(replaced, "--period 21600 --evaluation-periods 1 --threshold 25");
    }
}
