//! How long things may take before Postroom gives up on them.

use std::time::Duration;

/// The patience of one [`Dialer`](super::Dialer), and of the checks that use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Until a name has an address.
    pub resolve: Duration,
    /// Until one of the addresses takes the connection.
    pub connect: Duration,
    /// Until any other step of a check is done.
    pub step: Duration,
    /// Until the whole check is done.
    pub check: Duration,
    /// How long the look whether a port begins with TLS may take.
    pub tls_probe: Duration,
    /// How long a watched check that has failed may look at the neighbours; never beyond the whole check.
    pub second_look: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self {
            resolve: Duration::from_secs(8),
            connect: Duration::from_secs(10),
            step: Duration::from_secs(10),
            check: Duration::from_secs(30),
            tls_probe: Duration::from_secs(2),
            second_look: Duration::from_secs(4),
        }
    }
}
