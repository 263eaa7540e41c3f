//! One line of a script: what the server says, expects or does.

/// What happens next on a scripted connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// `S: text`: the text and CRLF. `OK`, `NO` and `BAD` as first word get the client's last tag in front.
    /// `{id}` stands for what the client said last between angle brackets, with them.
    Say(String),
    /// `S~ text`: these bytes and nothing more; `\r`, `\n`, `\0`, `\\`, `\xNN` are read as escapes, and `{tag}` stands
    /// for the client's last tag.
    SayRaw(Vec<u8>),
    /// `S* 20000 text`: the text and CRLF so many times; `{n}` in it counts from 1.
    SayOften(usize, String),
    /// `DRIP~ text`: these bytes one at a time, a hundredth of a second apart.
    Drip(Vec<u8>),
    /// `TRICKLE~ text`: the same over and over, until the client goes away.
    Trickle(Vec<u8>),
    /// `FLOOD~ text`: these bytes over and over, as fast as the client takes them, until it goes away.
    Flood(Vec<u8>),
    /// `C: prefix`: a line from the client that begins with the prefix, with or without an IMAP tag before it,
    /// in any case. An empty prefix takes any line.
    Expect(String),
    /// `C+ prefix`: a line that continues the client's command, so that its tag is still the command's.
    ExpectMore(String),
    /// `MESSAGE`: lines from the client up to and with one that is a lone `.`, whatever they say.
    Message,
    /// `TLS`: the handshake, then on with the script inside.
    StartTls,
    /// `CLOSE`: the connection is closed at once.
    Close,
    /// `ABANDON`: the connection is closed at once, under TLS without its farewell (`close_notify`).
    Abandon,
    /// `RESET`: the connection is reset at once.
    Reset,
    /// `SILENCE`: nothing is said until the client goes away. A script that ends does the same.
    Silence,
}

/// Reads a whole script; blank lines and lines that begin with `#` say nothing.
///
/// # Panics
/// When a line is none of [`Line`].
#[must_use]
pub fn parse(script: &str) -> Vec<Line> {
    script
        .lines()
        .map(str::trim_start)
        .filter(|line| !line.trim().is_empty() && !line.starts_with('#'))
        .map(one)
        .collect()
}

fn one(line: &str) -> Line {
    if let Some(text) = line.strip_prefix("S:") {
        Line::Say(text.strip_prefix(' ').unwrap_or(text).to_owned())
    } else if let Some((kind, text)) = line.split_once('~').and_then(|(word, text)| Some((raw(word)?, text))) {
        kind(unescape(text.strip_prefix(' ').unwrap_or(text)))
    } else if let Some(text) = line.strip_prefix("S*") {
        let (times, text) = text.trim_start().split_once(' ').expect("a number and a text stand behind S*");
        Line::SayOften(times.parse().expect("a number stands behind S*"), text.to_owned())
    } else if let Some(text) = line.strip_prefix("C+") {
        Line::ExpectMore(text.trim().to_owned())
    } else if let Some(text) = line.strip_prefix("C:") {
        Line::Expect(text.trim().to_owned())
    } else {
        match line.trim() {
            "MESSAGE" => Line::Message,
            "TLS" => Line::StartTls,
            "CLOSE" => Line::Close,
            "ABANDON" => Line::Abandon,
            "RESET" => Line::Reset,
            "SILENCE" => Line::Silence,
            other => panic!("a script has no line {other:?}"),
        }
    }
}

/// The lines that say bytes, by the word before their `~`.
fn raw(word: &str) -> Option<fn(Vec<u8>) -> Line> {
    match word {
        "S" => Some(Line::SayRaw),
        "DRIP" => Some(Line::Drip),
        "TRICKLE" => Some(Line::Trickle),
        "FLOOD" => Some(Line::Flood),
        _ => None,
    }
}

/// Turns `\xNN` and its like into bytes, so that a script can say what is no text.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            bytes.extend(character.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        bytes.push(match characters.next().expect("something stands behind a backslash") {
            'r' => b'\r',
            'n' => b'\n',
            '0' => 0,
            '\\' => b'\\',
            'x' => {
                let digits: String = characters.by_ref().take(2).collect();
                u8::from_str_radix(&digits, 16).expect("two hexadecimal digits stand behind \\x")
            }
            other => panic!("a script has no escape \\{other}"),
        });
    }
    bytes
}

/// True when a client's line is what the script expects; `expected` may leave out the IMAP tag.
#[must_use]
pub fn matches(expected: &str, said: &str) -> bool {
    let begins = |text: &str| text.to_ascii_lowercase().starts_with(&expected.to_ascii_lowercase());
    begins(said) || said.split_once(' ').is_some_and(|(_, behind_the_tag)| begins(behind_the_tag))
}
