//! A certificate authority for one run, a good certificate, and three that are wrong in one way each.

use std::fs;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose, date_time_ymd,
};

use super::{DOMAIN, HOST};
use crate::failure::{Context, Result};

/// A chain and its private key, both PEM.
pub struct Certificate {
    pub chain: String,
    pub key: String,
}

/// All certificates of one run.
pub struct Certificates {
    /// The authority's own certificate, for those who are to trust it.
    pub authority_file: PathBuf,
    /// Key and chain in one file, as Postfix likes them; Dovecot takes it for both.
    pub server_file: PathBuf,
    pub expired: Certificate,
    pub other_name: Certificate,
    pub self_signed: Certificate,
}

impl Certificates {
    pub fn make(folder: &Path) -> Result<Self> {
        let authority = authority()?;
        let server = signed(&authority, &names(), 2049)?;
        let expired = signed(&authority, &names(), 2021)?;
        let other_name = signed(&authority, &["mail.elsewhere.test".to_owned()], 2049)?;
        let self_signed = self_signed()?;

        let authority_file = folder.join("ca.pem");
        let server_file = folder.join("server.pem");
        fs::write(&authority_file, authority.pem()).context("cannot write the authority")?;
        // Readable by all: both servers read it as root, and the key is worth nothing after this run.
        fs::write(&server_file, server.key + &server.chain).context("cannot write the certificate")?;
        Ok(Self { authority_file, server_file, expired, other_name, self_signed })
    }
}

fn names() -> Vec<String> {
    vec![format!("mail.{DOMAIN}"), HOST.to_owned(), "127.0.0.1".to_owned()]
}

fn authority() -> Result<CertifiedIssuer<'static, KeyPair>> {
    let mut parameters = parameters("Postroom test authority", &[], 2049)?;
    parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    CertifiedIssuer::self_signed(parameters, key()?).context("cannot make the authority")
}

fn signed(authority: &CertifiedIssuer<'static, KeyPair>, names: &[String], until: i32) -> Result<Certificate> {
    let key = key()?;
    let mut parameters = parameters("Postroom test server", names, until)?;
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.use_authority_key_identifier_extension = true;
    let certificate = parameters.signed_by(&key, authority).context("cannot sign a certificate")?;
    Ok(Certificate { chain: certificate.pem() + &authority.pem(), key: key.serialize_pem() })
}

fn self_signed() -> Result<Certificate> {
    let key = key()?;
    let parameters = parameters("Postroom self-signed test server", &names(), 2049)?;
    let certificate = parameters.self_signed(&key).context("cannot sign a certificate")?;
    Ok(Certificate { chain: certificate.pem(), key: key.serialize_pem() })
}

/// Valid from 2020 until the first day of a year: fixed dates, so that only the expired one ever is.
fn parameters(name: &str, names: &[String], until: i32) -> Result<CertificateParams> {
    let mut parameters = CertificateParams::new(names).context("not a name for a certificate")?;
    let mut subject = DistinguishedName::new();
    subject.push(DnType::CommonName, name);
    parameters.distinguished_name = subject;
    parameters.not_before = date_time_ymd(2020, 1, 1);
    parameters.not_after = date_time_ymd(until, 1, 1);
    Ok(parameters)
}

fn key() -> Result<KeyPair> {
    KeyPair::generate().context("cannot make a key")
}
