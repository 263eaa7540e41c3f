//! The languages people can read Postroom in.

use serde::{Deserialize, Serialize};

/// A language every text exists in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    #[default]
    En,
    Ko,
}

impl Language {
    /// Every language, in the order a switch shows them.
    pub const ALL: [Self; 2] = [Self::En, Self::Ko];

    /// The BCP 47 tag: `en` or `ko`.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ko => "ko",
        }
    }

    /// Reads a BCP 47 tag, of which only the first part counts (`ko-KR` is `Ko`).
    #[must_use]
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split(['-', '_']).next().unwrap_or_default();
        Self::ALL.into_iter().find(|language| primary.eq_ignore_ascii_case(language.tag()))
    }
}
