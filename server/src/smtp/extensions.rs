//! What a server says it can do: the reply to EHLO (RFC 5321 4.1.1.1).

use super::reply::Reply;

/// The server's name and its extensions, as it ordered them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Extensions {
    server: String,
    /// Keyword in upper case, and its parameters as they came.
    offered: Vec<(String, String)>,
}

impl Extensions {
    /// Reads the reply to EHLO; the reply to HELO has a name and no extensions.
    #[must_use]
    pub fn of(reply: &Reply) -> Self {
        let server = reply.first().split_whitespace().next().unwrap_or_default().to_owned();
        let offered = reply.lines.iter().skip(1).filter_map(|line| read(line)).collect();
        Self { server, offered }
    }

    /// The name the server gives itself; empty if it gives none.
    #[must_use]
    pub fn server(&self) -> &str {
        &self.server
    }

    /// True if the extension is offered; `keyword` in upper case.
    #[must_use]
    pub fn has(&self, keyword: &str) -> bool {
        self.offered.iter().any(|(offered, _)| offered == keyword)
    }

    /// The SASL mechanisms offered, in upper case, each once (RFC 4954 3).
    #[must_use]
    pub fn mechanisms(&self) -> Vec<String> {
        let mut mechanisms = Vec::new();
        for (_, parameters) in self.offered.iter().filter(|(keyword, _)| keyword == "AUTH") {
            for mechanism in parameters.split_whitespace().map(str::to_ascii_uppercase) {
                if !mechanisms.contains(&mechanism) {
                    mechanisms.push(mechanism);
                }
            }
        }
        mechanisms
    }

    /// The largest message taken, in bytes (RFC 1870); `None` if there is no limit or it is not said.
    #[must_use]
    pub fn size_limit_bytes(&self) -> Option<u64> {
        let (_, parameters) = self.offered.iter().find(|(keyword, _)| keyword == "SIZE")?;
        parameters.split_whitespace().next()?.parse().ok().filter(|&limit| limit > 0)
    }

    /// Every extension as one text: keyword, blank, parameters.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let line = |(keyword, parameters): &(String, String)| {
            if parameters.is_empty() { keyword.clone() } else { format!("{keyword} {parameters}") }
        };
        self.offered.iter().map(line).collect()
    }
}

/// Takes one line apart. `AUTH=LOGIN PLAIN` is how servers wrote it before RFC 2554, and for old
/// clients' sake many still write it beside the proper form.
fn read(line: &str) -> Option<(String, String)> {
    let line = line.trim();
    let end = line.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(line.len());
    let (keyword, parameters) = line.split_at_checked(end)?;
    let parameters = parameters.trim_start_matches(|c: char| c.is_whitespace() || c == '=');
    (!keyword.is_empty()).then(|| (keyword.to_ascii_uppercase(), parameters.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extensions(lines: &[&str]) -> Extensions {
        let lines = lines.iter().map(|&line| line.to_owned()).collect();
        Extensions::of(&Reply { code: 250, enhanced: None, lines })
    }

    #[test]
    fn keywords_are_read_in_any_case() {
        let found = extensions(&["mail.example.com Hello", "pipelining", "size 35882577", "Auth login Plain"]);
        assert_eq!(found.server(), "mail.example.com");
        assert!(found.has("PIPELINING"));
        assert_eq!(found.size_limit_bytes(), Some(35_882_577));
        assert_eq!(found.mechanisms(), ["LOGIN", "PLAIN"]);
        assert_eq!(found.lines(), ["PIPELINING", "SIZE 35882577", "AUTH login Plain"]);
    }

    #[test]
    fn the_old_form_of_auth_counts_beside_the_new() {
        assert_eq!(extensions(&["mail", "AUTH=LOGIN PLAIN"]).mechanisms(), ["LOGIN", "PLAIN"]);
        assert_eq!(
            extensions(&["mail", "AUTH PLAIN XOAUTH2", "AUTH=LOGIN PLAIN"]).mechanisms(),
            ["PLAIN", "XOAUTH2", "LOGIN"]
        );
    }

    #[test]
    fn a_size_without_a_number_or_of_nought_is_no_limit() {
        for line in ["SIZE", "SIZE 0", "SIZE many"] {
            assert_eq!(extensions(&["mail", line]).size_limit_bytes(), None, "{line}");
        }
    }

    #[test]
    fn a_server_without_a_name_or_extensions_is_read_too() {
        let found = extensions(&[""]);
        assert_eq!((found.server(), found.lines()), ("", Vec::new()));
        assert!(!found.has("AUTH"));
        assert_eq!(extensions(&["mail", "", "=", "  "]).lines(), Vec::<String>::new());
    }
}
