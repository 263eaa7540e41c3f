//! Walks a whole check: IMAP or SMTP, live and bounded.
