//! The HTTP a provider gets from us: TLS only, no redirects, no retries, and bounds on time and size.
//!
//! A provider that cannot be reached is told with the real cause: the name, the port, or the certificate.

use std::{error::Error, sync::Arc, time::Duration};

use openidconnect::{
    HttpRequest, HttpResponse,
    http::{Method, header},
};
use rustls_pki_types::CertificateDer;
use url::Url;

use crate::{
    model::Problem,
    net::{
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

#[derive(Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    deadlines: Deadlines,
}

impl Http {
    pub(super) fn new(extra_roots: &[CertificateDer<'static>], deadlines: Deadlines) -> Result<Self, ClientError> {
        let dns = Dns::new(&[]).map_err(|error| ClientError::Names(Box::new(error)))?;
        let client = reqwest::Client::builder()
            .use_preconfigured_tls(Tls::new(extra_roots)?.explaining_config())
            .dns_resolver(Arc::new(https::Names::trusted(dns, deadlines.connect)))
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .connect_timeout(deadlines.connect)
            .timeout(deadlines.total)
            .user_agent(concat!("Postroom/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, deadlines })
    }

    /// The answer of a GET, whatever its status.
    ///
    /// # Errors
    /// As [`Self::send`].
    pub(super) async fn get(&self, url: &Url) -> Result<HttpResponse, Problem> {
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
    pub(super) async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Problem> {
        let host = request.uri().host().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let port = request.uri().port_u16().unwrap_or(443);
        let unreachable = |error: &reqwest::Error| Problem::ProviderUnreachable {
            host: host.clone(),
            detail: printable(&self.cause(error, &host, port), MAX_DETAIL_BYTES),
        };
        let too_long = || Problem::ProviderUnavailable {
            host: host.clone(),
            reply: format!("the answer is longer than {} KiB", MAX_BODY_BYTES / 1024),
        };
        let request = reqwest::Request::try_from(request).map_err(|error| unreachable(&error))?;
        let mut response = self.client.execute(request).await.map_err(|error| unreachable(&error))?;
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

    /// Why there was no answer, in words.
    fn cause(&self, error: &reqwest::Error, host: &str, port: u16) -> String {
        https::problem(error, host, port, self.deadlines.total)
            .map_or_else(|words| words, |problem| problem.to_string())
    }
}

/// True where the answer says it is JSON.
pub(super) fn is_json(response: &HttpResponse) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"))
}
