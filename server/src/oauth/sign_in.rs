//! One sign-in: what is asked, what must be kept until the browser comes back, and what it brings.
//!
//! Nothing in here prints what would let somebody else finish the sign-in.

use std::fmt;

use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

/// A sign-in that was begun: where to send the browser, and what must be kept until it comes back.
#[derive(Clone)]
pub struct Attempt {
    pub url: Url,
    /// 256 random bits, base64url; only its hash is to be stored.
    pub state: SecretString,
    /// The PKCE code verifier (RFC 7636 4.1).
    pub verifier: SecretString,
    pub nonce: SecretString,
}

/// What the redirect back to us says in its query (RFC 6749 4.1.2), nothing in it to be believed.
#[derive(Clone, Default, Deserialize)]
pub struct Answer {
    pub code: Option<String>,
    pub error: Option<String>,
    pub error_description: Option<String>,
    /// RFC 9207.
    pub iss: Option<String>,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The query holds state and nonce.
        let mut url = self.url.clone();
        url.set_query(None);
        f.debug_struct("Attempt").field("url", &url.as_str()).finish_non_exhaustive()
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("code", &self.code.as_ref().map(|_| "…"))
            .field("error", &self.error)
            .field("error_description", &self.error_description)
            .field("iss", &self.iss)
            .finish()
    }
}
