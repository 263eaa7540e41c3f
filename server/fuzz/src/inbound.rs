//! The end of a message on our own mail server.
//!
//! However the bytes are cut into pieces, the same message comes out and the same rest is left. A message holds no bare
//! CR or LF, its lines are as long as is said, and what a sender has written as he must is read as he meant it.

use postroom_server::inbound::scanner::{BareNewline, Scanner};

use crate::input::{pieces, written_out};

pub const WORDS: [&str; 9] = ["\r\n", ".\r\n", "\r\n.\r\n", "\n", "\r", ".", "..", "Subject: ", "\x1d"];

/// The message and how many bytes it took with its end; `None` while the end has not come.
type Read = Result<Option<(Vec<u8>, usize)>, BareNewline>;

/// The target.
pub fn message(data: &[u8]) {
    let bytes = written_out(data);
    let at_once = read([&bytes[..]].into_iter());
    for seed in 0..3 {
        assert!(read(pieces(&bytes, seed)) == at_once, "cut the way {seed}, the message is another");
    }
    if let Ok(Some((text, _))) = &at_once {
        assert!(text.is_empty() || text.ends_with(b"\r\n"));
        let bare = |at: usize| match text[at] {
            b'\r' => text.get(at + 1) != Some(&b'\n'),
            b'\n' => at == 0 || text[at - 1] != b'\r',
            _ => false,
        };
        assert!(!(0..text.len()).any(bare), "a bare CR or LF was let through");
    }
    let meant = lines(&bytes);
    let written = dotted(&meant);
    let end = written.len();
    let found = read(pieces(&[&written[..], b"RSET\r\n"].concat(), 1));
    assert!(found == Ok(Some((meant, end))), "a message that was written as it must be is read otherwise");
}

fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> Read {
    let mut scanner = Scanner::default();
    let (mut text, mut before) = (Vec::new(), 0);
    for piece in pieces {
        if let Some(end) = scanner.read(piece, &mut text)? {
            assert!(end > 0 && end <= piece.len(), "more was taken than there is");
            let longest = text.split(|&byte| byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line).len());
            assert_eq!(longest.max(), Some(scanner.longest_line()));
            return Ok(Some((text, before + end)));
        }
        before += piece.len();
        assert!(text.len() <= before, "a message grows by being read");
    }
    Ok(None)
}

/// Any bytes as whole lines that end in CR LF.
fn lines(bytes: &[u8]) -> Vec<u8> {
    let lines = bytes.split(|byte| matches!(byte, b'\r' | b'\n'));
    lines.flat_map(|line| [line, b"\r\n"].concat()).collect()
}

/// A message as RFC 5321 4.5.2 wants it.
fn dotted(message: &[u8]) -> Vec<u8> {
    let lines = message.split_inclusive(|&byte| byte == b'\n');
    let dotted = lines.flat_map(|line| if line.starts_with(b".") { [b".", line].concat() } else { line.to_vec() });
    dotted.chain(*b".\r\n").collect()
}
