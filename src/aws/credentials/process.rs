//! `credential_process`: a program that the profile names.
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>

use std::io::{self, Write};
use std::process::Stdio;
use std::time::Duration;

use aws_credential_types::Credentials;
use serde::Deserialize;
use tokio::process::Command;

use super::super::connect_error::ConnectError;
use super::interrupt;
use super::source::moment;
use crate::io::platform;
use crate::io::terminal::{clean, quoted};

/// Who is not told by then what it is waiting for looks for a fault.
const SILENCE: Duration = Duration::from_secs(2);

/// What only a shell understands.
const OF_A_SHELL: &[char] =
    &['|', '&', ';', '<', '>', '(', ')', '$', '`', '*', '?', '[', ']', '#', '~', '%', '!', '{', '}', '\\'];

/// What the program prints.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Printed {
    version: u32,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expiration: Option<String>,
}

/// Runs the program to its end. It is killed where this future is given up, so that it ends with the audit.
pub(super) async fn credentials(profile: &str, command: &str) -> Result<Credentials, ConnectError> {
    let failed = || ConnectError::CredentialProcess { profile: profile.to_owned() };
    let mut command = as_command(command);
    // As for the AWS CLI, the program may ask at the terminal.
    command.stdin(Stdio::inherit()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    let (interrupted, running) = interrupt::watch().await;
    let program = command.spawn().map_err(|_| failed())?;
    let output = tokio::select! {
        output = program.wait_with_output() => output.map_err(|_| failed())?,
        () = says_that_it_waits(profile) => return Err(failed()),
        () = interrupted => {
            // The program is ended by now, and this one is about to be.
            drop(running);
            std::future::pending().await
        }
    };
    if !output.status.success() {
        return Err(failed());
    }
    printed(&output.stdout).ok_or_else(failed)
}

/// The program itself, as the AWS CLI runs it, so that it can be ended; a shell only for what needs one, as for the SDKs.
fn as_command(text: &str) -> Command {
    if !text.contains(OF_A_SHELL)
        && let Ok(words) = shell_words::split(text)
        && let [program, arguments @ ..] = words.as_slice()
        && !program.contains('=')
        && !is_of_the_shell(program)
    {
        let mut command = Command::new(program);
        command.args(arguments);
        return command;
    }
    platform::shell(text).into()
}

/// Words that are no programs everywhere.
fn is_of_the_shell(word: &str) -> bool {
    matches!(
        word,
        "." | ":"
            | "cd"
            | "command"
            | "eval"
            | "exec"
            | "exit"
            | "export"
            | "if"
            | "for"
            | "set"
            | "source"
            | "umask"
            | "unset"
            | "while"
    )
}

async fn says_that_it_waits(profile: &str) {
    tokio::time::sleep(SILENCE).await;
    let _ = writeln!(io::stderr(), "waiting for the credential_process of profile {}", clean(&quoted(profile)));
    std::future::pending::<()>().await;
}

fn printed(text: &[u8]) -> Option<Credentials> {
    let Printed { version: 1, access_key_id, secret_access_key, session_token, expiration } =
        serde_json::from_slice(text).ok()?
    else {
        return None;
    };
    let expiry = match expiration.filter(|text| !text.trim().is_empty()) {
        Some(text) => Some(moment(&text)?),
        None => None,
    };
    let session_token = session_token.filter(|token| !token.is_empty());
    Some(Credentials::new(access_key_id, secret_access_key, session_token, expiry, "credential_process"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printed_credentials_are_read_as_the_aws_cli_reads_them() {
        let whole = r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": "t", "Expiration": "2126-01-01T00:00:00Z", "AccountId": "1"}"#;
        let read = printed(whole.as_bytes()).unwrap();
        assert_eq!((read.access_key_id(), read.session_token(), read.expiry().is_some()), ("A", Some("t"), true));
        for (name, text, is_read) in [
            ("no token", r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s"}"#, true),
            (
                "nulls",
                r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "SessionToken": null, "Expiration": null}"#,
                true,
            ),
            ("another version", r#"{"Version": 2, "AccessKeyId": "A", "SecretAccessKey": "s"}"#, false),
            ("no version", r#"{"AccessKeyId": "A", "SecretAccessKey": "s"}"#, false),
            ("no secret", r#"{"Version": 1, "AccessKeyId": "A"}"#, false),
            ("no moment", r#"{"Version": 1, "AccessKeyId": "A", "SecretAccessKey": "s", "Expiration": "soon"}"#, false),
            ("no JSON", "words", false),
        ] {
            assert_eq!(printed(text.as_bytes()).is_some(), is_read, "{name}");
        }
    }

    #[test]
    fn program_runs_without_a_shell_where_none_is_needed() {
        let program = |text| as_command(text).as_std().get_program().to_owned();
        for (text, expected) in [
            ("/opt/x --user \"a b\"", "/opt/x"),
            ("x y z", "x"),
            ("x | y", "sh"),
            ("x; y", "sh"),
            ("A=1 x", "sh"),
            ("x \"unbalanced", "sh"),
            ("~/bin/x", "sh"),
        ] {
            assert_eq!(program(text), expected, "{text}");
        }
    }
}
