//! The README cannot lie: what it shows is what the program prints.

use stagecheck::checks::SINGLE_ACCOUNT;
use stagecheck::exit_status::ExitStatus;
use stagecheck::explain::markdown_table;

use crate::support::run::Run;

fn readme() -> String {
    std::fs::read_to_string("README.md").unwrap()
}

/// Puts `text` between two marks where `UPDATE_README` is set; otherwise holds that it stands there.
fn hold(from: &str, to: &str, text: &str) {
    let readme = readme();
    let (before, rest) = readme.split_once(from).unwrap_or_else(|| panic!("README.md lacks {from}"));
    let (stands, after) = rest.split_once(to).unwrap_or_else(|| panic!("README.md lacks {to}"));
    let text = text.trim();
    if std::env::var_os("UPDATE_README").is_some() {
        std::fs::write("README.md", format!("{before}{from}\n{text}\n{to}{after}")).unwrap();
    } else {
        assert_eq!(stands.trim(), text, "run the tests of the README with UPDATE_README=1");
    }
}

#[test]
fn the_table_of_checks_is_generated_from_the_checks_own_text() {
    hold("<!-- checks -->", "<!-- end of checks -->", &markdown_table(&SINGLE_ACCOUNT));
}

#[test]
fn every_exit_status_is_in_the_table() {
    let readme = readme();
    for status in
        [ExitStatus::Ready, ExitStatus::NotReady, ExitStatus::Usage, ExitStatus::Undetermined, ExitStatus::NoAudit]
    {
        assert!(readme.contains(&format!("\n| {} | ", status.code())), "{status:?}");
    }
}

#[test]
fn the_picture_is_what_the_first_command_prints() {
    let fixture = "fixtures/accounts/alarm-in-the-wrong-region.json";
    let command = format!("cargo run --locked --no-default-features -- audit --snapshot {fixture}");
    assert!(readme().contains(&command));
    let file = format!("{}/{fixture}", env!("CARGO_MANIFEST_DIR"));
    let printed = Run::stagecheck(["audit", "--snapshot"]).arg(file).expect(1).stdout;
    // The table and the verdict; what to do about each failure would fill the page.
    let (head, _) = printed.split_once("\n── ").unwrap();
    let verdict = printed.trim_end().lines().next_back().unwrap();
    let picture = format!("```text\n{}\n\n…\n\n{verdict}\n```", head.trim_end());
    hold("alarm-in-the-wrong-region.json -->", "<!-- end of picture -->", &picture);
}
