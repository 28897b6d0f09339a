//! The proxy between the tool and the emulator: it names, counts, edits, delays and breaks calls.

use std::any::Any;
use std::fmt;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use super::account::Account;
use super::call::Call;
use super::content::Content;
use super::edits;
#[cfg(feature = "live")]
use super::emulator::Emulator;
use super::http::{Answer, exchange, runtime, status_code};
use super::rounds::{Rounds, announces_another_page};
use super::rules::{Break, Deed, Rule};

/// Without a request for so long, a round is over on a machine that is not busy.
pub(crate) const QUIET: Duration = Duration::from_millis(200);

/// What the targets of calls begin with that the emulator of organizations answers.
const OF_ORGANIZATIONS: [&str; 2] = ["AWSOrganizationsV20161128.", "SWBExternalService."];

/// One call that the proxy saw.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) call: Call,
    /// What the tool was answered; none where the connection was broken or the answer is still to come.
    pub(crate) status: Option<u16>,
    /// The whole of it.
    pub(crate) answer: Option<Answer>,
    pub(crate) started: Instant,
    pub(crate) ended: Option<Instant>,
    /// The round, from 1, in which the call came; always 1 unless the proxy counts rounds.
    pub(crate) round: usize,
}

impl fmt::Display for Seen {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Call { service, operation, region, target, .. } = &self.call;
        let status = self.status.map_or("broken".to_owned(), |status| status.to_string());
        write!(out, "round {}: {service}:{operation} {region} {target} {status}", self.round)
    }
}

/// A proxy of one test. When it goes it fails the test if a rule of it had panicked, or if a call was more than a look: whatever is tested, the tool only reads.
pub(crate) struct Proxy {
    pub(crate) address: SocketAddr,
    shared: Arc<Shared>,
    tasks: Vec<AbortHandle>,
}

struct Shared {
    account: Account,
    rules: Mutex<Vec<Arc<Rule>>>,
    seen: Mutex<Vec<Seen>>,
    faults: Mutex<Vec<String>>,
    rounds: Option<Rounds>,
    changes: AtomicBool,
    /// What answers for Organizations and IAM Identity Center, where the account manages an organization.
    organizations: Mutex<Option<SocketAddr>>,
}

impl Proxy {
    /// In front of the account's emulator. It makes the account what nearly every account is: no member of an organization, and without mute rules.
    pub(crate) fn to(account: Account) -> Self {
        Self::start(account, None)
    }

    /// The same, and it holds answers back to count rounds: see [`Proxy::rounds`]. A round is over without a request for `quiet`.
    pub(crate) fn counting_rounds(account: Account, quiet: Duration) -> Self {
        Self::start(account, Some(Rounds::new(quiet)))
    }

