//! Opening an IMAP session: every way it goes well, and every way it goes wrong.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test's world that cannot be made is a failed test"
)]

#[path = "imap_open/errand.rs"]
mod errand;
#[path = "imap_open/folder.rs"]
mod folder;
#[path = "imap_open/greeting.rs"]
mod greeting;
#[path = "imap_open/network.rs"]
mod network;
#[path = "imap_open/nonsense.rs"]
mod nonsense;
#[path = "imap_open/peer.rs"]
mod peer;
#[path = "imap_open/round_trips.rs"]
mod round_trips;
#[path = "imap_open/sign_in.rs"]
mod sign_in;
#[path = "imap_open/transcript.rs"]
mod transcript;
