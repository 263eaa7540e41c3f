//! A letter that is already written: `mailto:` with its subject and text (RFC 6068).

/// The address of a new message to `to`, who may be nobody yet.
#[must_use]
pub fn mailto(to: &str, subject: &str, body: &str) -> String {
    // Line breaks in a body are CRLF (RFC 6068 5).
    let body = body.replace('\n', "\r\n");
    format!("mailto:{}?subject={}&body={}", encoded(to), encoded(subject), encoded(&body))
}

/// Percent-encoded UTF-8; only what is never special stays (RFC 3986 2.3), and the `@` of an address.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => out.push(char::from(byte)),
            _ => {
                out.push('%');
                for half in [byte >> 4, byte & 0x0f] {
                    out.extend(char::from_digit(u32::from(half), 16).map(|digit| digit.to_ascii_uppercase()));
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_keeps_its_lines_and_cannot_grow_further_fields() {
        assert_eq!(
            mailto("a+b@example.com", "Sign in & go", "Hi\nhttps://x.example/?a=1&bcc=z"),
            "mailto:a%2Bb@example.com?subject=Sign%20in%20%26%20go\
             &body=Hi%0D%0Ahttps%3A%2F%2Fx.example%2F%3Fa%3D1%26bcc%3Dz"
        );
        assert_eq!(mailto("", "안", ""), "mailto:?subject=%EC%95%88&body=");
    }
}
