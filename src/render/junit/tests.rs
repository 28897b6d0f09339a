use roxmltree::{Document, Node};

use crate::cli::formats::Format;
use crate::io::exit_status::ExitStatus;
use crate::io::terminal::{Style, clean, is_hidden};
use crate::render::sample::{HOSTILE, every_report, hostile, mixed, modest};
use crate::report::Report;

fn junit(report: &Report) -> String {
    let mut out = Vec::new();
    Format::Junit.write(report, &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.0")
}

fn count(node: Node<'_, '_>, name: &str) -> usize {
    node.descendants().filter(|inner| inner.has_tag_name(name)).count()
}

#[test]
fn a_report_is_a_suite_a_check_and_a_case_a_finding() {
    insta::assert_snapshot!(junit(&modest()), @r#"
    <?xml version="1.0" encoding="UTF-8"?>
    <testsuites name="stagecheck: Not ready to create an organization: 1 of 3 checks failed" tests="9" failures="2" errors="3">
      <testsuite name="account" tests="1" failures="0" errors="0" skipped="0" timestamp="2026-11-24T02:00:00">
        <properties>
          <property name="Verdict" value="not-ready"/>
          <property name="Audit" value="stagecheck 0.0.0 · sample stage · snapshot of 2026-11-24 02:00 UTC"/>
          <property name="Account" value="111122223333"/>
          <property name="Alias" value="unknown: ListAccountAliases: access denied. Grant `iam:ListAccountAliases`"/>
          <property name="Audited as" value="arn:aws:iam::111122223333:user/admin"/>
          <property name="Home region" value="us-west-2 (default)"/>
          <property name="Billing region" value="us-east-1 (default)"/>
          <property name="Regions" value="2 enabled"/>
          <property name="Organization" value="none (standalone account)"/>
          <property name="Config file" value="stagecheck.toml"/>
        </properties>
        <testcase classname="stagecheck.sample.account" name="account/organization">
          <system-out>none (standalone account)</system-out>
        </testcase>
      </testsuite>
      <testsuite name="root-mfa: Root user MFA" tests="1" failures="0" errors="0" skipped="0" timestamp="2026-11-24T02:00:00">
        <testcase classname="stagecheck.sample.root-mfa" name="root-mfa/mfa">
          <system-out>The root user has an MFA device</system-out>
        </testcase>
      </testsuite>
      <testsuite name="alarm: $25 billing alarm" tests="3" failures="2" errors="0" skipped="0" timestamp="2026-11-24T02:00:00">
        <testcase classname="stagecheck.sample.alarm" name="alarm/exists of arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25">
          <system-out>the alarm billing-25 exists</system-out>
        </testcase>
        <testcase classname="stagecheck.sample.alarm" name="alarm/region of arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25">
          <failure type="fail" message="the alarm is in us-west-2, where AWS publishes no billing metric">Evaluated: billing-25 (2 others were considered)
    Resource: arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25
    Region: us-west-2
    Fix: Make the alarm anew in us-east-1, where AWS publishes the billing metric
    Commands, in this order:
      export ALERT_EMAIL=you@example.com  # your address
      aws sns subscribe --notification-endpoint "${ALERT_EMAIL:?your address}" --topic-arn arn:aws:sns:us-east-1:111122223333:SecurityAlerts --region us-east-1
      aws cloudwatch put-metric-alarm --alarm-name 'billing 25' --region us-east-1
    Console: CloudWatch &gt; region US East (N. Virginia) &gt; Alarms &gt; Create alarm &gt; Select metric &gt; Billing &gt; Total estimated charge
    Docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html</failure>
        </testcase>
        <testcase classname="stagecheck.sample.alarm" name="alarm/data of arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25">
          <failure type="fail" message="AWS has sent no billing data for two weeks">Evaluated: billing-25 (2 others were considered)
    Resource: arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25
    Region: us-west-2
    Resolves: AWS sends the first billing data within a day after billing alerts are switched on
    Fix: Make the alarm anew in us-east-1, where AWS publishes the billing metric
    Commands, in this order:
      export ALERT_EMAIL=you@example.com  # your address
      aws sns subscribe --notification-endpoint "${ALERT_EMAIL:?your address}" --topic-arn arn:aws:sns:us-east-1:111122223333:SecurityAlerts --region us-east-1
      aws cloudwatch put-metric-alarm --alarm-name 'billing 25' --region us-east-1
    Console: CloudWatch &gt; region US East (N. Virginia) &gt; Alarms &gt; Create alarm &gt; Select metric &gt; Billing &gt; Total estimated charge
    Docs: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html</failure>
        </testcase>
      </testsuite>
      <testsuite name="trail: A trail records every region" tests="3" failures="0" errors="3" skipped="0" timestamp="2026-11-24T02:00:00">
        <testcase classname="stagecheck.sample.trail" name="trail/logging of trail-a">
          <error type="unknown" message="GetTrailStatus of trail-a in us-west-2: access denied. Grant `cloudtrail:GetTrailStatus`">Resource: trail-a
    Region: us-west-2</error>
        </testcase>
        <testcase classname="stagecheck.sample.trail" name="trail/delivery of trail-a">
          <error type="unknown" message="GetTrailStatus of trail-a in us-west-2: access denied. Grant `cloudtrail:GetTrailStatus`">Resource: trail-a
    Region: us-west-2</error>
        </testcase>
        <testcase classname="stagecheck.sample.trail" name="trail/bucket of logs">
          <error type="unknown" message="the trail's start was not told">Resource: logs
    Source: DescribeTrails</error>
        </testcase>
      </testsuite>
      <testsuite name="ec2-ssm-role" tests="1" failures="0" errors="0" skipped="1" timestamp="2026-11-24T02:00:00">
        <testcase classname="stagecheck.sample.ec2-ssm-role" name="ec2-ssm-role">
          <skipped type="left-out" message="skipped: not evaluated"/>
        </testcase>
      </testsuite>
    </testsuites>
    "#);
}

#[test]
fn server_counts_match_the_verdict() {
    for mut report in every_report().into_iter().filter(|report| !report.checks.is_empty()) {
        for strict in [false, true] {
            report.strict = strict;
            let text = junit(&report);
            let document = Document::parse(&text).unwrap();
            let root = document.root_element();
            let suites = root.children().filter(Node::is_element);
            for node in suites.chain([root]) {
                for (attribute, element) in
                    [("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")]
                {
                    if let Some(grouped) = node.attribute(attribute) {
                        assert_eq!(
                            grouped,
                            count(node, element).to_string(),
                            "{attribute} of {:?}",
                            node.attribute("name")
                        );
                    }
                }
            }
            let status = match (count(root, "failure"), count(root, "error")) {
                (0, 0) => ExitStatus::Ready,
                (0, _) => ExitStatus::Undetermined,
                _ => ExitStatus::NotReady,
            };
            assert_eq!(status, report.exit_status(), "{text}");
        }
    }
}

#[test]
fn a_check_without_a_finding_is_an_error_and_not_nothing() {
    let mut report = mixed();
    report.checks.truncate(2);
    report.checks[1].findings.clear();
    report.checks[1].status = crate::model::status::Status::Unknown;
    let text = junit(&report);
    assert!(text.contains("errors=\"1\""), "{text}");
}

#[test]
fn a_warning_passes_and_says_so_unless_it_is_strict() {
    let mut report = mixed();
    let text = junit(&report);
    assert!(text.contains("<system-out>warning: only machines read "), "{text}");
    report.strict = true;
    assert!(junit(&report).contains("<failure type=\"warn\" message=\"only machines read "));
}

#[test]
fn a_hostile_name_is_shown_and_changes_no_element() {
    let text = junit(&hostile());
    assert!(!text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
    let document = Document::parse(&text).unwrap();
    let shown = clean(HOSTILE);
    let failure =
        document.descendants().find(|node| node.has_tag_name("failure") && node.attribute("type") == Some("fail"));
    let error = document.descendants().find(|node| node.has_tag_name("error")).unwrap();
    assert!(failure.unwrap().attribute("message").unwrap().contains(&*shown));
    assert_eq!(error.attribute("message"), Some(&*shown));
    assert!(error.text().unwrap().contains(&format!("Resource: {shown}\n")));
    assert_eq!(count(document.root(), "b"), 0);
}
