//! Ctrl-C while a program of the operator's is waited for: it is ended first, then this program.

use std::pin::pin;
use std::process::exit;
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use tokio::sync::futures::Notified;
use tokio::sync::{Notify, RwLock, RwLockReadGuard};

use crate::io::platform;

/// A program that cannot be ended does not keep this one.
const TO_END_THEM: Duration = Duration::from_secs(5);

static INTERRUPTED: Notify = Notify::const_new();
static WATCHED: OnceLock<()> = OnceLock::new();
/// Read by everyone who has a program running.
static RUNNING: RwLock<()> = RwLock::const_new(());

/// From here on Ctrl-C ends the returned future, and this program once every returned guard is dropped. Without anyone who asks,
/// Ctrl-C ends the program by itself; from the first one on, a thread of its own does, since the system's way is gone then.
pub(super) async fn watch() -> (Notified<'static>, RwLockReadGuard<'static, ()>) {
    WATCHED.get_or_init(|| {
        let (watches, watching) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        if let Ok(runtime) = runtime {
            std::thread::spawn(move || runtime.block_on(ended(watches)));
        }
        // A program that starts before would be left behind. The end of a thread that cannot watch ends this as well.
        let _ = watching.recv();
    });
    (INTERRUPTED.notified(), RUNNING.read().await)
}

#[expect(clippy::exit, reason = "what Ctrl-C does without us, once the programs that we started have ended")]
async fn ended(watches: mpsc::Sender<()>) {
    let mut pressed = pin!(tokio::signal::ctrl_c());
    let seen = tokio::select! {
        biased;
        // Asked once, it is known to the system.
        seen = &mut pressed => seen,
        () = std::future::ready(()) => {
            let _ = watches.send(());
            pressed.await
        }
    };
    if seen.is_ok() {
        INTERRUPTED.notify_waiters();
        let _ = tokio::time::timeout(TO_END_THEM, RUNNING.write()).await;
        exit(platform::INTERRUPTED);
    }
}
