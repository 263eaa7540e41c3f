//! From an [`Endpoint`] to an open [`Wire`]: names, the SSRF guard, sockets and TLS.

use std::net::SocketAddr;

use rustls_pki_types::CertificateDer;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use super::{
    Deadlines, Guard, Neighbours, Trace, Wire,
    dns::Dns,
    tcp,
    tls::{SetUpError, Tls},
    wire::{Transport, io_problem},
};
use crate::clock::Clock;
use crate::model::{Endpoint, Finding, Problem, Security, Step};

/// What a [`Dialer`] is made from.
#[derive(Clone, Debug)]
pub struct DialOptions {
    /// The name Postroom gives itself in EHLO: a host name that can be looked up, or an address literal.
    pub ehlo_name: String,
    /// Where users may connect.
    pub guard: Guard,
    /// Certificates to trust besides the built-in and the system's: authorities, or servers' own.
    pub extra_roots: Vec<CertificateDer<'static>>,
    /// Name servers to ask instead of the system's; usually none.
    pub name_servers: Vec<SocketAddr>,
    pub deadlines: Deadlines,
    /// What is looked at when a server does not answer as it should.
    pub neighbours: Neighbours,
    /// Which day it is, for those who ask a server about one.
    pub clock: Clock,
}

impl Default for DialOptions {
    /// The strict guard, the usual roots, the system's name servers.
    fn default() -> Self {
        Self {
            ehlo_name: "localhost.localdomain".to_owned(),
            guard: Guard::default(),
            extra_roots: Vec::new(),
            name_servers: Vec::new(),
            deadlines: Deadlines::default(),
            neighbours: Neighbours::default(),
            clock: Clock::system(),
        }
    }
}

