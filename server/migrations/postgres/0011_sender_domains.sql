-- The domains that default mailboxes send from: the key their mail is signed with, and what the DNS said of them.

CREATE TABLE sender_domains (
    domain      TEXT    NOT NULL PRIMARY KEY,   -- lower case, in A-labels
    selector    TEXT    NOT NULL,               -- names the key in the DNS (RFC 6376 3.1)
    public_key  TEXT    NOT NULL,               -- SubjectPublicKeyInfo in base64, as the record holds it
    private_key BYTEA    NOT NULL,               -- sealed for `sender-domain/{domain}`
    signing     BOOLEAN NOT NULL DEFAULT FALSE,
    report      TEXT,                           -- JSON; NULL: never looked up
    looked_at   BIGINT,
    due_at      BIGINT NOT NULL                -- when it is looked up anew
);

CREATE INDEX sender_domains_due ON sender_domains (due_at);
