-- Signing in with Microsoft and Google. Tokens and secrets are sealed, what only has to be recognised is hashed.

-- The organisation's application at a provider, where an administrator set it and not the configuration.
CREATE TABLE oauth_applications (
    provider   TEXT    NOT NULL PRIMARY KEY CHECK (provider IN ('microsoft', 'google')),
    form       TEXT    NOT NULL,                -- JSON: client id, tenant, cloud, last day of the secret
    secret     BLOB    NOT NULL,                -- sealed for `application/{provider}`
    updated_at INTEGER NOT NULL
) STRICT;

-- What is wrong with an application, wherever it was set; told once for all its mailboxes.
CREATE TABLE oauth_application_problems (
    provider TEXT    NOT NULL PRIMARY KEY CHECK (provider IN ('microsoft', 'google')),
    problem  TEXT    NOT NULL,                  -- JSON
    since    INTEGER NOT NULL
) STRICT;

-- What somebody allowed us: of a mailbox, or of a draft that is to become one.
CREATE TABLE grants (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id     INTEGER UNIQUE REFERENCES mailboxes (id) ON DELETE CASCADE,
    draft_id       INTEGER UNIQUE REFERENCES drafts (id) ON DELETE CASCADE,
    provider       TEXT    NOT NULL CHECK (provider IN ('microsoft', 'google')),
    identity       TEXT    NOT NULL,            -- JSON: issuer, subject, tenant, object, address
    person_key     TEXT    NOT NULL,            -- who it is, for comparing: issuer and subject, or tenant and object
    access_token   BLOB    NOT NULL,            -- sealed for `grant/{seal}/access`
    refresh_token  BLOB    NOT NULL,            -- sealed for `grant/{seal}/refresh`
    seal           TEXT    NOT NULL,            -- random; the identity that the tokens are sealed for
    expires_at     INTEGER NOT NULL,            -- of the access token
    refresh_after  INTEGER NOT NULL,
    authorised_at  INTEGER NOT NULL,
    refreshed_at   INTEGER NOT NULL,
    problem        TEXT,                        -- JSON; why there are no more tokens until somebody signs in again
    version        INTEGER NOT NULL DEFAULT 0,  -- counts the tokens there have been
    claimed_until  INTEGER NOT NULL DEFAULT 0,  -- somebody is fetching new ones
    CHECK ((mailbox_id IS NULL) <> (draft_id IS NULL))
) STRICT;

CREATE INDEX grants_due ON grants (refresh_after);
CREATE INDEX grants_person ON grants (provider, person_key);

-- A one-time link for the owner of a mailbox to sign in again without an account here.
CREATE TABLE owner_links (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id INTEGER NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    token_hash BLOB    NOT NULL UNIQUE,
    created_by INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER,
    revoked_at INTEGER
) STRICT;

CREATE INDEX owner_links_mailbox ON owner_links (mailbox_id);

-- A browser that was sent to a provider and is to come back, once, within ten minutes.
CREATE TABLE sign_in_attempts (
    state_hash   BLOB    NOT NULL PRIMARY KEY,
    browser_hash BLOB    NOT NULL,              -- of a secret in that browser's session
    user_id      INTEGER REFERENCES users (id) ON DELETE CASCADE,       -- NULL: an owner's link
    draft_id     INTEGER REFERENCES drafts (id) ON DELETE CASCADE,
    mailbox_id   INTEGER REFERENCES mailboxes (id) ON DELETE CASCADE,
    link_id      INTEGER REFERENCES owner_links (id) ON DELETE CASCADE,
    provider     TEXT    NOT NULL,
    kept         BLOB    NOT NULL,              -- sealed for `attempt/{hash}`: verifier, nonce, link token
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER
) STRICT;

CREATE INDEX sign_in_attempts_expire ON sign_in_attempts (expires_at);

-- How signing in stands for a draft or a mailbox, besides what was granted.
CREATE TABLE sign_ins (
    mailbox_id       INTEGER UNIQUE REFERENCES mailboxes (id) ON DELETE CASCADE,
    draft_id         INTEGER UNIQUE REFERENCES drafts (id) ON DELETE CASCADE,
    refused          TEXT,                      -- JSON: why the last attempt did not end in a grant
    consent_state    TEXT UNIQUE,               -- stands in the administrator's consent link
    consent_url      TEXT,
    consent_asked_at INTEGER,
    consent_given_at INTEGER,
    CHECK ((mailbox_id IS NULL) <> (draft_id IS NULL))
) STRICT;

-- A server that is signed in to with a grant keeps no secret of its own.
CREATE TABLE mailbox_servers_new (
    mailbox_id INTEGER NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    direction  TEXT    NOT NULL CHECK (direction IN ('incoming', 'outgoing')),
    settings   TEXT    NOT NULL,                -- JSON: endpoint, method, address, user name
    secret     BLOB,                            -- sealed for `mailbox/{id}/{direction}`; NULL: the mailbox's grant
    report     TEXT,                            -- JSON; NULL: not checked since it was changed
    problem    TEXT,                            -- JSON; NULL: the last check passed, or there was none
    checked_at INTEGER,
    last_ok_at INTEGER,                         -- outlives a change of settings
    PRIMARY KEY (mailbox_id, direction)
) STRICT;

INSERT INTO mailbox_servers_new SELECT mailbox_id, direction, settings, secret, report, problem, checked_at, last_ok_at
FROM mailbox_servers;
DROP TABLE mailbox_servers;
ALTER TABLE mailbox_servers_new RENAME TO mailbox_servers;
