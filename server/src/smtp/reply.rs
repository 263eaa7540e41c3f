//! Reads SMTP replies out of bytes; does no I/O and never panics, whatever arrives (RFC 5321 4.2).
//!
//! Servers bend the grammar in many ways, and a diagnosis is wanted most where they do. Taken as they
//! come: bare LF line ends, text that is no UTF-8, a code without text, codes that differ within one
//! reply (the last line decides), blank lines, and lines without a code inside a multi-line reply.
//! What is not taken: a first line without a code, and more than the limits below.

use std::fmt;

use memchr::memchr;

use crate::net::trace::text_of;

/// Longest line, in bytes without its line end. RFC 5321 4.5.3.1.5 asks for 512.
pub const MAX_LINE_BYTES: usize = 4_096;
/// Longest reply, in bytes.
pub const MAX_REPLY_BYTES: usize = 65_536;
/// Longest reply, in lines.
pub const MAX_REPLY_LINES: usize = 200;

/// An enhanced status code such as `5.7.8` (RFC 3463).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EnhancedCode {
    pub class: u16,
    pub subject: u16,
    pub detail: u16,
}

/// One whole reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    /// 200 to 599.
    pub code: u16,
    /// The first one found at the beginning of a line.
    pub enhanced: Option<EnhancedCode>,
    /// What stands behind the code in each line, bytes that are no UTF-8 replaced; at least one entry.
    pub lines: Vec<String>,
}

/// Why bytes could not be read as a reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unreadable {
    /// A line that does not begin with a reply code where one was due.
    NotAReply { line: Vec<u8> },
    /// A line or a reply beyond its limit.
    TooMuch { limit_bytes: usize },
}

/// One line at the front of the inbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FirstLine<'a> {
    /// The line without its line end.
    pub line: &'a [u8],
    /// How many bytes it takes with its line end.
    pub used_bytes: usize,
}

/// Finds the first line of `bytes`; `None` while it is not complete.
///
/// # Errors
/// [`Unreadable::TooMuch`] as soon as the line is longer than [`MAX_LINE_BYTES`], complete or not.
pub fn first_line(bytes: &[u8]) -> Result<Option<FirstLine<'_>>, Unreadable> {
    // One byte of grace for the CR, which is not known to be one before the LF has come.
    let looked_at = bytes.get(..MAX_LINE_BYTES + 2).unwrap_or(bytes);
    let Some(end) = memchr(b'\n', looked_at) else {
        return if bytes.len() > MAX_LINE_BYTES + 1 {
            Err(Unreadable::TooMuch { limit_bytes: MAX_LINE_BYTES })
        } else {
            Ok(None)
        };
    };
    let line = looked_at.get(..end).unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    Ok(Some(FirstLine { line, used_bytes: end + 1 }))
}

/// Puts the lines of one reply together.
#[derive(Debug, Default)]
pub struct ReplyReader {
    code: u16,
    lines: Vec<String>,
    line_count: usize,
    bytes: usize,
}

impl ReplyReader {
    /// A reader between replies.
    #[must_use]
    pub const fn new() -> Self {
        Self { code: 0, lines: Vec::new(), line_count: 0, bytes: 0 }
    }

    /// Takes one line; gives the reply when the line was its last.
    ///
    /// # Errors
    /// [`Unreadable`]; the reader is empty again afterwards.
    pub fn push(&mut self, line: &[u8]) -> Result<Option<Reply>, Unreadable> {
        self.line_count += 1;
        self.bytes = self.bytes.saturating_add(line.len());
        if self.bytes > MAX_REPLY_BYTES || self.line_count > MAX_REPLY_LINES {
            *self = Self::default();
            return Err(Unreadable::TooMuch { limit_bytes: MAX_REPLY_BYTES });
        }
        if line.is_empty() {
            return Ok(None);
        }
        match split(line) {
            Some((code, goes_on, text)) => {
                self.code = code;
                self.lines.push(text_of(text).into_owned());
                Ok(if goes_on { None } else { self.finish() })
            }
            None if self.lines.is_empty() => {
                *self = Self::default();
                Err(Unreadable::NotAReply { line: line.to_vec() })
            }
            None => {
                self.lines.push(text_of(line).into_owned());
                Ok(None)
            }
        }
    }

    /// Ends the reply where it stands; `None` if nothing of it has come.
    ///
    /// A server that says `421-Closing` and hangs up has said enough.
    pub fn finish(&mut self) -> Option<Reply> {
        let Self { code, lines, .. } = std::mem::take(self);
        if lines.is_empty() {
            return None;
        }
        let enhanced = lines.iter().find_map(|line| EnhancedCode::at_start_of(line));
        Some(Reply { code, enhanced, lines })
    }

    /// True between replies.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }
}

