//! Telling everything that runs in the background to finish what is in hand and end.

use tokio::sync::watch;

/// Whoever holds it can say that it is time to stop. Dropping it says so too.
#[derive(Debug)]
pub struct StopSwitch(watch::Sender<bool>);

/// Hears when it is time to stop; clones hear the same.
#[derive(Clone, Debug)]
pub struct Stop(watch::Receiver<bool>);

impl StopSwitch {
    /// A switch, and what hears it.
    #[must_use]
    pub fn new() -> (Self, Stop) {
        let (sender, receiver) = watch::channel(false);
        (Self(sender), Stop(receiver))
    }

    /// Says that it is time to stop.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }
}

impl Stop {
    /// Waits until it is time to stop.
    pub async fn asked(&mut self) {
        // An error means that the switch is gone, which is the same answer.
        let _ = self.0.wait_for(|stop| *stop).await;
    }

    /// True once it is time to stop.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        *self.0.borrow() || self.0.has_changed().is_err()
    }
}
