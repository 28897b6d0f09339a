//! Why no audit can be made: what of the set-up or of the credentials is missing, and what to do about it.

use std::time::Duration;

use crate::account::unavailable::help_to_reach_aws;
use crate::io::terminal::{quoted, shortened};

/// Why no audit can be made. Its text is one sentence; nothing in it is secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConnectError {
    /// Nothing in the standard chain has any.
    #[error("no AWS credentials were found")]
    NoCredentials,
    /// The profile that was asked for is in neither file.
    #[error("the AWS profile {} doesn't exist", shortened(profile))]
    MissingProfile {
        /// Its name.
        profile: String,
    },
    /// Its section's name has blanks and no quotes, so that it is no profile.
    #[error("the AWS profile {} needs quotes in the AWS config file, since its name has a blank", quoted(profile))]
    UnquotedProfile {
        /// Its name.
        profile: String,
    },
    /// One of the AWS config files is there and cannot be read.
    #[error("the AWS config file {} can't be read: {why}", quoted(file))]
    UnreadableConfig {
        /// Its path.
        file: String,
        /// What is wrong, and in which line.
        why: String,
    },
    /// An environment variable is not text.
    #[error("the variable {name} isn't UTF-8 text")]
    UndecodableVariable {
        /// Its name.
        name: String,
    },
    /// A value goes on in an indented line.
    #[error(
        "{} of the AWS profile {} continues on an indented line (line {line} of {file})",
        quoted(property),
        quoted(profile)
    )]
    IndentedValue {
        /// The property.
        property: String,
        /// The profile's name.
        profile: String,
        /// Which of the two files.
        file: &'static str,
        /// The property's line.
        line: usize,
    },
    /// A setting has a value that means nothing.
    #[error("{} is {:?}, not {wants}", quoted(place), quoted(value))]
    Setting {
        /// The variable, or the property and its profile.
        place: String,
        /// Its value.
        value: String,
        /// What it may be.
        wants: &'static str,
    },
    /// The CA bundle is not there, or no CA bundle.
    #[error("the CA bundle {} of {} can't be used: {why}", quoted(file), quoted(place))]
    CaBundle {
        /// Its path.
        file: String,
        /// The variable, or the property and its profile.
        place: String,
        /// What is wrong.
        why: String,
    },
    /// It has one half of a key pair, or names what is not there.
    #[error("the AWS profile {} is incomplete: {lacks}", quoted(profile))]
    IncompleteProfile {
        /// Its name.
        profile: String,
        /// What it lacks.
        lacks: &'static str,
    },
    /// `AWS_ACCESS_KEY_ID` without `AWS_SECRET_ACCESS_KEY`, or the other way round.
    #[error("only one of AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY is set")]
    IncompleteEnvironment,
    /// A key or token has characters that none has.
    #[error("the {part} from {} {fault}", quoted(from))]
    MalformedKey {
        /// Which part of the credentials.
        part: &'static str,
        /// Where it came from.
        from: String,
        /// What is wrong with it.
        fault: &'static str,
    },
    /// The SSO session has expired, or was never begun.
    #[error("the SSO session of the AWS profile {} has expired or was not started", quoted(profile))]
    SsoSession {
        /// The profile's name.
        profile: String,
    },
    /// SSO knows the session, and the account or the role is not the user's.
    #[error("SSO doesn't give you the account and the role of the AWS profile {}", quoted(profile))]
    SsoAccess {
        /// The profile's name.
        profile: String,
    },
    /// The SSO portal answered something else than credentials.
    #[error("the SSO portal of the AWS profile {} returned no credentials: {answer}", quoted(profile))]
    SsoPortal {
        /// The profile's name.
        profile: String,
        /// What it answered.
        answer: String,
    },
    /// The session of `aws login` has expired, or was never begun.
    #[error("the login session of the AWS profile {} has expired or was not started", quoted(profile))]
    LoginSession {
        /// The profile's name.
        profile: String,
    },
    /// The role wants an MFA code.
    #[error("the AWS profile {} asks for an MFA code, which stagecheck cannot prompt for", quoted(profile))]
    MfaCode {
        /// The profile's name.
        profile: String,
    },
    /// AWS did not let the role be assumed.
    #[error("the role {} could not be assumed{}", quoted(role), code.as_deref().map(|code| format!(": AWS answered {}", quoted(code))).unwrap_or_default())]
    AssumeRole {
        /// The role's ARN.
        role: String,
        /// AWS's error code, if it gave one.
        code: Option<String>,
    },
    /// The file that holds the token is not there, or not for us.
    #[error("the file {} with the web identity token can't be read", quoted(file))]
    TokenFile {
        /// Its path.
        file: String,
    },
    /// The command failed, or gave something else than credentials.
    #[error("the credential_process of the AWS profile {} failed", quoted(profile))]
    CredentialProcess {
        /// The profile's name.
        profile: String,
    },
    /// The container's own service for credentials failed.
    #[error("the container's credentials could not be loaded")]
    Container,
    /// Whoever makes them could not be reached.
    #[error("AWS could not be reached for credentials: {why}")]
    Unreachable {
        /// What stood in the way.
        why: String,
    },
    /// It took too long.
    #[error("no AWS credentials within {} seconds from {}", seconds(*within), quoted(from))]
    TimedOut {
        /// What was asked for them.
        from: String,
        /// How long it was waited for.
        within: Duration,
    },
    /// Nobody needs to ask AWS about them.
    #[error("the AWS credentials from {} have expired already", quoted(from))]
    Expired {
        /// Where they came from.
        from: String,
    },
    /// Anything else.
    #[error("the AWS credentials could not be loaded")]
    Other,
}

