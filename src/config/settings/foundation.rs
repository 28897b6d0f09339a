//! What the stage `org-foundation` expects of an organization. Defaults are those of the CloudSLAW labs.

use serde::{Deserialize, Serialize};

use super::names::{InvalidName, is_region};
use super::{Setting, SettingSource, put};

/// The most characters of an OU's name: <https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html>.
const LONGEST_NAME: usize = 128;

/// The OUs of the labs.
const UNITS: [&str; 9] = [
    "Security",
    "Infrastructure",
    "Workloads",
    "Exceptions",
    "Sandbox",
    "Onboarding",
    "Nursery",
    "Suspended",
    "IncidentResponse",
];

/// What is expected of an organization.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FoundationSettings {
    /// The OUs directly under the root; none are expected of an empty list.
    pub organizational_units: Setting<Vec<String>>,
    /// The OU of the two security accounts.
    pub security_ou: Setting<String>,
    /// The account for logs: its name or ID.
    pub log_archive: Setting<String>,
    /// The account for security tools: its name or ID.
    pub security_audit: Setting<String>,
    /// The OU directly under the root that the checks of SCPs skip; empty: none.
    pub exceptions_ou: Setting<String>,
    /// Where members may work; `None`: see [`Settings::allowed_regions`](super::Settings::allowed_regions).
    pub allowed_regions: Setting<Option<Vec<String>>>,
}

impl Default for FoundationSettings {
    /// The labs' values.
    fn default() -> Self {
        fn labs<T>(value: T) -> Setting<T> {
            Setting::new(value, SettingSource::Default)
        }
        FoundationSettings {
            organizational_units: labs(UNITS.map(str::to_owned).to_vec()),
            security_ou: labs("Security".to_owned()),
            log_archive: labs("LogArchive".to_owned()),
            security_audit: labs("SecurityAudit".to_owned()),
            exceptions_ou: labs("Exceptions".to_owned()),
            allowed_regions: labs(None),
        }
    }
}

/// What one place says of it: options, a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in `FoundationSettings`")]
pub struct PartialFoundation {
    pub organizational_units: Option<Vec<String>>,
    pub security_ou: Option<String>,
    pub log_archive: Option<String>,
    pub security_audit: Option<String>,
    pub exceptions_ou: Option<String>,
    pub allowed_regions: Option<Vec<String>>,
}

impl FoundationSettings {
    /// Whether it is what the labs have, so that nothing of it need be recorded.
    pub(crate) fn is_default(&self) -> bool {
        *self == FoundationSettings::default()
    }

    /// These expectations, with what `wishes` says put over them.
    #[must_use]
    pub(super) fn overridden(mut self, wishes: PartialFoundation, origin: SettingSource) -> Self {
        put(&mut self.organizational_units, wishes.organizational_units, origin);
        put(&mut self.security_ou, wishes.security_ou, origin);
        put(&mut self.log_archive, wishes.log_archive, origin);
        put(&mut self.security_audit, wishes.security_audit, origin);
        put(&mut self.exceptions_ou, wishes.exceptions_ou, origin);
        put(&mut self.allowed_regions, wishes.allowed_regions.map(Some), origin);
        self
    }
}

