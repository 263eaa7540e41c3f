//! Turns bytes into IMAP responses (RFC 9051 7, RFC 3501 7) without any I/O.
//!
//! [`frame`] cuts one response out of what has arrived, literals included; [`parse`] reads it. Both take
//! what real servers say: a bare LF, bytes that are no UTF-8, lower case, blanks too many or missing,
//! response codes nobody has heard of. Both are bounded, and no input makes them panic.

use std::ops::Range;

use memchr::memchr;

use crate::net::trace::text_of;

/// Longest response without its literals, in bytes. RFC 7162 4 asks clients for 8 kB; LIST and CAPABILITY need less.
pub const MAX_LINE_BYTES: usize = 65_536;
/// Largest sum of a response's literals, in bytes. Opening a session never needs more.
pub const MAX_LITERAL_BYTES: usize = 1_048_576;

/// The server sent more than we are willing to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooMuch {
    pub limit_bytes: usize,
}

/// One whole response as it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The lines without their line ends, one behind the other; the `{n}` of a literal is kept.
    pub text: Vec<u8>,
    /// The literals' contents, in order.
    pub literals: Vec<Vec<u8>>,
    /// How many bytes of the inbox this response took.
    pub bytes: usize,
}

/// What the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// An empty line, which RFC 9051 does not know and some servers send.
    Blank,
    /// `+ text`: the server waits for more of our command.
    Continuation { text: String },
    /// `* OK …` and its like, and the tagged end of a command.
    Status(Status),
    /// Any other untagged response, such as `* 3 EXISTS`: the number before the name, the name in upper case, and
    /// the rest as it came.
    Data { number: Option<u32>, name: String, rest: String },
    /// A line that is not IMAP.
    Nonsense,
}

/// A status response (RFC 9051 7.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// `None` for `*`.
    pub tag: Option<String>,
    pub condition: Condition,
    pub code: Option<Code>,
    /// The words for people behind the code.
    pub text: String,
    /// The whole line without its tag: the server's own words, to be shown.
    pub line: String,
}

/// The first word of a status response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    Ok,
    No,
    Bad,
    Bye,
    PreAuth,
}

/// What stands in brackets: `[UIDVALIDITY 3]` (RFC 9051 7.1, RFC 5530), known to us or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Code {
    /// In upper case.
    pub name: String,
    /// As it came.
    pub rest: String,
}

impl Status {
    /// True when the response carries this code; `name` in upper case.
    #[must_use]
    pub fn has_code(&self, name: &str) -> bool {
        self.code.as_ref().is_some_and(|code| code.name == name)
    }
}

/// Cuts the first whole response out of the inbox; `None` when more has to arrive.
///
/// # Errors
/// [`TooMuch`] as soon as the response is known to pass a limit.
pub fn frame(inbox: &[u8]) -> Result<Option<Frame>, TooMuch> {
    // Nothing is copied before the response is whole: this is asked anew for every few bytes that arrive.
    let mut lines: Vec<&[u8]> = Vec::new();
    let mut literals: Vec<&[u8]> = Vec::new();
    let (mut text_bytes, mut literal_bytes, mut at) = (0_usize, 0_usize, 0_usize);
    let mut may_hold_literals = None;
    loop {
        let rest = inbox.get(at..).unwrap_or_default();
        // One byte more than the limit is enough to know that it was passed.
        let room = MAX_LINE_BYTES.saturating_sub(text_bytes).saturating_add(2);
        let Some(length) = memchr(b'\n', rest.get(..room).unwrap_or(rest)) else {
            return if rest.len() >= room { Err(TooMuch { limit_bytes: MAX_LINE_BYTES }) } else { Ok(None) };
        };
        let line = without_line_end(rest.get(..length).unwrap_or_default());
        lines.push(line);
        text_bytes = text_bytes.saturating_add(line.len());
        at = at.saturating_add(length).saturating_add(1);
        let announced = match literal_size(line) {
            // Status responses and continuations hold text for people, where braces are only braces.
            Some(size) if *may_hold_literals.get_or_insert_with(|| may_hold_literal(&lines)) => size,
            _ => {
                let literals = literals.into_iter().map(<[u8]>::to_vec).collect();
                return Ok(Some(Frame { text: lines.concat(), literals, bytes: at }));
            }
        };
        literal_bytes = literal_bytes.saturating_add(announced);
        if literal_bytes > MAX_LITERAL_BYTES {
            return Err(TooMuch { limit_bytes: MAX_LITERAL_BYTES });
        }
        let span: Range<usize> = at..at.saturating_add(announced);
        at = span.end;
        match inbox.get(span) {
            Some(literal) => literals.push(literal),
            None => return Ok(None),
        }
    }
}

