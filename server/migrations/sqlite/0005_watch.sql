-- How mailboxes at work are doing, and what has happened to them.

-- One row per server that is looked at again and again; without a row, nobody has looked yet.
CREATE TABLE watches (
    mailbox_id    INTEGER NOT NULL,
    direction     TEXT    NOT NULL,
    state         TEXT    CHECK (state IN ('working', 'doubtful', 'failing')),  -- NULL: claimed, not looked at yet
    health        TEXT,                         -- JSON: the state, since when, and the problem
    due_at        INTEGER NOT NULL,
    claimed_until INTEGER NOT NULL DEFAULT 0,   -- somebody is looking; also names the claim
    PRIMARY KEY (mailbox_id, direction),
    FOREIGN KEY (mailbox_id, direction) REFERENCES mailbox_servers (mailbox_id, direction) ON DELETE CASCADE
) STRICT;

CREATE INDEX watches_due ON watches (due_at);

CREATE TABLE health_events (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id    INTEGER NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    direction     TEXT    CHECK (direction IN ('incoming', 'outgoing')),        -- NULL: both
    what          TEXT    NOT NULL,
    problem       TEXT,                         -- JSON
    at            INTEGER NOT NULL,
    lasted_millis INTEGER
) STRICT;

CREATE INDEX health_events_mailbox ON health_events (mailbox_id, at);
CREATE INDEX health_events_old ON health_events (at);

-- When the certificate ends that the server last showed.
ALTER TABLE mailbox_servers ADD COLUMN certificate_ends_at INTEGER;
