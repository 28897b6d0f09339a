use proptest::prelude::*;

use super::escape::{cell, code, fence, text};
use super::{LONGEST, REST};
use crate::cli::formats::Format;
use crate::io::terminal::{Style, clean, is_hidden};
use crate::render::sample::{HOSTILE, every_report, hostile, modest};
use crate::report::Report;

#[path = "../../../tests/integration/support/gfm.rs"]
mod gfm;

use gfm::{Shown, shown};

fn markdown(report: &Report) -> String {
    let mut out = Vec::new();
    Format::Markdown.write(report, &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.0")
}

#[test]
fn a_report_is_a_verdict_a_table_and_what_to_do_folded_away() {
    insta::assert_snapshot!(markdown(&modest()), @r#"
    ## ✘ Not ready to create an organization: 1 of 3 checks failed

    stagecheck `0.0.0` `·` sample stage `·` snapshot of `2026-11-24` `02:00` UTC

    - **Account:** `111122223333`
    - **Alias:** unknown: ListAccountAliases: access denied. Grant `iam:ListAccountAliases`
    - **Audited as:** `arn:aws:iam::111122223333:user/admin`
    - **Home region:** `us-west-2` (default)
    - **Billing region:** `us-east-1` (default)
    - **Regions:** 2 enabled
    - **Organization:** none (standalone account)
    - **Config file:** `stagecheck.toml`

    | Check | Status | Result |
    | --- | --- | --- |
    | Root user MFA | ✔ PASS | The root user has an MFA device |
    | `$25` billing alarm | ✘ FAIL | the alarm is in `us-west-2`, where AWS publishes no billing metric (and 1 more) |
    | A trail records every region | ? UNKNOWN | GetTrailStatus of trail-a in `us-west-2`: access denied. Grant `cloudtrail:GetTrailStatus` (and 2 more) |

    ### Next steps

    1. Make the alarm anew in `us-east-1`, where AWS publishes the billing metric (administrator, 2 min)
    2. Grant the auditor the missing permissions, and audit again: `cloudtrail:GetTrailStatus` (administrator, 5 min)
    3. Check this yourself, since stagecheck can't evaluate it: the trail's start was not told (administrator, 10 min)
    4. Test the alarm: set its state once, and see that an e-mail arrives (administrator, 2 min)

    4 steps, about 19 minutes in all, no AWS charges. Then run `stagecheck audit` again: some checks depend on these steps.

    <details>
    <summary>✘ FAIL <code>alarm</code></summary>

    ### `$25` billing alarm

    - **Evaluated:** `billing-25` (2 others were considered)
    - **Alert path:** ✘ alarm → – subscriber
    - **Fails at:** alarm: the alarm is in `us-west-2`, where AWS publishes no billing metric (–: not evaluated)
    - **Resource:** `arn:aws:cloudwatch:us-west-2:111122223333:alarm:billing-25`
    - **Region:** `us-west-2`

    **✘ FAIL** `alarm/region`: the alarm is in `us-west-2`, where AWS publishes no billing metric

    - **Fix:** Make the alarm anew in `us-east-1`, where AWS publishes the billing metric

    Variables, with your own values:

    ```sh
    export ALERT_EMAIL=you@example.com  # your address
    ```

    Commands, in this order:

    ```sh
    aws sns subscribe --notification-endpoint "${ALERT_EMAIL:?your address}" --topic-arn arn:aws:sns:us-east-1:111122223333:SecurityAlerts --region us-east-1
    aws cloudwatch put-metric-alarm --alarm-name 'billing 25' --region us-east-1
    ```

    - **Console:** CloudWatch \> region US East (N. Virginia) \> Alarms \> Create alarm \> Select metric \> Billing \> Total estimated charge
    - **Docs:** <https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/monitor_estimated_charges_with_cloudwatch.html>

    **✘ FAIL** `alarm/data`: AWS has sent no billing data for two weeks

    - **Resolves:** AWS sends the first billing data within a day after billing alerts are switched on
    - **Fix:** the same as for `alarm/region`

    </details>

    <details>
    <summary>? UNKNOWN <code>trail</code></summary>

    ### A trail records every region

    **? UNKNOWN** `trail/logging`, `trail/delivery`: GetTrailStatus of trail-a in `us-west-2`: access denied. Grant `cloudtrail:GetTrailStatus`

    - **Resource:** `trail-a`
    - **Region:** `us-west-2`

    **? UNKNOWN** `trail/bucket`: the trail's start was not told

    - **Resource:** `logs`
    - **Source:** DescribeTrails

    </details>

    ### Missing permissions

    - `cloudtrail:GetTrailStatus`
    - `iam:ListAccountAliases`

    This policy grants them; `stagecheck iam-policy` prints one with everything that an audit needs:

    ```json
    {"Version":"2012-10-17","Statement":[{"Sid":"StagecheckMissing","Effect":"Allow","Action":["cloudtrail:GetTrailStatus","iam:ListAccountAliases"],"Resource":"*"}]}
    ```

    **Skipped:** `ec2-ssm-role`
    "#);
}

/// Nothing but words and code, and nothing in the words for GitHub to find.
fn assert_words(shown: &Shown, of: &str) {
    assert_eq!(shown.markup, Vec::<String>::new(), "{of:?}");
    assert_eq!(shown.links, Vec::<String>::new(), "{of:?}");
    assert_eq!(shown.html, Vec::<String>::new(), "{of:?}");
    assert_eq!(shown.suspicious(), Vec::<&String>::new(), "{of:?}");
}

const HARM: [&str; 28] = [
    "@someone",
    "a@b.example",
    "#1",
    "GH-1",
    "org/repo#1",
    "0123456789abcdef",
    "https://evil.example",
    "www.evil.example",
    "[x](javascript:x)",
    "![x](https://evil.example/x.png)",
    "<img src=x>",
    "</details>",
    "<!--",
    "**x**",
    "_x_",
    "~~x~~",
    "# x",
    "> x",
    "- x",
    "1. x",
    "| x |",
    "\\|",
    "`",
    "``` x",
    "$x$",
    "$`x`$",
    ":tada:",
    "&lt;b&gt;",
];

#[test]
fn whatever_would_be_markup_is_text() {
    for harm in HARM {
        for of in [harm.to_owned(), format!("the topic {harm} is in"), format!("({harm}), `{harm}`; {harm}.")] {
            assert_words(&shown(&text(&of)), &of);
            let row = shown(&format!("| a |\n| --- |\n| {} |\n", cell(&of)));
            assert_words(&row, &of);
            assert_eq!(row.cells.len(), 2, "{of}: {row:?}");
        }
    }
}

#[test]
fn prose_stays_prose_and_names_are_code() {
    for (words, is_to_be) in [
        ("the trail's log files arrive (and 2 more).", "the trail's log files arrive (and 2 more)."),
        ("the alarm billing-25 is in us-west-2, not here", "the alarm `billing-25` is in `us-west-2`, not here"),
        ("admin `admin` has MFA", "admin `admin` has MFA"),
        ("25. June", "25\\. June"),
        ("a`b", "`` a`b ``"),
        ("run `stagecheck iam-policy`, then (`aws iam`)", "run `stagecheck iam-policy`, then (`aws iam`)"),
        ("`a@b`c@d` and `", "`` `a@b`c@d` `` and `` ` ``"),
        ("CloudWatch > Alarms", "CloudWatch \\> Alarms"),
        ("a\u{1b}[2J", "`a\\u{1b}[2J`"),
    ] {
        assert_eq!(text(words), is_to_be);
    }
}

proptest! {
    #[test]
    fn properties_no_text_is_ever_markup(of in "[ -~\u{a0}é✔|`*_\\[\\]<>@#:/.\\\\\n]{0,60}") {
        let shown = shown(&text(&of));
        prop_assert!(shown.markup.iter().all(|node| node == "LineBreak"), "{:?}", shown);
        prop_assert!(shown.links.is_empty() && shown.html.is_empty() && shown.suspicious().is_empty(), "{:?}", shown);
    }

    #[test]
    fn properties_a_cell_is_one_cell_whatever_is_in_it(of in "[ -~\u{a0}é✔|`\\\\\n]{0,60}") {
        let row = shown(&format!("| a |\n| --- |\n| {} |\n", cell(&of)));
        prop_assert_eq!(row.cells.len(), 2);
        prop_assert!(row.markup.is_empty() && row.suspicious().is_empty(), "{:?}", row);
    }

    #[test]
    fn properties_a_block_holds_its_lines_as_they_are(lines in prop::collection::vec("[ -~`]{1,40}", 1..4)) {
        let block = shown(&fence("sh", &lines));
        prop_assert_eq!(block.blocks, vec![lines.join("\n") + "\n"]);
    }

    #[test]
    fn properties_code_holds_its_text(of in "[!-~`]([ -~`]{0,40}[!-~`])?") {
        prop_assert_eq!(shown(&code(&of)).codes, vec![of]);
    }
}

#[test]
fn only_the_pages_of_aws_are_links_and_only_what_folds_is_html() {
    for report in every_report() {
        let document = markdown(&report);
        let shown = shown(&document);
        assert_eq!(shown.markup, Vec::<String>::new());
        assert_eq!(shown.suspicious(), Vec::<&String>::new());
        assert!(shown.links.iter().all(|link| link.starts_with("https://docs.aws.amazon.com/")), "{:?}", shown.links);
        for line in &shown.html {
            let summary = line.starts_with("<summary>") && line.ends_with("</code></summary>");
            assert!(["<details>", "</details>"].contains(&line.as_str()) || summary, "{line}");
        }
        assert!(!document.contains(|c| c != '\n' && is_hidden(c)), "{document}");
    }
}

#[test]
fn a_hostile_name_is_shown_as_code() {
    let shown = shown(&markdown(&hostile()));
    assert!(shown.codes.contains(&clean(HOSTILE).into_owned()), "{:?}", shown.codes);
}

#[test]
fn a_report_fits_an_issue_and_says_what_found_no_room() {
    let mut report = modest();
    let many = report.checks[2].findings.clone();
    report.checks[2].findings = (0..2_000)
        .map(|number| {
            let mut finding = many[2].clone();
            finding.message = format!("finding {number}");
            finding
        })
        .collect();
    let document = markdown(&report);
    assert!(document.len() <= LONGEST, "{}", document.len());
    assert!(document.contains("\nThere is no room here for the details of `trail`: use another format.\n"));
    assert!(document.contains("<code>alarm</code>"), "{document}");
    let ids = "x".repeat(REST - 200);
    assert!(ids.len() + document.len() < LONGEST, "what is kept for naming them suffices");
}
