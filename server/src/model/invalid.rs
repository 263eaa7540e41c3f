//! What is wrong with a form: which field, and why.

use serde::{Deserialize, Serialize};

use super::Field;

/// Why a field's value cannot be taken. The page has the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    Empty,
    TooLong {
        max_characters: usize,
    },
    TooShort {
        min_characters: usize,
    },
    /// Not a port: a whole number from 1 to 65535.
    NotAPort,
    NotAnAddress,
    NotAHost,
    /// Control characters, line breaks.
    ForbiddenCharacters,
    /// The address, name or slug is taken in this workspace.
    Duplicate,
    Unknown,
    /// The two new passwords are not the same.
    Different,
    /// The one-time code is not the one that was printed.
    WrongCode,
    /// Not the password that this person has.
    WrongPassword,
    /// Not a code of this person's app, nor a recovery code, or one that was used.
    NotACode,
    /// Must be chosen.
    Unchosen,
    /// Not a client id as this provider makes them.
    NotAClientId,
    /// Neither a tenant id nor a domain.
    NotATenant,
    /// The id of a client secret, not its value.
    SecretId,
    /// Not a day written `YYYY-MM-DD`.
    NotADate,
    /// Not the SHA-256 of a certificate.
    NotAFingerprint,
    /// No certificate in PEM.
    NotACertificate,
    /// A private key, which belongs on its server alone.
    PrivateKey,
    /// Not the address of an OpenID Connect provider.
    NotAnIssuer,
    /// Without TLS, which is for this very machine only, where the operator allows it.
    IssuerWithoutTls,
    /// Not scopes separated by blanks.
    NotScopes,
    /// Not domains separated by blanks or commas.
    NotDomains,
    /// A provider is trusted for its domains, and there are none.
    TrustedForNothing,
    /// A value without a role, or a role without a value.
    HalfRule,
    NotADomain,
    /// Everybody can have a name under it: `com`, `co.kr`.
    PublicSuffix,
    /// A company has the domain already.
    DomainTaken,
}

/// One field and what is wrong with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invalid {
    /// `None` on forms that are not about a server.
    pub protocol: Option<super::Protocol>,
    pub field: Field,
    pub reason: Reason,
}

impl Invalid {
    /// A field that belongs to the whole form.
    #[must_use]
    pub const fn new(field: Field, reason: Reason) -> Self {
        Self { protocol: None, field, reason }
    }

    /// A field of the IMAP or the SMTP form.
    #[must_use]
    pub const fn of(protocol: super::Protocol, field: Field, reason: Reason) -> Self {
        Self { protocol: Some(protocol), field, reason }
    }
}
