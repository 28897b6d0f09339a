//! A small HTTP server of a test's own, for what is asked neither of AWS nor of the emulator: the instance's and the container's
//! own services for credentials, SSO's portal.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Answers the request's first line with a status and a body; none: never.
type Author = dyn Fn(&str) -> Option<(u16, String)> + Send + Sync;

/// One server; its thread ends with the tests.
pub(crate) struct Service {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Service {
    /// Answers by the request's first line.
    pub(crate) fn new(author: impl Fn(&str) -> Option<(u16, String)> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port for the service");
        let address = listener.local_addr().expect("the service's port");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (author, log) = (Arc::<Author>::from(Box::new(author) as Box<Author>), Arc::clone(&asked));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (author, log) = (Arc::clone(&author), Arc::clone(&log));
                thread::spawn(move || serve(stream, &*author, &log));
            }
        });
        Self { address, asked }
    }

    /// Answers everything with this status.
    pub(crate) fn answering(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self::new(move |_| Some((status, body.clone())))
    }

    /// Takes connections and never answers.
    pub(crate) fn silent() -> Self {
        Self::new(|_| None)
    }

    /// Where it is.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The first lines of the requests so far.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().expect("the log").clone()
    }
}

/// An address at which nobody listens.
pub(crate) fn nobody() -> String {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    format!("http://{}", listener.local_addr().expect("its number"))
}

fn serve(mut stream: TcpStream, author: &Author, log: &Mutex<Vec<String>>) {
    let mut request = Vec::new();
    let mut part = [0; 4096];
    while !request.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(count) => request.extend_from_slice(&part[..count]),
        }
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let line = request.lines().next().unwrap_or_default().to_owned();
    log.lock().expect("the log").push(line.clone());
    let Some((status, body)) = author(&line) else {
        // Until the client gives up.
        let _ = stream.read(&mut part);
        return;
    };
    let length = body.len();
    // Without its time to live, a token for the instance's metadata is none.
    let _ = write!(
        stream,
        "HTTP/1.1 {status} as told\r\ncontent-type: application/json\r\nx-aws-ec2-metadata-token-ttl-seconds: 21600\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
}
