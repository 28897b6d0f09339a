//! IAM Identity Center: the token that `aws sso login` left, and the portal that gives credentials for it.

use std::fmt::Write;
use std::fs;
use std::time::{Duration, SystemTime};

use aws_config::Region;
use aws_config::sso::SsoTokenProvider;
use aws_credential_types::Credentials;
use aws_credential_types::provider::token::ProvideToken;
use aws_sdk_sso::Client;
use aws_sdk_sso::operation::get_role_credentials::GetRoleCredentialsError;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use serde::Deserialize;
use sha1::{Digest, Sha1};

use super::super::connect_error::ConnectError;
use super::super::errors::obstacle;
use super::Reach;
use super::source::{Sso, moment};

/// A token that ends this soon is renewed first, where that is possible.
const SOON: Duration = Duration::from_mins(5);

/// What of the file counts.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Token {
    #[serde(rename = "accessToken")]
    access: String,
    expires_at: String,
    #[serde(rename = "refreshToken")]
    refresh: Option<String>,
}

/// The credentials of the role that the profile names.
pub(super) async fn credentials(reach: &Reach, sso: &Sso) -> Result<Credentials, ConnectError> {
    let token = token(reach, sso).await?;
    let config = reach.config.to_builder().region(Region::new(sso.region.clone())).build();
    let answer = Client::new(&config)
        .get_role_credentials()
        .role_name(&sso.role)
        .account_id(&sso.account)
        .access_token(token)
        .send()
        .await
        .map_err(|error| refused(&error, sso))?;
    let none = || portal(sso, "no credentials");
    let role = answer.role_credentials.ok_or_else(none)?;
    let (Some(id), Some(secret)) = (role.access_key_id, role.secret_access_key) else { return Err(none()) };
    let millis = u64::try_from(role.expiration).ok().filter(|millis| *millis > 0);
    let expiry = millis.and_then(|millis| SystemTime::UNIX_EPOCH.checked_add(Duration::from_millis(millis)));
    Ok(Credentials::new(id, secret, role.session_token, expiry, "SSO"))
}

/// The token of the session's file. The SDK renews it where it can; it reads the time in one form only, so it is not asked
/// where that is not needed.
async fn token(reach: &Reach, sso: &Sso) -> Result<String, ConnectError> {
    let over = || ConnectError::SsoSession { profile: sso.profile.clone() };
    let key = sso.session.as_deref().unwrap_or(&sso.start_url);
    let file = format!("{}/.aws/sso/cache/{}.json", reach.setup.home().ok_or_else(over)?, sha1(key));
    let token: Token = fs::read(file).ok().and_then(|text| serde_json::from_slice(&text).ok()).ok_or_else(over)?;
    // Of a token that cannot be dated the portal tells whether it is over.
    let left = moment(&token.expires_at).map(|end| end.duration_since(SystemTime::now()).unwrap_or_default());
    let usable = left.is_none_or(|left| !left.is_zero());
    if let (Some(session), Some(_)) = (&sso.session, &token.refresh)
        && left.is_some_and(|left| left < SOON)
    {
        let provider = SsoTokenProvider::builder()
            .configure(&reach.config)
            .region(Region::new(sso.region.clone()))
            .session_name(session)
            .start_url(&sso.start_url)
            .build()
            .await;
        if let Ok(renewed) = provider.provide_token().await
            && renewed.expiration().is_none_or(|end| end > SystemTime::now())
        {
            return sound(renewed.token(), sso);
        }
    }
    // The old form leaves it to the portal.
    if !usable && sso.session.is_some() {
        return Err(over());
    }
    sound(&token.access, sso)
}

/// It is sent as a header, which holds no line end.
fn sound(token: &str, sso: &Sso) -> Result<String, ConnectError> {
    if token.is_empty() || token.chars().any(char::is_control) || !token.is_ascii() {
        return Err(ConnectError::SsoSession { profile: sso.profile.clone() });
    }
    Ok(token.to_owned())
}

fn portal(sso: &Sso, answer: &str) -> ConnectError {
    ConnectError::SsoPortal { profile: sso.profile.clone(), answer: answer.to_owned() }
}

fn refused(error: &SdkError<GetRoleCredentialsError, HttpResponse>, sso: &Sso) -> ConnectError {
    let profile = || sso.profile.clone();
    let status = error.raw_response().map(|response| response.status().as_u16());
    match (error, status) {
        (SdkError::DispatchFailure(_), _) => ConnectError::Unreachable { why: obstacle(error) },
        (_, Some(401)) => ConnectError::SsoSession { profile: profile() },
        (_, Some(403)) if error.code() == Some("ForbiddenException") => ConnectError::SsoAccess { profile: profile() },
        (_, Some(429)) => portal(sso, "it throttled the request (HTTP status 429)"),
        (_, Some(404)) if error.code() == Some("ResourceNotFoundException") => {
            portal(sso, "it does not know the account or the role (ResourceNotFoundException)")
        }
        (_, Some(200..300)) => portal(sso, "its answer is not one of AWS"),
        (_, Some(status)) => portal(sso, &format!("it answered with HTTP status {status}")),
        _ => portal(sso, "its answer is not one of AWS"),
    }
}

/// The name that the AWS CLI gives the file of a session or a start URL.
fn sha1(text: &str) -> String {
    let mut hex = String::new();
    for byte in Sha1::digest(text.as_bytes()) {
        let _ = write!(hex, "{byte:02x}"); // a String takes everything
    }
    hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_file_is_named_as_the_aws_cli_names_it() {
        assert_eq!(sha1("corp"), "ee0bfd2552fbd840c02cc48b6e823320543c450f");
    }
}
