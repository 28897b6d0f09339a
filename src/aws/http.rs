//! One pool of connections for all services, and a wary client for whoever makes credentials.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use aws_smithy_http_client::tls::{TlsContext, TrustStore};
use aws_smithy_http_client::{Connector, proxy::ProxyConfig, tls};
use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::body::SdkBody;
use aws_smithy_types::byte_stream::ByteStream;

use super::trust::CaBundle;

/// Connection and read time-outs: a connector keeps to those that it was made with.
type Limits = (Option<Duration>, Option<Duration>);

/// The SDK makes a pool, and reads the platform's certificates, once a client; an audit has a dozen clients with the same
/// limits and asks each of them a few questions.
#[derive(Debug, Default)]
struct Shared {
    connectors: Mutex<BTreeMap<Limits, SharedHttpConnector>>,
    /// Trusted beside the system's authorities.
    bundle: Option<CaBundle>,
}

impl HttpClient for Shared {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        let mut connectors = self.connectors.lock().unwrap_or_else(PoisonError::into_inner);
        let connector = connectors.entry((settings.connect_timeout(), settings.read_timeout())).or_insert_with(|| {
            let mut builder = Connector::builder();
            builder.set_connector_settings(Some(settings.clone()));
            builder.set_sleep_impl(components.sleep_impl());
            builder.set_proxy_config(Some(ProxyConfig::from_env()));
            let tls = tls::Provider::Rustls(tls::rustls_provider::CryptoMode::AwsLc);
            let mut trusted = TrustStore::default();
            if let Some(CaBundle(pem)) = &self.bundle {
                trusted.add_pem_certificate(pem.as_bytes());
            }
            let builder = builder.tls_provider(tls);
            SharedHttpConnector::new(match TlsContext::builder().with_trust_store(trusted).build() {
                Ok(context) => builder.tls_context(context).build(),
                Err(_) => builder.build(),
            })
        });
        connector.clone()
    }
}

/// The HTTP client that all service clients share.
pub(super) fn client(bundle: Option<CaBundle>) -> SharedHttpClient {
    SharedHttpClient::new(Shared { bundle, ..Shared::default() })
}

/// Where an instance's metadata name its role.
const ROLE_OF_THE_INSTANCE: &str = "/latest/meta-data/iam/security-credentials/";

/// The HTTP client of whoever makes credentials.
pub(super) fn wary(client: SharedHttpClient) -> SharedHttpClient {
    SharedHttpClient::new(ValidatingHttpClient(client))
}

/// The SDK builds its next request of the name that an instance's metadata give, and panics where that makes no address.
#[derive(Debug)]
struct ValidatingHttpClient(SharedHttpClient);

impl HttpClient for ValidatingHttpClient {
    fn http_connector(&self, settings: &HttpConnectorSettings, components: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(ValidatingConnector(self.0.http_connector(settings, components)))
    }
}

#[derive(Debug)]
struct ValidatingConnector(SharedHttpConnector);

impl HttpConnector for ValidatingConnector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let names_a_role = request.uri().ends_with(ROLE_OF_THE_INSTANCE);
        let answer = self.0.call(request);
        if !names_a_role {
            return answer;
        }
        HttpConnectorFuture::new(async move {
            let mut response = answer.await?;
            let body = ByteStream::new(response.take_body()).collect().await;
            let body = body.map_err(|error| ConnectorError::io(error.into()))?.to_vec();
            let is_a_name = !body.is_empty() && body.iter().copied().all(is_of_a_role);
            if response.status().is_success() && !is_a_name {
                return Err(ConnectorError::other("IMDS returns no role name".into(), None));
            }
            *response.body_mut() = SdkBody::from(body);
            Ok(response)
        })
    }
}

/// What IAM lets a role's name hold.
fn is_of_a_role(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_+=,.@-".contains(&byte)
}
