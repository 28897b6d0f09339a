//! The real HTTP client, against a listener on this machine.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

use super::*;

/// AWS at a listener that answers every connection with these bytes and closes it.
fn listening(answer: &'static [u8]) -> Aws {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = reply(stream.unwrap(), answer);
        }
    });
    at(&endpoint)
}

fn reply(mut stream: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    let mut request = [0; 16384];
    let _ = stream.read(&mut request)?;
    stream.write_all(answer)
}

/// AWS at that endpoint, without the pauses between tries.
fn at(endpoint: &str) -> Aws {
    within(Duration::from_mins(1), endpoint)
}

/// The same, and a call may take so long.
fn within(call_timeout: Duration, endpoint: &str) -> Aws {
    let retries = retries().with_initial_backoff(Duration::from_millis(1)).with_max_backoff(Duration::from_millis(1));
    let options = Options { home_region: "us-west-2".to_owned(), timeout: Some(call_timeout * 2) };
    let config =
        config(http::client(None)).endpoint_url(endpoint).retry_config(retries).timeout_config(timeouts(&options));
    Aws::new(config.build(), "us-west-2".to_owned())
}

#[tokio::test]
async fn an_answer_shorter_than_its_length_is_malformed() {
    let aws = listening(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"trailList\": []}");
    assert!(matches!(aws.trails("us-west-2").await, Err(Cause::Malformed { .. })));
}

#[tokio::test]
async fn known_fact_in_a_cut_answer_is_unknown() {
    let aws = listening(
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 500\r\n\r\n<Error><Code>NoSuchBucketPolicy</Code></Error>",
    );
    assert!(aws.bucket_policy(BUCKET).await.is_err());
}

#[tokio::test]
async fn closed_or_foreign_connection_is_unreachable() {
    for answer in [&b""[..], b"SSH-2.0-OpenSSH_9.9\r\n"] {
        let told = listening(answer).trails("us-west-2").await;
        assert!(matches!(told, Err(Cause::Unreachable { .. })), "{told:?}");
    }
}

#[tokio::test]
async fn a_port_where_nobody_listens_refuses() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let told = at(&endpoint).trails("us-west-2").await;
    assert_eq!(told, Err(Cause::Unreachable { why: "the connection was refused".to_owned() }));
}

#[tokio::test]
async fn a_name_that_does_not_resolve_is_told_as_that() {
    let told = at("http://stagecheck.invalid").trails("us-west-2").await;
    assert_eq!(told, Err(Cause::Unreachable { why: "the name doesn't resolve".to_owned() }));
}

#[tokio::test]
async fn no_answer_at_all_is_a_time_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let aws = within(Duration::from_secs(2), &endpoint);
    let told = tokio::time::timeout(Duration::from_mins(1), aws.trails("us-west-2")).await;
    assert!(matches!(told.expect("an end"), Err(Cause::CallTimedOut { .. })));
}
