//! Moments, as Unix milliseconds everywhere.

use serde::{Deserialize, Serialize};

/// A moment in Unix milliseconds (UTC).
///
/// Databases store this number: RFC 3339 text sorts wrongly in SQLite as soon as two precisions meet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "native", derive(sqlx::Type), sqlx(transparent))]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `millis` later, or the last one there is.
    #[must_use]
    pub const fn plus_millis(self, millis: i64) -> Self {
        Self(self.0.saturating_add(millis))
    }

    /// How many milliseconds lie between `earlier` and this moment; negative when it is later.
    #[must_use]
    pub const fn millis_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}
