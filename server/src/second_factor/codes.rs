//! Recovery codes: for whoever has lost the app, each good once.

use crate::random;

/// How many there are.
const COUNT: usize = 10;
/// 80 random bits: what is stored is a plain hash, which nobody is to be able to guess from.
const LETTERS: usize = 16;

/// New codes, such as `k3ua-7wqe-mz2d-x4rb`.
pub(super) fn generate() -> Vec<String> {
    (0..COUNT).map(|_| super::in_fours(&random::letters(LETTERS)).replace(' ', "-")).collect()
}

/// What is stored of a code, however it was typed.
pub(super) fn hash(code: &str) -> Vec<u8> {
    let canonical: String = code.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    random::hash(&canonical)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ten_codes_differ_and_are_taken_however_they_are_typed() {
        let codes = generate();
        assert_eq!(codes.iter().collect::<BTreeSet<_>>().len(), 10, "{codes:?}");
        for code in &codes {
            assert_eq!(code.len(), 19, "{code}");
            assert_eq!(hash(code), hash(&format!(" {} ", code.to_uppercase().replace('-', " "))));
        }
    }
}
