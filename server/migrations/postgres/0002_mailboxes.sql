-- Mailboxes, the servers behind them, and drafts of both.

CREATE TABLE mailboxes (
    id             BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    workspace_id   BIGINT NOT NULL REFERENCES workspaces (id),
    name           TEXT    NOT NULL,
    address        TEXT    NOT NULL,
    address_folded TEXT    NOT NULL,            -- lower case, the domain in A-labels
    group_id       BIGINT REFERENCES agent_groups (id),
    company_id     BIGINT REFERENCES companies (id),
    kind           TEXT    NOT NULL CHECK (kind IN ('default', 'custom')),
    is_primary     BOOLEAN NOT NULL DEFAULT FALSE,
    state          TEXT    NOT NULL CHECK (state IN ('draft', 'active', 'paused')),
    created_at     BIGINT NOT NULL,
    updated_at     BIGINT NOT NULL,
    UNIQUE (workspace_id, address_folded)
);

CREATE UNIQUE INDEX mailboxes_primary ON mailboxes (workspace_id) WHERE is_primary;

-- The IMAP and the SMTP server of a custom mailbox, with the last check of exactly these settings.
CREATE TABLE mailbox_servers (
    mailbox_id BIGINT NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    direction  TEXT    NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
    settings   TEXT    NOT NULL,                -- JSON: endpoint, method, address, user name
    secret     BYTEA    NOT NULL,                -- sealed for `mailbox/{id}/{direction}`
    report     TEXT,                            -- JSON; NULL: not checked since it was changed
    problem    TEXT,                            -- JSON; NULL: the last check passed, or there was none
    checked_at BIGINT,
    last_ok_at BIGINT,                         -- outlives a change of settings
    PRIMARY KEY (mailbox_id, direction)
);

-- What is being typed. A draft belongs to the user who began it, and is thrown away after 30 days of rest.
CREATE TABLE drafts (
    id           BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    user_id      BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    mailbox_id   BIGINT REFERENCES mailboxes (id) ON DELETE CASCADE,  -- NULL: a new mailbox
    form         TEXT    NOT NULL,              -- JSON, as typed, valid or not
    touched      BOOLEAN NOT NULL DEFAULT FALSE,
    updated_at   BIGINT NOT NULL
);

CREATE INDEX drafts_resting ON drafts (updated_at);

CREATE TABLE draft_servers (
    draft_id         BIGINT NOT NULL REFERENCES drafts (id) ON DELETE CASCADE,
    direction        TEXT    NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
    secret           BYTEA,                      -- sealed for `draft/{id}/{direction}`; NULL: none typed here
    report           TEXT,                      -- JSON; NULL: not checked since something changed
    checked_at       BIGINT,
    revision         BIGINT NOT NULL DEFAULT 0,   -- counts the changes of settings and secret
    checked_revision BIGINT NOT NULL DEFAULT -1,  -- the revision a check last went out with
    PRIMARY KEY (draft_id, direction)
);
