//! A way to a server that is as long as one around half the world, and counts how often it is walked.
//!
//! ```text
//! client ──► port of ours ── 50 ms ──► server
//!        ◄──────────────── 50 ms ───
//! ```
//!
//! A *flight* is what a client says until the server's answer reaches it, however many packets that takes: each is a
//! round trip that somebody waits for. Words that nobody answers, such as the farewell of TLS, are none. The TCP
//! handshake is over before we hear of a connection, so it is neither delayed nor counted.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, tcp};
use tokio::runtime::{self, Runtime};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use crate::failure::{Context, Result};

/// How long every byte takes, each way.
pub const ONE_WAY: Duration = Duration::from_millis(50);

/// How much is carried at once, in bytes.
const CHUNK_BYTES: usize = 16_384;

/// What was seen of one connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct Visit {
    pub flights: u64,
    pub bytes: u64,
    /// From the connection to its end, goodbye included.
    pub time: Duration,
}

/// Listens until dropped.
pub struct Distance {
    pub port: u16,
    visits: Arc<Mutex<Vec<Visit>>>,
    _runtime: Runtime,
}

impl Distance {
    /// The long way to a port of this machine.
    pub fn to(port: u16) -> Result<Self> {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .context("cannot start the long way")?;
        let listening = TcpListener::bind((Ipv4Addr::LOCALHOST, 0));
        let listener = runtime.block_on(listening).context("cannot listen for the long way")?;
        let near = listener.local_addr().context("cannot tell where the long way begins")?;
        let visits = Arc::new(Mutex::new(Vec::new()));
        runtime.spawn(serve(listener, port, Arc::clone(&visits)));
        Ok(Self { port: near.port(), visits, _runtime: runtime })
    }

    /// The visits that have ended since the last time somebody asked.
    pub fn take_visits(&self) -> Vec<Visit> {
        std::mem::take(&mut *self.visits.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

async fn serve(listener: TcpListener, port: u16, visits: Arc<Mutex<Vec<Visit>>>) {
    while let Ok((near, _)) = listener.accept().await {
        let visits = Arc::clone(&visits);
        tokio::spawn(async move {
            if let Ok(visit) = carry(near, port).await {
                visits.lock().unwrap_or_else(PoisonError::into_inner).push(visit);
            }
        });
    }
}

/// What is known of a connection while it stands.
struct Seen {
    visit: Visit,
    began: Instant,
    /// The client has spoken and nothing has reached it since.
    waits: bool,
}

async fn carry(near: TcpStream, port: u16) -> io::Result<Visit> {
    let seen = Arc::new(Mutex::new(Seen { visit: Visit::default(), began: Instant::now(), waits: false }));
    let far = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await?;
    near.set_nodelay(true)?;
    far.set_nodelay(true)?;
    let (from_client, to_client) = near.into_split();
    let (from_server, to_server) = far.into_split();
    let (left, speaking, hearing) = (Arc::clone(&seen), Arc::clone(&seen), Arc::clone(&seen));
    let there = async move {
        let said = move |bytes: u64| {
            with(&speaking, |seen| {
                seen.waits = true;
                seen.visit.bytes += bytes;
            })
        };
        let gone = move || with(&left, |seen| seen.visit.time = seen.began.elapsed());
        slowly(from_client, to_server, said, |_| (), gone).await;
    };
    let back = async move {
        let heard = move |bytes: u64| {
            with(&hearing, |seen| {
                seen.visit.flights += u64::from(seen.waits);
                seen.waits = false;
                seen.visit.bytes += bytes;
            })
        };
        slowly(from_server, to_client, |_| (), heard, || ()).await;
    };
    tokio::join!(there, back);
    let visit = seen.lock().unwrap_or_else(PoisonError::into_inner).visit;
    Ok(visit)
}

fn with(seen: &Mutex<Seen>, change: impl FnOnce(&mut Seen)) {
    change(&mut seen.lock().unwrap_or_else(PoisonError::into_inner));
}

/// Carries one direction to its end; tells when bytes are taken, when they are handed on, and of the end at once.
async fn slowly(
    mut from: tcp::OwnedReadHalf,
    mut to: tcp::OwnedWriteHalf,
    mut taken: impl FnMut(u64),
    mut arrived: impl FnMut(u64),
    ended: impl FnOnce(),
) {
    let (under_way, mut arriving) = mpsc::unbounded_channel::<(Instant, Vec<u8>)>();
    let reading = async move {
        let mut chunk = vec![0; CHUNK_BYTES];
        // A connection that breaks has ended as well.
        while let Ok(bytes @ 1..) = from.read(&mut chunk).await {
            taken(bytes as u64);
            let said = chunk.get(..bytes).unwrap_or_default().to_vec();
            // Whoever does not listen any more has not to be told.
            let _ = under_way.send((Instant::now() + ONE_WAY, said));
        }
        ended();
    };
    let writing = async move {
        while let Some((due, said)) = arriving.recv().await {
            sleep_until(due).await;
            arrived(said.len() as u64);
            if to.write_all(&said).await.is_err() {
                break;
            }
        }
        sleep_until(Instant::now() + ONE_WAY).await;
        let _ = to.shutdown().await;
    };
    tokio::join!(reading, writing);
}
