//! Plain HTTP/1.1 without the AWS SDK: the support must not share a fault with what it tests.

use std::net::SocketAddr;
use std::sync::OnceLock;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::header::{CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderName, TRANSFER_ENCODING};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_util::client::legacy::{Client, connect::HttpConnector};
use hyper_util::rt::TokioExecutor;
use tokio::runtime::Runtime;

/// The runtime under all proxies and all calls of the support. Tests themselves are plain `#[test]` functions.
pub(crate) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime for the test support")
    })
}

/// A whole answer, as the emulator gave it or as a test wants it.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// An answer with a body of this content type.
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: HeaderMap::new(), body: body.into() }.header(CONTENT_TYPE.as_str(), content_type)
    }

    /// The same with one header more (or another value for it).
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("a header's name");
        self.headers.insert(name, value.parse().expect("a header's value"));
        self
    }

    /// What the services of the query protocol, and S3, speak.
    pub(crate) fn xml(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, "text/xml", body)
    }

    /// What `CloudTrail`, KMS and Organizations speak.
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        Self::new(status, "application/x-amz-json-1.1", body.to_string())
    }

    /// Whether the call worked.
    pub(crate) fn succeeded(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The body as text; panics where it is none.
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }

    /// The body read as JSON.
    pub(crate) fn as_json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// The text of the first XML element of this name.
    pub(crate) fn element(&self, name: &str) -> Option<&str> {
        let text = self.text();
        let start = text.find(&format!("<{name}>"))? + name.len() + 2;
        let length = text[start..].find(&format!("</{name}>"))?;
        Some(&text[start..start + length])
    }
}

/// Sends a request to `address` and reads the whole answer; the error is a sentence.
///
/// Each request has a connection of its own: the emulator closes idle ones when it likes, and a reused one that is just closing would fail a test by chance.
pub(crate) async fn exchange(
    address: SocketAddr,
    method: Method,
    path_and_query: &str,
    mut headers: HeaderMap,
    body: Vec<u8>,
) -> Result<Answer, String> {
    static CLIENT: OnceLock<Client<HttpConnector, Full<Bytes>>> = OnceLock::new();
    let client = CLIENT.get_or_init(|| Client::builder(TokioExecutor::new()).pool_max_idle_per_host(0).build_http());
    for hop_by_hop in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        headers.remove(hop_by_hop);
    }
    let uri: Uri =
        format!("http://{address}{path_and_query}").parse().map_err(|error| format!("{path_and_query}: {error}"))?;
    let mut request = Request::new(Full::new(Bytes::from(body)));
    *request.method_mut() = method;
    *request.uri_mut() = uri;
    *request.headers_mut() = headers;
    let answer = client.request(request).await.map_err(|error| format!("no answer from {address}: {error:?}"))?;
    let (mut head, body) = answer.into_parts();
    let body =
        body.collect().await.map_err(|error| format!("half an answer from {address}: {error:?}"))?.to_bytes().to_vec();
    for hop_by_hop in [CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING] {
        head.headers.remove(hop_by_hop);
    }
    Ok(Answer { status: head.status.as_u16(), headers: head.headers, body })
}

/// The status as hyper's type; a test that asks for an impossible one is told.
pub(crate) fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).expect("an HTTP status")
}
