//! Reads a message that may be ours: who it says it is from, and whether our token is in it.
//!
//! Servers re-encode messages, wrap them and rewrite the links in them. So no structure is relied on: the token is
//! looked for in what came, and in what comes out when it is read as quoted-printable and as base64.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use crate::random::hash;

/// How many hexadecimal digits a token has.
const TOKEN_LENGTH: usize = 32;
/// From how many characters on a line may be base64: what is shorter holds no token.
const SHORTEST_BASE64: usize = 44;

/// True where the token with this hash is somewhere in the message.
pub(super) fn has_token(message: &[u8], token_hash: &[u8]) -> bool {
    [message.to_vec(), from_quoted_printable(message), from_base64(message)]
        .iter()
        .any(|text| text.split(|byte| !is_digit(*byte)).any(|run| is_in(run, token_hash)))
}

/// The address in the From header, as it came.
pub(super) fn sender(message: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(message);
    let mut from: Option<String> = None;
    for line in text.lines().take_while(|line| !line.is_empty()) {
        match &mut from {
            Some(found) if line.starts_with([' ', '\t']) => found.push_str(line),
            Some(_) => break,
            None => {
                let name = line.get(..5).unwrap_or_default();
                from = name.eq_ignore_ascii_case("from:").then(|| line.get(5..).unwrap_or_default().to_owned());
            }
        }
    }
    let from = from?;
    let inside = from.rsplit_once('<').and_then(|(_, behind)| behind.split_once('>')).map(|(address, _)| address);
    let address = inside.unwrap_or(&from).trim();
    (!address.is_empty()).then(|| address.to_owned())
}

const fn is_digit(byte: u8) -> bool {
    matches!(byte, b'0'..=b'9' | b'a'..=b'f')
}

/// A link that was rewritten may have other digits right before the token (`%2f`).
fn is_in(run: &[u8], token_hash: &[u8]) -> bool {
    run.windows(TOKEN_LENGTH).any(|window| std::str::from_utf8(window).is_ok_and(|token| hash(token) == token_hash))
}

/// Reads quoted-printable (RFC 2045 6.7); what is none of it stays as it came.
fn from_quoted_printable(text: &[u8]) -> Vec<u8> {
    let mut read = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((&byte, behind)) = rest.split_first() {
        rest = behind;
        if byte != b'=' {
            read.push(byte);
        } else if let Some(behind) = behind.strip_prefix(b"\r\n").or_else(|| behind.strip_prefix(b"\n")) {
            rest = behind;
        } else if let Some(decoded) = behind.get(..2).and_then(octet) {
            read.push(decoded);
            rest = behind.get(2..).unwrap_or_default();
        } else {
            read.push(byte);
        }
    }
    read
}

fn octet(digits: &[u8]) -> Option<u8> {
    u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
}

/// Reads every stretch of lines that can be base64.
fn from_base64(text: &[u8]) -> Vec<u8> {
    let mut read = Vec::new();
    let mut stretch = Vec::new();
    for line in text.split(|&byte| byte == b'\n').chain([&[][..]]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let fits = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
        if !line.is_empty() && line.iter().all(fits) {
            stretch.extend_from_slice(line);
            continue;
        }
        if stretch.len() >= SHORTEST_BASE64 {
            // A stretch that was cut off in the middle is read as far as it goes.
            let whole = stretch.len() / 4 * 4;
            read.extend(STANDARD.decode(stretch.get(..whole).unwrap_or_default()).unwrap_or_default());
            read.push(b'\n');
        }
        stretch.clear();
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "0123456789abcdef0123456789abcdef";

    fn found(message: &str) -> bool {
        has_token(message.as_bytes(), &hash(TOKEN))
    }

    #[test]
    fn the_token_is_found_however_a_server_wrote_it_down() {
        assert!(found(&format!("Subject: x\r\n\r\nhttps://desk.example/activate/{TOKEN}\r\n")));
        assert!(found("Subject: x\r\n\r\nhttps://desk.example/activate/0123456789=\r\nabcdef0123456789abcdef\r\n"));
        assert!(found("x=20https=3A//desk.example/activate/=30123456789abcdef0123456789abcdef"));
        assert!(found(&format!("https://safe.example/?url=https%3a%2f%2fdesk.example%2factivate%2f{TOKEN}&data=1")));
        let body = STANDARD.encode(format!("요청한 적이 없다면\nhttps://desk.example/activate/{TOKEN}\n끝"));
        let (first, second) = body.split_at(60);
        assert!(found(&format!("Content-Transfer-Encoding: base64\r\n\r\n{first}\r\n{second}\r\n")));
        assert!(found(&format!("Content-Transfer-Encoding: base64\r\n\r\n{first}\r\n{second}")));
    }

    #[test]
    fn another_token_or_none_is_no_proof() {
        assert!(!found(""));
        assert!(!found("https://desk.example/activate/ffffffffffffffffffffffffffffffff"));
        assert!(!found(&format!("https://desk.example/activate/{}", TOKEN.get(1..).unwrap())));
        assert!(!found(&"=".repeat(5_000)));
        assert!(!found(&"A".repeat(5_000)));
    }

    #[test]
    fn the_sender_is_read_from_its_header_and_from_nowhere_else() {
        let of = |message: &str| sender(message.as_bytes());
        assert_eq!(of("To: a@example.com\r\nFrom: Help <help@example.com>\r\n\r\n"), Some("help@example.com".into()));
        assert_eq!(of("from:\r\n =?utf-8?q?H?=\r\n <help@example.com>\r\nTo: b"), Some("help@example.com".into()));
        assert_eq!(of("FROM: help@example.com\r\n\r\nFrom: x@example.com"), Some("help@example.com".into()));
        assert_eq!(of("Subject: x\r\n\r\nFrom: x@example.com"), None);
        assert_eq!(of("From:\r\n\r\n"), None);
        assert_eq!(of("\u{20ac}\u{20ac}: x\r\n"), None);
    }
}