/// True when the response that begins with these lines is data.
fn may_hold_literal(lines: &[&[u8]]) -> bool {
    lines.first().is_some_and(|line| matches!(parse(line), Response::Data { .. }))
}

/// The rest of an inbox after which nothing comes, as the line it would have become.
#[must_use]
pub fn last_words(inbox: &[u8]) -> Frame {
    let line = inbox.split(|&byte| byte == b'\n').next().unwrap_or_default();
    let cut = line.get(..MAX_LINE_BYTES).unwrap_or(line);
    Frame { text: without_line_end(cut).to_vec(), literals: Vec::new(), bytes: inbox.len() }
}

/// Reads a response.
#[must_use]
pub fn parse(text: &[u8]) -> Response {
    let line = text_of(text);
    let line = line.trim();
    if line.is_empty() {
        return Response::Blank;
    }
    if let Some(rest) = line.strip_prefix('+') {
        return Response::Continuation { text: rest.trim().to_owned() };
    }
    if let Some(rest) = line.strip_prefix('*') {
        let rest = rest.trim_start();
        return status(None, rest).map_or_else(|| data(rest), Response::Status);
    }
    let Some((tag, rest)) = line.split_once([' ', '\t']) else { return Response::Nonsense };
    status(Some(tag), rest.trim_start()).map_or(Response::Nonsense, Response::Status)
}

fn status(tag: Option<&str>, line: &str) -> Option<Status> {
    let (word, rest) = split_at_first(line, |c: char| !c.is_ascii_alphabetic());
    // `OK[ALERT]` lacks its blank and is still clear; `OKAY` and `NO-SUCH` are other words.
    if !rest.is_empty() && !rest.starts_with([' ', '\t', '[']) {
        return None;
    }
    let condition = Condition::of(word)?;
    let (code, text) = code(rest.trim_start());
    Some(Status { tag: tag.map(str::to_owned), condition, code, text: text.to_owned(), line: line.to_owned() })
}

/// Reads `[CODE rest] text`. A bracket inside a quoted string does not end the code; one that never closes is text.
fn code(text: &str) -> (Option<Code>, &str) {
    let Some(inside) = text.strip_prefix('[') else { return (None, text) };
    let Some((code, rest)) = closing_bracket(inside).or_else(|| inside.split_once(']')) else { return (None, text) };
    let (name, arguments) = split_at_first(code.trim(), char::is_whitespace);
    (Some(Code { name: name.to_ascii_uppercase(), rest: arguments.trim().to_owned() }), rest.trim_start())
}

fn closing_bracket(inside: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ']' if !quoted => return inside.get(..at).zip(inside.get(at.saturating_add(1)..)),
            _ => {}
        }
    }
    None
}

fn data(line: &str) -> Response {
    let (first, rest) = split_at_first(line, char::is_whitespace);
    let (number, name, rest) = match first.parse::<u32>() {
        Ok(number) => {
            let (name, rest) = split_at_first(rest.trim_start(), char::is_whitespace);
            (Some(number), name, rest)
        }
        Err(_) => (None, first, rest),
    };
    if name.is_empty() {
        return Response::Nonsense;
    }
    Response::Data { number, name: name.to_ascii_uppercase(), rest: rest.trim().to_owned() }
}

