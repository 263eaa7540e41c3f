//! Waits for clients, and gives each that may come a conversation of its own.

use std::io::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use super::budget::Budget;
use super::certificate::Certificate;
use super::limits::Limits;
use super::session::{House, Session};
use super::store::Store;
use crate::context::Context;
use crate::error::{Error, Result};
use crate::stop::Stop;
use crate::telemetry;

/// How long nobody is let in after the system would not let us.
const PAUSE: Duration = Duration::from_millis(200);

/// Our mail server, listening.
#[derive(Debug)]
pub struct Listener {
    socket: TcpListener,
    address: SocketAddr,
    certificate: Certificate,
    limits: Limits,
    store: Store,
}

impl Listener {
    /// Listens where the configuration says; `None` where it says nowhere.
    ///
    /// # Errors
    /// When nobody can listen there, the certificate cannot be used, or the folder for mail cannot be made.
    pub async fn bind(ctx: &Context) -> Result<Option<Self>> {
        let Some(address) = ctx.config.inbound.listen else { return Ok(None) };
        let failed = |source| Error::Listen { address, source };
        let socket = TcpListener::bind(address).await.map_err(failed)?;
        let address = socket.local_addr().map_err(failed)?;
        let certificate = Certificate::open(&ctx.config)?;
        let limits = Limits::of(&ctx.config.inbound);
        let store = Store::open(ctx).await?;
        Ok(Some(Self { socket, address, certificate, limits, store }))
    }

    /// The same with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self { limits, ..self }
    }

    /// The same with another place for messages.
    #[must_use]
    pub fn with_store(self, store: Store) -> Self {
        Self { store, ..self }
    }

    /// Where it listens, with the port that the system has picked.
    #[must_use]
    pub const fn local_address(&self) -> SocketAddr {
        self.address
    }

    /// Takes mail until it is told to stop. Then nobody is let in, whoever is between two commands is told to come
    /// again (421), and messages that are on their way are finished within `grace`.
    pub async fn run(self, ctx: Context, mut stop: Stop, grace: Duration) {
        let Self { socket, certificate, limits, store, .. } = self;
        let budget = Budget::new(&limits);
        let house = Arc::new(House::new(ctx, limits, store, certificate));
        let mut sessions = JoinSet::new();
        while !stop.is_asked() {
            let accepted = tokio::select! {
                biased;
                () = stop.asked() => break,
                Some(_) = sessions.join_next() => continue,
                accepted = socket.accept() => accepted,
            };
            match accepted {
                Ok((stream, peer)) => match budget.enter(peer.ip()) {
                    Some(visit) => {
                        sessions.spawn(Session::new(Arc::clone(&house), stream, peer.ip(), visit, stop.clone()).run());
                    }
                    None => turn_away(stream),
                },
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "A mail connection was not accepted.");
                    #[expect(
                        clippy::disallowed_methods,
                        reason = "the system says not when it has files to give again"
                    )]
                    sleep(PAUSE).await;
                }
            }
        }
        drop(socket);
        let all = async { while sessions.join_next().await.is_some() {} };
        if timeout(grace, all).await.is_err() {
            sessions.shutdown().await;
        }
    }
}

/// Says that there are too many, without waiting for anybody.
fn turn_away(stream: TcpStream) {
    telemetry::mail_brought("too_many_connections");
    if let Ok(mut stream) = stream.into_std() {
        // Who does not hear it will see the connection close.
        let _ = stream.write(b"421 4.7.0 Too many connections; come again later\r\n");
    }
}
