use unicode_width::UnicodeWidthStr;

use crate::account::facts::Organization;
use crate::account::operation::Operation;
use crate::account::{Cause, Unavailable};
use crate::io::terminal::{Style, is_hidden};
use crate::model::membership::Membership;
use crate::render::sample::{HOSTILE, denied, every_report, hostile, mixed, modest, ready, unseen, waived};
use crate::render::verdict_line;
use crate::report::{MissingPermission, Report};

const COLOURED: Style = Style { colour: true, width: 80, ascii: false, links: false };

/// The report as it is written, but for the version, which changes.
fn table(report: &Report, style: Style) -> String {
    let mut out = Vec::new();
    super::write_full(report, &style, &mut out).unwrap();
    String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.0")
}

#[test]
fn a_report_ends_with_the_verdict_and_says_before_what_to_do() {
    insta::assert_snapshot!(table(&modest(), Style::plain()), @r#"
    stagecheck 0.0.0 · sample stage · snapshot of 2026-11-24 02:00 UTC

    Account         111122223333
    Alias           unknown: ListAccountAliases: access denied. Grant
                    `iam:ListAccountAliases`
    Audited as      arn:aws:iam::111122223333:user/admin
    Home region     us-west-2 (default)
    Billing region  us-east-1 (default)
    Regions         2 enabled
    Organization    none (standalone account)
    Config file     stagecheck.toml

     Status     Check                         Result
     ───────────────────────────────────────────────────────────────────────────────
     ✔ PASS     Root user MFA                 The root user has an MFA device
     ✘ FAIL     $25 billing alarm             the alarm is in us-west-2, where AWS
                                              publishes no billing… (and 1 more)
     ? UNKNOWN  A trail records every region  needs cloudtrail:GetTrailStatus (and 2
                                              more)

    ── $25 billing alarm ───────────────────────────────────────────────────────────
      Evaluated   billing-25 (2 others were considered)
      Alert path  ✘ alarm → – subscriber
      Fails at    alarm: the alarm is in us-west-2, where AWS publishes no billing
                  metric (–: not evaluated)
      Resource    arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25
      Region      us-west-2

      ✘ FAIL  alarm/region
        the alarm is in us-west-2, where AWS publishes no billing metric
        Fix         Make the alarm anew in us-east-1, where AWS publishes the
                    billing metric
        Variables   set these to your own values:
          export ALERT_EMAIL=you@example.com  # your address
        Commands    in this order:
          # Subscribe
          aws sns subscribe --notification-endpoint "$ALERT_EMAIL" \
            --topic-arn arn:aws:sns:us-east-1:111122223333:SecurityAlerts \
            --region us-east-1
          # Put metric alarm
          aws cloudwatch put-metric-alarm --alarm-name 'billing 25' \
            --region us-east-1
        Console     CloudWatch > region US East (N. Virginia) > Alarms > Create
                    alarm > Select metric > Billing > Total estimated charge
        Docs
          https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html

      ✘ FAIL  alarm/data
        AWS has sent no billing data for two weeks
        Resolves    AWS sends the first billing data within a day after billing
                    alerts are switched on
        Fix         the same as for alarm/region

    ── A trail records every region ────────────────────────────────────────────────

      ? UNKNOWN  trail/logging, trail/delivery
        GetTrailStatus of trail-a in us-west-2: access denied. Grant
        `cloudtrail:GetTrailStatus`
        Resource    trail-a
        Region      us-west-2

      ? UNKNOWN  trail/bucket
        the trail's start was not told
        Resource    logs
        Source      DescribeTrails

    Missing permissions
      cloudtrail:GetTrailStatus
      iam:ListAccountAliases
      This policy grants them; `stagecheck iam-policy` prints one with everything
      that an audit needs:
      {"Version":"2012-10-17","Statement":[{"Sid":"StagecheckMissing","Effect":"Allow","Action":["cloudtrail:GetTrailStatus","iam:ListAccountAliases"],"Resource":"*"}]}

    Skipped  ec2-ssm-role

    Resources by Region (2 Regions are enabled)
      home     us-west-2 (default): no audited resource
      billing  us-east-1 (default): no audited resource
      global   root user

    ── Next steps ──────────────────────────────────────────────────────────────────
     1  Make the alarm anew in us-east-1, where AWS publishes the billing metric
        administrator, 2 min; alarm/region, alarm/data
     2  Grant the auditor the missing permissions, and audit again:
        cloudtrail:GetTrailStatus
        administrator, 5 min; required to evaluate; trail/logging, trail/delivery
     3  Check this yourself, since stagecheck can't evaluate it: the trail's start
        was not told
        administrator, 10 min; required to evaluate; trail/bucket
     4  Test the alarm: set its state once, and see that an e-mail arrives
        administrator, 2 min; verify
    4 steps, about 19 minutes in all, no AWS charges. Then run `stagecheck audit`
    again: some checks depend on these steps. `stagecheck plan` prints only the
    steps, also as a script.

    ✘ Not ready to create an organization: 1 of 3 checks failed
    "#);
}

#[test]
fn a_ready_account_is_a_table_and_a_verdict() {
    insta::assert_snapshot!(table(&ready(), Style::plain()), @"
    stagecheck 0.0.0 · sample stage · live, 2026-11-24 02:00 UTC

    Account         111122223333
    Alias           prod
    Audited as      arn:aws:iam::111122223333:user/admin
    Home region     us-west-2 (default)
    Billing region  us-east-1 (default)
    Regions         2 enabled
    Organization    none (standalone account)
    Config file     stagecheck.toml

     Status  Check          Result
     ───────────────────────────────────────────────────────────────────────────────
     ✔ PASS  Root user MFA  The root user has an MFA device

    Resources by Region (2 Regions are enabled)
      home     us-west-2 (default): no audited resource
      billing  us-east-1 (default): no audited resource
      global   root user

    ✔ Ready to create an organization: 1 of 1 check passed
    ");
}

#[test]
fn waived_failure_is_marked_and_unused_waiver_reported() {
    let text = table(&waived(), Style::plain());
    let (_, text) = text.split_once("\n Status").unwrap();
    let (overview, rest) = text.split_once("\n\n").unwrap();
    let (details, loud) = rest.split_once("\n\nUnused waivers").unwrap();
    insta::assert_snapshot!(format!(" Status{overview}\n\nUnused waivers{loud}"), @"
     Status  Check              Result
     ───────────────────────────────────────────────────────────────────────────────
     ✔ PASS  Root user MFA      The root user has an MFA device
     ✘ FAIL  $25 billing alarm  the alarm is in us-west-2, where AWS publishes no
     waived                     billing… (and 1 more)

    Unused waivers
      ! the waiver of alarm/exists of arn:* by finance@example.com expired on
        2026-11-23: renew or remove it

    Resources by Region (2 Regions are enabled)
      home     us-west-2 (default): no audited resource
      billing  us-east-1 (default): no audited resource
      global   root user

    ✔ Ready to create an organization: 1 of 2 checks passed, 2 waived
    ");
    let waived =
        "    Waived      by finance@example.com until 2027-03-01: a Budget watches the\n                bill\n";
    assert_eq!(details.matches(waived).count(), 2, "{details}");
}

#[test]
fn what_else_stands_in_the_way_is_shown_beside_what_is_waived() {
    let mut report = waived();
    let mut unseen = mixed().checks.remove(3).findings.remove(0);
    unseen.id = "alarm/publish";
    report.checks[1].findings.push(unseen);
    let text = table(&report, COLOURED);
    let (waived, unknown) = (text.find("\n waived ").unwrap(), text.find("\u{1b}[1;35m? UNKNOWN").unwrap());
    assert!(text.find("\u{1b}[1;31m✘ FAIL").unwrap() < waived && waived < unknown, "{text}");
    assert!(
        text.trim_end().ends_with("Undetermined: 1 of 2 checks could not be evaluated, 2 waived\u{1b}[0m"),
        "{text}"
    );
}

#[test]
fn what_is_unseen_of_the_account_says_so_in_its_place() {
    insta::assert_snapshot!(table(&unseen(), Style::plain()), @"
    stagecheck 0.0.0 · sample stage · snapshot of 1970-01-01 00:00 UTC

    Account         unknown: GetCallerIdentity: no answer within --timeout
    Alias           unknown: GetCallerIdentity: no answer within --timeout
    Home region     us-west-2 (default)
    Billing region  us-east-1 (default)
    Regions         unknown: GetCallerIdentity: no answer within --timeout
    Organization    unknown: GetCallerIdentity: no answer within --timeout

    No check was selected

    Skipped  ec2-ssm-role

    ? Undetermined: 0 of 0 checks could not be evaluated
    ");
}

#[test]
fn a_hostile_name_is_shown_and_does_nothing() {
    insta::assert_snapshot!(table(&hostile(), Style::plain()).lines().take(24).collect::<Vec<_>>().join("\n"), @r#"
    stagecheck 0.0.0 · sample stage · snapshot of 2026-11-24 02:00 UTC

    Account         evil\u{1b}[2J\u{a}✔ PASS\u{202e}txt\u{9b}31m\u{7f}<b>|`"'&
    Alias           evil\u{1b}[2J\u{a}✔ PASS\u{202e}txt\u{9b}31m\u{7f}<b>|`"'&
    Partition       aws-cn
    Audited as      arn:aws-cn:iam::evil\u{1b}[2J\u{a}✔
                    PASS\u{202e}txt\u{9b}31m\u{7f}<b>|`"'&:root
                    You are signed in as the root user. Use an IAM user or role
                    instead.
    Home region     evil\u{1b}[2J\u{a}✔ PASS\u{202e}txt\u{9b}31m\u{7f}<b>|`"'& (from
                    --region)
    Billing region  us-east-1 (default)
    Regions         1 enabled
    Organization    member of evil\u{1b}[2J\u{a}✔
                    PASS\u{202e}txt\u{9b}31m\u{7f}<b>|`"'& (management account
                    evil\u{1b}[2J\u{a}✔ PASS\u{202e}txt\u{9b}31m\u{7f}<b>|`"'&). A
                    member account can't create an organization
    Config file     evil\u{1b}[2J\u{a}✔ PASS\u{202e}txt\u{9b}31m\u{7f}<b>|`"'&

     Status     Check                              Result
     ───────────────────────────────────────────────────────────────────────────────
     ✔ PASS     evil\u{1b}[2J\u{a}✔                The root user has an MFA device
                PASS\u{202e}txt\u{9b}31m\u{7f}<b>
                |`"'&
    "#);
}

#[test]
fn no_hidden_character_of_any_report_reaches_the_output() {
    for report in every_report() {
        let text = table(&report, Style::plain());
        assert!(!text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
    }
    assert!(HOSTILE.contains(is_hidden) && table(&hostile(), Style::plain()).contains("evil\\u{1b}[2J"));
}

#[test]
fn a_line_is_wider_than_the_page_only_where_it_is_to_be_copied() {
    for width in [20, 25, 33, 40, 47, 59, 60, 80, 120] {
        for report in every_report() {
            let text = table(&report, Style { width, ..Style::plain() });
            let (before, _verdict) = text.trim_end().rsplit_once('\n').unwrap();
            for line in before.lines() {
                let copied = ["aws ", "--", "# ", "export ", "https://", "arn:", "evil", "{\"Version\""]
                    .iter()
                    .any(|start| line.trim_start().starts_with(start));
                assert!(copied || line.width() <= width, "{width}: {line}");
            }
        }
    }
}

#[test]
fn terminal_without_unicode_is_told_in_ascii_alone() {
    for width in [20, 40, 59, 60, 80, 120] {
        for report in every_report() {
            let text = table(&report, Style { width, ascii: true, ..Style::plain() });
            assert!(text.is_ascii(), "{text}");
        }
    }
    let text = table(&modest(), Style { ascii: true, ..COLOURED });
    for status in [" \u{1b}[1;32mPASS", " \u{1b}[1;31mFAIL", " \u{1b}[1;35mUNKNOWN", " ---", "x alarm\u{1b}[0m -> "] {
        assert!(text.contains(status), "{status} in {text}");
    }
}

#[test]
fn without_colour_there_is_no_escape_and_with_it_the_same_words() {
    let plain = table(&modest(), Style::plain());
    let coloured = table(&modest(), COLOURED);
    assert!(!plain.contains('\u{1b}'));
    for status in ["\u{1b}[1;32m✔ PASS", "\u{1b}[1;31m✘ FAIL", "\u{1b}[1;35m? UNKNOWN"] {
        assert!(coloured.contains(status), "{coloured}");
    }
    let stripped: String = coloured
        .split('\u{1b}')
        .enumerate()
        .map(|(place, part)| if place == 0 { part } else { part.split_once('m').unwrap().1 })
        .collect();
    assert_eq!(stripped, plain);
}

#[test]
fn a_name_that_looks_like_a_status_is_not_coloured_as_one() {
    let mut report = ready();
    report.checks[0].summary = "│ ✘ FAIL │".to_owned();
    let text = table(&report, COLOURED);
    assert!(text.contains("\u{1b}[1;32m✔ PASS") && !text.contains("\u{1b}[1;31m"), "{text}");
}

#[test]
fn a_command_is_shown_plain_below_what_it_does() {
    let text = table(&mixed(), Style::plain());
    let lines: Vec<&str> = text.lines().map(str::trim).skip_while(|line| *line != "# Subscribe").take(4).collect();
    assert_eq!(
        lines,
        [
            "# Subscribe",
            r#"aws sns subscribe --notification-endpoint "$ALERT_EMAIL" \"#,
            r"--topic-arn arn:aws:sns:us-east-1:111122223333:SecurityAlerts \",
            "--region us-east-1",
        ]
    );
}

#[test]
fn a_path_is_broken_between_links_where_the_page_is_narrow() {
    let narrow = Style { width: 36, ..Style::plain() };
    let text = table(&modest(), narrow);
    let path = text.lines().skip_while(|line| !line.starts_with("  Alert path")).take(2).collect::<Vec<_>>();
    assert_eq!(path, ["  Alert path  ✘ alarm →", "              – subscriber"]);
    let coloured = table(&modest(), COLOURED);
    assert!(coloured.contains("\u{1b}[1;31m✘ alarm\u{1b}[0m → \u{1b}[2m– subscriber\u{1b}[0m"), "{coloured}");
}

#[test]
fn one_who_audits_as_the_root_user_is_told_not_to() {
    let advice = "You are signed in as the root user.";
    assert!(table(&hostile(), Style::plain()).contains(advice) && !table(&mixed(), Style::plain()).contains(advice));
}

#[test]
fn the_verdict_alone_is_one_line() {
    for report in every_report() {
        let mut out = Vec::new();
        verdict_line(&report, &Style::plain(), &mut out).unwrap();
        let line = String::from_utf8(out).unwrap();
        assert_eq!(line.lines().count(), 1);
        assert!(table(&report, Style::plain()).ends_with(&line), "{line}");
    }
}

#[test]
fn a_management_account_and_a_member_are_told_apart() {
    let mut report = ready();
    let management_account = "999988887777".to_owned();
    let organization = Organization { id: "o-abc".to_owned(), management_account, feature_set: None };
    report.account.membership = Ok(Membership::Management(organization.clone()));
    assert!(table(&report, Style::plain()).contains("o-abc (this is its management account)"));
    report.account.membership = Ok(Membership::Member(organization));
    let member = table(&report, Style::plain());
    assert!(member.contains("member of o-abc (management account 999988887777)"), "{member}");
    assert!(member.lines().last().unwrap().starts_with("✘ Not ready"), "{member}");
}

/// The block of what the auditor lacks, where `GetTrailStatus` was denied so.
fn lacking(denials: &[Option<&str>]) -> String {
    let denials: Vec<Unavailable> = denials
        .iter()
        .map(|message| Unavailable {
            cause: Cause::Denied { message: message.map(str::to_owned) },
            ..denied(Operation::GetTrailStatus)
        })
        .chain([denied(Operation::GetBucketAcl)])
        .collect();
    let mut report = ready();
    report.missing_permissions = MissingPermission::of(&denials);
    let text = table(&report, Style::plain());
    let block = text.lines().skip_while(|line| !line.starts_with("Missing permissions")).skip(1);
    block.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

const BY_SCP: &str = "with an explicit deny in a service control policy";
const BY_SESSION: &str = "because no session policy allows the cloudtrail:GetTrailStatus action";

#[test]
fn denied_by_deny_or_limit_is_in_no_printed_policy() {
    insta::assert_snapshot!(lacking(&[Some(BY_SCP), Some(BY_SESSION)]), @r#"
    cloudtrail:GetTrailStatus, denied because the auditor's session policy doesn't
    allow it and by an explicit deny in a service control policy
    s3:GetBucketAcl
    This policy grants the others; `stagecheck iam-policy` prints one with
    everything that an audit needs:
    {"Version":"2012-10-17","Statement":[{"Sid":"StagecheckMissing","Effect":"Allow","Action":["s3:GetBucketAcl"],"Resource":"*"}]}
    An explicit deny or another limit stays in force whatever the auditor is
    granted: ask its owner to allow these calls
    "#);
}

#[test]
fn absent_and_denied_action_is_in_the_policy_and_marked() {
    insta::assert_snapshot!(lacking(&[Some(BY_SCP), None]), @r#"
    cloudtrail:GetTrailStatus, denied by an explicit deny in a service control
    policy
    s3:GetBucketAcl
    This policy grants them; `stagecheck iam-policy` prints one with everything
    that an audit needs:
    {"Version":"2012-10-17","Statement":[{"Sid":"StagecheckMissing","Effect":"Allow","Action":["cloudtrail:GetTrailStatus","s3:GetBucketAcl"],"Resource":"*"}]}
    An explicit deny or another limit stays in force whatever the auditor is
    granted: ask its owner to allow these calls
    "#);
}

#[test]
fn only_permissions_that_were_refused_are_listed_as_lacking() {
    let text = table(&modest(), Style::plain());
    assert!(text.contains("Missing permissions\n  cloudtrail:GetTrailStatus\n"), "{text}");
    let throttled = Unavailable { cause: Cause::Throttled, ..denied(Operation::GetTrailStatus) };
    let who = denied(Operation::GetCallerIdentity);
    assert_eq!(
        MissingPermission::of(&[throttled, who]),
        [],
        "neither a throttled call nor one that needs no permission"
    );
    assert!(!table(&ready(), Style::plain()).contains("Permissions"));
}

#[test]
fn a_requirement_links_to_its_page_on_terminals_with_links() {
    let linked = |links| {
        let mut out = Vec::new();
        super::write(&modest(), &Style { links, ..Style::plain() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    };
    let page = modest().checks[1].check.requirements[0].docs;
    assert!(linked(true).contains(&format!("\u{1b}]8;;{page}\u{1b}\\")), "{}", linked(true));
    assert!(!linked(false).contains('\u{1b}'), "{}", linked(false));
}

#[test]
fn what_passes_takes_one_line_beside_a_failure() {
    let text = "management-events → trail-logs-320000000031; 31 Regions; last delivery 06:59";
    for (columns, line) in [
        (80, text),
        (60, "management-events → trail-logs-320000000031; 31 Regions"),
        (39, "management-events → trail-logs-320…0031"),
    ] {
        assert_eq!(super::one_line(text, columns, "…"), line);
    }
    assert_eq!(super::one_line(text, 39, "..."), "management-events → trail-logs-3...0031");
    assert_eq!(super::one_line("only CloudTrail can write; LogReaders can read", 39, "…"), "only CloudTrail can write");
}