fn seconds(duration: Duration) -> f32 {
    (duration.as_secs_f32() * 10.0).round() / 10.0
}

impl ConnectError {
    /// Whether the operator wrote something that means nothing, which no other credentials would mend.
    #[must_use]
    pub fn is_usage(&self) -> bool {
        matches!(self, ConnectError::Setting { .. })
    }

    /// What to do about it.
    #[must_use]
    pub fn help(&self) -> String {
        match self {
            ConnectError::NoCredentials => {
                "sign in with `aws login` or `aws sso login`, name a profile with --profile, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY".to_owned()
            }
            ConnectError::MissingProfile { .. } => {
                "`aws configure list-profiles` lists those that exist; --profile and AWS_PROFILE choose one".to_owned()
            }
            ConnectError::UnquotedProfile { profile } => {
                format!("write its section as [profile \"{}\"]", quoted(profile))
            }
            ConnectError::UnreadableConfig { .. } => {
                "correct the file; AWS_CONFIG_FILE and AWS_SHARED_CREDENTIALS_FILE name other files than \
                 ~/.aws/config and ~/.aws/credentials".to_owned()
            }
            ConnectError::UndecodableVariable { name } => format!("set {name} again, or unset it"),
            ConnectError::IndentedValue { .. } => {
                "indented lines belong to the line above: remove the blanks before each property".to_owned()
            }
            ConnectError::Setting { .. } => "set it to such a value, or unset it".to_owned(),
            ConnectError::CaBundle { .. } => {
                "name a file of PEM certificates in AWS_CA_BUNDLE or in the profile's ca_bundle, or in neither".to_owned()
            }
            ConnectError::IncompleteProfile { profile, .. } => {
                format!("`aws configure --profile {}` sets what it lacks", word(profile))
            }
            ConnectError::IncompleteEnvironment => "set both, or neither to use a profile".to_owned(),
            ConnectError::MalformedKey { .. } => {
                "copy it again without line ends: secret stores and .env files often add one (`tr -d '[:space:]'` removes them)".to_owned()
            }
            ConnectError::SsoSession { profile } => format!("run `aws sso login --profile {}`", word(profile)),
            ConnectError::SsoAccess { .. } => {
                "check sso_account_id and sso_role_name in the profile, and what `aws sso login` opens for you".to_owned()
            }
            ConnectError::SsoPortal { .. } => {
                "try again later; check sso_region and sso_start_url in the profile, and whether a proxy answers \
                 in place of AWS".to_owned()
            }
            ConnectError::LoginSession { profile } => format!("run `aws login --profile {}`", word(profile)),
            // A session of the profile's source, as GetSessionToken gives it, would be another user's than the role.
            ConnectError::MfaCode { profile } => format!(
                "export a session with `eval \"$(aws configure export-credentials --profile {} --format env)\"`, which asks for the code, and audit without --profile",
                word(profile)
            ),
            ConnectError::AssumeRole { .. } => {
                "the role's trust policy must name you, and your own policies must allow sts:AssumeRole on it".to_owned()
            }
            ConnectError::TokenFile { .. } => {
                "check what AWS_WEB_IDENTITY_TOKEN_FILE, or web_identity_token_file in the profile, names".to_owned()
            }
            ConnectError::CredentialProcess { profile } => {
                format!("run the command of the profile {} yourself: it must print credentials as JSON and exit \
                         with 0", quoted(profile))
            }
            ConnectError::Container => {
                "check whether the task or the pod has a role, or name a profile with --profile".to_owned()
            }
            ConnectError::Unreachable { why } => help_to_reach_aws(why).to_owned(),
            ConnectError::Expired { .. } => {
                "sign in again, or find out why old ones are returned; check that the clock of this machine is \
                 right".to_owned()
            }
            ConnectError::TimedOut { .. } => {
                "give more time with --timeout, or check whether `aws sts get-caller-identity` with the same \
                 profile is as slow".to_owned()
            }
            ConnectError::Other => {
                "`aws sts get-caller-identity` with the same profile shows whether the AWS CLI can load them".to_owned()
            }
        }
    }
}

