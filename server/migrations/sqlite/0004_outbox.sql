-- Everything Postroom sends waits here until a mail server has taken it.

CREATE TABLE deliveries (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id       INTEGER NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    purpose          TEXT    NOT NULL,
    message_id       TEXT    NOT NULL UNIQUE,         -- with its angle brackets
    sender           TEXT    NOT NULL,
    recipients       TEXT    NOT NULL,                -- JSON: addresses
    subject          TEXT    NOT NULL,
    message          BLOB,                            -- as it goes out; NULL once it is sent
    state            TEXT    NOT NULL CHECK (state IN ('waiting', 'parked', 'sent', 'failed')),
    attempts         INTEGER NOT NULL DEFAULT 0,
    in_hand          INTEGER NOT NULL DEFAULT FALSE,  -- a try has begun, and its end was not written down
    may_arrive_twice INTEGER NOT NULL DEFAULT FALSE,
    queued_at        INTEGER NOT NULL,
    next_attempt_at  INTEGER NOT NULL,
    give_up_at       INTEGER NOT NULL,
    decided_at       INTEGER,
    claimed_until    INTEGER NOT NULL DEFAULT 0,
    claimed_by       TEXT    NOT NULL DEFAULT '',     -- random; one for each round of a worker
    problem          TEXT,                            -- JSON; what stopped the last try
    reply            TEXT                             -- the server's words when it took the message
) STRICT;

CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX deliveries_mailbox ON deliveries (mailbox_id, state);

-- The last test mail of each mailbox.
CREATE TABLE test_mails (
    mailbox_id  INTEGER NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
    delivery_id INTEGER NOT NULL,
    recipient   TEXT    NOT NULL,
    started_at  INTEGER NOT NULL,
    stage       TEXT    NOT NULL                      -- JSON
) STRICT;
