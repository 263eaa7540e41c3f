-- Signing in with Microsoft and Google. Tokens and secrets are sealed, what only has to be recognised is hashed.

-- The organisation's application at a provider, where an administrator set it and not the configuration.
CREATE TABLE oauth_applications (
    provider   TEXT    NOT NULL PRIMARY KEY CHECK (provider IN ('microsoft', 'google')),
    form       TEXT    NOT NULL,                -- JSON: client id, tenant, cloud, last day of the secret
    secret     BYTEA  NOT NULL,                -- sealed for `application/{provider}`
    updated_at BIGINT NOT NULL
);

-- What is wrong with an application, wherever it was set; told once for all its mailboxes.
CREATE TABLE oauth_application_problems (
    provider TEXT    NOT NULL PRIMARY KEY CHECK (provider IN ('microsoft', 'google')),
    problem  TEXT    NOT NULL,                  -- JSON
    since    BIGINT NOT NULL
);

-- What somebody allowed us: of a mailbox, or of a draft that is to become one.
CREATE TABLE grants (
    id             BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    mailbox_id     BIGINT UNIQUE REFERENCES mailboxes (id) ON DELETE CASCADE,
    draft_id       BIGINT UNIQUE REFERENCES drafts (id) ON DELETE CASCADE,
    provider       TEXT    NOT NULL CHECK (provider IN ('microsoft', 'google')),
    identity       TEXT    NOT NULL,            -- JSON: issuer, subject, tenant, object, address
    person_key     TEXT    NOT NULL,            -- who it is, for comparing: issuer and subject, or tenant and object
    access_token   BYTEA  NOT NULL,            -- sealed for `grant/{seal}/access`
    refresh_token  BYTEA  NOT NULL,            -- sealed for `grant/{seal}/refresh`
    seal           TEXT    NOT NULL,            -- random; the identity that the tokens are sealed for
    expires_at     BIGINT NOT NULL,            -- of the access token
    refresh_after  BIGINT NOT NULL,
    authorised_at  BIGINT NOT NULL,
    refreshed_at   BIGINT NOT NULL,
    problem        TEXT,                        -- JSON; why there are no more tokens until somebody signs in again
    version        BIGINT NOT NULL DEFAULT 0,  -- counts the tokens there have been
    claimed_until  BIGINT NOT NULL DEFAULT 0,  -- somebody is fetching new ones
    CHECK ((mailbox_id IS NULL) <> (draft_id IS NULL))
);

CREATE INDEX grants_due ON grants (refresh_after);
CREATE INDEX grants_person ON grants (provider, person_key);

-- A one-time link for the owner of a mailbox to sign in again without an account here.
CREATE TABLE owner_links (
    id         BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    mailbox_id BIGINT NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    token_hash BYTEA  NOT NULL UNIQUE,
    created_by BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at    BIGINT,
    revoked_at BIGINT
);

CREATE INDEX owner_links_mailbox ON owner_links (mailbox_id);

-- A browser that was sent to a provider and is to come back, once, within ten minutes.
CREATE TABLE sign_in_attempts (
    state_hash   BYTEA  NOT NULL PRIMARY KEY,
    browser_hash BYTEA  NOT NULL,              -- of a secret in that browser's session
    user_id      BIGINT REFERENCES users (id) ON DELETE CASCADE,       -- NULL: an owner's link
    draft_id     BIGINT REFERENCES drafts (id) ON DELETE CASCADE,
    mailbox_id   BIGINT REFERENCES mailboxes (id) ON DELETE CASCADE,
    link_id      BIGINT REFERENCES owner_links (id) ON DELETE CASCADE,
    provider     TEXT    NOT NULL,
    kept         BYTEA  NOT NULL,              -- sealed for `attempt/{hash}`: verifier, nonce, link token
    expires_at   BIGINT NOT NULL,
    used_at      BIGINT
);

CREATE INDEX sign_in_attempts_expire ON sign_in_attempts (expires_at);

-- How signing in stands for a draft or a mailbox, besides what was granted.
CREATE TABLE sign_ins (
    mailbox_id       BIGINT UNIQUE REFERENCES mailboxes (id) ON DELETE CASCADE,
    draft_id         BIGINT UNIQUE REFERENCES drafts (id) ON DELETE CASCADE,
    refused          TEXT,                      -- JSON: why the last attempt did not end in a grant
    consent_state    TEXT UNIQUE,               -- stands in the administrator's consent link
    consent_url      TEXT,
    consent_asked_at BIGINT,
    consent_given_at BIGINT,
    CHECK ((mailbox_id IS NULL) <> (draft_id IS NULL))
);

-- A server that is signed in to with a grant keeps no secret of its own.
ALTER TABLE mailbox_servers ALTER COLUMN secret DROP NOT NULL;
