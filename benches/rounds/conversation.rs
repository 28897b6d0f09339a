//! What an audit asks and hears: learned once from the emulator, then played back without the emulator's own time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::accounts::Measured;
use crate::far_tls::FarTls;
use crate::measuring::program;
use crate::support::account::Account;
use crate::support::call::Call;
use crate::support::http::Answer;
use crate::support::proxy::{Proxy, QUIET, Seen};
use crate::support::rules::Rule;
use crate::support::run::Run;

/// What makes two calls the same question. Headers have times and signatures.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Question {
    service: String,
    operation: String,
    region: String,
    path_and_query: String,
    body: Vec<u8>,
}

impl Question {
    pub(crate) fn of(call: &Call) -> Self {
        Self {
            service: call.service.clone(),
            operation: call.operation.clone(),
            region: call.region.clone(),
            path_and_query: call.path_and_query.clone(),
            body: call.body.clone(),
        }
    }

    pub(crate) fn operation(&self) -> &str {
        &self.operation
    }
}

/// An account's answers, and the round in which each is asked for.
pub(crate) struct Conversation {
    account: Account,
    status: i32,
    answers: Arc<BTreeMap<Question, Answer>>,
    rounds: BTreeMap<Question, usize>,
}

/// One audit, as the proxy saw it. Times are counted from the start of the program.
pub(crate) struct Audit {
    pub(crate) took: Duration,
    pub(crate) calls: Vec<Asked>,
}

/// One call of it.
pub(crate) struct Asked {
    pub(crate) question: Question,
    pub(crate) call: Call,
    pub(crate) at: Duration,
    pub(crate) took: Duration,
}

impl Conversation {
    /// Audits the account in the emulator, through a proxy that counts rounds.
    pub(crate) fn with(measured: &Measured) -> Self {
        let account = Account::new(measured.number);
        let supplied = (measured.make)(account);
        let counting = Proxy::counting_rounds(account.through(&supplied), QUIET);
        audit(account, &counting).expect(measured.status);
        let calls = counting.calls();
        let answers = calls.iter().map(|seen| (Question::of(&seen.call), answer_of(seen))).collect();
        let rounds = calls.iter().map(|seen| (Question::of(&seen.call), seen.round)).collect();
        Self { account, status: measured.status, answers: Arc::new(answers), rounds }
    }

    /// How many calls are made in each round: as many numbers as the calls are deep.
    pub(crate) fn by_round(&self) -> Vec<usize> {
        let depth = self.rounds.values().max().copied().unwrap_or(0);
        (1..=depth).map(|round| self.rounds.values().filter(|of| **of == round).count()).collect()
    }

    /// The round in which something is asked, from 1.
    pub(crate) fn round(&self, question: &Question) -> usize {
        self.rounds[question]
    }

    /// Audits the account again, with every answer so far away.
    pub(crate) fn audit(&self, away: Duration) -> Audit {
        let proxy = self.played_back(away);
        self.audit_by(&proxy, audit(self.account, &proxy))
    }

    /// The same, with one answer still further away.
    pub(crate) fn audit_without_haste(&self, away: Duration, late: &Question, by: Duration) -> Audit {
        let late = late.clone();
        let slow = Rule::on(&late.service.clone(), &late.operation.clone());
        let proxy = self.played_back(away).with(slow.when(move |call| Question::of(call) == late).delay(by));
        self.audit_by(&proxy, audit(self.account, &proxy))
    }

    /// Audits the account over TLS, with every endpoint so far away; none where there is no certificate to be had.
    pub(crate) fn audit_over_tls(&self, away: Duration) -> Option<Audit> {
        let proxy = self.played_back(Duration::ZERO);
        let far = FarTls::to(&proxy, away)?;
        Some(self.audit_by(&proxy, far.lead(audit(self.account, &proxy))))
    }

    fn played_back(&self, away: Duration) -> Proxy {
        let answers = Arc::clone(&self.answers);
        let answer = Rule::on("*", "*").answer_by_call(move |call| {
            let question = Question::of(call);
            answers.get(&question).unwrap_or_else(|| panic!("nobody asked that before: {question:?}")).clone()
        });
        let delay = (!away.is_zero()).then(|| Rule::on("*", "*").delay(away));
        Proxy::to(self.account).with(answer).with_all(delay)
    }

    fn audit_by(&self, proxy: &Proxy, run: Run) -> Audit {
        let start = Instant::now();
        run.expect(self.status);
        let took = start.elapsed();
        let asked = |seen: Seen| Asked {
            question: Question::of(&seen.call),
            at: seen.started - start,
            took: seen.ended.expect("an answer to every call") - seen.started,
            call: seen.call,
        };
        Audit { took, calls: proxy.calls().into_iter().map(asked).collect() }
    }
}

fn audit(account: Account, proxy: &Proxy) -> Run {
    Run::audit(account, proxy).instead(program()).args(["audit", "--format", "json"])
}

fn answer_of(seen: &Seen) -> Answer {
    seen.answer.clone().unwrap_or_else(|| panic!("{seen} had no answer"))
}

impl Audit {
    /// When the first call came: what the program does before it asks anything.
    pub(crate) fn first_call(&self) -> Duration {
        self.calls.iter().map(|asked| asked.at).min().expect("a call")
    }

    /// From the last answer to the end of the program.
    pub(crate) fn after_the_last_answer(&self) -> Duration {
        self.took.saturating_sub(self.calls.iter().map(|asked| asked.at + asked.took).max().expect("a call"))
    }

    /// When the calls of a round came.
    pub(crate) fn calls_of_round(&self, conversation: &Conversation, round: usize) -> impl Iterator<Item = Duration> {
        self.calls.iter().filter(move |asked| conversation.round(&asked.question) == round).map(|asked| asked.at)
    }

    /// When each question was asked, counted from the first.
    pub(crate) fn beginnings(&self) -> BTreeMap<Question, Duration> {
        let first = self.first_call();
        self.calls.iter().map(|asked| (asked.question.clone(), asked.at.saturating_sub(first))).collect()
    }
}
