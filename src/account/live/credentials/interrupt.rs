//! Ctrl-C while a program of the operator's is waited for: it is ended first, then this program.

use std::process::exit;
use std::sync::OnceLock;
use std::time::Duration;

use tokio::sync::Notify;

use crate::platform;

/// Long enough for the thread that waits for the program to end it.
const TO_END_IT: Duration = Duration::from_millis(200);

static INTERRUPTED: Notify = Notify::const_new();
static WATCHED: OnceLock<()> = OnceLock::new();

/// Ends when Ctrl-C is pressed. Without anyone who asks, Ctrl-C ends the program by itself; from the first one on, a thread
/// of its own does, since the system's way is gone then.
pub(super) async fn watch() {
    WATCHED.get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            std::thread::spawn(move || runtime.block_on(ended()));
        }
    });
    INTERRUPTED.notified().await;
}

#[expect(clippy::exit, reason = "what Ctrl-C does without us, once the program that we started has ended")]
async fn ended() {
    if tokio::signal::ctrl_c().await.is_ok() {
        INTERRUPTED.notify_waiters();
        tokio::time::sleep(TO_END_IT).await;
        exit(platform::INTERRUPTED);
    }
}
