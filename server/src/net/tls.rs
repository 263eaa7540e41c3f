//! TLS as a diagnosis needs it: always verified, and when it fails, why, with the certificate at hand.
//!
//! A server is trusted through the public roots that are built in, the roots of this system, and the
//! extra ones the operator names. An extra root may also be a server's own certificate: then exactly
//! that certificate is trusted, as long as it is valid and names the host.
//!
//! An endpoint may say otherwise ([`Trust`]): authorities of its own besides these, or one certificate by its
//! SHA-256, whose names and dates are then not judged. Each connection has a verifier of its own and nothing is
//! resumed, so no connection ever rests on what another one was allowed.

pub mod authority;
pub mod certificate;
pub mod classify;
pub mod explaining;
mod inspection;
pub mod pin;
pub mod verifier;
mod witness;

use std::{
    io,
    net::IpAddr,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
};

use rustls::{
    CipherSuite, ClientConfig, ClientConnection, ProtocolVersion, RootCertStore, SignatureScheme,
    client::{ResolvesClientCert, Resumption, WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::{CryptoProvider, ring},
    sign::CertifiedKey,
};
use rustls_pki_types::{CertificateDer, ServerName};
use tokio_rustls::{TlsConnector, client::TlsStream};

use self::{
    explaining::Explaining,
    verifier::{Judge, Recording},
    witness::Witness,
};
use super::{
    Trace,
    dns::Host,
    overheard::{FirstBytes, Overheard},
    wire::Transport,
};
use crate::model::{Endpoint, Finding, Presented, Problem, Security, Trust};

/// Why TLS cannot be set up at all: a fault of ours or of the operator's settings.
#[derive(Debug, thiserror::Error)]
pub enum SetUpError {
    #[error("a certificate that was to be trusted cannot be read")]
    BadRoot(#[source] rustls::Error),
    #[error("TLS cannot be set up")]
    Tls(#[source] rustls::Error),
    #[error("no certificate verifier can be made")]
    Verifier(#[from] rustls::client::VerifierBuilderError),
}

/// The roots that are built in, and the system's as they were when they were first needed.
static USUAL_ROOTS: LazyLock<RootCertStore> = LazyLock::new(|| {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    // A system without readable roots still has the built-in ones.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    roots
});

/// Makes TLS connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Tls {
    config: ClientConfig,
    provider: Arc<CryptoProvider>,
    roots: Arc<RootCertStore>,
    usual: Judge,
}

impl Tls {
    /// Trusts the built-in roots, the system's, and `extra_roots`.
    ///
    /// # Errors
    /// When an extra root is no certificate.
    pub fn new(extra_roots: &[CertificateDer<'static>]) -> Result<Self, SetUpError> {
        let mut roots = USUAL_ROOTS.clone();
        for root in extra_roots {
            roots.add(root.clone()).map_err(SetUpError::BadRoot)?;
        }
        let mut provider = ring::default_provider();
        // As browsers have it. Which one is taken is the server's choice; processors have instructions for SHA-256, and
        // mostly none for SHA-384.
        provider.cipher_suites.sort_by_key(|suite| suite.suite() != CipherSuite::TLS13_AES_128_GCM_SHA256);
        let provider = Arc::new(provider);
        let roots = Arc::new(roots);
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::clone(&roots), Arc::clone(&provider)).build()?;
        let verifying: Arc<dyn ServerCertVerifier> = verifier.clone();
        let mut config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(SetUpError::Tls)?
            .dangerous()
            .with_custom_certificate_verifier(verifying)
            .with_no_client_auth();
        // A resumed session would not show its certificate, and every walk wants to see it.
        config.resumption = Resumption::disabled();
        Ok(Self { config, provider, roots, usual: Judge { verifier, extra: extra_roots.into(), pin: None } })
    }

    /// Who decides about the certificates of a server that is trusted like this.
    fn judge(&self, trust: &Trust) -> Result<Judge, Problem> {
        match trust {
            Trust::Usual => Ok(self.usual.clone()),
            Trust::Certificate { sha256 } => Ok(Judge { pin: Some(sha256.clone()), ..self.usual.clone() }),
            Trust::Authority { pem } => self.with_authorities(pem).ok_or_else(|| Problem::TlsFailed {
                detail: "the authority that is to be trusted cannot be read".to_owned(),
            }),
        }
    }

    fn with_authorities(&self, pem: &str) -> Option<Judge> {
        let own = authority::read(pem).ok()?;
        let mut roots = RootCertStore::clone(&self.roots);
        for root in &own {
            roots.add(root.clone()).ok()?;
        }
        let verifier =
            WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&self.provider)).build().ok()?;
        let extra = self.usual.extra.iter().cloned().chain(own).collect();
        Some(Judge { verifier, extra, pin: None })
    }

    /// The handshake, with the endpoint's host as SNI and, unless one certificate is trusted, as the name the
    /// certificate must have. A certificate that is not believed is shown to `trace`.
    ///
    /// # Errors
    /// What [`classify::problem`] makes of the failure. Where the server spoke clear text, its words are
    /// in the transcript.
    pub async fn secure(
        &self,
        transport: Box<dyn Transport>,
        endpoint: &Endpoint,
        trace: &Trace,
    ) -> Result<(TlsStream<Overheard<Box<dyn Transport>>>, Finding), Problem> {
        let name = server_name(&endpoint.host)?;
        let recording = Arc::new(Recording::new(self.judge(&endpoint.trust)?));
        let asked = Arc::new(AskedForCertificate::default());
        let mut config = self.config.clone();
        let witness = Arc::new(Witness::of(recording.clone()));
        let verifying: Arc<dyn ServerCertVerifier> = witness.clone();
        config.dangerous().set_certificate_verifier(verifying);
        let resolving: Arc<dyn ResolvesClientCert> = asked.clone();
        config.client_auth_cert_resolver = resolving;

        let (transport, first) = Overheard::new(transport);
        match TlsConnector::from(Arc::new(config)).connect(name, transport).await {
            Ok(stream) => {
                let found = finding(stream.get_ref().1);
                if let Finding::Secured { version, cipher, .. } = &found {
                    trace.note(&format!("TLS begins: {version}, {cipher}"));
                    if matches!(endpoint.trust, Trust::Certificate { .. }) {
                        trace.note(
                            "This is the one certificate that is trusted here; its names and dates are not judged.",
                        );
                    }
                }
                Ok((stream, found))
            }
            Err(error) => {
                let evidence = classify::Evidence {
                    host: &endpoint.host,
                    port: endpoint.port,
                    certificate: recording.certificate(),
                    sent_along: witness.sent_along(),
                    asked_for_ours: asked.0.load(Ordering::Relaxed),
                    agreed: endpoint.security == Security::StartTls,
                    pinned: matches!(endpoint.trust, Trust::Certificate { .. }),
                };
                let problem = classify::problem(&error, &evidence);
                if let (Some(der), true) = (&evidence.certificate, problem.is_about_certificate()) {
                    trace.present(Presented {
                        certificate: certificate::describe(der),
                        may_be_pinned: pin::helps(&problem, der, evidence.pinned),
                        compare: None,
                    });
                }
                if matches!(problem, Problem::NotATlsPort { .. } | Problem::StartTlsInjected { .. }) {
                    write_clear_text(&first, trace);
                }
                Err(problem)
            }
        }
    }

    /// The usual trust for an HTTP library, which opens its connections itself. What fails with it is told by
    /// [`classify::explained`].
    #[must_use]
    pub fn explaining_config(&self) -> ClientConfig {
        let mut config = self.config.clone();
        config.dangerous().set_certificate_verifier(Arc::new(Explaining(self.usual.clone())));
        config
    }

    /// The first flight of a handshake, to see whether anybody answers it.
    ///
    /// # Errors
    /// When the host has no name TLS could carry.
    pub fn client_hello(&self, host: &str) -> Result<Vec<u8>, Problem> {
        let name = server_name(host)?;
        let failed = |detail: String| Problem::TlsFailed { detail };
        let mut hello = Vec::new();
        let mut connection =
            ClientConnection::new(Arc::new(self.config.clone()), name).map_err(|error| failed(error.to_string()))?;
        connection.write_tls(&mut hello).map_err(|error: io::Error| failed(error.to_string()))?;
        Ok(hello)
    }
}

/// Notes whether the server wanted a certificate from us; we have none.
#[derive(Debug, Default)]
struct AskedForCertificate(AtomicBool);

impl ResolvesClientCert for AskedForCertificate {
    fn resolve(&self, _: &[&[u8]], _: &[SignatureScheme]) -> Option<Arc<CertifiedKey>> {
        self.0.store(true, Ordering::Relaxed);
        None
    }

    /// TLS asks [`Self::resolve`] only of those who say they have something.
    fn has_certs(&self) -> bool {
        true
    }
}

fn server_name(host: &str) -> Result<ServerName<'static>, Problem> {
    let invalid = || Problem::HostNameInvalid { host: host.to_owned() };
    match Host::read(host).ok_or_else(invalid)? {
        Host::Address(address) => Ok(ServerName::from(IpAddr::to_canonical(&address))),
        Host::Name(name) => ServerName::try_from(name).map_err(|_| invalid()),
    }
}

fn finding(connection: &ClientConnection) -> Finding {
    let version = match connection.protocol_version() {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
        other => format!("{other:?}"),
    };
    let suite = connection.negotiated_cipher_suite().map(|suite| suite.suite());
    let cipher = suite.as_ref().and_then(CipherSuite::as_str).unwrap_or("unknown").to_owned();
    let leaf = connection.peer_certificates().and_then(<[_]>::first);
    Finding::Secured { version, cipher, certificate: certificate::describe(leaf.map_or(&[], |leaf| leaf.as_ref())) }
}

/// Puts what a server said in clear into the transcript: a few lines are enough to know it by.
fn write_clear_text(first: &FirstBytes, trace: &Trace) {
    for line in first.get().split(|&byte| byte == b'\n').filter(|line| !line.is_empty()).take(5) {
        trace.server(line);
    }
}
