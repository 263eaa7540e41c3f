//! Gives the TLS library's own faults, and real certificates, to the code that judges them.

use std::{fs, io, path::Path, sync::Arc, time::Duration};

use postroom_server::{
    model::Problem,
    net::tls::classify::{Evidence, problem},
};
use postroom_testing::{Authority, Leaf};
use rustls::{
    AlertDescription as Alert, CertificateError as Certificate, Error, InvalidMessage, PeerIncompatible,
    PeerMisbehaved, RootCertStore,
    client::{WebPkiServerVerifier, danger::ServerCertVerifier},
    crypto::ring,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime, pem::PemObject};

use crate::row::Case;

/// Within the time of every certificate: 1 January 2100.
const NOW: u64 = 4_102_444_800;

/// A fault by name.
pub fn fault(case: &Case) -> Problem {
    let at = |seconds| UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    let alert = |alert| io::Error::new(io::ErrorKind::InvalidData, Error::AlertReceived(alert));
    let other = |error| io::Error::new(io::ErrorKind::InvalidData, error);
    let certificate = |fault| other(Error::InvalidCertificate(fault));
    let error = match case.says.as_str() {
        "clear text" => other(Error::InvalidMessage(InvalidMessage::InvalidContentType)),
        "end of file" => io::ErrorKind::UnexpectedEof.into(),
        "reset" => io::ErrorKind::ConnectionReset.into(),
        "expired" => certificate(Certificate::ExpiredContext { time: at(NOW), not_after: at(NOW - 1) }),
        "not yet valid" => certificate(Certificate::NotValidYetContext { time: at(NOW), not_before: at(NOW + 1) }),
        "another name" => certificate(Certificate::NotValidForNameContext {
            expected: ServerName::try_from("mail.example.com").unwrap(),
            presented: vec!["DnsName(\"server7.hosting.example\")".to_owned()],
        }),
        "an address in place of a name" => certificate(Certificate::NotValidForName),
        "unknown issuer" => certificate(Certificate::UnknownIssuer),
        "bad signature" => certificate(Certificate::BadSignature),
        "revoked" => certificate(Certificate::Revoked),
        "critical extension" => certificate(Certificate::UnhandledCriticalExtension),
        "wrong purpose" => certificate(Certificate::InvalidPurpose),
        "malformed" => certificate(Certificate::BadEncoding),
        "alert protocol_version" => alert(Alert::ProtocolVersion),
        "alert handshake_failure" => alert(Alert::HandshakeFailure),
        "alert unrecognized_name" => alert(Alert::UnrecognisedName),
        "alert certificate_required" => alert(Alert::CertificateRequired),
        "alert internal_error" => alert(Alert::InternalError),
        "alert access_denied" => alert(Alert::AccessDenied),
        "alert decode_error" => alert(Alert::DecodeError),
        "no TLS 1.2 or 1.3" => other(Error::PeerIncompatible(PeerIncompatible::ServerDoesNotSupportTls12Or13)),
        "TLS 1.2 not offered" => other(Error::PeerIncompatible(PeerIncompatible::Tls12NotOffered)),
        "misbehaved" => other(Error::PeerMisbehaved(PeerMisbehaved::TooManyEmptyFragments)),
        "message too large" => other(Error::InvalidMessage(InvalidMessage::MessageTooLarge)),
        name => panic!("the TLS library has no fault {name:?}"),
    };
    told(&error, case.host(), None)
}

/// A server that shows this certificate, where only the house's own authority is trusted.
pub fn certificate(case: &Case) -> Problem {
    let leaf = match case.says.strip_prefix("made by ") {
        Some(maker) => Authority::new(maker).issue(&Leaf::named(&[case.host()])).chain.remove(0),
        None => file(&case.says),
    };
    // The chain of this one is in order; it is the handshake's own signature that such a key cannot make.
    if case.says == "rsa_1024" {
        let error = Error::InvalidCertificate(Certificate::BadSignature);
        return told(&io::Error::other(error), case.host(), Some(leaf));
    }
    let mut roots = RootCertStore::empty();
    roots.add(file("root")).unwrap();
    let provider = Arc::new(ring::default_provider());
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(NOW));
    let name = ServerName::try_from(case.host().to_owned()).unwrap();
    let error = verifier.verify_server_cert(&leaf, &[], &name, &[], now).unwrap_err();
    told(&io::Error::new(io::ErrorKind::InvalidData, error), case.host(), Some(leaf))
}

fn told(error: &io::Error, host: &str, certificate: Option<CertificateDer<'static>>) -> Problem {
    let sent_along = certificate.is_some().then(Vec::new);
    problem(
        error,
        &Evidence { host, port: 993, certificate, sent_along, asked_for_ours: false, agreed: false, pinned: false },
    )
}

fn file(name: &str) -> CertificateDer<'static> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/certificates/{name}.pem"));
    CertificateDer::from_pem_slice(&fs::read(path).unwrap()).unwrap()
}