/// The size a line's last characters announce: `{12}`, `{12+}`. A number beyond reason counts as the largest.
fn literal_size(line: &[u8]) -> Option<usize> {
    let before = line.strip_suffix(b"}")?;
    let before = before.strip_suffix(b"+").unwrap_or(before);
    let digits = before.iter().rev().take_while(|byte| byte.is_ascii_digit()).count();
    let (head, number) = before.split_at_checked(before.len().checked_sub(digits)?)?;
    if number.is_empty() || head.last() != Some(&b'{') {
        return None;
    }
    let number = std::str::from_utf8(number).ok()?;
    Some(number.parse().unwrap_or(usize::MAX))
}

fn without_line_end(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}

fn split_at_first(text: &str, is_end: impl Fn(char) -> bool) -> (&str, &str) {
    text.find(is_end).and_then(|at| text.split_at_checked(at)).unwrap_or((text, ""))
}

impl Condition {
    fn of(word: &str) -> Option<Self> {
        const WORDS: [(&str, Condition); 5] = [
            ("OK", Condition::Ok),
            ("NO", Condition::No),
            ("BAD", Condition::Bad),
            ("BYE", Condition::Bye),
            ("PREAUTH", Condition::PreAuth),
        ];
        WORDS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|&(_, condition)| condition)
    }
}

#[cfg(test)]
mod tests {
    use rand::{Rng, SeedableRng, rngs::StdRng};

    use super::*;

    fn framed(inbox: &[u8]) -> Frame {
        frame(inbox).expect("within the limits").expect("a whole response")
    }

    fn status_of(line: &str) -> Status {
        match parse(line.as_bytes()) {
            Response::Status(status) => status,
            other => panic!("{line} was read as {other:?}"),
        }
    }

    #[test]
    fn a_line_ends_with_crlf_or_with_a_bare_lf() {
        for inbox in [&b"* OK ready\r\nmore"[..], b"* OK ready\nmore"] {
            let frame = framed(inbox);
            assert_eq!(frame.text, b"* OK ready");
            assert_eq!(&inbox[frame.bytes..], b"more");
        }
        assert_eq!(frame(b"* OK rea"), Ok(None));
    }

    #[test]
    fn literals_of_every_spelling_belong_to_their_response() {
        let inbox = b"* LIST () \"/\" {5}\r\nA\r\nB\n\r\n* OK next\r\n";
        let frame = framed(inbox);
        assert_eq!(frame.literals, [b"A\r\nB\n".to_vec()]);
        assert_eq!(&inbox[frame.bytes..], b"* OK next\r\n");
        assert_eq!(framed(b"* LIST () {1+}\r\n/ {0}\n\r\n").literals, [b"/".to_vec(), Vec::new()]);
        assert_eq!(super::frame(b"* LIST () \"/\" {5}\r\nA\r\n"), Ok(None));
    }

    #[test]
    fn braces_in_words_for_people_are_no_literal() {
        for line in ["* OK see {12}", "A1 NO quota {3}", "+ go on {4}", "* BYE {99999999}"] {
            assert_eq!(framed(format!("{line}\r\n").as_bytes()).text, line.as_bytes(), "{line}");
        }
    }

    #[test]
    fn more_than_the_limits_is_refused_before_it_is_kept() {
        let line = vec![b'x'; MAX_LINE_BYTES + 2];
        assert_eq!(frame(&line), Err(TooMuch { limit_bytes: MAX_LINE_BYTES }));
        assert_eq!(frame(&line[..MAX_LINE_BYTES]), Ok(None));
        let huge = Err(TooMuch { limit_bytes: MAX_LITERAL_BYTES });
        assert_eq!(frame(b"* LIST () \"/\" {1048577}\r\n"), huge);
        assert_eq!(frame(b"* LIST () \"/\" {99999999999999999999999999}\r\n"), huge);
        assert_eq!(frame(b"* LIST () \"/\" {1048576}\r\n"), Ok(None));
    }

    #[test]
    fn a_status_response_is_read_with_its_code_whatever_its_spelling() {
        let status = status_of("A3 NO [AUTHENTICATIONFAILED] Authentication failed.");
        assert_eq!(status.tag.as_deref(), Some("A3"));
        assert_eq!(status.condition, Condition::No);
        assert!(status.has_code("AUTHENTICATIONFAILED"));
        assert_eq!(status.text, "Authentication failed.");
        assert_eq!(status.line, "NO [AUTHENTICATIONFAILED] Authentication failed.");

        let status = status_of("  *   ok[uidvalidity   17]UIDs valid ");
        assert_eq!(status.code, Some(Code { name: "UIDVALIDITY".to_owned(), rest: "17".to_owned() }));
        assert_eq!(status.text, "UIDs valid");
        assert_eq!(status_of("*BYE").condition, Condition::Bye);
        assert_eq!(status_of("a1 bad").condition, Condition::Bad);
    }

