//! A client that says exactly what it is told to, byte for byte.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use postroom_server::net::wire::Transport;
use rustls::{ClientConfig, RootCertStore, crypto::ring};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

/// Longer than anything here takes; a test that waits so long has failed.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Client {
    stream: BufReader<Box<dyn Transport>>,
}

impl Client {
    /// Connects and hears the greeting.
    pub async fn greeted(address: SocketAddr) -> Self {
        let mut client = Self::connected(address).await;
        assert!(client.reply().await.starts_with("220 "));
        client
    }

    /// Connects, hears the greeting and says EHLO.
    pub async fn ready(address: SocketAddr) -> Self {
        let mut client = Self::greeted(address).await;
        let reply = client.ask("EHLO mail.example.com").await;
        assert!(reply.starts_with("250-"), "{reply}");
        client
    }

    pub async fn connected(address: SocketAddr) -> Self {
        let stream = TcpStream::connect(address).await.unwrap();
        Self { stream: BufReader::new(Box::new(stream)) }
    }

    /// Sends bytes as they are. A server that has closed already is no failure here: its last reply is still to come.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.get_mut().write_all(bytes.as_ref()).await.is_ok()
    }

    /// The next reply, its lines joined by `\n`; empty when the server has closed.
    pub async fn reply(&mut self) -> String {
        timeout(PATIENCE, self.read_reply()).await.expect("a reply, or a closed connection")
    }

    async fn read_reply(&mut self) -> String {
        let mut reply = String::new();
        loop {
            let mut line = String::new();
            if self.stream.read_line(&mut line).await.unwrap_or(0) == 0 {
                return reply;
            }
            assert!(line.ends_with("\r\n"), "{line:?}");
            reply.push_str(line.trim_end());
            if line.as_bytes()[3] == b' ' {
                return reply;
            }
            reply.push('\n');
        }
    }

    pub async fn ask(&mut self, command: &str) -> String {
        self.send(format!("{command}\r\n")).await;
        self.reply().await
    }

    /// Asks, and wants a reply that begins like this.
    pub async fn expect(&mut self, command: &str, beginning: &str) {
        let reply = self.ask(command).await;
        assert!(reply.starts_with(beginning), "{command}: {reply}");
    }

    /// Sends a message up to DATA.
    pub async fn address(&mut self, to: &str) {
        self.expect("MAIL FROM:<ada@example.com>", "250 2.1.0").await;
        self.expect(&format!("RCPT TO:<{to}>"), "250 2.1.5").await;
        self.expect("DATA", "354").await;
    }

    /// Sends a whole message; the reply behind it.
    pub async fn deliver(&mut self, to: &str, message: &str) -> String {
        self.address(to).await;
        self.send(format!("{message}\r\n.\r\n")).await;
        self.reply().await
    }

    /// True once the server has closed the connection and said nothing more.
    pub async fn is_closed(&mut self) -> bool {
        self.reply().await.is_empty()
    }

    /// Begins TLS after STARTTLS was answered, trusting this certificate alone.
    pub async fn secured(self, root: CertificateDer<'static>, name: &str) -> Self {
        let mut roots = RootCertStore::empty();
        roots.add(root).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let stream = TlsConnector::from(Arc::new(config)).connect(name, self.stream.into_inner()).await.unwrap();
        Self { stream: BufReader::new(Box::new(stream)) }
    }
}
