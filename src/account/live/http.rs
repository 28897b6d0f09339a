//! One pool of connections for all services.

use std::sync::OnceLock;

use aws_smithy_http_client::{Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::http::{HttpClient, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;

/// The SDK makes a pool, and reads the platform's certificates, once a client; an audit has a dozen clients and asks each
/// of them a few questions.
#[derive(Debug, Default)]
struct Shared {
    connector: OnceLock<SharedHttpConnector>,
}

impl HttpClient for Shared {
    /// All clients have the same time limits, so the first one's settings are everybody's.
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let connector = self.connector.get_or_init(|| {
            let mut builder = Connector::builder();
            builder.set_connector_settings(Some(settings.clone()));
            builder.set_sleep_impl(components.sleep_impl());
            builder.set_proxy_config(Some(ProxyConfig::from_env()));
            let tls = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
            SharedHttpConnector::new(builder.tls_provider(tls).build())
        });
        connector.clone()
    }
}

/// The HTTP client that all service clients share.
pub(super) fn client() -> SharedHttpClient {
    SharedHttpClient::new(Shared::default())
}
