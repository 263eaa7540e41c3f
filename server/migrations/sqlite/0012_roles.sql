-- Who may do what: administrators of the account, and people who belong to single workspaces.

-- Whoever could sign in so far was an administrator, and stays one.
ALTER TABLE users ADD COLUMN is_admin INTEGER NOT NULL DEFAULT FALSE;
UPDATE users SET is_admin = TRUE;
ALTER TABLE users ADD COLUMN deactivated_at INTEGER;    -- NULL: active

-- Administrators of the account need no row: they are administrators of every workspace.
CREATE TABLE memberships (
    user_id      INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace_id INTEGER NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role         TEXT    NOT NULL CHECK (role IN ('administrator', 'viewer')),
    PRIMARY KEY (user_id, workspace_id)
) STRICT;

CREATE INDEX memberships_workspace ON memberships (workspace_id);

-- Whose session it is, so that all of somebody's can be ended. NULL: nobody is signed in with it.
ALTER TABLE sessions ADD COLUMN user_id INTEGER REFERENCES users (id) ON DELETE CASCADE;

CREATE INDEX sessions_user ON sessions (user_id);

-- Links by which people come in. Only a hash of the link is stored.
CREATE TABLE invitations (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash   BLOB    NOT NULL UNIQUE,
    email        TEXT    NOT NULL,
    email_folded TEXT    NOT NULL,
    name         TEXT    NOT NULL,              -- '': not known
    is_admin     INTEGER NOT NULL,
    invited_by   INTEGER REFERENCES users (id) ON DELETE SET NULL,
    invited_at   INTEGER NOT NULL,              -- when the present link was made
    expires_at   INTEGER NOT NULL,
    delivery_id  INTEGER,                       -- NULL: the link was shown, and no mail was sent
    accepted_at  INTEGER,
    revoked_at   INTEGER
) STRICT;

CREATE UNIQUE INDEX invitations_open ON invitations (email_folded)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

CREATE TABLE invitation_memberships (
    invitation_id INTEGER NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    workspace_id  INTEGER NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role          TEXT    NOT NULL CHECK (role IN ('administrator', 'viewer')),
    PRIMARY KEY (invitation_id, workspace_id)
) STRICT;