/// Takes a line apart: code, whether the reply goes on, text.
fn split(line: &[u8]) -> Option<(u16, bool, &[u8])> {
    let (code, rest) = line.split_at_checked(3)?;
    let text = std::str::from_utf8(code).ok().filter(|code| code.bytes().all(|byte| byte.is_ascii_digit()))?;
    let code = text.parse().ok().filter(|code| (200..600).contains(code))?;
    match rest.split_first() {
        None => Some((code, false, rest)),
        Some((b'-', text)) => Some((code, true, text)),
        Some((b' ' | b'\t', text)) => Some((code, false, text)),
        Some(_) => None,
    }
}

impl EnhancedCode {
    /// Reads a code at the very beginning of a text; `#5.1.0` as some gateways write it, too.
    #[must_use]
    pub fn at_start_of(text: &str) -> Option<Self> {
        let word = text.trim_start_matches('#').split_whitespace().next()?;
        let mut numbers = word.trim_end_matches([':', ';', ',']).splitn(3, '.').map(|number| {
            let fits = (1..=3).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
            if fits { number.parse::<u16>().ok() } else { None }
        });
        let (class, subject, detail) = (numbers.next()??, numbers.next()??, numbers.next()??);
        matches!(class, 2 | 4 | 5).then_some(Self { class, subject, detail })
    }
}

impl fmt::Display for EnhancedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.class, self.subject, self.detail)
    }
}

impl Reply {
    /// The first digit of the code: 2 done, 3 go on, 4 not now, 5 no.
    #[must_use]
    pub const fn class(&self) -> u16 {
        self.code / 100
    }

    /// True for 2xx.
    #[must_use]
    pub const fn is_positive(&self) -> bool {
        self.class() == 2
    }

    /// True for 4xx and 5xx.
    #[must_use]
    pub const fn is_refusal(&self) -> bool {
        self.class() >= 4
    }

    /// The first line's text.
    #[must_use]
    pub fn first(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }

    /// The text of all lines as one, enhanced codes repeated from the first line left out.
    #[must_use]
    pub fn text(&self) -> String {
        let repeated = self.enhanced.map(|code| code.to_string());
        let mut text = String::new();
        for (number, line) in self.lines.iter().enumerate() {
            let mut line = line.trim();
            if number > 0
                && let Some(rest) = repeated.as_deref().and_then(|code| line.strip_prefix(code))
            {
                line = rest.trim_start();
            }
            if !text.is_empty() && !line.is_empty() {
                text.push(' ');
            }
            text.push_str(line);
        }
        text
    }
}

