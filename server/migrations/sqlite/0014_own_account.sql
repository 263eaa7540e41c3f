-- What people have of their own: sessions that they can see and end, a second factor, and a way back in.

-- Whoever is signed in signs in once more: until now sessions belonged to nobody, and their data held their key.
DROP TABLE sessions;

CREATE TABLE sessions (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,  -- what its owner calls it; says nothing about the key
    key_hash     BLOB    NOT NULL UNIQUE,            -- the key itself is only in the cookie
    data         BLOB    NOT NULL,                   -- belongs to the session library
    user_id      INTEGER REFERENCES users (id) ON DELETE CASCADE,  -- NULL: nobody has shown a password in it
    signed_in_by TEXT,                               -- NULL: nobody is signed in, perhaps for want of a code
    address      TEXT    NOT NULL DEFAULT '',        -- the network address that was signed in from
    agent        TEXT    NOT NULL DEFAULT '',        -- what the browser called itself
    created_at   INTEGER NOT NULL,                   -- when somebody signed in
    last_seen_at INTEGER NOT NULL,                   -- to the minute
    expires_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX sessions_expire ON sessions (expires_at);
CREATE INDEX sessions_user ON sessions (user_id);

-- The language of the pages that somebody looked at last: their mails are in it.
ALTER TABLE users ADD COLUMN language TEXT;

-- Somebody has forgotten a password, they say. Who it is, is looked up later: asking teaches nothing.
CREATE TABLE password_wishes (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    address  TEXT    NOT NULL,
    language TEXT    NOT NULL,
    asked_at INTEGER NOT NULL
) STRICT;

-- One link for each person: a new one takes the place of the one before.
CREATE TABLE password_resets (
    user_id    INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    token_hash BLOB    NOT NULL UNIQUE,              -- the token itself is only in the mail
    expires_at INTEGER NOT NULL
) STRICT;

CREATE TABLE second_factors (
    user_id      INTEGER NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret       BLOB    NOT NULL,                   -- sealed
    confirmed_at INTEGER,                            -- NULL: it is being set up
    last_step    INTEGER NOT NULL DEFAULT 0          -- of the last code that was used: no code is used twice
) STRICT;

CREATE TABLE recovery_codes (
    user_id   INTEGER NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    code_hash BLOB    NOT NULL,
    used_at   INTEGER,
    PRIMARY KEY (user_id, code_hash)
) STRICT;
