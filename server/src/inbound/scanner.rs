//! Finds the end of a message in what a client sends after DATA, and takes the dots away (RFC 5321 4.5.2).
//!
//! Only `CR LF` ends a line and only `CR LF . CR LF` ends a message. Anything that some other server might take for
//! one of them is an error: a bare LF, a bare CR, and so every known way to smuggle one message inside another.

/// Where in a message the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    LineStart,
    /// Behind a dot that begins a line.
    Dot,
    /// Behind `. CR` at the beginning of a line.
    DotCr,
    Text,
    Cr,
}

/// Reads a message piece by piece; holds no text.
#[derive(Debug, Default)]
pub struct Scanner {
    place: Place,
    line_bytes: usize,
    longest_line: usize,
}

/// There is a CR without LF, or an LF without CR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BareNewline;

impl Scanner {
    /// Appends the message's own bytes to `text`. Answers how many bytes of the piece belong to the message,
    /// with its end, once the end is found; `None` while the whole piece does.
    ///
    /// # Errors
    /// [`BareNewline`]; nothing may be read after it.
    pub fn read(&mut self, piece: &[u8], text: &mut Vec<u8>) -> Result<Option<usize>, BareNewline> {
        for (position, &byte) in piece.iter().enumerate() {
            self.place = match (self.place, byte) {
                (Place::DotCr, b'\n') => return Ok(Some(position + 1)),
                (Place::Cr, b'\n') => {
                    text.extend_from_slice(b"\r\n");
                    self.line_bytes = 0;
                    Place::LineStart
                }
                (Place::Cr | Place::DotCr, _) | (_, b'\n') => return Err(BareNewline),
                (Place::LineStart, b'.') => Place::Dot,
                (Place::Dot, b'\r') => Place::DotCr,
                (_, b'\r') => Place::Cr,
                (_, byte) => {
                    text.push(byte);
                    self.line_bytes += 1;
                    self.longest_line = self.longest_line.max(self.line_bytes);
                    Place::Text
                }
            };
        }
        Ok(None)
    }

    /// The length of the longest line so far, in bytes.
    pub const fn longest_line(&self) -> usize {
        self.longest_line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Text and rest, whichever way the bytes are cut into pieces.
    fn read(input: &str) -> Result<Option<(String, String)>, BareNewline> {
        let mut outcomes = Vec::new();
        for size in 1..=input.len() {
            let (mut scanner, mut text, mut outcome, mut before) = (Scanner::default(), Vec::new(), Ok(None), 0);
            for piece in input.as_bytes().chunks(size) {
                match scanner.read(piece, &mut text) {
                    Ok(None) => before += piece.len(),
                    Ok(Some(end)) => {
                        let text = String::from_utf8(text.clone()).unwrap();
                        let rest = String::from_utf8(input.as_bytes()[before + end..].to_vec()).unwrap();
                        outcome = Ok(Some((text, rest)));
                        break;
                    }
                    Err(error) => {
                        outcome = Err(error);
                        break;
                    }
                }
            }
            outcomes.push(outcome);
        }
        assert!(outcomes.windows(2).all(|two| two[0] == two[1]), "{input:?}: {outcomes:?}");
        outcomes.remove(0)
    }

    fn text(input: &str) -> String {
        read(input).unwrap().unwrap().0
    }

    #[test]
    fn a_message_ends_with_a_dot_alone_on_its_line_and_nothing_behind_it_is_touched() {
        let found = read("Subject: a\r\n\r\nb\r\n.\r\nRSET\r\n").unwrap().unwrap();
        assert_eq!(found, ("Subject: a\r\n\r\nb\r\n".to_owned(), "RSET\r\n".to_owned()));
    }

    #[test]
    fn a_dot_that_was_added_is_taken_away_again() {
        assert_eq!(text("..\r\n...\r\n..a\r\n.b\r\na.\r\n.\r\n"), ".\r\n..\r\n.a\r\nb\r\na.\r\n");
        assert_eq!(text(".\r\n"), "");
    }

    #[test]
    fn a_message_that_has_not_ended_goes_on() {
        for input in ["", "a", "a\r\n", "a\r\n.", "a\r\n.\r", "a.\r\n", "a\r\n..\r\n"] {
            assert!(input.is_empty() || read(input) == Ok(None), "{input:?}");
        }
    }

    #[test]
    fn nothing_that_another_server_might_take_for_the_end_is_let_through() {
        for end in [
            "\n.\n",
            "\n.\r\n",
            "\r.\r",
            "\r.\r\n",
            "\r\n.\n",
            "\r\n.\r\r\n",
            "\r\n.\ra",
            "\r\n\r.\r\n",
            "\n\n.\r\n",
            "\r\n.\r.\r\n",
            "a\nb\r\n.\r\n",
            "a\rb\r\n.\r\n",
            "\r\n\n.\r\n",
            "\r\r\n.\r\n",
        ] {
            let input = format!("a{end}MAIL FROM:<eve@example.com>\r\n");
            assert_eq!(read(&input), Err(BareNewline), "{end:?}");
        }
    }

    #[test]
    fn the_longest_line_is_known() {
        let mut scanner = Scanner::default();
        scanner.read(b"abc\r\nab", &mut Vec::new()).unwrap();
        scanner.read(b"cdef\r\n", &mut Vec::new()).unwrap();
        assert_eq!(scanner.longest_line(), 6);
    }
}
