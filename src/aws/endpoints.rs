//! Endpoints that the operator names in place of AWS's own, in the order of
//! <https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html>; an empty one is none.

use std::collections::BTreeMap;

use aws_types::service_config::{LoadServiceConfig, ServiceConfigKey};

use super::connect_error::ConnectError;
use super::setup::Setup;

/// The services that are asked, as in the names of their variables.
const SERVICES: [&str; 14] = [
    "CLOUDTRAIL",
    "CLOUDWATCH",
    "EC2",
    "IAM",
    "KMS",
    "ORGANIZATIONS",
    "S3",
    "SIGNIN",
    "SNS",
    "SSO",
    "SSO_ADMIN",
    "SSO_OIDC",
    "STS",
    "ACCOUNT",
];

/// The SDK's key for an endpoint, whatever the service.
const KEY: &str = "AWS_ENDPOINT_URL";

/// What a URL cannot hold unescaped (RFC 3986), and what an endpoint does not have.
const NO_URL: &[char] = &['"', '<', '>', '\\', '^', '`', '{', '|', '}', '?', '#', '@'];

/// The endpoints of the operator, by service.
#[derive(Debug, Default, Clone)]
pub(super) struct Endpoints {
    by_service: BTreeMap<String, String>,
}

impl Endpoints {
    pub(super) fn of(setup: &Setup) -> Result<Self, ConnectError> {
        let ignored = setup.switch("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "ignore_configured_endpoint_urls")?;
        if ignored == Some(true) {
            return Ok(Endpoints::default());
        }
        let mut by_service = BTreeMap::new();
        for service in SERVICES {
            if let Some((endpoint, place)) = named(setup, service)? {
                if !is_endpoint(&endpoint) {
                    let wants = "an address such as https://host:port";
                    return Err(ConnectError::Setting { place, value: endpoint, wants });
                }
                by_service.insert(service.to_owned(), endpoint);
            }
        }
        Ok(Endpoints { by_service })
    }
}

impl LoadServiceConfig for Endpoints {
    fn load_config(&self, key: ServiceConfigKey<'_>) -> Option<String> {
        if key.env() != KEY {
            return None;
        }
        self.by_service.get(&key.service_id().to_ascii_uppercase().replace(' ', "_")).cloned()
    }
}

/// The endpoint of a service, and where it stands.
fn named(setup: &Setup, service: &str) -> Result<Option<(String, String)>, ConnectError> {
    for variable in [format!("{KEY}_{service}"), KEY.to_owned()] {
        if let Some(endpoint) = setup.variable(&variable)? {
            return Ok(Some((endpoint, variable)));
        }
    }
    let of_profile = || format!("endpoint_url of the AWS profile {}", setup.name());
    if let Some(endpoint) = setup.of_service(&service.to_ascii_lowercase(), "endpoint_url")? {
        return Ok(Some((endpoint, of_profile())));
    }
    Ok(setup.property("endpoint_url")?.map(|endpoint| (endpoint.to_owned(), of_profile())))
}

/// Whether it has a scheme, a host and, if any, a port.
fn is_endpoint(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")) else { return false };
    if !rest.bytes().all(|byte| byte.is_ascii_graphic()) || rest.contains(NO_URL) {
        return false;
    }
    let authority = rest.split('/').next().unwrap_or_default();
    let (host, port) = match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((address, port)) if address.parse::<std::net::Ipv6Addr>().is_ok() => {
            ("address", port.strip_prefix(':').or(port.is_empty().then_some("443")))
        }
        Some(_) => return false,
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, Some("443")),
        },
    };
    let is_host = !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte));
    is_host && port.is_some_and(|port| port.parse::<u16>().is_ok() && !port.starts_with('+'))
}

#[cfg(test)]
mod tests {
    use super::super::setup::tests::setup;
    use super::*;

    fn endpoint(config: &str, env: &[(&str, &str)], service: &str) -> Result<Option<String>, ConnectError> {
        let endpoints = Endpoints::of(&setup(None, config, "", env)?)?;
        let key = ServiceConfigKey::builder().service_id(service).env(KEY).profile("endpoint_url").build().unwrap();
        Ok(endpoints.load_config(key))
    }

    #[test]
    fn endpoints_count_in_the_order_of_the_aws_cli() {
        let profile = "[default]\nendpoint_url = http://profile\nservices = lab\n[services lab]\ns3 =\n  endpoint_url = http://section\n";
        let (service, global) = (("AWS_ENDPOINT_URL_S3", "http://service"), ("AWS_ENDPOINT_URL", "http://global"));
        for (name, env, expected) in [
            ("service's variable", vec![service, global], Some("http://service")),
            ("variable", vec![global], Some("http://global")),
            ("services section", vec![], Some("http://section")),
            ("empty variables", vec![("AWS_ENDPOINT_URL_S3", ""), ("AWS_ENDPOINT_URL", " ")], Some("http://section")),
            ("ignored", vec![global, ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true")], None),
        ] {
            assert_eq!(endpoint(profile, &env, "S3").unwrap().as_deref(), expected, "{name}");
        }
        assert_eq!(endpoint(profile, &[], "SSO OIDC").unwrap().as_deref(), Some("http://profile"));
        assert_eq!(endpoint("[default]\nendpoint_url =\n", &[], "STS"), Ok(None));
    }

    #[test]
    fn every_service_that_is_asked_may_have_an_endpoint() {
        for operation in crate::account::operation::Operation::ALL {
            let service = operation.spec().service.to_ascii_uppercase().replace(' ', "_");
            assert!(SERVICES.contains(&service.as_str()), "{service}");
        }
    }

    #[test]
    fn an_endpoint_has_a_scheme_and_a_host() {
        for good in [
            "http://localhost:4566",
            "https://vpce-1.sts.us-east-1.vpce.amazonaws.com",
            "HTTP://127.0.0.1/path/",
            "http://[::1]:80",
            "http://my_host",
        ] {
            assert!(is_endpoint(good), "{good}");
        }
        for bad in [
            "localhost:4566",
            "nonsense",
            "http://",
            "ftp://127.0.0.1",
            "https://a b",
            "http://h:port",
            "http://h:99999",
            "http://:80",
            "http://[::1",
            "http://h/{x}",
            "http://é",
            "http://u@h",
        ] {
            assert!(!is_endpoint(bad), "{bad}");
            assert!(matches!(endpoint("", &[(KEY, bad)], "STS"), Err(ConnectError::Setting { .. })), "{bad}");
        }
    }
}
