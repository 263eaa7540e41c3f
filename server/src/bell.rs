//! Wakes whoever sends mail or looks for it, and whoever waits for it to be sent, within one process.
//!
//! Nothing depends on it being heard: both look for themselves every now and then, for other nodes ring no bell here.

use std::sync::Arc;

use tokio::sync::Notify;

/// One bell. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Ringing>);

#[derive(Debug, Default)]
struct Ringing {
    queued: Notify,
    decided: Notify,
}

impl Bell {
    /// Something is due.
    pub fn ring(&self) {
        self.0.queued.notify_one();
    }

    /// Waits until something is due, as far as this process knows.
    pub async fn rung(&self) {
        self.0.queued.notified().await;
    }

    pub(crate) fn tell_decided(&self) {
        self.0.decided.notify_waiters();
    }

    /// Waits until the fate of some delivery was decided in this process.
    pub(crate) async fn decided(&self) {
        self.0.decided.notified().await;
    }
}