/// A word of a POSIX shell.
fn word(text: &str) -> String {
    shell_words::quote(&quoted(text)).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each that quotes what the operator or a file said.
    fn quoting(said: &str) -> Vec<ConnectError> {
        let said = || said.to_owned();
        vec![
            ConnectError::UnquotedProfile { profile: said() },
            ConnectError::UnreadableConfig { file: said(), why: "line 1".to_owned() },
            ConnectError::IndentedValue { property: said(), profile: said(), file: "the AWS config file", line: 1 },
            ConnectError::Setting { place: said(), value: said(), wants: "true or false" },
            ConnectError::CaBundle { file: said(), place: said(), why: "it is empty".to_owned() },
            ConnectError::IncompleteProfile { profile: said(), lacks: "keys" },
            ConnectError::MalformedKey { part: "access key ID", from: said(), fault: "ends in a line end" },
            ConnectError::SsoSession { profile: said() },
            ConnectError::SsoAccess { profile: said() },
            ConnectError::SsoPortal { profile: said(), answer: "HTTP status 500".to_owned() },
            ConnectError::LoginSession { profile: said() },
            ConnectError::MfaCode { profile: said() },
            ConnectError::AssumeRole { role: said(), code: Some(said()) },
            ConnectError::TokenFile { file: said() },
            ConnectError::CredentialProcess { profile: said() },
            ConnectError::TimedOut { from: said(), within: Duration::from_millis(4500) },
            ConnectError::Expired { from: said() },
        ]
    }

    #[test]
    fn errors_are_sentences_and_always_help() {
        for error in quoting("my profile") {
            let sentence = error.to_string();
            assert!(!sentence.ends_with('.') && !sentence.contains('{'), "{sentence}");
            assert!(!error.help().is_empty());
        }
        let sso = ConnectError::SsoSession { profile: "my profile".to_owned() };
        assert_eq!(sso.help(), "run `aws sso login --profile 'my profile'`");
    }

    #[test]
    fn quoted_values_end_at_their_first_line_and_at_80_characters() {
        for error in quoting("us-west-2\naws_secret_access_key = PLANTED") {
            let told = format!("{error} {}", error.help());
            assert!(!told.contains("PLANTED") && !told.contains('\n'), "{told}");
        }
        for error in quoting(&"é".repeat(500)) {
            let told = format!("{error} {}", error.help());
            assert!(!told.contains(&"é".repeat(81)), "{told}");
        }
    }
}
