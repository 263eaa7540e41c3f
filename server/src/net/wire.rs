//! A connection with its inbox: bytes that have arrived and that nobody has read yet.
//!
//! The line engines of IMAP and SMTP do no I/O; they look at [`Wire::inbox`], take what they
//! understand with [`Wire::consume`], and ask for more with [`Wire::receive`].

use std::{fmt, io};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use super::{Trace, tls::classify};
use crate::model::Problem;

/// Any transport: TCP, TLS over TCP, or a test's pipe. `Sync` lets a walk that looks at its wire run on any thread.
pub trait Transport: AsyncRead + AsyncWrite + Send + Sync + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Sync + Unpin> Transport for T {}

/// How much is read at once, in bytes.
const CHUNK_BYTES: usize = 8_192;

/// An open connection.
pub struct Wire {
    transport: Box<dyn Transport>,
    inbox: Vec<u8>,
    trace: Trace,
}

impl Wire {
    /// Wraps a transport on which nothing has been read yet.
    pub fn new(transport: impl Transport + 'static, trace: Trace) -> Self {
        Self { transport: Box::new(transport), inbox: Vec::new(), trace }
    }

    /// Where the lines said on this connection are recorded.
    #[must_use]
    pub const fn trace(&self) -> &Trace {
        &self.trace
    }

    /// What has arrived and has not been consumed.
    #[must_use]
    pub fn inbox(&self) -> &[u8] {
        &self.inbox
    }

    /// Takes the first `bytes` bytes out of the inbox.
    pub fn consume(&mut self, bytes: usize) {
        self.inbox.drain(..bytes.min(self.inbox.len()));
    }

    /// Waits until something arrives and appends it to the inbox.
    ///
    /// Returns how many bytes came; 0 means that the server closed the connection. The caller bounds
    /// the inbox: it must not call again while it holds more than it is willing to keep.
    ///
    /// # Errors
    /// What [`io_problem`] makes of the failure.
    pub async fn receive(&mut self) -> Result<usize, Problem> {
        self.inbox.reserve(CHUNK_BYTES);
        match self.transport.read_buf(&mut self.inbox).await {
            // A server that leaves without TLS's farewell has still left.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            outcome => outcome.map_err(|error| io_problem(&error)),
        }
    }

    /// Sends bytes and flushes them. Says nothing to the trace: only the caller knows what to mask.
    ///
    /// # Errors
    /// What [`io_problem`] makes of the failure.
    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        let sent = async {
            self.transport.write_all(bytes).await?;
            self.transport.flush().await
        };
        sent.await.map_err(|error| io_problem(&error))
    }

    /// Gives up the connection's bare transport, to put TLS over it.
    ///
    /// # Errors
    /// [`Problem::StartTlsInjected`] when bytes are left in the inbox: they came in clear and would be
    /// taken for encrypted words afterwards (CVE-2011-0411).
    pub fn into_transport(self) -> Result<Box<dyn Transport>, Problem> {
        if self.inbox.is_empty() { Ok(self.transport) } else { Err(Problem::StartTlsInjected { reply: None }) }
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wire").field("inbox_bytes", &self.inbox.len()).finish_non_exhaustive()
    }
}

/// Types the failure of a connection that was already open.
///
/// TLS reports its faults through the same channel: a rustls error inside becomes its TLS problem.
#[must_use]
pub fn io_problem(error: &io::Error) -> Problem {
    classify::late_problem(error).unwrap_or(Problem::ConnectionLost { reply: None })
}
