//! Where a mail server is and how one speaks to it.

use serde::{Deserialize, Serialize};

use super::Trust;

/// The two protocols a mailbox is opened with: IMAP (RFC 9051) to read, SMTP submission (RFC 6409) to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    Imap,
    Smtp,
}

/// How the connection is protected.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// Implicit TLS (RFC 8314): the first byte is already encrypted.
    #[default]
    Tls,
    /// The connection starts in clear and is upgraded before anything secret is said (RFC 3207, RFC 9051 6.2.1).
    StartTls,
    /// Nothing is encrypted, not even the password.
    None,
}

/// How the client proves who it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMethod {
    /// SASL PLAIN (RFC 4616).
    #[default]
    Plain,
    /// The unregistered but wide-spread LOGIN: `AUTH LOGIN` in SMTP, the LOGIN command or `AUTHENTICATE LOGIN` in IMAP.
    Login,
    /// Google's and Microsoft's bearer token format, `user=…^Aauth=Bearer …^A^A`.
    XOAuth2,
    /// The standard bearer token format (RFC 7628).
    OAuthBearer,
    /// No sign-in: a relay that trusts this machine. Nothing else may be used like this.
    None,
}

/// Host, port and protection of one server, and who vouches for it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// A host name as people type it (U-labels welcome) or an IP address literal without brackets.
    pub host: String,
    pub port: u16,
    pub security: Security,
    /// Whoever dials must say whom to trust: so nobody can forget it.
    #[serde(default, skip_serializing_if = "Trust::is_usual")]
    pub trust: Trust,
}

impl Endpoint {
    /// An endpoint whose server the usual authorities vouch for.
    #[must_use]
    pub const fn new(host: String, port: u16, security: Security) -> Self {
        Self { host, port, security, trust: Trust::Usual }
    }
}

impl Protocol {
    /// The port IANA registered for this protocol under the given protection.
    ///
    /// `None` uses the same port as STARTTLS: both begin in clear.
    #[must_use]
    pub const fn default_port(self, security: Security) -> u16 {
        match (self, security) {
            (Self::Imap, Security::Tls) => 993,
            (Self::Imap, Security::StartTls | Security::None) => 143,
            (Self::Smtp, Security::Tls) => 465,
            (Self::Smtp, Security::StartTls | Security::None) => 587,
        }
    }

    /// The name as people know it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Imap => "IMAP",
            Self::Smtp => "SMTP",
        }
    }
}

impl AuthMethod {
    /// The SASL mechanism name as it goes over the wire, where there is one.
    #[must_use]
    pub const fn mechanism(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::Login => "LOGIN",
            Self::XOAuth2 => "XOAUTH2",
            Self::OAuthBearer => "OAUTHBEARER",
            Self::None => "NONE",
        }
    }

    /// True where the secret is an OAuth access token and not a password.
    #[must_use]
    pub const fn uses_token(self) -> bool {
        matches!(self, Self::XOAuth2 | Self::OAuthBearer)
    }
}
