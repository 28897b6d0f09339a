//! What the operator requires, with where each value came from. Defaults are those of the CloudSLAW labs.

use serde::{Deserialize, Serialize};

/// Where a value came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
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
    pub origin: Origin,
}

impl<T> Setting<T> {
    /// A value with its origin.
    pub fn new(value: T, origin: Origin) -> Self {
        Setting { value, origin }
    }
}

/// What the operator requires.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expectations {
    /// The home region, where the labs' resources live.
    pub home_region: Setting<String>,
    /// The region of AWS's billing metric.
    pub billing_region: Setting<String>,
    /// The name of the topic for security alerts.
    pub topic: Setting<String>,
    /// The greatest threshold of the billing alarm, in US dollars.
    pub threshold: Setting<f64>,
}

impl Default for Expectations {
    /// The labs' values.
    fn default() -> Self {
        Expectations {
            home_region: Setting::new("us-west-2".to_owned(), Origin::Default),
            billing_region: Setting::new("us-east-1".to_owned(), Origin::Default),
            topic: Setting::new("SecurityAlerts".to_owned(), Origin::Default),
            threshold: Setting::new(25.0, Origin::Default),
        }
    }
}

impl Expectations {
    /// The home region's name.
    #[must_use]
    pub fn home(&self) -> &str {
        &self.home_region.value
    }

    /// The billing region's name.
    #[must_use]
    pub fn billing(&self) -> &str {
        &self.billing_region.value
    }
}
