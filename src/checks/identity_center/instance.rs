//! The instance of IAM Identity Center that serves the organization.

use futures_util::future::join_all;

use super::remedy::Remedies;
use crate::account::facts::IdentityCenterInstance;
use crate::account::source::InstanceIn;
use crate::account::{Account, Cause, Fact, Observed, Unavailable};
use crate::config::settings::Settings;
use crate::model::finding::{Evidence, Judgement, Outcome, Subject};
use crate::model::status::Status;

/// The service principal of IAM Identity Center.
const SERVICE: &str = "sso.amazonaws.com";
/// What AWS answers where an instance is one account's own.
const NOT_FOR_ACCOUNTS: &str = "ValidationException";
/// How a Region without the service answers: its endpoint has no address.
const NO_ENDPOINT: &str = "the name doesn't resolve";

/// What one Region lists.
pub(super) type Listed<'a> = (&'a str, Fact<'a, Vec<IdentityCenterInstance>>);

/// An instance, where it was found.
#[derive(Clone, Copy)]
struct Candidate<'a> {
    instance: Observed<'a, IdentityCenterInstance>,
    /// The Region that answers for it.
    region: &'a str,
}

/// The instance that decides, with what it comes to.
pub(super) struct Choice<'a> {
    chosen: Option<Candidate<'a>>,
    trusted: Fact<'a, Vec<String>>,
    management: &'a str,
    /// Accounts that own other instances.
    others: Vec<&'a str>,
    /// What the home Region lists, as proof that there is none.
    home: Fact<'a, Vec<IdentityCenterInstance>>,
    /// Why it is unknown whether there is one elsewhere.
    unread: Option<Unavailable>,
}

/// What the home Region lists.
pub(super) async fn found_at_home<'a>(
    account: &'a Account,
    expect: &Settings,
) -> (Fact<'a, Vec<IdentityCenterInstance>>, Fact<'a, Vec<String>>) {
    tokio::join!(account.identity_center_instances(expect.home()), account.trusted_services())
}

/// The best instance of the home Region; without a usable one there, of all other enabled Regions too.
pub(super) async fn choose<'a>(
    account: &'a Account,
    expect: &'a Settings,
    management: &'a str,
    (home, trusted): (Fact<'a, Vec<IdentityCenterInstance>>, Fact<'a, Vec<String>>),
) -> Choice<'a> {
    let mut listed: Vec<Listed<'a>> = vec![(expect.home(), home)];
    let mut choice = Choice::of(&listed, trusted, management, home);
    if choice.status() != Status::Pass {
        let regions = account.enabled_regions(expect.home()).await;
        match regions {
            Ok(regions) => {
                let others = regions.get().iter().map(String::as_str).filter(|region| *region != expect.home());
                let asked =
                    others.map(|region| async move { (region, account.identity_center_instances(region).await) });
                listed.extend(join_all(asked).await);
                choice = Choice::of(&listed, trusted, management, home);
            }
            Err(why) => choice.unread = choice.unread.or_else(|| Some(why.clone())),
        }
    }
    choice
}