impl fmt::Display for Reply {
    /// Code and text, as one line.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = self.text();
        if text.is_empty() { write!(f, "{}", self.code) } else { write!(f, "{} {text}", self.code) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads as many replies as there are, the way a conversation does.
    fn read(mut bytes: &[u8]) -> Result<Vec<Reply>, Unreadable> {
        let mut reader = ReplyReader::default();
        let mut replies = Vec::new();
        while let Some(found) = first_line(bytes)? {
            replies.extend(reader.push(found.line)?);
            bytes = &bytes[found.used_bytes..];
        }
        Ok(replies)
    }

    fn one(bytes: &[u8]) -> Reply {
        let mut replies = read(bytes).unwrap();
        assert_eq!(replies.len(), 1, "{replies:?}");
        replies.remove(0)
    }

    #[test]
    fn a_reply_of_one_line_is_read() {
        let reply = one(b"535 5.7.8 Error: authentication failed\r\n");
        assert_eq!((reply.code, reply.class()), (535, 5));
        assert_eq!(reply.enhanced, Some(EnhancedCode { class: 5, subject: 7, detail: 8 }));
        assert_eq!(reply.to_string(), "535 5.7.8 Error: authentication failed");
    }

    #[test]
    fn a_reply_of_many_lines_reads_as_one_sentence() {
        let reply = one(b"535-5.7.8 Username and Password not accepted. For more information, go to\r\n\
              535 5.7.8  https://support.google.com/mail/?p=BadCredentials x - gsmtp\r\n");
        assert_eq!(
            reply.to_string(),
            "535 5.7.8 Username and Password not accepted. For more information, go to \
             https://support.google.com/mail/?p=BadCredentials x - gsmtp"
        );
    }

    #[test]
    fn bare_line_feeds_end_lines_too() {
        assert_eq!(one(b"250-mail\n250-SIZE 1000\n250 HELP\n").lines, ["mail", "SIZE 1000", "HELP"]);
    }

    #[test]
    fn a_banner_in_euc_kr_is_read_with_its_code() {
        let reply = one(b"220 mail.example.co.kr \xb8\xde\xc0\xcf \xbc\xad\xb9\xf6\r\n");
        assert_eq!(reply.code, 220);
        assert!(reply.first().starts_with("mail.example.co.kr "));
        assert!(reply.first().contains('\u{fffd}'));
    }

    #[test]
    fn a_code_without_text_is_a_reply() {
        assert_eq!(one(b"250\r\n").to_string(), "250");
        assert_eq!(one(b"250 \r\n").to_string(), "250");
    }

    #[test]
    fn the_last_code_of_a_mixed_reply_decides() {
        assert_eq!(one(b"250-mail\r\n451-hm\r\n550 no\r\n").code, 550);
    }

    #[test]
    fn blank_and_bare_lines_inside_a_reply_do_no_harm() {
        let reply = one(b"220-mail\r\n\r\nUnauthorised use is forbidden\r\n220 ready\r\n");
        assert_eq!(reply.lines, ["mail", "Unauthorised use is forbidden", "ready"]);
    }

    #[test]
    fn a_first_line_without_a_code_is_no_reply() {
        for line in ["* OK ready", "25 x", "2500 x", "abc", "150 x", "600 x", "25é x", "+OK"] {
            let bytes = format!("{line}\r\n");
            assert_eq!(read(bytes.as_bytes()), Err(Unreadable::NotAReply { line: line.into() }), "{line}");
        }
    }

    #[test]
    fn a_line_is_bounded_whether_it_ends_or_not() {
        let long = format!("250 {}", "x".repeat(MAX_LINE_BYTES));
        assert_eq!(first_line(long.as_bytes()), Err(Unreadable::TooMuch { limit_bytes: MAX_LINE_BYTES }));
        let fits = format!("250 {}\r\n", "x".repeat(MAX_LINE_BYTES - 4));
        assert_eq!(read(fits.as_bytes()).unwrap().len(), 1);
    }

    #[test]
    fn a_reply_is_bounded_in_lines_and_in_bytes() {
        let many = "250-x\r\n".repeat(MAX_REPLY_LINES + 1);
        assert_eq!(read(many.as_bytes()), Err(Unreadable::TooMuch { limit_bytes: MAX_REPLY_BYTES }));
        let blank = "\r\n".repeat(MAX_REPLY_LINES + 1);
        assert_eq!(read(blank.as_bytes()), Err(Unreadable::TooMuch { limit_bytes: MAX_REPLY_BYTES }));
        let wide = format!("250-{}\r\n", "x".repeat(4_000)).repeat(17);
        assert_eq!(read(wide.as_bytes()), Err(Unreadable::TooMuch { limit_bytes: MAX_REPLY_BYTES }));
    }

    #[test]
    fn a_reply_cut_short_still_says_what_it_said() {
        let mut reader = ReplyReader::default();
        assert_eq!(reader.push(b"421-4.7.0 Too many connections"), Ok(None));
        assert_eq!(reader.finish().unwrap().to_string(), "421 4.7.0 Too many connections");
        assert!(reader.is_empty());
        assert_eq!(reader.finish(), None);
    }

    #[test]
    fn enhanced_codes_are_told_from_other_numbers() {
        let read = |text| EnhancedCode::at_start_of(text).map(|code| code.to_string());
        assert_eq!(read("5.7.139 Authentication unsuccessful").as_deref(), Some("5.7.139"));
        assert_eq!(read("#5.1.0 Address rejected").as_deref(), Some("5.1.0"));
        for text in ["", "5.7", "192.0.2.1 is blocked", "3.1.1 x", "5.7.1234 x", "5..1", "5.7.x", "v5.7.1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn no_mutation_of_a_conversation_makes_it_panic() {
        let seeds: [&[u8]; 4] = [
            b"220 mail.example.com ESMTP\r\n250-mail.example.com\r\n250-SIZE 100\r\n250 HELP\r\n",
            b"535-5.7.8 no\n535 5.7.8 no\n334 VXNlcm5hbWU6\r\n",
            b"220-\xb8\xde\xc0\xcf\r\n\r\n220 \xff\x00\r\n421 4.3.2 bye\r\n",
            b"\x15\x03\x01\x00\x02\x02\x46* OK\r\n250",
        ];
        // A small xorshift: the same bytes in every run, many shapes in each.
        let mut state = 0x9e37_79b9_u32;
        let mut random = move |below: usize| {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            state as usize % below
        };
        let mut replies = 0;
        for round in 0..20_000 {
            let mut bytes = [seeds[round % seeds.len()], b"\r\n250 end\r\n"].concat();
            for _ in 0..=random(6) {
                let at = random(bytes.len());
                match random(4) {
                    0 => bytes[at] = u8::try_from(random(256)).unwrap(),
                    1 if bytes.len() > 1 => drop(bytes.remove(at)),
                    2 => bytes.insert(at, b"\r\n -.0259\xf0\x80"[random(11)]),
                    _ => bytes.truncate(at + 1),
                }
            }
            if let Ok(found) = read(&bytes) {
                for reply in found {
                    assert!((200..600).contains(&reply.code));
                    assert!(!reply.to_string().is_empty());
                    replies += 1;
                }
            }
        }
        assert!(replies > 1_000, "the mutations left only {replies} replies");
    }
}
