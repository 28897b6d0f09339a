//! Profiles of the AWS config files, as far as they tell the home region, and what went wrong with credentials.

use aws_config::profile::{Profile, ProfileSet};
use aws_runtime::env_config::file::EnvConfigFiles as ProfileFiles;
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
    Ok(ambient_region_of(&Selected::read(profile, Env::real(), Fs::real()).await?))
}

fn ambient_region_of(selected: &Selected) -> Option<(String, AmbientOrigin)> {
    let environment = selected.set("AWS_REGION").or_else(|| selected.set("AWS_DEFAULT_REGION"));
    match environment {
        Some(region) => Some((region, AmbientOrigin::Environment)),
        None => selected.property("region").map(|region| (region.to_owned(), AmbientOrigin::Profile)),
    }
}

/// The profile that counts, and those that it may build on.
#[derive(Debug)]
pub(super) struct Selected {
    env: Env,
    name: String,
    profiles: ProfileSet,
}

impl Selected {
    /// The named profile, else that of `AWS_PROFILE`, else `default`; only `default` may be missing.
    pub(super) async fn read(profile: Option<&str>, env: Env, fs: Fs) -> Result<Self, ConnectError> {
        let named = profile.map(str::to_owned).or_else(|| set(&env, "AWS_PROFILE"));
        let name = named.clone().unwrap_or_else(|| "default".to_owned());
        let profiles = aws_config::profile::load(&fs, &env, &ProfileFiles::default(), Some(name.clone().into()))
            .await
            .map_err(|_| ConnectError::UnreadableConfig)?;
        match named {
            Some(name) if name != "default" && profiles.get_profile(&name).is_none() => {
                Err(ConnectError::MissingProfile { profile: name })
            }
            _ => Ok(Selected { env, name, profiles }),
        }
    }

    /// An environment variable, if it says something.
    pub(super) fn set(&self, variable: &str) -> Option<String> {
        set(&self.env, variable)
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    fn property(&self, property: &str) -> Option<&str> {
        self.profiles.get_profile(&self.name)?.get(property).filter(|value| !value.is_empty())
    }

    /// The profile of the chain that builds on one that does not exist.
    pub(super) fn missing_source(&self) -> Option<String> {
        let links = self.links();
        let last = links.last()?;
        let source = last.get("source_profile")?;
        self.profiles.get_profile(source).is_none().then(|| last.name().to_owned())
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

fn set(env: &Env, variable: &str) -> Option<String> {
    env.get(variable).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "[default]\nregion = eu-west-1\n[profile other]\nregion = eu-west-2\n[profile bare]\n";

    async fn region(
        profile: Option<&str>,
        env: &[(&str, &str)],
    ) -> Result<Option<(String, AmbientOrigin)>, ConnectError> {
        let env = [&[("AWS_CONFIG_FILE", "/config")], env].concat();
        let fs = Fs::from_slice(&[("/config", CONFIG)]);
        Ok(ambient_region_of(&Selected::read(profile, Env::from_slice(&env), fs).await?))
    }

    #[tokio::test]
    async fn the_environment_comes_before_the_profile() {
        let all = [("AWS_REGION", "us-east-2"), ("AWS_DEFAULT_REGION", "us-west-1")];
        let environment = |region: &str| Ok(Some((region.to_owned(), AmbientOrigin::Environment)));
        let profile = |region: &str| Ok(Some((region.to_owned(), AmbientOrigin::Profile)));
        assert_eq!(region(Some("other"), &all).await, environment("us-east-2"));
        assert_eq!(region(None, &all[1..]).await, environment("us-west-1"));
        assert_eq!(region(None, &[("AWS_REGION", " ")]).await, profile("eu-west-1"));
        assert_eq!(region(Some("other"), &[]).await, profile("eu-west-2"));
        assert_eq!(region(None, &[("AWS_PROFILE", "other")]).await, profile("eu-west-2"));
        assert_eq!(region(Some("bare"), &[]).await, Ok(None));
    }

    #[tokio::test]
    async fn a_source_profile_that_does_not_exist_is_told() {
        let config =
            "[profile p]\nrole_arn = r\nsource_profile = q\n[profile q]\nrole_arn = s\nsource_profile = nope\n";
        let env = Env::from_slice(&[("AWS_CONFIG_FILE", "/config")]);
        let selected = Selected::read(Some("p"), env, Fs::from_slice(&[("/config", config)])).await.unwrap();
        assert_eq!(selected.missing_source().as_deref(), Some("q"));
    }

    #[tokio::test]
    async fn a_profile_that_was_named_must_exist_and_the_default_one_need_not() {
        let missing = Err(ConnectError::MissingProfile { profile: "nope".to_owned() });
        assert_eq!(region(Some("nope"), &[]).await, missing);
        assert_eq!(region(None, &[("AWS_PROFILE", "nope")]).await, missing);
        let nothing = Selected::read(None, Env::from_slice(&[]), Fs::from_slice(&[])).await.unwrap();
        assert_eq!(ambient_region_of(&nothing), None);
    }
}
