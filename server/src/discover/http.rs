//! Fetches the documents that others publish: HTTPS only, guarded, without cookies, without a sign-in, and with bounds
//! on time, size and redirects.

use std::{sync::Arc, time::Duration};

use reqwest::header;
use url::{Host, Url};

use crate::{
    model::{Problem, Trouble},
    net::{Dialer, https, trace::printable},
};

/// The longest document, in bytes.
pub const MAX_DOCUMENT_BYTES: usize = 256 * 1024;
/// How often a document may be somewhere else.
const MAX_REDIRECTS: usize = 3;
/// The longest words of others in a trouble, in bytes.
const MAX_DETAIL_BYTES: usize = 200;

/// Fetches documents.
#[derive(Clone, Debug)]
pub(super) struct Http {
    client: reqwest::Client,
    port: u16,
    deadline: Duration,
}

impl Http {
    /// `port` is 443 but in tests; `deadline` is for one document with all its redirects.
    pub(super) fn new(dialer: &Dialer, port: u16, deadline: Duration) -> Result<Self, reqwest::Error> {
        let names = https::Names::guarded(dialer.dns().clone(), deadline, dialer.guard().clone(), port);
        let client = reqwest::Client::builder()
            .use_preconfigured_tls(dialer.tls().explaining_config())
            .dns_resolver(Arc::new(names))
            .https_only(true)
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .pool_max_idle_per_host(0)
            .connect_timeout(deadline)
            .timeout(deadline)
            .user_agent(concat!("Postroom/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, port, deadline })
    }

    /// The document; `None` where there is none (404, 410, or no such host).
    ///
    /// # Errors
    /// Why it could not be fetched.
    pub(super) async fn get(&self, url: Url) -> Result<Option<Vec<u8>>, Trouble> {
        tokio::time::timeout(self.deadline, self.follow(url)).await.unwrap_or(Err(Trouble::TimedOut))
    }

    async fn follow(&self, mut url: Url) -> Result<Option<Vec<u8>>, Trouble> {
        for _ in 0..=MAX_REDIRECTS {
            let mut response = match self.ask(&url).await {
                Ok(response) => response,
                Err(Trouble::Unreachable {
                    problem: Problem::HostNotFound { .. } | Problem::HostHasNoAddress { .. },
                }) => return Ok(None),
                Err(trouble) => return Err(trouble),
            };
            match response.status().as_u16() {
                200 => return self.body(&url, &mut response).await.map(Some),
                404 | 410 => return Ok(None),
                301 | 302 | 303 | 307 | 308 => {
                    let location = response.headers().get(header::LOCATION).and_then(|value| value.to_str().ok());
                    let next = location.and_then(|location| url.join(location).ok());
                    url = next.ok_or_else(|| refused(location.unwrap_or("nowhere")))?;
                }
                status => return Err(Trouble::Status { status }),
            }
        }
        Err(Trouble::TooManyRedirects)
    }

    async fn ask(&self, url: &Url) -> Result<reqwest::Response, Trouble> {
        // An address without a name would pass by the guard, which judges what names lead to.
        let named = matches!(url.host(), Some(Host::Domain(_)));
        let port = url.port_or_known_default() == Some(self.port);
        let bare = url.username().is_empty() && url.password().is_none();
        if url.scheme() != "https" || !(named && port && bare) {
            return Err(refused(url.host_str().unwrap_or("nowhere")));
        }
        self.client.get(url.clone()).send().await.map_err(|error| self.trouble(&error, url))
    }

    async fn body(&self, url: &Url, response: &mut reqwest::Response) -> Result<Vec<u8>, Trouble> {
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| self.trouble(&error, url))? {
            if body.len() + chunk.len() > MAX_DOCUMENT_BYTES {
                return Err(Trouble::TooLong { max_bytes: u32::try_from(MAX_DOCUMENT_BYTES).unwrap_or(u32::MAX) });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }

    fn trouble(&self, error: &reqwest::Error, url: &Url) -> Trouble {
        match https::problem(error, url.host_str().unwrap_or_default(), self.port, self.deadline) {
            Ok(Problem::TimedOut { .. } | Problem::ConnectTimedOut { .. }) => Trouble::TimedOut,
            Ok(problem) => Trouble::Unreachable { problem },
            Err(words) => Trouble::Unreadable { detail: printable(&words, MAX_DETAIL_BYTES) },
        }
    }
}

fn refused(to: &str) -> Trouble {
    Trouble::RedirectRefused { to: printable(to, MAX_DETAIL_BYTES) }
}
