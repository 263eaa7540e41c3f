//! Certificates and TLS servers by OpenSSL: what is too old, too weak or too odd for the library that we use ourselves.

use std::{
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};

use postroom_server::model::{Endpoint, Security};
use rustls_pki_types::{CertificateDer, pem::PemObject};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, ChildStdin},
};

/// A folder of keys and certificates.
pub struct Workshop {
    folder: tempfile::TempDir,
}

/// A certificate and its key, as files.
pub struct Made {
    certificate: PathBuf,
    key: PathBuf,
}

/// A running `openssl s_server`; it ends with us.
pub struct Server {
    port: u16,
    _child: Child,
    /// At the end of its input it would leave.
    _stdin: ChildStdin,
}

/// What a certificate is made of, in the words of OpenSSL.
#[derive(Clone, Copy)]
pub struct Order<'a> {
    pub subject: &'a str,
    /// `rsa:2048`, `ec`.
    pub key: &'a str,
    /// `-sha256`, `-sha1`.
    pub digest: &'a str,
    /// Lines of an extension file; empty makes an X.509 v1 certificate.
    pub extensions: &'a str,
}

impl Default for Order<'_> {
    fn default() -> Self {
        Self { subject: "/CN=localhost", key: "rsa:2048", digest: "-sha256", extensions: FOR_LOCALHOST }
    }
}

/// What a server's certificate says nowadays.
pub const FOR_LOCALHOST: &str = "subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n";

impl Workshop {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().expect("there is room for a folder") }
    }

    /// An authority that signs what this workshop makes.
    pub fn authority(&self, name: &str) -> Made {
        let made = self.paths(name);
        let subject = format!("/O=Postroom tests/CN={name}");
        let words = ["req", "-x509", "-newkey", "rsa:2048", "-noenc", "-days", "30", "-subj", &subject];
        openssl(Command::new("openssl").args(words).arg("-keyout").arg(&made.key).arg("-out").arg(&made.certificate));
        made
    }

    /// A server's certificate, signed by the authority.
    pub fn issue(&self, name: &str, authority: &Made, order: Order<'_>) -> Made {
        let made = self.paths(name);
        let request = self.folder.path().join(format!("{name}.csr"));
        let words = ["req", "-newkey", order.key, "-noenc", "-subj", order.subject];
        openssl(Command::new("openssl").args(words).arg("-keyout").arg(&made.key).arg("-out").arg(&request));
        let mut sign = Command::new("openssl");
        sign.args(["x509", "-req", "-days", "30", "-CAcreateserial", order.digest]).arg("-in").arg(&request);
        sign.arg("-CA")
            .arg(&authority.certificate)
            .arg("-CAkey")
            .arg(&authority.key)
            .arg("-out")
            .arg(&made.certificate);
        if !order.extensions.is_empty() {
            let extensions = self.folder.path().join(format!("{name}.ext"));
            std::fs::write(&extensions, order.extensions).expect("an extension file can be written");
            sign.arg("-extfile").arg(&extensions);
        }
        openssl(&mut sign);
        made
    }

    fn paths(&self, name: &str) -> Made {
        let path = |end: &str| self.folder.path().join(format!("{name}.{end}"));
        Made { certificate: path("pem"), key: path("key") }
    }
}

impl Made {
    pub fn der(&self) -> CertificateDer<'static> {
        CertificateDer::from_pem_file(&self.certificate).expect("OpenSSL writes PEM")
    }

    pub fn path(&self) -> &Path {
        &self.certificate
    }
}

impl Server {
    /// Serves TLS on a port that the system picks; `options` are those of `openssl s_server`.
    pub async fn start(made: &Made, options: &[&str]) -> Self {
        let mut command = tokio::process::Command::new("openssl");
        command.args(["s_server", "-accept", "127.0.0.1:0"]).args(options);
        command.arg("-cert").arg(&made.certificate).arg("-key").arg(&made.key);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("openssl is installed: on Debian, `apt install openssl`");
        let stdin = child.stdin.take().expect("standard input is piped");
        let mut lines = BufReader::new(child.stdout.take().expect("standard output is piped")).lines();
        loop {
            let Some(line) = lines.next_line().await.expect("OpenSSL speaks UTF-8") else {
                let said = child.wait_with_output().await.expect("its words can be read").stderr;
                panic!("s_server {options:?} ended: {}", String::from_utf8_lossy(&said));
            };
            if let Some(address) = line.strip_prefix("ACCEPT ") {
                let port = address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
                // Whatever else it says is read, so that it never waits for us.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Self { port, _child: child, _stdin: stdin };
            }
        }
    }

    pub fn endpoint(&self) -> Endpoint {
        Endpoint::new("localhost".to_owned(), self.port, Security::Tls)
    }
}

fn openssl(command: &mut Command) -> Output {
    let output = command.stdin(Stdio::null()).output().expect("openssl is installed: on Debian, `apt install openssl`");
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}
