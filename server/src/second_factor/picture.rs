//! A QR code as plain squares: a page draws it itself, without a style of its own, which no page of ours may have.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::error::{Error, Result};
use crate::model::Squares;

/// The margin that readers need (ISO/IEC 18004: four squares).
const MARGIN: usize = 4;

/// The picture of a text.
pub(super) fn of(text: &str) -> Result<Squares> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M)
        .map_err(|error| Error::stored("second_factors.secret")(error.to_string().into()))?;
    let width = code.width();
    let mut path = String::new();
    for (row, line) in code.to_colors().chunks(width).enumerate() {
        for (column, color) in line.iter().enumerate() {
            if *color == Color::Dark {
                // Writing to a text cannot fail.
                let _ = write!(path, "M{} {}h1v1h-1z", column + MARGIN, row + MARGIN);
            }
        }
    }
    Ok(Squares { size: u32::try_from(width + 2 * MARGIN).unwrap_or(u32::MAX), path })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picture_has_its_corners_and_a_margin() {
        let squares = of("otpauth://totp/Postroom:ada@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        assert!(squares.size >= 21 + 8, "{}", squares.size);
        assert!(squares.path.starts_with("M4 4h1v1h-1zM5 4h1v1h-1z"), "{}", squares.path);
        assert!(!squares.path.contains("M0 ") && !squares.path.contains(" 0h"), "{}", squares.path);
    }
}
