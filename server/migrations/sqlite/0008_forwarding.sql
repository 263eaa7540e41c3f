-- Whether mail to the address of a mailbox on Postroom's own server is forwarded to it.

-- The last check of each mailbox.
CREATE TABLE forwarding_checks (
    mailbox_id  INTEGER NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
    delivery_id INTEGER NOT NULL,
    message_id  TEXT NOT NULL,                      -- with its angle brackets
    code        TEXT NOT NULL,                      -- in the subject
    started_at  INTEGER NOT NULL,
    arrived_at  INTEGER
) STRICT;

-- What Google last asked before it forwards.
CREATE TABLE forwarding_confirmations (
    mailbox_id INTEGER NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
    asked      TEXT NOT NULL                        -- JSON
) STRICT;