    fn start(account: Account, rounds: Option<Rounds>) -> Self {
        let listener = runtime().block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))).expect("a port for the proxy");
        let address = listener.local_addr().expect("the proxy's port");
        let shared = Arc::new(Shared {
            account,
            rules: Mutex::default(),
            seen: Mutex::default(),
            faults: Mutex::default(),
            rounds,
            changes: AtomicBool::new(false),
            organizations: Mutex::default(),
        });
        let clock = Arc::clone(&shared);
        let keep_time = runtime().spawn(async move {
            if let Some(rounds) = &clock.rounds {
                rounds.keep_time().await;
            }
        });
        let listen = runtime().spawn(listen(listener, Arc::clone(&shared)));
        let proxy = Self { address, shared, tasks: vec![listen.abort_handle(), keep_time.abort_handle()] };
        proxy.with(edits::standalone()).with(edits::bucket_policies_are_private()).with(edits::no_mute_rules())
    }

    /// In front of an account that manages, or is to create, an organization: another emulator answers for it.
    #[cfg(feature = "live")]
    pub(crate) fn with_organizations(self) -> Self {
        *self.shared.organizations.lock().expect("the emulator of organizations") =
            Some(Emulator::of_organizations().address);
        self.forget("organizations", "DescribeOrganization");
        self
    }

    /// Forgets the last rule for an operation.
    #[cfg(feature = "live")]
    pub(crate) fn forget(&self, service: &str, operation: &str) {
        let mut rules = self.shared.rules.lock().expect("the rules");
        if let Some(last) = rules.iter().rposition(|rule| rule.is_on(service, operation)) {
            rules.remove(last);
        }
    }

    /// With one rule more.
    pub(crate) fn with(self, rule: Rule) -> Self {
        self.add(rule);
        self
    }

    /// With several rules more.
    pub(crate) fn with_all(self, rules: impl IntoIterator<Item = Rule>) -> Self {
        rules.into_iter().for_each(|rule| self.add(rule));
        self
    }

    /// One rule more, from now on.
    pub(crate) fn add(&self, rule: Rule) {
        self.shared.rules.lock().expect("the rules").push(Arc::new(rule));
    }

    /// Lets changes through while this runs: it is not the audit that makes them.
    #[cfg(feature = "live")]
    pub(crate) fn changing<T>(&self, change: impl FnOnce() -> T) -> T {
        self.shared.changes.store(true, Ordering::SeqCst);
        let changed = change();
        self.shared.changes.store(false, Ordering::SeqCst);
        changed
    }

    /// For `AWS_ENDPOINT_URL`.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All calls so far, in the order in which they came.
    pub(crate) fn calls(&self) -> Vec<Seen> {
        self.shared.seen.lock().expect("the log").clone()
    }

    /// The same to read, a line a call: for the message of a failing test.
    pub(crate) fn log(&self) -> String {
        let lines: Vec<_> = self.calls().iter().map(ToString::to_string).collect();
        lines.join("\n")
    }

    /// The calls of one operation so far.
    pub(crate) fn calls_of(&self, service: &str, operation: &str) -> Vec<Seen> {
        self.calls()
            .into_iter()
            .filter(|seen| seen.call.service == service && seen.call.operation == operation)
            .collect()
    }

    /// How many rounds the calls so far took: their dependency depth, whatever their times were. A list counts once, whatever its pages.
    ///
    /// A tool that takes longer than the quiet for its next request adds rounds, and nothing takes any away: so a test may try
    /// again with more quiet, and few rounds seen once are proof.
    pub(crate) fn rounds(&self) -> usize {
        assert!(self.shared.rounds.is_some(), "only a proxy made with `counting_rounds` counts rounds");
        self.calls().iter().map(|seen| seen.round).max().unwrap_or(0)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        let faults = self.shared.faults.lock().map(|faults| faults.join("\n")).unwrap_or_default();
        assert!(faults.is_empty() || std::thread::panicking(), "the proxy could not do as it was told: {faults}");
    }
}

async fn listen(listener: TcpListener, shared: Arc<Shared>) {
    // The connections end with this task.
    let mut connections = JoinSet::new();
    loop {
        if let Ok((stream, _)) = listener.accept().await {
            connections.spawn(serve(stream, Arc::clone(&shared)));
        }
        while connections.try_join_next().is_some() {}
    }
}

async fn serve(stream: TcpStream, shared: Arc<Shared>) {
    let reset = Arc::new(AtomicBool::new(false));
    let service = service_fn(|request| {
        let (shared, reset) = (Arc::clone(&shared), Arc::clone(&reset));
        Box::pin(async move { shared.handle(request, &reset).await })
    });
    let mut connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    // An error is a connection that broke, by a rule or because the tool was done with it.
    let _ = std::future::poll_fn(|context| connection.poll_without_shutdown(context)).await;
    if reset.load(Ordering::SeqCst) {
        let stream = connection.into_parts().io.into_inner();
        // Closing without lingering is what makes the kernel send a reset.
        let _ = stream.set_zero_linger();
    }
}

