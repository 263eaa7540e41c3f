//! One row of the catalogue.
//!
//! | Key of a row | Means |
//! |---|---|
//! | `id`, `name` | its number, and what has happened |
//! | `cases` | what is seen of it, and what must come of each |
//! | `aside` | in place of cases: why nothing of it reaches one of our steps as a problem |
//! | `tested` | tests that show the rest, as `FILE: FUNCTION` |
//!
//! | `at` of a case | What its `says` is |
//! |---|---|
//! | `dns` | what a name server answers: `code N` (RFC 1035 4.1.1), or `silence` |
//! | `name`, `guard` | a host as it is typed |
//! | `socket` | the number of an error of the system |
//! | `tls` | a fault of the TLS library, by the name it has in `tls.rs` |
//! | `certificate` | a file of `tests/certificates`, or `made by NAME` |
//! | `imap PLACE`, `smtp PLACE` | a reply at that place of the conversation |
//! | `imap walk`, `smtp walk` | the script of a whole server |
//! | `oauth PLACE` | `ERROR: DESCRIPTION` as a provider says it, or `http STATUS` |
//! | `tested` | the test that shows what comes of it, as `FILE: FUNCTION` |

use figment::{
    Figment,
    providers::{Format, Toml},
};
use postroom_server::model::{AuthMethod, Field, Provider, Security};
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub cases: Vec<Case>,
    pub aside: Option<String>,
    #[serde(default)]
    pub tested: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    pub at: String,
    pub says: String,
    /// Whose words they are; without it, a server's that nobody knows.
    host: Option<String>,
    /// `plain` without it.
    method: Option<AuthMethod>,
    /// How the visitor of a walk comes; `none` without it.
    security: Option<Security>,
    /// The server of a walk begins with TLS.
    #[serde(default)]
    pub tls: bool,
    /// Nothing is encrypted.
    #[serde(default)]
    pub in_clear: bool,
    pub problem: String,
    pub field: Field,
    /// Given where the remedy is another one than elsewhere.
    pub provider: Option<Provider>,
}

impl Case {
    pub fn host(&self) -> &str {
        self.host.as_deref().unwrap_or("mail.example.com")
    }

    pub fn method(&self) -> AuthMethod {
        self.method.unwrap_or(AuthMethod::Plain)
    }

    pub fn security(&self) -> Security {
        self.security.unwrap_or(Security::None)
    }
}

/// Every row, in order.
pub fn rows() -> Vec<Row> {
    #[derive(Deserialize)]
    struct Catalogue {
        row: Vec<Row>,
    }
    let file = Toml::string(include_str!("rows.toml"));
    Figment::from(file).extract::<Catalogue>().unwrap_or_else(|error| panic!("{error}")).row
}
