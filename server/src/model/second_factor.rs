//! The second factor of people with a password here: codes of an app (TOTP, RFC 6238), and recovery codes.

use serde::{Deserialize, Serialize};

use super::Timestamp;

/// How somebody's second factor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "state")]
pub enum SecondFactor {
    Off,
    /// A secret was made, and no code has shown yet that an app has it.
    BeingSetUp,
    On {
        since: Timestamp,
        /// How many recovery codes have not been used.
        codes_left: u32,
    },
}

/// What an app has to be given, in the two forms that it takes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretToShow {
    /// Base32 (RFC 4648), in groups of four letters.
    pub text: String,
    pub picture: Squares,
}

/// A QR code: dark squares on a light ground of `size` by `size`, with the quiet margin around it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Squares {
    pub size: u32,
    /// The dark squares as SVG path data.
    pub path: String,
}
