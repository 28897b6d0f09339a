//! What an operator sees on standard error while calls run: a line that is gone when done, or with `-v` every call.

use std::io::Write;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::account::{Call, CallObserver, CallRecord, Event};
use crate::io::terminal::clean;

/// Nobody watches.
#[must_use]
pub fn none() -> CallObserver {
    Box::new(|_| {})
}

/// Every call on a line of its own, as it ends: region, time, outcome, tries.
#[must_use]
pub fn every_call() -> CallObserver {
    Box::new(|event| {
        if let Event::Finished(made) = event {
            // A closed standard error is no reason to stop an audit.
            let _ = writeln!(std::io::stderr(), "{}", line(made));
        }
    })
}

/// How many calls are done and which is under way, on a terminal; it leaves no trace.
#[must_use]
pub fn on_a_terminal() -> CallObserver {
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} Auditing: {pos} API calls done{msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(100));
    Box::new(move |event| match event {
        Event::Started(call) => bar.set_message(format!(", waiting for {}", subject(call))),
        Event::Finished(_) => bar.inc(1),
    })
}

fn subject(call: &Call) -> String {
    let mut subject = call.operation.name().to_owned();
    if let Some(region) = &call.region {
        subject = format!("{subject} in {region}");
    }
    subject
}

fn line(made: &CallRecord) -> String {
    let target = made.call.target.as_deref().unwrap_or_default();
    let outcome = made.failed.as_deref().unwrap_or("ok");
    let tries = match made.retries {
        0 => String::new(),
        1 => ", 1 retry".to_owned(),
        retries => format!(", {retries} retries"),
    };
    let line = format!(
        "{:>6} ms +{:>5} ms  {} {target}: {outcome}{tries}",
        made.asked_after.as_millis(),
        made.took.as_millis(),
        subject(&made.call),
    );
    clean(&line).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::operation::Operation;

    #[test]
    fn call_log_has_region_time_outcome_and_retries() {
        let mut made = CallRecord {
            call: Call::regional(Operation::GetTrailStatus, "us-west-2").about("arn:x"),
            asked_after: Duration::from_millis(12),
            took: Duration::from_millis(340),
            retries: 0,
            failed: None,
        };
        assert_eq!(line(&made), "    12 ms +  340 ms  GetTrailStatus in us-west-2 arn:x: ok");
        made.retries = 2;
        assert_eq!(line(&made), "    12 ms +  340 ms  GetTrailStatus in us-west-2 arn:x: ok, 2 retries");
    }
}
