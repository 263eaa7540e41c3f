//! Opening IMAP sessions (RFC 9051, RFC 3501).
