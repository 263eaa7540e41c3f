//! Dialers for tests: they may reach loopback, and they do not wait long.

use std::time::Duration;

use postroom_server::net::{Deadlines, DialOptions, Dialer, Guard};
use rustls_pki_types::CertificateDer;

/// Reaches everything, trusts what everybody trusts.
///
/// # Panics
/// When the system's name servers or roots cannot be read.
#[must_use]
pub fn dialer() -> Dialer {
    dialer_trusting(&[])
}

/// Trusts these certificates too.
///
/// # Panics
/// When one of them is no certificate.
#[must_use]
pub fn dialer_trusting(roots: &[CertificateDer<'static>]) -> Dialer {
    let options = DialOptions {
        ehlo_name: "postroom.example".to_owned(),
        guard: Guard::allow_all(),
        extra_roots: roots.to_vec(),
        ..DialOptions::default()
    };
    Dialer::new(options).expect("a dialer can be made")
}

/// Deadlines for servers that never answer: long enough for loopback, short enough for a test.
#[must_use]
pub fn impatient() -> Deadlines {
    Deadlines {
        resolve: Duration::from_millis(300),
        connect: Duration::from_millis(300),
        step: Duration::from_millis(300),
        check: Duration::from_secs(2),
        tls_probe: Duration::from_millis(50),
        second_look: Duration::from_millis(600),
    }
}
