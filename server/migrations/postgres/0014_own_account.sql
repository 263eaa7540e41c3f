-- What people have of their own: sessions that they can see and end, a second factor, and a way back in.

-- Whoever is signed in signs in once more: until now sessions belonged to nobody, and their data held their key.
DROP TABLE sessions;

CREATE TABLE sessions (
    id           BIGINT  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,  -- what its owner calls it; says nothing about the key
    key_hash     BYTEA   NOT NULL UNIQUE,            -- the key itself is only in the cookie
    data         BYTEA   NOT NULL,                   -- belongs to the session library
    user_id      BIGINT  REFERENCES users (id) ON DELETE CASCADE,  -- NULL: nobody has shown a password in it
    signed_in_by TEXT,                               -- NULL: nobody is signed in, perhaps for want of a code
    address      TEXT    NOT NULL DEFAULT '',        -- the network address that was signed in from
    agent        TEXT    NOT NULL DEFAULT '',        -- what the browser called itself
    created_at   BIGINT  NOT NULL,                   -- when somebody signed in
    last_seen_at BIGINT  NOT NULL,                   -- to the minute
    expires_at   BIGINT  NOT NULL
);

CREATE INDEX sessions_expire ON sessions (expires_at);
CREATE INDEX sessions_user ON sessions (user_id);

-- The language of the pages that somebody looked at last: their mails are in it.
ALTER TABLE users ADD COLUMN language TEXT;

-- Somebody has forgotten a password, they say. Who it is, is looked up later: asking teaches nothing.
CREATE TABLE password_wishes (
    id       BIGINT  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    address  TEXT    NOT NULL,
    language TEXT    NOT NULL,
    asked_at BIGINT  NOT NULL
);

-- One link for each person: a new one takes the place of the one before.
CREATE TABLE password_resets (
    user_id    BIGINT  NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    token_hash BYTEA   NOT NULL UNIQUE,              -- the token itself is only in the mail
    expires_at BIGINT  NOT NULL
);

CREATE TABLE second_factors (
    user_id      BIGINT  NOT NULL PRIMARY KEY REFERENCES users (id) ON DELETE CASCADE,
    secret       BYTEA   NOT NULL,                   -- sealed
    confirmed_at BIGINT,                            -- NULL: it is being set up
    last_step    BIGINT  NOT NULL DEFAULT 0          -- of the last code that was used: no code is used twice
);

CREATE TABLE recovery_codes (
    user_id   BIGINT  NOT NULL REFERENCES second_factors (user_id) ON DELETE CASCADE,
    code_hash BYTEA   NOT NULL,
    used_at   BIGINT,
    PRIMARY KEY (user_id, code_hash)
);
