//! A client's connection: whole lines in, replies out, and a deadline over everything.

use std::net::IpAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::time::{Instant, timeout, timeout_at};
use tokio_rustls::TlsAcceptor;

use super::limits::Limits;
use crate::net::wire::Transport;

/// How much is read at once, in bytes.
const CHUNK_BYTES: usize = 16_384;
/// How many bytes of replies are gathered before they are sent though the client has more to say.
const REPLY_BYTES: usize = 4_096;
/// How much a client that we have done with may still send.
const LINGER_BYTES: usize = 1_048_576;

/// Why there is no next line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// The client has left, or the network has.
    Gone,
    /// It took too long.
    Slow,
    /// A line that does not end where it should.
    TooLong,
    /// A CR without LF, or an LF without CR.
    Unclean,
}

pub(super) struct Connection {
    transport: Box<dyn Transport>,
    inbox: Vec<u8>,
    outbox: Vec<u8>,
    ends_at: Instant,
    pub(super) peer: IpAddr,
}

impl Connection {
    pub(super) fn new(transport: impl Transport + 'static, peer: IpAddr, lasts: Duration) -> Self {
        let ends_at = Instant::now() + lasts;
        Self { transport: Box::new(transport), inbox: Vec::new(), outbox: Vec::new(), ends_at, peer }
    }

    /// Queues a reply; it goes out with [`Self::flush`].
    pub(super) fn say(&mut self, reply: &str) {
        self.outbox.extend_from_slice(reply.as_bytes());
        self.outbox.extend_from_slice(b"\r\n");
    }

    /// True while something has arrived that nobody has looked at.
    pub(super) fn has_more(&self) -> bool {
        !self.inbox.is_empty()
    }

    /// Sends the replies, unless the client has already sent more commands: those are answered with them, which is
    /// what pipelining is for (RFC 2920).
    pub(super) async fn flush_unless_more(&mut self, limits: &Limits) -> Result<(), Lost> {
        if self.inbox.contains(&b'\n') && self.outbox.len() < REPLY_BYTES {
            return Ok(());
        }
        self.flush(limits).await
    }

    /// Sends the replies.
    pub(super) async fn flush(&mut self, limits: &Limits) -> Result<(), Lost> {
        let sent = timeout(limits.reply_time, async {
            self.transport.write_all(&self.outbox).await?;
            self.transport.flush().await
        });
        sent.await.map_err(|_| Lost::Slow)?.map_err(|_| Lost::Gone)?;
        self.outbox.clear();
        Ok(())
    }

    /// The next command with its CR LF. Whoever stops waiting has lost nothing.
    pub(super) async fn line(&mut self, limits: &Limits) -> Result<Vec<u8>, Lost> {
        let until = (Instant::now() + limits.command_time).min(self.ends_at);
        loop {
            match self.inbox.iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
                Some(end) if end + 2 > limits.command_bytes => return Err(Lost::TooLong),
                Some(end) => match (self.inbox.get(end), self.inbox.get(end + 1)) {
                    (Some(b'\r'), Some(b'\n')) => return Ok(self.inbox.drain(..end + 2).collect()),
                    (Some(b'\r'), None) => {}
                    _ => return Err(Lost::Unclean),
                },
                None if self.inbox.len() > limits.command_bytes => return Err(Lost::TooLong),
                None => {}
            }
            timeout_at(until, self.receive()).await.map_err(|_| Lost::Slow)??;
        }
    }

    /// The next piece of a message: everything that has arrived, at least a byte.
    pub(super) async fn piece(&mut self, limits: &Limits) -> Result<&[u8], Lost> {
        if self.inbox.is_empty() {
            let until = (Instant::now() + limits.data_time).min(self.ends_at);
            timeout_at(until, self.receive()).await.map_err(|_| Lost::Slow)??;
        }
        Ok(&self.inbox)
    }

    /// Takes bytes of a [`Self::piece`] out of the inbox.
    pub(super) fn consume(&mut self, bytes: usize) {
        self.inbox.drain(..bytes.min(self.inbox.len()));
    }

    async fn receive(&mut self) -> Result<(), Lost> {
        self.inbox.reserve(CHUNK_BYTES);
        match self.transport.read_buf(&mut self.inbox).await {
            Ok(0) | Err(_) => Err(Lost::Gone),
            Ok(_) => Ok(()),
        }
    }

    /// The TLS handshake. Nothing that came in clear may be left to be read.
    pub(super) async fn secure(&mut self, acceptor: &TlsAcceptor, limits: &Limits) -> Result<(), Lost> {
        let transport = std::mem::replace(&mut self.transport, Box::new(tokio::io::empty()));
        let secured = timeout(limits.handshake_time, acceptor.accept(transport));
        let secured = secured.await.map_err(|_| Lost::Slow)?.map_err(|_| Lost::Gone)?;
        self.transport = Box::new(secured);
        Ok(())
    }

    /// Says what is left to say and closes. What the client still sends is read for a moment: bytes that nobody has
    /// read would make the system reset the connection, and the client would never see our last reply.
    pub(super) async fn close(mut self, limits: &Limits) {
        if self.flush(limits).await.is_err() {
            return;
        }
        let farewell = async {
            self.transport.shutdown().await.ok()?;
            let mut nothing = [0_u8; 4_096];
            let mut read = 0;
            while read < LINGER_BYTES {
                match self.transport.read(&mut nothing).await {
                    Ok(0) | Err(_) => break,
                    Ok(bytes) => read += bytes,
                }
            }
            Some(())
        };
        // Who does not leave in time is left.
        let _ = timeout(limits.linger, farewell).await;
    }
}
