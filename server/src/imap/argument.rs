//! Writes command arguments: strings (RFC 9051 4.3) and folder names (RFC 3501 5.1.3).

use base64::{Engine as _, alphabet, engine::GeneralPurposeConfig, engine::general_purpose::GeneralPurpose};

use super::capabilities::Capabilities;

/// A command that is sent in pieces: after each but the last, the server has to say `+` first.
#[derive(Debug, Default)]
pub struct Pieces {
    sent: Vec<Vec<u8>>,
    last: Vec<u8>,
}

impl Pieces {
    /// A command that begins with these words.
    #[must_use]
    pub fn new(words: &str) -> Self {
        Self { sent: Vec::new(), last: words.as_bytes().to_vec() }
    }

    /// Adds a blank and a string: quoted where that is possible, else as a literal.
    ///
    /// Quoted strings hold printable ASCII only. Whatever stands in a literal cannot end the command, so nothing
    /// that was typed into a form can become a command of its own.
    #[must_use]
    pub fn string(mut self, text: &str, capabilities: &Capabilities) -> Self {
        self.last.push(b' ');
        if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
            self.last.extend_from_slice(quoted(text).as_bytes());
        } else if capabilities.takes_literal_at_once(text.len()) {
            self.last.extend_from_slice(format!("{{{}+}}\r\n", text.len()).as_bytes());
            self.last.extend_from_slice(text.as_bytes());
        } else {
            self.last.extend_from_slice(format!("{{{}}}\r\n", text.len()).as_bytes());
            self.sent.push(std::mem::take(&mut self.last));
            self.last.extend_from_slice(text.as_bytes());
        }
        self
    }

    /// The pieces, the last one with its line end.
    #[must_use]
    pub fn finish(mut self) -> Vec<Vec<u8>> {
        self.last.extend_from_slice(b"\r\n");
        self.sent.push(self.last);
        self.sent
    }
}

/// A quoted string. The caller makes sure that the text is printable ASCII.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len().saturating_add(2));
    quoted.push('"');
    for c in text.chars() {
        if matches!(c, '"' | '\\') {
            quoted.push('\\');
        }
        quoted.push(c);
    }
    quoted.push('"');
    quoted
}

/// A folder name as servers want it: quoted, and everything but printable ASCII in modified UTF-7.
#[must_use]
pub fn folder_name(name: &str) -> String {
    quoted(&modified_utf7(name))
}

pub(super) fn modified_utf7(name: &str) -> String {
    const ENGINE: GeneralPurpose =
        GeneralPurpose::new(&alphabet::IMAP_MUTF7, GeneralPurposeConfig::new().with_encode_padding(false));
    let mut written = String::with_capacity(name.len());
    let mut shifted: Vec<u8> = Vec::new();
    let shift_back = |shifted: &mut Vec<u8>, written: &mut String| {
        if !shifted.is_empty() {
            written.push('&');
            written.push_str(&ENGINE.encode(std::mem::take(shifted)));
            written.push('-');
        }
    };
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            shift_back(&mut shifted, &mut written);
            written.push(c);
            if c == '&' {
                written.push('-');
            }
        } else {
            shifted.extend(c.encode_utf16(&mut [0; 2]).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    shift_back(&mut shifted, &mut written);
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folder_names_are_written_in_modified_utf7() {
        assert_eq!(folder_name("INBOX"), "\"INBOX\"");
        assert_eq!(folder_name("R&D \"old\""), "\"R&-D \\\"old\\\"\"");
        // The example of RFC 3501 5.1.3.
        assert_eq!(modified_utf7("~peter/mail/台北/日本語"), "~peter/mail/&U,BTFw-/&ZeVnLIqe-");
        assert_eq!(modified_utf7("받은메일함/😀"), "&vBvHQLpUx3zVaA-/&2D3eAA-");
    }

    #[test]
    fn strings_that_cannot_be_quoted_wait_for_leave_unless_the_server_needs_none() {
        let pieces = |capabilities: &str, text: &str| -> Vec<String> {
            let pieces = Pieces::new("A1 LOGIN").string("a\"b", &Capabilities::parse(capabilities));
            let pieces = pieces.string(text, &Capabilities::parse(capabilities)).finish();
            pieces.into_iter().map(|piece| String::from_utf8(piece).unwrap()).collect()
        };
        assert_eq!(pieces("", "p\\w"), ["A1 LOGIN \"a\\\"b\" \"p\\\\w\"\r\n"]);
        assert_eq!(pieces("", "비밀"), ["A1 LOGIN \"a\\\"b\" {6}\r\n", "비밀\r\n"]);
        assert_eq!(pieces("LITERAL+", "비밀"), ["A1 LOGIN \"a\\\"b\" {6+}\r\n비밀\r\n"]);
        assert_eq!(pieces("", "x\r\nA2 DELETE INBOX").len(), 2);
    }
}
