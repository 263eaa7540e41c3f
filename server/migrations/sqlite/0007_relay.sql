-- Mail that belongs to no mailbox's own server goes out through one relay.

CREATE TABLE new_deliveries (
    id               INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id       INTEGER REFERENCES mailboxes (id) ON DELETE CASCADE,  -- NULL: a message of Postroom itself
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

INSERT INTO new_deliveries (
    id, mailbox_id, purpose, message_id, sender, recipients, subject, message, state, attempts, in_hand,
    may_arrive_twice, queued_at, next_attempt_at, give_up_at, decided_at, claimed_until, claimed_by, problem,
    reply
)
SELECT
    id, mailbox_id, purpose, message_id, sender, recipients, subject, message, state, attempts, in_hand,
    may_arrive_twice, queued_at, next_attempt_at, give_up_at, decided_at, claimed_until, claimed_by, problem,
    reply
FROM deliveries;

DROP TABLE deliveries;

ALTER TABLE new_deliveries RENAME TO deliveries;

CREATE INDEX deliveries_due ON deliveries (next_attempt_at) WHERE state = 'waiting';
CREATE INDEX deliveries_mailbox ON deliveries (mailbox_id, state);

-- One row, always there: whoever must wait for somebody else's change of it updates it.
CREATE TABLE relay (
    id            INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    settings      TEXT,                               -- JSON; NULL: no relay is set
    secret        BLOB,                               -- sealed; NULL where the server asks for no sign-in
    revision      INTEGER NOT NULL DEFAULT 0,         -- changes with settings and secret
    report        TEXT,                               -- JSON; the last check of these settings
    checked_at    INTEGER,
    last_ok_at    INTEGER,
    health        TEXT,                               -- JSON: the state, since when, and the problem
    due_at        INTEGER NOT NULL DEFAULT 0,         -- when it is looked at next
    claimed_until INTEGER NOT NULL DEFAULT 0,
    has_parked    INTEGER NOT NULL DEFAULT FALSE  -- mail was parked for a reason of the relay itself
) STRICT;

INSERT INTO relay (id) VALUES (1);
