//! Ports in front of Dovecot that make it look like a server far away, and ports that are wrong on purpose.
//!
//! Dovecot takes everybody who comes from its own address for safe and lets
//! them sign in without TLS, whatever its settings say. So the port without
//! TLS is ours, and tells Dovecot another client address with the PROXY protocol.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio_rustls::TlsAcceptor;

use super::Ports;
use super::certificates::{Certificate, Certificates};
use crate::failure::{Context, Result};

/// What Dovecot is told: a client of a documentation network (RFC 5737) and the address it came to.
const FROM_FAR_AWAY: &[u8] = b"PROXY TCP4 192.0.2.1 127.0.0.1 50000 143\r\n";
/// Where the way is encrypted up to us, nothing: we are on this machine, and may sign in as things are.
const FROM_HERE: &[u8] = b"";

/// Listens until dropped.
pub struct Fronts {
    _runtime: Runtime,
}

impl Fronts {
    pub fn start(ports: Ports, certificates: &Certificates) -> Result<Self> {
        let runtime = runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_io()
            .build()
            .context("cannot start the wrong ports")?;
        for (port, certificate) in [
            (ports.expired, &certificates.expired),
            (ports.other_name, &certificates.other_name),
            (ports.self_signed, &certificates.self_signed),
        ] {
            let listener = listen(&runtime, port)?;
            runtime.spawn(serve_tls(listener, acceptor(certificate)?, ports.decrypted));
        }
        runtime.spawn(serve_plain(listen(&runtime, ports.imap_starttls)?, ports.behind));
        runtime.spawn(keep_silent(listen(&runtime, ports.silent)?));
        Ok(Self { _runtime: runtime })
    }
}

fn listen(runtime: &Runtime, port: u16) -> Result<TcpListener> {
    runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port))).context(format!("cannot listen on port {port}"))
}

async fn serve_plain(listener: TcpListener, behind: u16) {
    while let Ok((near, _)) = listener.accept().await {
        tokio::spawn(hand_on(near, behind, FROM_FAR_AWAY));
    }
}

/// Hands on to Dovecot as well, for a client that believes the certificate after all.
async fn serve_tls(listener: TcpListener, acceptor: TlsAcceptor, behind: u16) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move { hand_on(acceptor.accept(stream).await?, behind, FROM_HERE).await });
    }
}

async fn hand_on(mut near: impl AsyncRead + AsyncWrite + Unpin, behind: u16, client: &'static [u8]) -> io::Result<()> {
    let mut far = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, behind))).await?;
    far.write_all(client).await?;
    copy_bidirectional(&mut near, &mut far).await.map(drop)
}

async fn keep_silent(listener: TcpListener) {
    let mut kept = Vec::new();
    while let Ok((stream, _)) = listener.accept().await {
        kept.push(stream);
    }
}

fn acceptor(certificate: &Certificate) -> Result<TlsAcceptor> {
    let chain = CertificateDer::pem_slice_iter(certificate.chain.as_bytes())
        .collect::<std::result::Result<Vec<_>, _>>()
        .context("cannot read a certificate")?;
    let key = PrivateKeyDer::from_pem_slice(certificate.key.as_bytes()).context("cannot read a key")?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, key))
        .context("cannot use a certificate")?;
    Ok(TlsAcceptor::from(Arc::new(config)))
}
