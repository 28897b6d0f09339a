//! What the operator requires, with where each value came from. Defaults are those of the CloudSLAW labs.

use serde::{Deserialize, Serialize};

use crate::iam::partition::partition_of;

pub mod foundation;
mod names;

pub use foundation::{FoundationSettings, PartialFoundation};
pub use names::{InvalidName, is_region, similar_region};

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SettingSource {
    /// A command-line option.
    Flag,
    /// The config file.
    Config,
    /// `AWS_REGION` or `AWS_DEFAULT_REGION`.
    Environment,
    /// The AWS profile.
    Profile,
    /// The labs' value.
    Default,
}

/// A value and where it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting<T> {
    /// The value.
    pub value: T,
    /// Where it came from.
    pub origin: SettingSource,
}

impl<T> Setting<T> {
    /// A value with its origin.
    pub fn new(value: T, origin: SettingSource) -> Self {
        Setting { value, origin }
    }
}

/// What the operator requires. What an older snapshot lacks is the labs' value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// The home region, where the labs' resources live.
    pub home_region: Setting<String>,
    /// The region of AWS's billing metric.
    pub billing_region: Setting<String>,
    /// The name of the topic for security alerts.
    pub topic: Setting<String>,
    /// The greatest threshold of the billing alarm, in US dollars.
    pub threshold: Setting<f64>,
    /// What the stage `org-foundation` expects of the organization.
    #[serde(skip_serializing_if = "FoundationSettings::is_default")]
    pub foundation: FoundationSettings,
}

impl Default for Settings {
    /// The labs' values.
    fn default() -> Self {
        Settings {
            home_region: Setting::new("us-west-2".to_owned(), SettingSource::Default),
            billing_region: Setting::new("us-east-1".to_owned(), SettingSource::Default),
            topic: Setting::new("SecurityAlerts".to_owned(), SettingSource::Default),
            threshold: Setting::new(25.0, SettingSource::Default),
            foundation: FoundationSettings::default(),
        }
    }
}

/// What one place says of the expectations: a flag, a file. What it does not say is left to the next place.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct PartialSettings {
    /// The home region.
    pub home_region: Option<String>,
    /// The billing region.
    pub billing_region: Option<String>,
    /// The topic's name.
    pub topic: Option<String>,
    /// The greatest threshold, in US dollars.
    pub threshold: Option<f64>,
    /// What it says of the organization.
    pub foundation: PartialFoundation,
}

impl Settings {
    /// These expectations, with what `wishes` says put over them.
    #[must_use]
    pub fn overridden(mut self, wishes: PartialSettings, origin: SettingSource) -> Self {
        put(&mut self.home_region, wishes.home_region, origin);
        put(&mut self.billing_region, wishes.billing_region, origin);
        put(&mut self.topic, wishes.topic, origin);
        put(&mut self.threshold, wishes.threshold, origin);
        self.foundation = self.foundation.overridden(wishes.foundation, origin);
        self
    }

    /// The home region's name.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home_region.value
    }

    /// The Regions in which the members of an organization may work: `allowed-regions`, else the home Region, and the billing Region
    /// where that is in the same partition.
    #[must_use]
    pub fn allowed_regions(&self) -> Vec<&str> {
        if let Some(regions) = &self.foundation.allowed_regions.value {
            return regions.iter().map(String::as_str).collect();
        }
        let (home, billing) = (self.home(), self.billing());
        let both = home != billing && partition_of(home) == partition_of(billing);
        if both { vec![home, billing] } else { vec![home] }
    }

    /// The billing region's name.
    #[must_use]
    pub fn billing(&self) -> &str {
        &self.billing_region.value
    }
}

/// Puts a wish over a setting.
fn put<T>(setting: &mut Setting<T>, wish: Option<T>, origin: SettingSource) {
    if let Some(value) = wish {
        *setting = Setting::new(value, origin);
    }
}
