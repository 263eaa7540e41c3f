//! One-time codes that people read from a terminal and type into a page.

use rand::seq::IteratorRandom as _;

/// Digits and capital letters without the ones that look alike (0 O, 1 I L, U V).
const ALPHABET: &str = "23456789ABCDEFGHJKMNPQRSTWXYZ";
const GROUPS: usize = 3;
const GROUP: usize = 4;

/// A new code such as `7KQF-M2XW-9TRB`, from 58 random bits.
pub(super) fn generate() -> String {
    let mut rng = rand::rng();
    let groups: Vec<String> =
        (0..GROUPS).map(|_| (0..GROUP).filter_map(|_| ALPHABET.chars().choose(&mut rng)).collect()).collect();
    groups.join("-")
}

/// The code as it is compared: capital letters and digits, without hyphens and blanks.
pub(super) fn canonical(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_taken_however_it_is_typed() {
        let code = generate();
        assert_eq!(code.len(), 14, "{code}");
        assert_eq!(canonical(&code), canonical(&code.to_lowercase().replace('-', " ")));
    }

    #[test]
    fn no_two_codes_are_the_same() {
        assert_ne!(generate(), generate());
    }
}
