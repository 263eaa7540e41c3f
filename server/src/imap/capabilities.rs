//! What an IMAP server says it can do (RFC 9051 7.2.2).

use std::sync::Arc;

use crate::model::AuthMethod;

/// Capability names in upper case, in the server's order. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities(Arc<[String]>);

impl Capabilities {
    /// Reads the names behind `CAPABILITY`, in a response or in a response code.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        Self(text.split_whitespace().map(str::to_ascii_uppercase).collect())
    }

    /// True when the server lists `name`, which is in upper case.
    #[must_use]
    pub fn offers(&self, name: &str) -> bool {
        self.0.iter().any(|own| own == name)
    }

    /// True when the server speaks some version of IMAP4.
    #[must_use]
    pub fn is_imap(&self) -> bool {
        self.0.iter().any(|name| name.starts_with("IMAP4"))
    }

    /// True when the server lists `AUTH=` and this method's mechanism.
    #[must_use]
    pub fn offers_mechanism(&self, method: AuthMethod) -> bool {
        self.mechanisms().any(|mechanism| mechanism == method.mechanism())
    }

    /// Every way to sign in that the server offers: SASL mechanisms, and `LOGIN` where the command is allowed.
    #[must_use]
    pub fn ways_to_sign_in(&self) -> Vec<String> {
        let mut ways: Vec<String> = self.mechanisms().map(str::to_owned).collect();
        if !self.offers("LOGINDISABLED") && !ways.iter().any(|way| way == "LOGIN") {
            ways.push("LOGIN".to_owned());
        }
        ways
    }

    /// True when a literal of this many bytes needs no leave from the server (RFC 7888).
    #[must_use]
    pub fn takes_literal_at_once(&self, bytes: usize) -> bool {
        /// What `LITERAL-` allows.
        const SMALL: usize = 4_096;
        self.offers("LITERAL+") || (bytes <= SMALL && (self.offers("LITERAL-") || self.offers("IMAP4REV2")))
    }

    /// The names, in upper case and in the server's order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.0
    }

    fn mechanisms(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|name| name.strip_prefix("AUTH="))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_in_upper_case() {
        let capabilities = Capabilities::parse("imap4rev1  Idle auth=plain AUTH=XOAUTH2");
        assert!(capabilities.is_imap() && capabilities.offers("IDLE"));
        assert!(capabilities.offers_mechanism(AuthMethod::Plain));
        assert!(!capabilities.offers_mechanism(AuthMethod::OAuthBearer));
        assert_eq!(capabilities.ways_to_sign_in(), ["PLAIN", "XOAUTH2", "LOGIN"]);
        assert_eq!(Capabilities::parse("IMAP4rev1 LOGINDISABLED").ways_to_sign_in(), Vec::<String>::new());
    }

    #[test]
    fn small_literals_may_go_at_once_where_the_server_says_so() {
        assert!(Capabilities::parse("IMAP4rev1 LITERAL+").takes_literal_at_once(100_000));
        assert!(Capabilities::parse("IMAP4rev1 LITERAL-").takes_literal_at_once(4_096));
        assert!(!Capabilities::parse("IMAP4rev1 LITERAL-").takes_literal_at_once(4_097));
        assert!(!Capabilities::parse("IMAP4rev1").takes_literal_at_once(1));
    }
}
