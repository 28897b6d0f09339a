//! Profiles of the AWS config files, as far as they tell the home region, and what went wrong with credentials.

use std::env;

use aws_config::profile::{Profile, ProfileSet};
use aws_types::os_shim_internal::{Env, Fs};

use super::credentials::ConnectError;

/// Where a region that was not named to us came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AmbientOrigin {
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`.
    Environment,
    /// The profile's `region`.
    Profile,
}

/// The region that AWS's own tools would take, if any: of `AWS_REGION`, `AWS_DEFAULT_REGION` and the profile, the first.
///
/// # Errors
///
/// The profile was named and does not exist, or the config files cannot be read.
pub async fn ambient_region(profile: Option<&str>) -> Result<Option<(String, AmbientOrigin)>, ConnectError> {
    let selected = Selected::read(profile).await?;
    let environment = set("AWS_REGION").or_else(|| set("AWS_DEFAULT_REGION"));
    Ok(match environment {
        Some(region) => Some((region, AmbientOrigin::Environment)),
        None => selected.property("region").map(|region| (region.to_owned(), AmbientOrigin::Profile)),
    })
}

/// An environment variable that says something.
pub(super) fn set(variable: &str) -> Option<String> {
    env::var(variable).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

/// The profile that counts, and those that it may build on.
#[derive(Debug)]
pub(super) struct Selected {
    name: String,
    profiles: ProfileSet,
}

impl Selected {
    /// The named profile, else that of `AWS_PROFILE`, else `default`; only `default` may be missing.
    pub(super) async fn read(profile: Option<&str>) -> Result<Self, ConnectError> {
        let named = profile.map(str::to_owned).or_else(|| set("AWS_PROFILE"));
        let name = named.clone().unwrap_or_else(|| "default".to_owned());
        let profiles =
            aws_config::profile::load(&Fs::real(), &Env::real(), &Default::default(), Some(name.clone().into()))
                .await
                .map_err(|_| ConnectError::UnreadableConfig)?;
        match named {
            Some(name) if name != "default" && profiles.get_profile(&name).is_none() => {
                Err(ConnectError::MissingProfile { profile: name })
            }
            _ => Ok(Selected { name, profiles }),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn property(&self, property: &str) -> Option<&str> {
        self.profiles.get_profile(&self.name)?.get(property).filter(|value| !value.is_empty())
    }

    /// The profile and its `source_profile`s, from the one that was selected to the one that has credentials.
    pub(super) fn links(&self) -> Vec<&Profile> {
        let mut links: Vec<&Profile> = Vec::new();
        let mut next = self.profiles.get_profile(&self.name);
        while let Some(profile) = next {
            // A profile may name itself, for a role that is assumed with its own keys.
            if links.iter().any(|link| link.name() == profile.name()) {
                break;
            }
            links.push(profile);
            next = profile.get("source_profile").and_then(|source| self.profiles.get_profile(source));
        }
        links
    }
}
