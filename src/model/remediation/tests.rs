use super::*;

#[test]
fn a_name_with_a_quote_stays_one_word() {
    let remedy =
        Remediation::new("x").run(Command::aws("iam", "get-user").option("--user-name", "o'neil; rm")).finished();
    assert_eq!(remedy.commands, [r"aws iam get-user --user-name 'o'\''neil; rm'"]);
}

#[test]
fn a_hostile_name_gets_no_command_at_all() {
    let remedy = Remediation::new("x")
        .run(Command::aws("sns", "list-topics"))
        .run(Command::aws("iam", "get-user").option("--user-name", "a\u{1b}[2J"))
        .finished();
    assert_eq!(remedy.commands, Vec::<String>::new());
}

#[test]
fn every_command_names_one_region() {
    let mut remedy = Remediation::new("x")
        .run(Command::aws("iam", "get-user").option("--user-name", "a --region b"))
        .run(Command::aws("sns", "list-topics").option("--region", "us-east-1"))
        .finished();
    remedy.name_region("us-west-2");
    assert_eq!(
        remedy.commands,
        ["aws iam get-user --user-name 'a --region b' --region us-west-2", "aws sns list-topics --region us-east-1"]
    );
}

#[test]
fn each_call_of_a_line_names_a_region() {
    let get = || Command::aws("iam", "get-user").option("--user-name", "a b");
    let keys = || Command::aws("iam", "list-access-keys").option("--output", "text");
    let mut remedy = Remediation::new("x")
        .run(Command::aws("iam", "create-user").option("--user-name", "a b").unless(get(), NO_SUCH_ENTITY))
        .run(Command::aws("iam", "delete-access-key").for_each(keys(), "--access-key-id"))
        .run(Command::aws("sns", "x").option("--region", "eu-west-1").if_there("NotFound"))
        .run(Command::aws("iam", "x").saying("it's secret").skip_if_present(keys()).unless_input("CODE"))
        .run(Command::aws("iam", "x").unless_listed_or_input(keys(), "CODE"))
        .run(Command::aws("iam", "x").option_from("--y", keys()))
        .finished();
    remedy.name_region("us-west-2");
    let list = "aws iam list-access-keys --output text --region us-west-2";
    assert_eq!(
        remedy.commands,
        [
            "error=$(aws iam get-user --user-name 'a b' --region us-west-2 2>&1 >/dev/null) || case $error in *'(NoSuchEntity)'*) aws iam \
             create-user --user-name 'a b' --region us-west-2 ;; *) printf '%s\\n' \"$error\" >&2; false ;; esac",
            &format!(
                "if listed=$({list}); then printf '%s\\n' \"$listed\" | (while read -r each; do test -z \"$each\" || aws iam \
                 delete-access-key --access-key-id \"$each\" --region us-west-2 || exit 1; done); else false; fi"
            ),
            "error=$(aws sns x --region eu-west-1 2>&1 >/dev/null) || case $error in *'(NotFound)'*) true ;; *) printf '%s\\n' \"$error\" >&2; \
             false ;; esac",
            &format!(
                "if listed=$({list}); then test -n \"$listed\" || {{ printf '%s\\n' 'it'\\''s secret' >&2; aws iam x --region us-west-2; }}; \
                 else false; fi || test -n \"${{CODE:-}}\""
            ),
            &format!(
                "if listed=$({list}); then test -n \"$listed\" || test -n \"${{CODE:-}}\" || aws iam x --region us-west-2; else false; fi"
            ),
            &format!("if value=$({list}); then aws iam x --y \"$value\" --region us-west-2; else false; fi"),
        ]
    );
}

