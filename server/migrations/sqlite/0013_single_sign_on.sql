-- Signing in to Postroom itself at identity providers, beside a password or instead of one. Mailboxes that are
-- signed in to with Microsoft or Google have nothing to do with it.

CREATE TABLE identity_providers (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,
    name          TEXT    NOT NULL,
    name_folded   TEXT    NOT NULL UNIQUE,
    form          TEXT    NOT NULL,             -- JSON: issuer, client id, and who may come in as what
    secret        BLOB    NOT NULL,             -- sealed for `identity_provider/{seal}`
    seal          TEXT    NOT NULL,             -- random; the identity that the secret is sealed for
    changed_at    INTEGER NOT NULL,             -- issuer, client id or secret; what signed in before proves nothing
    trouble       TEXT,                         -- JSON: why the provider lets nobody in at present
    trouble_since INTEGER
) STRICT;

-- Who a user is at a provider.
CREATE TABLE identities (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    provider_id  INTEGER NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
    subject      TEXT    NOT NULL,              -- never given to anybody else by its issuer
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    linked_at    INTEGER NOT NULL,
    signed_in_at INTEGER NOT NULL,
    UNIQUE (provider_id, subject),
    UNIQUE (provider_id, user_id)
) STRICT;

CREATE INDEX identities_user ON identities (user_id);

-- A browser that was sent to a provider and is to come back, once, within ten minutes.
CREATE TABLE sign_on_attempts (
    state_hash   BLOB    NOT NULL PRIMARY KEY,
    browser_hash BLOB    NOT NULL,              -- of a secret in that browser's session
    provider_id  INTEGER NOT NULL REFERENCES identity_providers (id) ON DELETE CASCADE,
    kept         BLOB    NOT NULL,              -- sealed for `sign_on/{hash}`: verifier, nonce, where to go on to
    expires_at   INTEGER NOT NULL,
    used_at      INTEGER
) STRICT;

CREATE INDEX sign_on_attempts_expire ON sign_on_attempts (expires_at);
