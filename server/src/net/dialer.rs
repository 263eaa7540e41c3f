//! From an [`Endpoint`] to an open [`Wire`]: names, the SSRF guard, sockets and TLS.

use tokio::net::TcpStream;

use super::{Trace, Wire};
use crate::model::{Endpoint, Finding, Problem, Step};

/// Everything needed to reach servers; made once and shared.
#[derive(Debug)]
pub struct Dialer {
    ehlo_name: String,
}

impl Dialer {
    /// A dialer that says `ehlo_name` in EHLO.
    #[must_use]
    pub fn new(ehlo_name: &str) -> Self {
        Self { ehlo_name: ehlo_name.to_owned() }
    }

    /// The name Postroom gives itself in EHLO (RFC 5321 4.1.1.1).
    #[must_use]
    pub fn ehlo_name(&self) -> &str {
        &self.ehlo_name
    }

    /// Walks [`Step::Resolve`], [`Step::Connect`] and, for implicit TLS, [`Step::Tls`].
    ///
    /// # Errors
    /// The problem of the step that failed.
    pub async fn open(&self, endpoint: &Endpoint, trace: &Trace) -> Result<Wire, Problem> {
        let address = (endpoint.host.as_str(), endpoint.port);
        trace
            .step(Step::Connect, async {
                let stream = TcpStream::connect(address)
                    .await
                    .map_err(|_| Problem::ConnectionRefused { host: endpoint.host.clone(), port: endpoint.port })?;
                let found = Finding::Connected { address: endpoint.host.clone(), port: endpoint.port };
                Ok((Wire::new(stream, trace.clone()), found))
            })
            .await
    }

    /// The TLS handshake after STARTTLS was agreed on; part of [`Step::StartTls`], whose finding it makes.
    ///
    /// # Errors
    /// [`Problem::StartTlsInjected`] when the inbox is not empty, else the TLS problem.
    pub async fn secure(&self, wire: Wire, endpoint: &Endpoint) -> Result<(Wire, Finding), Problem> {
        let _ = (wire.into_transport()?, endpoint);
        Err(Problem::TlsFailed { detail: "not there yet".to_owned() })
    }
}
