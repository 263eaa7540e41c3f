//! Ports that are wrong on purpose: TLS with a bad certificate in front of Dovecot, and one that says nothing.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{self, Runtime};
use tokio_rustls::TlsAcceptor;

use super::Ports;
use super::certificates::{Certificate, Certificates};
use crate::failure::{Context, Result};

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
            runtime.spawn(serve(listener, acceptor(certificate)?, ports.imap_starttls));
        }
        runtime.spawn(keep_silent(listen(&runtime, ports.silent)?));
        Ok(Self { _runtime: runtime })
    }
}

fn listen(runtime: &Runtime, port: u16) -> Result<TcpListener> {
    runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port))).context(format!("cannot listen on port {port}"))
}

/// Hands every connection on to Dovecot, for a client that believes the certificate after all.
async fn serve(listener: TcpListener, acceptor: TlsAcceptor, behind: u16) {
    while let Ok((stream, _)) = listener.accept().await {
        let acceptor = acceptor.clone();
        tokio::spawn(async move {
            let mut near = acceptor.accept(stream).await?;
            let mut far = TcpStream::connect(SocketAddr::from((Ipv4Addr::LOCALHOST, behind))).await?;
            copy_bidirectional(&mut near, &mut far).await?;
            io::Result::Ok(())
        });
    }
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
