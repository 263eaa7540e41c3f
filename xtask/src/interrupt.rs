//! Ctrl-C and SIGTERM end what we started before they end us.
//!
//! A signal only raises a flag. Whoever waits for a child looks at the flag,
//! fails with [`Failure`], and the way out through `?` drops (and so ends)
//! everything that runs.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use tokio::runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::failure::{Context, Failure, Result};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Starts listening for signals. Called once, before anything is started.
pub fn watch() -> Result<()> {
    let runtime = runtime::Builder::new_current_thread().enable_io().build().context("cannot listen for signals")?;
    let (mut interrupt, mut terminate, mut hang_up) = {
        let _inside = runtime.enter();
        (
            signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?,
            signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?,
            signal(SignalKind::hangup()).context("cannot listen for SIGHUP")?,
        )
    };
    thread::spawn(move || {
        runtime.block_on(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hang_up.recv() => {}
            }
            INTERRUPTED.store(true, Ordering::Relaxed);
        });
    });
    Ok(())
}

pub fn happened() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Fails once a signal has come.
pub fn check() -> Result<()> {
    if happened() { Err(Failure::new("Stopped.")) } else { Ok(()) }
}
