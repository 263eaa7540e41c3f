//! An HTTPS server that answers as a test wants it to.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpListener,
    task::JoinHandle,
};
use tokio_rustls::TlsAcceptor;

use crate::certificates::ServerTls;

/// The longest head of a request that is read, in bytes.
const MAX_HEAD_BYTES: usize = 64 * 1024;

/// What a client asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpRequest {
    pub method: String,
    /// Path and query.
    pub target: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

/// What the server does about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HttpReply {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// Nothing is said until the client goes away.
    Silence,
}

/// A running server. Dropping it closes it.
pub struct Https {
    address: SocketAddr,
    asked: Arc<Mutex<Vec<HttpRequest>>>,
    task: JoinHandle<()>,
}

impl HttpReply {
    /// An answer with this media type.
    #[must_use]
    pub fn of(status: u16, kind: &str, body: impl Into<String>) -> Self {
        let headers = vec![("Content-Type".to_owned(), kind.to_owned())];
        Self::Answer { status, headers, body: body.into() }
    }

    /// The same with one more header; silence stays silent.
    #[must_use]
    pub fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Answer { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

impl Https {
    /// Answers every request with what `answer` makes of it.
    ///
    /// # Panics
    /// When loopback has no free port.
    pub async fn serve(tls: ServerTls, answer: impl Fn(&HttpRequest) -> HttpReply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("loopback has a free port");
        let address = listener.local_addr().expect("a socket has an address");
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (acceptor, answer, noted) = (TlsAcceptor::from(tls.0), Arc::new(answer), Arc::clone(&asked));
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, answer, noted) = (acceptor.clone(), Arc::clone(&answer), Arc::clone(&noted));
                tokio::spawn(async move {
                    // A client that does not like the certificate goes away.
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let Some(request) = read(&mut stream).await else { return };
                    noted.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
                    write(&mut stream, answer(&request)).await;
                });
            }
        });
        Self { address, asked, task }
    }

    #[must_use]
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Every request so far.
    #[must_use]
    pub fn asked(&self) -> Vec<HttpRequest> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Https {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn read(stream: &mut (impl AsyncRead + Unpin)) -> Option<HttpRequest> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
        if head.len() > MAX_HEAD_BYTES {
            return None;
        }
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next()?.split(' ');
    let (method, target) = (first.next()?.to_owned(), first.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length").and_then(|(_, value)| value.parse().ok());
    let mut body = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut body).await.ok()?;
    Some(HttpRequest { method, target, headers, body: String::from_utf8_lossy(&body).into_owned() })
}

async fn write(stream: &mut (impl AsyncRead + AsyncWrite + Unpin), reply: HttpReply) {
    let HttpReply::Answer { status, headers, body } = reply else {
        // Ends when the client does.
        drop(stream.read_u8().await);
        return;
    };
    let mut text = format!("HTTP/1.1 {status} Scripted\r\nContent-Length: {}\r\nConnection: close\r\n", body.len());
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    text.push_str("\r\n");
    text.push_str(&body);
    // A client that has heard enough may be gone.
    drop(stream.write_all(text.as_bytes()).await);
    drop(stream.shutdown().await);
}
