//! Certificates with one thing wrong each, shown to the real verifier; their keys are not kept.
//!
//! Made with OpenSSL, because no modern library makes such certificates any more.

use rustls::{
    RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::ring,
};
use rustls_pki_types::{ServerName, pem::PemObject};

use super::*;

const HOST: &str = "mail.example.com";
/// Within the time of every certificate here: 1 January 2100.
const NOW: u64 = 4_102_444_800;

fn der(pem: &[u8]) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(pem).unwrap()
}

macro_rules! certificate {
    ($name:literal) => {
        der(include_bytes!(concat!("../../../../tests/certificates/", $name, ".pem")))
    };
}

/// What becomes of a server that shows `leaf` and sends `behind` along, where only the house's authority is trusted.
fn shown(leaf: &CertificateDer<'static>, behind: &[CertificateDer<'static>]) -> Problem {
    let mut roots = RootCertStore::empty();
    roots.add(certificate!("root")).unwrap();
    let provider = std::sync::Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(std::sync::Arc::new(roots), provider).build().unwrap();
    let now = UnixTime::since_unix_epoch(std::time::Duration::from_secs(NOW));
    let name = ServerName::try_from(HOST).unwrap();
    let error = verifier.verify_server_cert(leaf, behind, &name, &[], now).unwrap_err();
    told(error, Some(leaf), Some(behind))
}

fn told(error: Error, leaf: Option<&CertificateDer<'static>>, behind: Option<&[CertificateDer<'static>]>) -> Problem {
    let evidence = Evidence {
        host: HOST,
        port: 993,
        certificate: leaf.cloned(),
        sent_along: behind.map(<[_]>::to_vec),
        asked_for_ours: false,
        agreed: false,
        pinned: false,
    };
    problem(&io::Error::new(io::ErrorKind::InvalidData, error), &evidence)
}

#[test]
fn a_certificate_signed_with_sha_1_is_called_so() {
    assert_eq!(
        shown(&certificate!("signed_with_sha1"), &[]),
        Problem::CertificateTooWeak { weakness: Weakness::Signature { algorithm: "SHA-1".to_owned() } }
    );
}

#[test]
fn a_certificate_of_version_1_is_called_so() {
    assert_eq!(
        shown(&certificate!("version_1"), &[]),
        Problem::CertificateTooWeak { weakness: Weakness::Version { version: 1 } }
    );
}

#[test]
fn a_bad_signature_with_a_short_key_is_about_the_key() {
    // The chain is fine; it is the handshake's own signature that such a key cannot make.
    let bad = || Error::InvalidCertificate(CertificateError::BadSignature);
    assert_eq!(
        told(bad(), Some(&certificate!("rsa_1024")), Some(&[])),
        Problem::CertificateTooWeak { weakness: Weakness::Key { bits: 1024 } }
    );
    assert_eq!(told(bad(), Some(&certificate!("of_a_directory")), Some(&[])).kind(), "certificate_invalid");
}

#[test]
fn a_certificate_that_names_no_host_shows_its_common_name() {
    assert_eq!(
        shown(&certificate!("common_name_only"), &[]),
        Problem::CertificateWithoutNames { common_name: HOST.to_owned() }
    );
}

#[test]
fn an_authoritys_own_certificate_in_a_servers_place_is_told_from_one_that_vouches_for_itself() {
    let Problem::CertificateInvalid { detail } = shown(&certificate!("an_authoritys_own"), &[]) else {
        panic!("another problem")
    };
    assert!(detail.contains("authority's own"), "{detail}");
    assert_eq!(
        shown(&certificate!("nobodys_authority"), &[]),
        Problem::CertificateSelfSigned { subject: "Postroom tests, Nobody's CA".to_owned() }
    );
}

#[test]
fn a_chain_that_leaves_out_a_public_issuer_is_told_from_an_issuer_nobody_knows() {
    let issuer = || "Postroom tests, Nobody's CA".to_owned();
    let (public, private) = (certificate!("of_a_public_authority"), certificate!("of_a_directory"));
    assert_eq!(shown(&public, &[]), Problem::CertificateChainIncomplete { issuer: issuer() });
    assert_eq!(
        shown(&public, &[certificate!("root")]),
        Problem::CertificateChainIncomplete { issuer: issuer() },
        "another authority came along, not the one that issued it"
    );
    assert_eq!(
        shown(&public, &[certificate!("nobodys_authority")]),
        Problem::CertificateUntrusted { issuer: issuer() },
        "the issuer came along, and is not known"
    );
    assert_eq!(
        shown(&private, &[]),
        Problem::CertificateUntrusted { issuer: issuer() },
        "an authority that keeps its certificates in a directory is a company's own"
    );
    let unknown = Error::InvalidCertificate(CertificateError::UnknownIssuer);
    assert_eq!(
        told(unknown, Some(&public), None),
        Problem::CertificateUntrusted { issuer: issuer() },
        "what came along is not known"
    );
}

/// Every fault of the library that stands for a cause of its own, and the problem it becomes.
#[test]
fn every_fault_of_the_handshake_has_its_problem() {
    use AlertDescription as Alert;
    let alert = Error::AlertReceived;
    let wrong = Error::InvalidCertificate;
    for (error, expected) in [
        (Error::InvalidMessage(InvalidMessage::InvalidContentType), "not_a_tls_port"),
        (alert(Alert::ProtocolVersion), "tls_too_old"),
        (Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13), "tls_too_old"),
        (Error::PeerIncompatible(PeerIncompatible::Tls12NotOfferedOrEnabled), "tls_too_old"),
        (alert(Alert::HandshakeFailure), "tls_no_shared_cipher"),
        (alert(Alert::InsufficientSecurity), "tls_no_shared_cipher"),
        (Error::PeerIncompatible(PeerIncompatible::NoCipherSuitesInCommon), "tls_no_shared_cipher"),
        (alert(Alert::UnrecognisedName), "host_not_served"),
        (alert(Alert::CertificateRequired), "client_certificate_wanted"),
        (alert(Alert::InternalError), "tls_failed"),
        (alert(Alert::AccessDenied), "tls_failed"),
        (alert(Alert::DecodeError), "tls_failed"),
        (Error::InvalidMessage(InvalidMessage::MessageTooLarge), "tls_failed"),
        (Error::NoCertificatesPresented, "tls_failed"),
        (wrong(CertificateError::Revoked), "certificate_invalid"),
        (wrong(CertificateError::UnhandledCriticalExtension), "certificate_invalid"),
        (wrong(CertificateError::InvalidPurpose), "certificate_invalid"),
        (wrong(CertificateError::BadEncoding), "certificate_invalid"),
        (wrong(CertificateError::UnknownIssuer), "certificate_untrusted"),
        (wrong(CertificateError::NotValidForName), "certificate_for_other_name"),
    ] {
        assert_eq!(told(error.clone(), None, None).kind(), expected, "{error}");
    }
    for (kind, expected) in [
        (io::ErrorKind::UnexpectedEof, "tls_failed"),
        (io::ErrorKind::ConnectionReset, "tls_failed"),
        (io::ErrorKind::BrokenPipe, "tls_failed"),
    ] {
        let evidence = Evidence {
            host: HOST,
            port: 993,
            certificate: None,
            sent_along: None,
            asked_for_ours: false,
            agreed: false,
            pinned: false,
        };
        assert_eq!(problem(&io::Error::from(kind), &evidence).kind(), expected, "{kind}");
    }
}