impl<'a> Choice<'a> {
    fn of(
        listed: &[Listed<'a>],
        trusted: Fact<'a, Vec<String>>,
        management: &'a str,
        home: Fact<'a, Vec<IdentityCenterInstance>>,
    ) -> Self {
        let mut choice = Choice { chosen: None, trusted, management, others: Vec::new(), home, unread: None };
        let mut candidates: Vec<Candidate<'a>> = Vec::new();
        for (at, (region, instances)) in listed.iter().enumerate() {
            let instances = match instances {
                Ok(instances) => instances,
                // The home Region has the service, or nobody has it there.
                Err(why) if at > 0 && matches!(&why.cause, Cause::Unreachable { why } if why == NO_ENDPOINT) => {
                    continue;
                }
                Err(why) => {
                    choice.unread.get_or_insert_with(|| (*why).clone());
                    continue;
                }
            };
            for instance in instances.each() {
                let told = instance.get();
                match told.owner_account.as_deref() {
                    Some(owner) if owner != management => choice.others.push(owner),
                    _ if candidates.iter().any(|known| known.instance.get().arn == told.arn) => {}
                    _ => candidates
                        .push(Candidate { instance, region: told.primary_region.as_deref().unwrap_or(region) }),
                }
            }
        }
        choice.chosen = candidates
            .into_iter()
            .min_by_key(|candidate| (choice.rank(*candidate), candidate.instance.get().arn.as_str()));
        choice
    }

    fn rank(&self, candidate: Candidate<'a>) -> Status {
        let told = candidate.instance.get();
        let is_trusted = self.trusted.map(|services| services.get().iter().any(|service| service == SERVICE));
        match (told.owner_account.as_deref(), told.status.as_deref(), is_trusted) {
            (None, ..) | (_, Some("ACTIVE"), Err(_)) => Status::Unknown,
            (_, Some("ACTIVE"), Ok(true)) => Status::Pass,
            (_, Some("CREATE_IN_PROGRESS"), _) => Status::Warn,
            (_, Some("ACTIVE"), Ok(false)) | (_, Some("CREATE_FAILED" | "DELETE_IN_PROGRESS"), _) => Status::Fail,
            (_, Some(_) | None, _) => Status::Unknown,
        }
    }

    fn status(&self) -> Status {
        self.chosen.map_or(Status::Fail, |candidate| self.rank(candidate))
    }

    /// What the findings are about.
    pub(super) fn subject(&self, home: &Subject) -> Subject {
        self.chosen.map_or_else(
            || home.clone(),
            |candidate| Subject::regional(&candidate.instance.get().arn, candidate.region),
        )
    }

    /// The instance, if it may be asked about permission sets.
    pub(super) fn instance(&self) -> Option<InstanceIn<'a>> {
        let candidate = self.chosen.filter(|candidate| matches!(self.rank(*candidate), Status::Pass))?;
        Some(InstanceIn { arn: &candidate.instance.get().arn, region: candidate.region })
    }

    pub(super) fn metadata(&self) -> Option<(&'a IdentityCenterInstance, &'a str)> {
        self.chosen.map(|candidate| (candidate.instance.get(), candidate.region))
    }

    pub(super) fn judge(&self, provisioned: Option<Fact<'a, Vec<String>>>, remedies: &Remedies<'_>) -> Judgement {
        let Some(Candidate { instance, region }) = self.chosen else {
            // One that was not seen may be there.
            if let Some(why) = &self.unread {
                return Err(why.clone());
            }
            let home = self.home?;
            let mut message = "IAM Identity Center is not enabled".to_owned();
            if let Some(owner) = self.others.first() {
                message = format!("{message} for the organization. Account {owner} has an instance of its own");
            }
            let evidence = Evidence::new(home, "instances", home.get().len());
            return Ok(Outcome::fail(message, evidence, remedies.enable()).brief("IAM Identity Center is not enabled"));
        };
        let told = instance.get();
        let evidence = Evidence::new(instance, "instance", &told.arn).and(instance, "region", region).and(
            instance,
            "status",
            &told.status,
        );
        if told.owner_account.is_none() {
            return Err(instance.undetermined(format!("IAM Identity Center doesn't return who owns {}", told.arn)));
        }
        let status = match told.status.as_deref() {
            Some("ACTIVE") => {
                let trusted = self.trusted?;
                let is_trusted = trusted.get().iter().any(|service| service == SERVICE);
                let evidence = evidence.and(trusted, "trusted", is_trusted);
                if !is_trusted {
                    let message = format!(
                        "The instance in {region} is not for the organization: an account instance from before the \
                         organization"
                    );
                    return Ok(Outcome::fail(message, evidence, remedies.account_instance())
                        .brief("account instance from before the organization"));
                }
                if let Some(Err(why)) = provisioned {
                    return Err(match &why.cause {
                        Cause::Fault { code, .. } if code == NOT_FOR_ACCOUNTS => {
                            instance.undetermined(format!("The instance in {region} may be an account instance"))
                        }
                        _ => why.clone(),
                    });
                }
                let message = format!("IAM Identity Center is enabled for the organization in {region}");
                return Ok(Outcome::pass(message, evidence.and(instance, "owner", self.management)));
            }
            Some("CREATE_IN_PROGRESS") => {
                let message = format!("The instance in {region} is being created");
                return Ok(Outcome::warn(message, evidence, remedies.wait()));
            }
            Some(status @ ("CREATE_FAILED" | "DELETE_IN_PROGRESS")) => {
                let message = format!("The instance in {region} is {status}");
                return Ok(Outcome::fail(message, evidence, remedies.enable()));
            }
            Some(other) => other,
            None => "missing",
        };
        Err(instance.undetermined(format!("The status of the instance in {region} is {status}")))
    }
}
