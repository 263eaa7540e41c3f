//! Certificates as servers have them, good and bad, made anew for every test.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    date_time_ymd,
};
use rustls::{
    RootCertStore, ServerConfig, SupportedProtocolVersion,
    crypto::{CryptoProvider, ring},
    server::WebPkiClientVerifier,
    sign::{CertifiedKey, SingleCertAndKey},
};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

/// What a server certificate says. The default is good for every loopback name.
#[derive(Clone, Debug)]
pub struct Leaf {
    /// Subject Alternative Names: host names or IP addresses.
    pub names: Vec<String>,
    pub common_name: String,
    /// First and last year, from 1 January to 1 January.
    pub years: (i32, i32),
}

impl Default for Leaf {
    fn default() -> Self {
        Self {
            names: vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "::1".to_owned()],
            common_name: "localhost".to_owned(),
            years: (2020, 2120),
        }
    }
}

impl Leaf {
    /// A good certificate for other names than loopback's.
    #[must_use]
    pub fn named(names: &[&str]) -> Self {
        Self {
            names: names.iter().map(|&name| name.to_owned()).collect(),
            common_name: names.first().copied().unwrap_or("nameless").to_owned(),
            ..Self::default()
        }
    }

    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::new(self.names.clone()).expect("the names can stand in a certificate");
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, self.common_name.clone());
        params.not_before = date_time_ymd(self.years.0, 1, 1);
        params.not_after = date_time_ymd(self.years.1, 1, 1);
        params.use_authority_key_identifier_extension = true;
        params
    }
}

/// A certificate chain and its key.
pub struct Identity {
    /// The server's own certificate first.
    pub chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

impl Identity {
    /// A server that vouches for itself; `is_ca` is what OpenSSL's defaults make.
    #[must_use]
    pub fn self_signed(leaf: &Leaf, is_ca: bool) -> Self {
        let key = KeyPair::generate().expect("a key can be made");
        let mut params = leaf.params();
        params.is_ca = if is_ca { IsCa::Ca(BasicConstraints::Unconstrained) } else { IsCa::ExplicitNoCa };
        let certificate = params.self_signed(&key).expect("a certificate can be signed");
        Self { chain: vec![certificate.der().clone()], key: key.serialize_der() }
    }

    /// The same server, which forgets to send the certificates between its own and the root.
    #[must_use]
    pub fn without_intermediates(mut self) -> Self {
        self.chain.truncate(1);
        self
    }
}

/// A certification authority.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    /// What servers send behind their own certificate; empty for a root.
    path: Vec<CertificateDer<'static>>,
}

impl Authority {
    /// A root that nobody trusts unless it is told to.
    #[must_use]
    pub fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("a key can be made");
        let params = Self::params(name);
        let certificate = params.self_signed(&key).expect("a certificate can be signed").der().clone();
        Self { issuer: Issuer::new(params, key), certificate, path: Vec::new() }
    }

    /// An authority between this one and its servers.
    #[must_use]
    pub fn intermediate(&self, name: &str) -> Self {
        let key = KeyPair::generate().expect("a key can be made");
        let params = Self::params(name);
        let certificate = params.signed_by(&key, &self.issuer).expect("a certificate can be signed").der().clone();
        let mut path = vec![certificate.clone()];
        path.extend(self.path.iter().cloned());
        Self { issuer: Issuer::new(params, key), certificate, path }
    }

    /// A server's identity, with the whole chain below the root.
    #[must_use]
    pub fn issue(&self, leaf: &Leaf) -> Identity {
        let key = KeyPair::generate().expect("a key can be made");
        let certificate = leaf.params().signed_by(&key, &self.issuer).expect("a certificate can be signed");
        let mut chain = vec![certificate.der().clone()];
        chain.extend(self.path.iter().cloned());
        Identity { chain, key: key.serialize_der() }
    }

    /// The authority's own certificate: what one adds to the roots to trust it.
    #[must_use]
    pub fn root(&self) -> CertificateDer<'static> {
        self.certificate.clone()
    }

    fn params(name: &str) -> CertificateParams {
        let mut params = CertificateParams::new(Vec::new()).expect("no name is no bad name");
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.distinguished_name.push(DnType::OrganizationName, "Postroom tests");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        params.not_before = date_time_ymd(2020, 1, 1);
        params.not_after = date_time_ymd(2120, 1, 1);
        params
    }
}

/// How a scripted server does TLS.
#[derive(Clone)]
pub struct ServerTls(pub(crate) Arc<ServerConfig>);

impl ServerTls {
    /// TLS 1.2 and 1.3 with this identity.
    #[must_use]
    pub fn of(identity: &Identity) -> Self {
        Self::with(identity, rustls::ALL_VERSIONS, None)
    }

    /// TLS 1.2 alone.
    #[must_use]
    pub fn tls12_of(identity: &Identity) -> Self {
        Self::with(identity, &[&rustls::version::TLS12], None)
    }

    /// Demands a client certificate that `authority` signed.
    #[must_use]
    pub fn demanding_a_client_certificate(identity: &Identity, authority: &Authority) -> Self {
        Self::with(identity, rustls::ALL_VERSIONS, Some(authority))
    }

    /// The same with TLS 1.2 alone, which refuses us during the handshake already.
    #[must_use]
    pub fn tls12_demanding_a_client_certificate(identity: &Identity, authority: &Authority) -> Self {
        Self::with(identity, &[&rustls::version::TLS12], Some(authority))
    }

    /// Shows the certificate of this identity without having its key.
    #[must_use]
    pub fn without_the_key_of(identity: &Identity, versions: &[&'static SupportedProtocolVersion]) -> Self {
        let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
        let another = KeyPair::generate().expect("a key can be made").serialize_der();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(another));
        let key = ring::sign::any_supported_type(&key).expect("a key of ours can sign");
        let shown = SingleCertAndKey::from(CertifiedKey::new(identity.chain.clone(), key));
        let config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(versions)
            .expect("the provider knows these versions")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(shown));
        Self(Arc::new(config))
    }

    fn with(
        identity: &Identity,
        versions: &[&'static SupportedProtocolVersion],
        clients_of: Option<&Authority>,
    ) -> Self {
        let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
        let versions = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(versions)
            .expect("the provider knows these versions");
        let builder = match clients_of {
            None => versions.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.root()).expect("the authority can be a root");
                let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build();
                versions.with_client_cert_verifier(verifier.expect("a root is enough for a verifier"))
            }
        };
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(identity.key.clone()));
        let config = builder.with_single_cert(identity.chain.clone(), key).expect("certificate and key fit");
        Self(Arc::new(config))
    }
}
