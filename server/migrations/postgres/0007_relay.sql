-- Mail that belongs to no mailbox's own server goes out through one relay.

-- NULL: a message of Postroom itself.
ALTER TABLE deliveries ALTER COLUMN mailbox_id DROP NOT NULL;

-- One row, always there: whoever must wait for somebody else's change of it updates it.
CREATE TABLE relay (
    id            BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    settings      TEXT,                               -- JSON; NULL: no relay is set
    secret        BYTEA,                               -- sealed; NULL where the server asks for no sign-in
    revision      BIGINT NOT NULL DEFAULT 0,         -- changes with settings and secret
    report        TEXT,                               -- JSON; the last check of these settings
    checked_at    BIGINT,
    last_ok_at    BIGINT,
    health        TEXT,                               -- JSON: the state, since when, and the problem
    due_at        BIGINT NOT NULL DEFAULT 0,         -- when it is looked at next
    claimed_until BIGINT NOT NULL DEFAULT 0,
    has_parked    BOOLEAN NOT NULL DEFAULT FALSE  -- mail was parked for a reason of the relay itself
);

INSERT INTO relay (id) VALUES (1);