impl Shared {
    async fn handle(&self, request: Request<Incoming>, reset: &AtomicBool) -> io::Result<Response<Content>> {
        let started = Instant::now();
        let arrival = self.rounds.as_ref().map(Rounds::arrive);
        let round = arrival.as_ref().map_or(1, |arrival| arrival.round);
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(io::Error::other)?.to_bytes().to_vec();
        let path_and_query = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let call = Call::recognise(self.account.id, head.method, path_and_query, head.headers, body);
        let index = {
            let mut seen = self.seen.lock().expect("the log");
            seen.push(Seen { call: call.clone(), status: None, answer: None, started, ended: None, round });
            seen.len() - 1
        };

        let (answer, broken) = self.answer(&call).await;
        if let Some(arrival) = arrival {
            arrival.depart(announces_another_page(&answer)).await;
        }
        match broken {
            None | Some(Break::CutShort) => {}
            Some(Break::Silence) => std::future::pending().await,
            Some(how) => {
                reset.store(matches!(how, Break::Reset), Ordering::SeqCst);
                return Err(io::Error::other("broken by a rule"));
            }
        }
        if let Some(seen) = self.seen.lock().expect("the log").get_mut(index) {
            seen.status = broken.is_none().then_some(answer.status);
            seen.answer = broken.is_none().then(|| answer.clone());
            seen.ended = Some(Instant::now());
        }
        let mut response = Response::new(Content::new(answer.body, broken.is_some()));
        *response.status_mut() = status_code(answer.status);
        *response.headers_mut() = answer.headers;
        Ok(response)
    }

    /// The answer that the rules make of this call, and how it is to be broken.
    async fn answer(&self, call: &Call) -> (Answer, Option<Break>) {
        if !call.reads() && !self.changes.load(Ordering::SeqCst) {
            return (self.fault(call, "it changes something, and an audit only looks"), None);
        }
        let (mut author, mut supplier, mut broken, mut edits, mut delay) =
            (None, None, None, Vec::new(), Duration::ZERO);
        for rule in self.matching(call) {
            match &rule.deed {
                Deed::Edit(_) => edits.push(rule),
                Deed::Answer(_) => (author, broken) = (Some(rule), None),
                Deed::Supply(_) => supplier = Some(rule),
                Deed::Break(how) => broken = Some(*how),
                Deed::Delay(time) => delay += *time,
            }
        }
        tokio::time::sleep(delay).await;
        if let Some(Rule { deed: Deed::Answer(author), .. }) = author.as_deref() {
            return (self.guarded(call, || author(call)), broken);
        }
        if broken.is_some_and(|how| !matches!(how, Break::CutShort)) {
            return (Answer::xml(500, ""), broken);
        }
        let answer = if let Some(Rule { deed: Deed::Supply(author), .. }) = supplier.as_deref() {
            self.guarded(call, || author(call))
        } else {
            let (endpoint, headers) = self.route(call);
            let forwarded =
                exchange(endpoint, call.method.clone(), &call.path_and_query, headers, call.body.clone()).await;
            forwarded.unwrap_or_else(|fault| self.fault(call, &fault))
        };
        if !answer.succeeded() {
            return (answer, broken);
        }
        let edited = self.guarded(call, || {
            let mut answer = answer;
            for rule in &edits {
                if let Deed::Edit(editor) = &rule.deed {
                    editor(call, &mut answer);
                }
            }
            answer
        });
        (edited, broken)
    }

    /// Which emulator answers, and with which headers. The emulator of organizations is told whose call it is.
    fn route(&self, call: &Call) -> (SocketAddr, HeaderMap) {
        let mut headers = call.headers.clone();
        let of_organizations = *self.organizations.lock().expect("the emulator of organizations");
        let target = headers.get("x-amz-target").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let is_of_organizations = OF_ORGANIZATIONS.iter().any(|service| target.starts_with(service));
        match of_organizations.filter(|_| is_of_organizations) {
            Some(endpoint) => {
                headers.insert("x-moto-account-id", call.caller().parse().expect("an account's number"));
                (endpoint, headers)
            }
            None => (self.account.endpoint, headers),
        }
    }

    fn matching(&self, call: &Call) -> Vec<Arc<Rule>> {
        self.rules.lock().expect("the rules").iter().filter(|rule| rule.takes(call)).map(Arc::clone).collect()
    }

    /// Runs a test's own code. Its panic must fail the test and not only this connection's task.
    fn guarded(&self, call: &Call, code: impl FnOnce() -> Answer) -> Answer {
        catch_unwind(AssertUnwindSafe(code)).unwrap_or_else(|panic| self.fault(call, &panic_message(panic.as_ref())))
    }

    fn fault(&self, call: &Call, what: &str) -> Answer {
        let fault = format!("{}:{}: {what}", call.service, call.operation);
        self.faults.lock().expect("the faults").push(fault.clone());
        Answer::new(500, "text/plain", fault)
    }
}

fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("a panic without words").to_owned()
}
