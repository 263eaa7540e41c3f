//! Opening SMTP submission sessions (RFC 5321, RFC 6409).
