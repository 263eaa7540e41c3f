//! The HTTP side of the program: sessions, headers, guards, and how a request reaches a page.

pub mod audit;
pub mod caller;
pub mod guard;
pub mod headers;
pub mod health;
pub mod language;
pub mod metrics;
pub mod router;
pub mod sessions;
pub mod sign_in;
pub mod sign_on;
pub mod support;
pub mod throttle;

pub use throttle::Throttles;

/// Text made fit for an element, a quoted attribute and the title of a document.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('\'', "&#39;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_leave_its_place() {
        assert_eq!(escape("https://a.example/?x=1&y=\"'<>"), "https://a.example/?x=1&amp;y=&quot;&#39;&lt;&gt;");
    }
}
