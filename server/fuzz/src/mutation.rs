//! Changes inputs at random: what the test command does in place of libFuzzer, the same every time.

use rand::{Rng, rngs::StdRng};

/// Longest input that is made, in bytes.
const MAX_BYTES: usize = 8_192;

/// One of the inputs with a few changes: bytes and words put in, taken out, repeated, or spliced with another input.
pub fn changed(random: &mut StdRng, corpus: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut made = corpus[random.random_range(0..corpus.len())].clone();
    for _ in 0..random.random_range(1..8) {
        let at = random.random_range(0..=made.len());
        let to = random.random_range(at..=made.len());
        match random.random_range(0..9) {
            0 => made.insert(at, random.random()),
            1 if at < made.len() => made[at] = random.random(),
            2 if at < made.len() => made[at] ^= 1 << random.random_range(0..8),
            3 => drop(made.drain(at..to)),
            4 => made.truncate(at.max(1)),
            5 => {
                let again = made[at..to].to_vec();
                made.splice(at..at, again);
            }
            6 => {
                let other = &corpus[random.random_range(0..corpus.len())];
                let from = random.random_range(0..=other.len());
                made.splice(at.., other[from..].iter().copied());
            }
            _ => {
                let word = words[random.random_range(0..words.len())];
                made.splice(at..at, word.bytes());
            }
        }
    }
    made.truncate(MAX_BYTES);
    made
}
