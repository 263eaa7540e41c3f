-- Who may do what: administrators of the account, and people who belong to single workspaces.

-- Whoever could sign in so far was an administrator, and stays one.
ALTER TABLE users ADD COLUMN is_admin BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE users SET is_admin = TRUE;
ALTER TABLE users ADD COLUMN deactivated_at BIGINT;    -- NULL: active

-- Administrators of the account need no row: they are administrators of every workspace.
CREATE TABLE memberships (
    user_id      BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    workspace_id BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role         TEXT    NOT NULL CHECK (role IN ('administrator', 'viewer')),
    PRIMARY KEY (user_id, workspace_id)
);

CREATE INDEX memberships_workspace ON memberships (workspace_id);

-- Whose session it is, so that all of somebody's can be ended. NULL: nobody is signed in with it.
ALTER TABLE sessions ADD COLUMN user_id BIGINT REFERENCES users (id) ON DELETE CASCADE;

CREATE INDEX sessions_user ON sessions (user_id);

-- Links by which people come in. Only a hash of the link is stored.
CREATE TABLE invitations (
    id           BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    token_hash   BYTEA   NOT NULL UNIQUE,
    email        TEXT    NOT NULL,
    email_folded TEXT    NOT NULL,
    name         TEXT    NOT NULL,              -- '': not known
    is_admin     BOOLEAN NOT NULL,
    invited_by   BIGINT REFERENCES users (id) ON DELETE SET NULL,
    invited_at   BIGINT NOT NULL,              -- when the present link was made
    expires_at   BIGINT NOT NULL,
    delivery_id  BIGINT,                       -- NULL: the link was shown, and no mail was sent
    accepted_at  BIGINT,
    revoked_at   BIGINT
);

CREATE UNIQUE INDEX invitations_open ON invitations (email_folded)
    WHERE accepted_at IS NULL AND revoked_at IS NULL;

CREATE TABLE invitation_memberships (
    invitation_id BIGINT NOT NULL REFERENCES invitations (id) ON DELETE CASCADE,
    workspace_id  BIGINT NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE,
    role          TEXT    NOT NULL CHECK (role IN ('administrator', 'viewer')),
    PRIMARY KEY (invitation_id, workspace_id)
);
