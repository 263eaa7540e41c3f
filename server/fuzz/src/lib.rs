//! What holds for every input, however odd: the properties that random servers are held against.
//!
//! ```text
//! corpus/TARGET/*  real replies ─┬─► tests/corpus.rs   each of them, then a few thousand changed ones, the same each time
//!                                └─► bin/fuzz.rs       libFuzzer, as long as one likes: `cargo xtask fuzz`
//!                                      └─► Target::run ─► panics when a property does not hold
//! ```
//!
//! A target takes any bytes. What it promises is said in its own module.

#![forbid(unsafe_code)]
#![expect(clippy::expect_used, clippy::indexing_slicing, reason = "a property that does not hold is a panic here")]

pub mod discovered;
pub mod imap;
pub mod inbound;
pub mod input;
pub mod masks;
pub mod mutation;
pub mod smtp;
pub mod walk;

/// One set of properties.
#[derive(Clone, Copy)]
pub struct Target {
    /// Also the name of its folder in `corpus`.
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// Pieces that its inputs are made of.
    pub words: &'static [&'static str],
}

/// Every target. Readers of other formats belong here too.
pub const TARGETS: [Target; 11] = [
    Target { name: "imap_responses", run: imap::responses, words: &imap::WORDS },
    Target { name: "smtp_replies", run: smtp::replies, words: &smtp::WORDS },
    Target { name: "masks", run: masks::covered, words: &masks::WORDS },
    Target { name: "inbound_message", run: inbound::message, words: &inbound::WORDS },
    Target { name: "imap_walk", run: walk::imap, words: &walk::IMAP_WORDS },
    Target { name: "smtp_walk", run: walk::smtp, words: &walk::SMTP_WORDS },
    Target { name: "discovered_autoconfig", run: discovered::xml, words: &discovered::XML_WORDS },
    Target { name: "discovered_pacc", run: discovered::json, words: &discovered::JSON_WORDS },
    Target { name: "discovered_autodiscover", run: discovered::answer, words: &discovered::JSON_WORDS },
    Target { name: "discovered_providers", run: discovered::providers, words: &discovered::TOML_WORDS },
    Target { name: "discovered_records", run: discovered::records, words: &discovered::RECORD_WORDS },
];

/// The target with this name.
#[must_use]
pub fn target(name: &str) -> Option<Target> {
    TARGETS.into_iter().find(|target| target.name == name)
}
