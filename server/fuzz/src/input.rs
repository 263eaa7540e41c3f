//! Reads more out of an input than its bytes: long runs, and where it is cut into pieces.

/// A byte that stands for a long run of `x`, so that a short input can pass a limit.
pub const RUN: u8 = 0x1d;
/// How long such a run is, in bytes.
const RUN_BYTES: usize = 16_384;
/// More runs than this stand for nothing.
const MAX_RUNS: usize = 80;

/// The input with its runs written out.
#[must_use]
pub fn written_out(data: &[u8]) -> Vec<u8> {
    let mut written = Vec::with_capacity(data.len());
    let mut runs = 0;
    for &byte in data {
        if byte == RUN {
            runs += 1;
            if runs <= MAX_RUNS {
                written.resize(written.len() + RUN_BYTES, b'x');
            }
        } else {
            written.push(byte);
        }
    }
    written
}

/// Cuts bytes into pieces: one way for every `seed`, of many sizes, and for seed 0 byte by byte as far as that is quick.
pub fn pieces(bytes: &[u8], seed: u64) -> impl Iterator<Item = &[u8]> {
    let mut left = bytes;
    let mut state = seed;
    std::iter::from_fn(move || {
        if left.is_empty() {
            return None;
        }
        // A linear congruential generator will do: every size has to come up, and nobody guesses them.
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let drawn = usize::try_from(state >> 33).unwrap_or(0);
        let size = match seed {
            0 if bytes.len() <= 4_096 => 1,
            _ => 1 + drawn % if drawn % 5 == 0 { 9_000 } else { 60 }.max(bytes.len() / 200),
        };
        let (piece, rest) = left.split_at(size.min(left.len()));
        left = rest;
        Some(piece)
    })
}