    #[test]
    fn an_unknown_code_is_kept_as_it_came() {
        let status = status_of("* NO [WEBALERT https://example.com/?a=b] Web login required.");
        assert_eq!(
            status.code,
            Some(Code { name: "WEBALERT".to_owned(), rest: "https://example.com/?a=b".to_owned() })
        );
        let status = status_of("* OK [X \"a ] \\\" b\" c] text");
        assert_eq!(status.code.map(|code| code.rest), Some("\"a ] \\\" b\" c".to_owned()));
        assert_eq!(status.text, "text");
        assert_eq!(status_of("* OK [never closed").code, None);
        assert_eq!(status_of("* OK [X \"never closed] text").text, "text");
    }

    #[test]
    fn untagged_data_is_read_with_its_number() {
        assert_eq!(
            parse(b"* 172 exists"),
            Response::Data { number: Some(172), name: "EXISTS".to_owned(), rest: String::new() }
        );
        assert_eq!(
            parse(b"* CAPABILITY IMAP4rev1  IDLE"),
            Response::Data { number: None, name: "CAPABILITY".to_owned(), rest: "IMAP4rev1  IDLE".to_owned() }
        );
    }

    #[test]
    fn a_banner_in_euc_kr_is_still_a_greeting() {
        let status = match parse(b"* OK \xb8\xde\xc0\xcf \xbc\xad\xb9\xf6") {
            Response::Status(status) => status,
            other => panic!("{other:?}"),
        };
        assert_eq!(status.condition, Condition::Ok);
        assert!(status.text.contains('\u{fffd}'));
    }

    #[test]
    fn lines_of_other_protocols_are_nonsense() {
        for line in
            ["220 mx.example.com ESMTP", "HTTP/1.1 400 Bad Request", "SSH-2.0-OpenSSH_9.2", "*", "A1", "A1 OKAY x"]
        {
            assert_eq!(parse(line.as_bytes()), Response::Nonsense, "{line}");
        }
        assert_eq!(parse(b" \r"), Response::Blank);
        assert_eq!(parse(b"+"), Response::Continuation { text: String::new() });
    }

    #[test]
    fn no_input_makes_the_reader_panic_or_take_more_than_there_is() {
        const SEEDS: [&[u8]; 6] = [
            b"* OK [CAPABILITY IMAP4rev1 SASL-IR] ready\r\n",
            b"* LIST (\\HasNoChildren) \"/\" {5}\r\nINBOX\r\n",
            b"A1 NO [ALERT \"x]\"] sorry {3}\r\n",
            b"+ eyJzdGF0dXMiOiI0MDAifQ==\r\n",
            b"* 4294967296 EXISTS\r\n",
            b"* OK \xb8\xde\xc0\xcf {18446744073709551616}\n\n",
        ];
        const SPICE: &[u8] = b"{}[]+*\"\\\r\n 09\x00\xff";
        let mut random = StdRng::seed_from_u64(9051);
        for round in 0..60_000 {
            let mut inbox = SEEDS[round % SEEDS.len()].to_vec();
            for _ in 0..random.random_range(1..8) {
                let at = random.random_range(0..=inbox.len());
                let byte = SPICE[random.random_range(0..SPICE.len())];
                match random.random_range(0..3) {
                    0 => inbox.insert(at, byte),
                    1 if at < inbox.len() => inbox[at] = byte,
                    _ => inbox.truncate(at.max(1)),
                }
            }
            if let Ok(Some(frame)) = frame(&inbox) {
                assert!(frame.bytes > 0 && frame.bytes <= inbox.len(), "{inbox:?}");
                let _ = parse(&frame.text);
            }
            let _ = parse(&last_words(&inbox).text);
        }
    }
}
