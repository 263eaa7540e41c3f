-- Whether mail to the address of a mailbox on Postroom's own server is forwarded to it.

-- The last check of each mailbox.
CREATE TABLE forwarding_checks (
    mailbox_id  BIGINT NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
    delivery_id BIGINT NOT NULL,
    message_id  TEXT NOT NULL,                      -- with its angle brackets
    code        TEXT NOT NULL,                      -- in the subject
    started_at  BIGINT NOT NULL,
    arrived_at  BIGINT
);

-- What Google last asked before it forwards.
CREATE TABLE forwarding_confirmations (
    mailbox_id BIGINT NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
    asked      TEXT NOT NULL                        -- JSON
);
