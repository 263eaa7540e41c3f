-- Who uses Postroom and for whom: users, workspaces with their groups, companies.
-- Times are Unix milliseconds. A column that ends in `_folded` holds the form in which names and
-- addresses are compared, so that "IT" and "it" are the same.

-- Single values: the account's settings, and the hash of the set-up code while there is no user.
CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE users (
    id            BIGINT  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    email         TEXT    NOT NULL,
    email_folded  TEXT    NOT NULL UNIQUE,
    name          TEXT    NOT NULL,
    password_hash TEXT    NOT NULL,             -- PHC string: algorithm, parameters, salt, hash
    created_at    BIGINT NOT NULL
);

-- Sessions of browsers. `data` belongs to the session library.
CREATE TABLE sessions (
    key_hash   BYTEA    NOT NULL PRIMARY KEY,    -- the key itself is only in the cookie
    data       BYTEA    NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE INDEX sessions_expire ON sessions (expires_at);

CREATE TABLE workspaces (
    id          BIGINT  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    slug        TEXT    NOT NULL UNIQUE,        -- never changes
    name        TEXT    NOT NULL,
    name_folded TEXT    NOT NULL UNIQUE,
    archived    BOOLEAN NOT NULL DEFAULT FALSE,
    created_at  BIGINT NOT NULL
);

-- `groups` is a word of SQL.
CREATE TABLE agent_groups (
    id           BIGINT  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id),
    name         TEXT    NOT NULL,
    name_folded  TEXT    NOT NULL,
    archived     BOOLEAN NOT NULL DEFAULT FALSE,
    UNIQUE (workspace_id, name_folded)
);

CREATE TABLE companies (
    id          BIGINT  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    name        TEXT    NOT NULL,
    name_folded TEXT    NOT NULL UNIQUE,
    archived    BOOLEAN NOT NULL DEFAULT FALSE
);
