-- Who is told by mail when mailboxes stop, and what they were told.

-- Administrators who are told. Without a row, as long as nobody has chosen, it is the first one.
CREATE TABLE alert_recipients (
    user_id  BIGINT NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    language TEXT    NOT NULL                   -- of their mails
);

-- One row for each time that a cause has stopped mailboxes.
CREATE TABLE alerts (
    id         BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    cause      TEXT    NOT NULL,                -- JSON
    problem    TEXT    NOT NULL,                -- JSON
    direction  TEXT    NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
    mailboxes  TEXT    NOT NULL,                -- JSON: everything that it has stopped
    since      BIGINT NOT NULL,                -- when the first of them failed for the first time
    opened_at  BIGINT NOT NULL,
    grew_at    BIGINT NOT NULL,                -- when the last mailbox joined
    told_at    BIGINT,                         -- the last mail about it; NULL: nobody was told
    told_count BIGINT NOT NULL DEFAULT 0,      -- how many mailboxes that mail told of
    closed_at  BIGINT,
    ending     TEXT    CHECK (ending IN ('recovered', 'other_cause', 'at_rest')),
    CHECK ((closed_at IS NULL) = (ending IS NULL))
);

CREATE UNIQUE INDEX alerts_open ON alerts (cause) WHERE closed_at IS NULL;
CREATE INDEX alerts_opened ON alerts (opened_at);

-- Every mail to an administrator. Deliveries are forgotten sooner than this.
CREATE TABLE alert_mails (
    id          BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    alert_id    BIGINT REFERENCES alerts (id) ON DELETE CASCADE,     -- NULL: a warning, or a test
    kind        TEXT    NOT NULL CHECK (kind IN ('stopped', 'more', 'recovered', 'warning', 'test')),
    user_id     BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    recipient   TEXT    NOT NULL,
    delivery_id BIGINT NOT NULL,
    message_id  TEXT    NOT NULL,               -- with its angle brackets
    subject     TEXT    NOT NULL,
    queued_at   BIGINT NOT NULL
);

CREATE INDEX alert_mails_alert ON alert_mails (alert_id);
CREATE INDEX alert_mails_queued ON alert_mails (queued_at);

-- What was told ahead of its end: once for each thing, end and number of days.
CREATE TABLE warnings (
    what      TEXT    NOT NULL,                 -- JSON
    ends_at   BIGINT NOT NULL,
    days      BIGINT NOT NULL,                 -- 30, 14, 7 or 1
    told_at   BIGINT NOT NULL,
    PRIMARY KEY (what, ends_at, days)
);

-- When the refresh token ends, where the provider says so.
ALTER TABLE grants ADD COLUMN refresh_ends_at BIGINT;