impl PartialFoundation {
    /// The names of the options that say something.
    pub(crate) fn named(&self) -> impl Iterator<Item = &'static str> {
        [
            ("organizational-units", self.organizational_units.is_some()),
            ("security-ou", self.security_ou.is_some()),
            ("log-archive", self.log_archive.is_some()),
            ("security-audit", self.security_audit.is_some()),
            ("exceptions-ou", self.exceptions_ou.is_some()),
            ("allowed-regions", self.allowed_regions.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, is_said)| is_said.then_some(name))
    }

    /// Whether each name is one that AWS could have.
    ///
    /// # Errors
    /// The first that is not.
    pub(super) fn check(&self) -> Result<(), InvalidName> {
        let name = ("an OU or account", "a name has 1 to 128 characters");
        let region = ("a Region", "a Region's name is like us-west-2; separate several with commas");
        let is_name = |text: &str| !text.is_empty() && text.chars().count() <= LONGEST_NAME;
        let check = |key, value: &str, is_one: bool, (what, help)| {
            if is_one { Ok(()) } else { Err(InvalidName::new(key, value, what, help)) }
        };
        for unit in self.organizational_units.iter().flat_map(|units| units.iter()) {
            check("organizational-units", unit, is_name(unit), name)?;
        }
        for (key, value) in [
            ("security-ou", &self.security_ou),
            ("log-archive", &self.log_archive),
            ("security-audit", &self.security_audit),
        ] {
            if let Some(value) = value {
                check(key, value, is_name(value), name)?;
            }
        }
        if let Some(value) = self.exceptions_ou.as_deref().filter(|value| !value.is_empty()) {
            check("exceptions-ou", value, is_name(value), name)?;
        }
        match self.allowed_regions.as_deref() {
            Some([]) => check("allowed-regions", "", false, region),
            regions => {
                let mut each = regions.unwrap_or_default().iter();
                each.try_for_each(|one| check("allowed-regions", one, is_region(one), region))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{PartialSettings, Settings};
    use super::*;

    fn texts(values: &[&str]) -> Vec<String> {
        values.iter().map(|value| (*value).to_owned()).collect()
    }

    #[test]
    fn the_first_value_that_is_no_name_is_refused() {
        let long = "x".repeat(129);
        let mut wrong = Vec::new();
        for (wishes, key) in [
            (PartialFoundation::default(), None),
            (PartialFoundation { organizational_units: Some(vec![]), ..Default::default() }, None),
            (
                PartialFoundation { organizational_units: Some(texts(&["A", ""])), ..Default::default() },
                Some("organizational-units"),
            ),
            (PartialFoundation { security_ou: Some(String::new()), ..Default::default() }, Some("security-ou")),
            (PartialFoundation { log_archive: Some(long.clone()), ..Default::default() }, Some("log-archive")),
            (PartialFoundation { security_audit: Some(String::new()), ..Default::default() }, Some("security-audit")),
            (PartialFoundation { exceptions_ou: Some(String::new()), ..Default::default() }, None),
            (PartialFoundation { exceptions_ou: Some(long), ..Default::default() }, Some("exceptions-ou")),
            (PartialFoundation { allowed_regions: Some(vec![]), ..Default::default() }, Some("allowed-regions")),
            (
                PartialFoundation { allowed_regions: Some(texts(&["us"])), ..Default::default() },
                Some("allowed-regions"),
            ),
            (PartialFoundation { allowed_regions: Some(texts(&["us-west-2"])), ..Default::default() }, None),
        ] {
            let told = wishes.check().err().map(|error| error.to_string());
            if told.is_some() != key.is_some()
                || !told.as_deref().unwrap_or_default().starts_with(key.unwrap_or_default())
            {
                wrong.push(format!("{wishes:?}: {told:?}"));
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn members_may_work_in_home_and_billing_of_one_partition() {
        let of = |home: &str, billing: &str, allowed: Option<&[&str]>| {
            let wishes = PartialSettings {
                home_region: Some(home.to_owned()),
                billing_region: Some(billing.to_owned()),
                foundation: PartialFoundation { allowed_regions: allowed.map(texts), ..Default::default() },
                ..Default::default()
            };
            Settings::default().overridden(wishes, SettingSource::Flag)
        };
        assert_eq!(of("us-west-2", "us-east-1", None).allowed_regions(), ["us-west-2", "us-east-1"]);
        assert_eq!(of("us-east-1", "us-east-1", None).allowed_regions(), ["us-east-1"]);
        assert_eq!(of("us-gov-west-1", "us-east-1", None).allowed_regions(), ["us-gov-west-1"]);
        assert_eq!(of("us-west-2", "us-east-1", Some(&["eu-west-1"])).allowed_regions(), ["eu-west-1"]);
    }
}
