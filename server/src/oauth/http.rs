//! The HTTP a provider gets from us: TLS, no redirects, no retries, and bounds on time and size.
//!
//! A provider that cannot be reached is told with the real cause: the name, the port, or the certificate.

use std::{
    error::Error,
    fmt,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use openidconnect::{
    HttpRequest, HttpResponse,
    http::{Method, header},
};
use rustls::ClientConfig;
use rustls_pki_types::CertificateDer;
use url::{Host, Url};

use crate::{
    model::Problem,
    net::{
        Dialer, Guard,
        dns::Dns,
        https,
        tls::{SetUpError, Tls},
        trace::printable,
    },
};

/// The longest body that is read, in bytes.
const MAX_BODY_BYTES: usize = 256 * 1024;
/// The longest detail of a failure, in bytes.
const MAX_DETAIL_BYTES: usize = 300;

/// How long a provider may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Name, connection and TLS.
    pub connect: Duration,
    /// Everything, to the last byte of the answer.
    pub total: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { connect: Duration::from_secs(5), total: Duration::from_secs(15) }
    }
}

/// Why there can be no client at all: a fault of ours or of the operator's settings.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("the providers cannot be reached over TLS")]
    Tls(#[from] SetUpError),
    #[error("the system's name servers cannot be read")]
    Names(#[source] Box<dyn Error + Send + Sync>),
    #[error("there can be no HTTP client")]
    Http(#[from] reqwest::Error),
}

/// Speaks HTTP to providers.
pub(crate) struct Http {
    to: To,
    deadlines: Deadlines,
}

/// What it takes to speak to a host that users name.
struct Named {
    tls: ClientConfig,
    dns: Dns,
    guard: Guard,
}

/// Whose hosts are spoken to.
enum To {
    /// Those that the operator or the program itself has named.
    Trusted(reqwest::Client),
    /// Those that users name: each request is judged.
    Named(Box<Named>),
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("deadlines", &self.deadlines).finish_non_exhaustive()
    }
}

impl Http {
    pub(super) fn new(extra_roots: &[CertificateDer<'static>], deadlines: Deadlines) -> Result<Self, ClientError> {
        let dns = Dns::new(&[]).map_err(|error| ClientError::Names(Box::new(error)))?;
        let names = https::Names::trusted(dns, deadlines.connect);
        let client = client(Tls::new(extra_roots)?.explaining_config(), names, deadlines).https_only(true).build()?;
        Ok(Self { to: To::Trusted(client), deadlines })
    }

    /// For hosts that users name: they reach what users may reach. Without TLS only this very machine is asked, and
    /// only where the guard lets users reach it.
    pub(crate) fn guarded(dialer: &Dialer, deadlines: Deadlines) -> Self {
        let (tls, dns, guard) = (dialer.tls().explaining_config(), dialer.dns().clone(), dialer.guard().clone());
        Self { to: To::Named(Box::new(Named { tls, dns, guard })), deadlines }
    }

    /// True for an address that may be asked at all; whether its host may be, its addresses tell.
    pub(crate) fn takes(&self, url: &Url) -> bool {
        let here = match url.host() {
            Some(Host::Domain(name)) => name == "localhost",
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => return false,
        };
        let in_clear = matches!(&self.to, To::Named(named) if named.guard.allow_loopback && here);
        let bare = url.username().is_empty() && url.password().is_none();
        bare && (url.scheme() == "https" || (url.scheme() == "http" && in_clear))
    }

    /// The client for one request.
    fn client_for(&self, request: &HttpRequest) -> Result<reqwest::Client, Unsent> {
        let (tls, dns, guard) = match &self.to {
            To::Trusted(client) => return Ok(client.clone()),
            To::Named(named) => (&named.tls, &named.dns, &named.guard),
        };
        let url = Url::parse(&request.uri().to_string()).map_err(|_| Unsent::Address)?;
        let port = url.port_or_known_default().filter(|_| self.takes(&url)).ok_or(Unsent::Address)?;
        // An address in place of a name is never looked up, and so judged here.
        let address = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            Some(Host::Domain(_)) | None => None,
        };
        if let Some(address) = address.filter(|&address| !guard.allows(SocketAddr::new(address, port))) {
            return Err(Unsent::NotAllowed(address));
        }
        let names = https::Names::guarded(dns.clone(), self.deadlines.connect, guard.clone(), port);
        client(tls.clone(), names, self.deadlines).pool_max_idle_per_host(0).build().map_err(Unsent::Client)
    }

    /// The answer of a GET, whatever its status.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(crate) async fn get(&self, url: &Url) -> Result<HttpResponse, Problem> {
        let mut request = HttpRequest::new(Vec::new());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = url.as_str().parse().map_err(|_| Problem::ProviderUnreachable {
            host: url.host_str().unwrap_or_default().to_owned(),
            detail: "its address cannot be read".to_owned(),
        })?;
        self.send(request).await
    }

    /// The answer to one request, whatever its status.
    ///
    /// # Errors
    /// [`Problem::ProviderUnreachable`] when there was none, [`Problem::ProviderUnavailable`] when it was too long.
    pub(crate) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Problem> {
        let host = request.uri().host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = request.uri().port_u16().unwrap_or(443);
        let unreachable = |error: &reqwest::Error| match self.cause(error, &host, port) {
            Ok(problem @ Problem::AddressNotAllowed { .. }) => problem,
            Ok(problem) => unreachable(&host, &problem.to_string()),
            Err(words) => unreachable(&host, &words),
        };
        let client = self.client_for(&request).map_err(|unsent| match unsent {
            Unsent::Address => self::unreachable(&host, "its address cannot be asked"),
            Unsent::NotAllowed(address) => {
                Problem::AddressNotAllowed { host: host.clone(), address: address.to_string() }
            }
            Unsent::Client(error) => unreachable(&error),
        })?;
        let too_long = || Problem::ProviderUnavailable {
            host: host.clone(),
            reply: format!("the answer is longer than {} KiB", MAX_BODY_BYTES / 1024),
        };
        let request = reqwest::Request::try_from(request).map_err(|error| unreachable(&error))?;
        let mut response = client.execute(request).await.map_err(|error| unreachable(&error))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| unreachable(&error))? {
            if body.len() + chunk.len() > MAX_BODY_BYTES {
                return Err(too_long());
            }
            body.extend_from_slice(&chunk);
        }
        let mut answer = HttpResponse::new(body);
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    /// Why there was no answer: the problem where it is one, else in words.
    fn cause(&self, error: &reqwest::Error, host: &str, port: u16) -> Result<Problem, String> {
        https::problem(error, host, port, self.deadlines.total)
    }
}

/// Why a request was not even sent.
enum Unsent {
    Address,
    NotAllowed(IpAddr),
    Client(reqwest::Error),
}

fn unreachable(host: &str, detail: &str) -> Problem {
    Problem::ProviderUnreachable { host: host.to_owned(), detail: printable(detail, MAX_DETAIL_BYTES) }
}

/// What every client has in common.
fn client(tls: ClientConfig, names: https::Names, deadlines: Deadlines) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .use_preconfigured_tls(tls)
        .dns_resolver(Arc::new(names))
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        .connect_timeout(deadlines.connect)
        .timeout(deadlines.total)
        .user_agent(concat!("Postroom/", env!("CARGO_PKG_VERSION")))
}

/// True where the answer says it is JSON.
pub(crate) fn is_json(response: &HttpResponse) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}