#[test]
fn around_an_input_stands_nothing_that_a_shell_reads() {
    let around = |before: &str| {
        let command = Command::aws("iam", "x").with_input("--serial-number", (before, "ADMIN_USER", ""));
        Remediation::new("x").run(command).finished().commands
    };
    assert_eq!(around("arn:aws:iam::1:mfa/"), [r#"aws iam x --serial-number "arn:aws:iam::1:mfa/${ADMIN_USER}""#]);
    for hostile in ["$(id)", "`id`", "\"; id; \"", "\\"] {
        assert_eq!(around(hostile), Vec::<String>::new(), "{hostile}");
    }
}

#[test]
fn what_an_input_is_for_has_no_quotes() {
    let command = Command::aws("iam", "create-user").input("--user-name", "ADMIN", "the administrator's \"name\"");
    let remedy = Remediation::new("x").run(command).finished();
    assert_eq!(remedy.commands, [r#"aws iam create-user --user-name "${ADMIN:?the administrators name}""#]);
}

#[test]
fn a_name_is_never_taken_for_an_option_or_a_file() {
    let of = |name: &str| {
        Remediation::new("x").run(Command::aws("iam", "get-user").option("--user-name", name)).finished().commands
    };
    assert_eq!(of("-rf"), ["aws iam get-user '--user-name=-rf'"]);
    assert_eq!(of("file:///etc/passwd"), Vec::<String>::new());
}

#[test]
fn what_only_the_operator_knows_is_an_environment_variable() {
    let command = Command::aws("sns", "subscribe").input("--notification-endpoint", "ALERT_EMAIL", "your address");
    let remedy = Remediation::new("x").run(command).finished();
    assert_eq!(remedy.inputs, ["ALERT_EMAIL"]);
    assert_eq!(remedy.commands, [r#"aws sns subscribe --notification-endpoint "${ALERT_EMAIL:?your address}""#]);
}

fn topic() -> Target {
    Target::TopicPolicy { topic: "arn:aws:sns:us-west-2:111122223333:x".to_owned(), region: "us-west-2".to_owned() }
}

#[test]
fn two_edits_of_a_document_are_one_command() {
    let edit = |after: &str| {
        let remedy = Remediation::new("x").replace(topic(), r#"{"a":["1"]}"#, after).finished();
        assert_eq!(remedy.commands, [remedy.edits[0].line().clone()]);
        remedy.edits[0].clone()
    };
    let (one, other) = (edit(r#"{"a":["1","2"]}"#), edit(r#"{"a":["1"],"b":"3"}"#));
    let both = one.and(&other, "us-west-2").unwrap();
    assert_eq!(both.after(), r#"{"a":["1","2"],"b":"3"}"#);
    assert!(both.line().contains(r#"--attribute-value '{"a":["1","2"],"b":"3"}' --region us-west-2"#), "{both:?}");
    assert_eq!(both.and(&one, "us-west-2").as_ref(), Some(&both));
    assert_eq!(edit(r#"{"a":"x"}"#).and(&edit(r#"{"a":"y"}"#), "us-west-2"), None);
    let elsewhere = Remediation::new("x").replace(
        Target::TrustPolicy { role: "r".to_owned() },
        r#"{"a":["1"]}"#,
        r#"{"a":["1","2"]}"#,
    );
    assert_eq!(one.and(&elsewhere.edits[0], "us-west-2"), None);
}

#[test]
fn an_edit_names_the_same_region_as_its_command() {
    let target = Target::TrustPolicy { role: "r".to_owned() };
    let mut remedy = Remediation::new("x").replace(target, "{}", r#"{"a":"b"}"#).finished();
    remedy.name_region("eu-west-1");
    assert_eq!(remedy.commands, [remedy.edits[0].line().clone()]);
    let both = remedy.edits[0].and(&remedy.edits[0].clone(), "eu-west-1").unwrap();
    assert_eq!(both, remedy.edits[0]);
}

#[test]
fn a_hostile_document_gets_no_edit() {
    let remedy = Remediation::new("x").replace(topic(), "{}", "{\"a\":\"\u{202e}\"}").finished();
    assert!(remedy.commands.is_empty() && remedy.edits.is_empty());
}

/// A shell function in the place of the AWS CLI: what is read fails with an error or prints something, what is made says so.
fn shell(commands: &[String], read: &str) -> (String, bool) {
    let script = format!(
        "set -eu\naws() {{ case $2 in get|list) {read} ;; *) echo \"made $*\" ;; esac; }}\n{}",
        commands.join("\n")
    );
    let ran = std::process::Command::new("sh").args(["-c", &script]).output().unwrap();
    (String::from_utf8(ran.stdout).unwrap(), ran.status.success())
}

#[test]
fn what_could_not_be_read_is_left_alone() {
    let refused =
        |code: &str| format!("echo 'An error occurred ({code}) when calling the Get operation: no' >&2; return 254");
    let make = || Command::aws("x", "make").option("--region", "r");
    let get = || Command::aws("x", "get").option("--region", "r");
    let list = || Command::aws("x", "list").option("--region", "r");
    let rows = [
        ("unless", make().unless(get(), "NoSuchThing"), refused("NoSuchThing"), true, true),
        ("unless", make().unless(get(), "NoSuchThing"), "true".to_owned(), false, true),
        ("unless", make().unless(get(), "NoSuchThing"), refused("AccessDenied"), false, false),
        ("unless", make().unless(get(), "NoSuchThing"), "echo NoSuchThing >&2; return 1".to_owned(), false, false),
        ("unless_listed", make().skip_if_present(list()), "true".to_owned(), true, true),
        ("unless_listed", make().skip_if_present(list()), "echo it".to_owned(), false, true),
        ("unless_listed", make().skip_if_present(list()), refused("AccessDenied"), false, false),
        ("unless_listed_or_input", make().unless_listed_or_input(list(), "C"), "true".to_owned(), true, true),
        ("unless_listed_or_input", make().unless_listed_or_input(list(), "C"), refused("AccessDenied"), false, false),
        ("for_each", make().for_each(list(), "--it"), "echo a; echo b".to_owned(), true, true),
        ("for_each", make().for_each(list(), "--it"), "true".to_owned(), false, true),
        ("for_each", make().for_each(list(), "--it"), refused("AccessDenied"), false, false),
        ("option_from", make().option_from("--it", list()), "echo a".to_owned(), true, true),
        ("option_from", make().option_from("--it", list()), refused("AccessDenied"), false, false),
        ("if_there", get().if_there("NoSuchThing"), refused("NoSuchThing"), false, true),
        ("if_there", get().if_there("NoSuchThing"), refused("AccessDenied"), false, false),
        ("saying", make().saying("secret").skip_if_present(list()), refused("AccessDenied"), false, false),
    ];
    let mut wrong = Vec::new();
    for (name, command, read, makes, goes_on) in rows {
        let commands = Remediation::new("x")
            .run(command)
            .run(Command::aws("x", "next"))
            .finished()
            .commands
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>();
        let (out, ended_well) = shell(&commands, &read);
        let made = out.contains("made x make");
        if (made, out.contains("made x next"), ended_well) != (makes, goes_on, goes_on) {
            wrong.push(format!("{name} where {read}: {out} {ended_well}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
