//! The account over HTTP, on a thread of its own.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

use crate::account;
use crate::answers::Aws;
use crate::support::call::Call;

/// A server that goes on until the program ends.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Server {
    pub(crate) fn of(aws: Aws) -> Self {
        let asked = Arc::new(AtomicUsize::new(0));
        let (tell, told) = std::sync::mpsc::channel();
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
            runtime.block_on(async {
                let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
                tell.send(listener.local_addr().expect("its number")).expect("somebody who waits");
                serve(listener, Arc::new(aws), count).await;
            });
        });
        Server { address: told.recv().expect("the server's address"), asked }
    }

    /// How many calls came since the last time.
    pub(crate) fn calls(&self) -> usize {
        self.asked.swap(0, Ordering::SeqCst)
    }
}

async fn serve(listener: TcpListener, aws: Arc<Aws>, asked: Arc<AtomicUsize>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        let _ = stream.set_nodelay(true);
        let (aws, asked) = (Arc::clone(&aws), Arc::clone(&asked));
        tokio::spawn(async move {
            let service = service_fn(|request| answer(request, &aws, &asked));
            // A client that goes away has read enough.
            let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

async fn answer(
    request: Request<Incoming>,
    aws: &Aws,
    asked: &AtomicUsize,
) -> Result<Response<Full<Bytes>>, Infallible> {
    asked.fetch_add(1, Ordering::SeqCst);
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes().to_vec()).unwrap_or_default();
    let path = head.uri.path_and_query().map_or_else(String::new, ToString::to_string);
    let call = Call::recognise(account::ID, head.method, path, head.headers, body);
    let Some(answer) = aws.answer(&call) else {
        eprintln!("no answer to {} about {:?} in {}", call.operation, call.target, call.region);
        return Ok(Response::builder().status(500).body(Full::default()).expect("an answer"));
    };
    let response = Response::builder()
        .status(answer.status)
        .header("content-type", answer.content_type)
        .header("smithy-protocol", "rpc-v2-cbor")
        .header("x-amz-request-id", "R1")
        .header("x-amz-bucket-region", account::HOME);
    Ok(response.body(Full::new(answer.body.into())).expect("an answer"))
}