/// Why no dialer could be made: the operator's settings or this machine are at fault.
#[derive(Debug, thiserror::Error)]
pub enum DialerError {
    #[error("the system's name server settings cannot be read")]
    NameServers(#[from] hickory_resolver::net::NetError),
    #[error(transparent)]
    Tls(#[from] SetUpError),
}

/// Everything needed to reach servers; made once and shared.
pub struct Dialer {
    ehlo_name: String,
    guard: Guard,
    deadlines: Deadlines,
    neighbours: Neighbours,
    clock: Clock,
    dns: Dns,
    tls: Tls,
}

impl Dialer {
    /// Reads the system's name servers and roots.
    ///
    /// # Errors
    /// When they cannot be read, or an extra root is no certificate.
    pub fn new(options: DialOptions) -> Result<Self, DialerError> {
        Ok(Self {
            dns: Dns::new(&options.name_servers)?,
            tls: Tls::new(&options.extra_roots)?,
            ehlo_name: options.ehlo_name,
            guard: options.guard,
            deadlines: options.deadlines,
            neighbours: options.neighbours,
            clock: options.clock,
        })
    }

    /// The name Postroom gives itself in EHLO (RFC 5321 4.1.1.1).
    #[must_use]
    pub fn ehlo_name(&self) -> &str {
        &self.ehlo_name
    }

    /// Asks the DNS, with the same name servers.
    #[must_use]
    pub const fn dns(&self) -> &Dns {
        &self.dns
    }

    /// Where users may connect.
    #[must_use]
    pub const fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Makes TLS connections, with the same trust.
    #[must_use]
    pub const fn tls(&self) -> &Tls {
        &self.tls
    }

    /// Which day it is.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// How long things may take.
    #[must_use]
    pub const fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    /// What is looked at when a server does not answer as it should.
    #[must_use]
    pub const fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// Walks [`Step::Resolve`], [`Step::Connect`] and, for implicit TLS, [`Step::Tls`].
    ///
    /// # Errors
    /// The problem of the step that failed.
    pub async fn open(&self, endpoint: &Endpoint, trace: &Trace) -> Result<Wire, Problem> {
        // These two keep their own time, because they can say better what did not answer.
        let Deadlines { resolve, connect, .. } = self.deadlines;
        let addresses = trace.step_within(resolve * 2, Step::Resolve, self.resolve(endpoint, trace)).await?;
        let stream = trace.step_within(connect * 2, Step::Connect, self.connect(endpoint, &addresses, trace)).await?;
        let wire = Wire::new(stream, trace.clone());
        match endpoint.security {
            Security::Tls => trace.step(Step::Tls, self.secure(wire, endpoint)).await,
            Security::StartTls | Security::None => Ok(wire),
        }
    }

    /// The TLS handshake after STARTTLS was agreed on; part of [`Step::StartTls`], whose finding it makes.
    ///
    /// # Errors
    /// [`Problem::StartTlsInjected`] when the inbox is not empty, else the TLS problem.
    pub async fn secure(&self, wire: Wire, endpoint: &Endpoint) -> Result<(Wire, Finding), Problem> {
        let trace = wire.trace().clone();
        let transport: Box<dyn Transport> = wire.into_transport()?;
        let (stream, finding) = self.tls.secure(transport, endpoint, &trace).await?;
        Ok((Wire::new(stream, trace), finding))
    }

    /// Looks whether the port begins with TLS: a second connection says the first words of a handshake,
    /// without any credentials, and listens whether TLS answers.
    ///
    /// For clear ports that stay silent or answer with a TLS alert; false when nothing can be learned in time.
    pub async fn begins_with_tls(&self, endpoint: &Endpoint) -> bool {
        let answered = timeout(self.deadlines.tls_probe, self.first_answer_to_tls(endpoint)).await;
        matches!(answered, Ok(Ok(true)))
    }

    async fn first_answer_to_tls(&self, endpoint: &Endpoint) -> Result<bool, Problem> {
        let off = Trace::off();
        let hello = self.tls.client_hello(&endpoint.host)?;
        let (addresses, _) = self.resolve(endpoint, &off).await?;
        let (mut stream, _) = self.connect(endpoint, &addresses, &off).await?;
        stream.write_all(&hello).await.map_err(|error| io_problem(&error))?;
        let mut record = [0; 3];
        stream.read_exact(&mut record).await.map_err(|error| io_problem(&error))?;
        // A handshake or alert record of any version of TLS (RFC 8446 section 5.1).
        Ok(matches!(record, [22 | 21, 3, 0..=4]))
    }

    /// Where users may reach a host, without connecting.
    ///
    /// # Errors
    /// The problem of [`Step::Resolve`].
    pub async fn addresses(&self, endpoint: &Endpoint) -> Result<Vec<SocketAddr>, Problem> {
        Ok(self.resolve(endpoint, &Trace::off()).await?.0)
    }

    /// Connects to one of these addresses, which [`Self::addresses`] has allowed, and hangs up.
    ///
    /// # Errors
    /// The problem of [`Step::Connect`].
    pub async fn reach(&self, endpoint: &Endpoint, addresses: &[SocketAddr]) -> Result<(), Problem> {
        self.connect(endpoint, addresses, &Trace::off()).await.map(drop)
    }

    async fn resolve(&self, endpoint: &Endpoint, trace: &Trace) -> Result<(Vec<SocketAddr>, Finding), Problem> {
        let all = self.dns.resolve(&endpoint.host, self.deadlines.resolve).await?;
        let all = all.into_iter().map(|address| SocketAddr::new(address, endpoint.port));
        let (allowed, refused): (Vec<_>, Vec<_>) = all.partition(|&address| self.guard.allows(address));
        if let (true, Some(address)) = (allowed.is_empty(), refused.first()) {
            return Err(not_allowed(endpoint, *address));
        }
        for address in refused {
            trace.note(&format!("{} is left out: this Postroom may not connect there", address.ip()));
        }
        let addresses = allowed.iter().map(|address| address.ip().to_string()).collect();
        Ok((allowed, Finding::Resolved { addresses }))
    }

    async fn connect(
        &self,
        endpoint: &Endpoint,
        addresses: &[SocketAddr],
        trace: &Trace,
    ) -> Result<(TcpStream, Finding), Problem> {
        let stream = tcp::connect(addresses, &endpoint.host, endpoint.port, self.deadlines.connect, trace).await?;
        // The dialogue is short lines that wait for each other: nothing is gained by collecting them.
        let ready = stream.set_nodelay(true).and_then(|()| Ok((stream.local_addr()?, stream.peer_addr()?)));
        let (local, peer) = ready.map_err(|error| io_problem(&error))?;
        if !self.guard.allows_connection(local, peer) {
            return Err(not_allowed(endpoint, peer));
        }
        Ok((stream, Finding::Connected { address: peer.ip().to_string(), port: peer.port() }))
    }
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialer").field("ehlo_name", &self.ehlo_name).field("guard", &self.guard).finish_non_exhaustive()
    }
}

fn not_allowed(endpoint: &Endpoint, address: SocketAddr) -> Problem {
    Problem::AddressNotAllowed { host: endpoint.host.clone(), address: address.ip().to_string() }
}
