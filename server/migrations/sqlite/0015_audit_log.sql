-- Who changed what, when, and from where. Rows are only ever added; they name things as they were called then, and
-- refer to nothing, so that they outlive what they tell of.

CREATE TABLE audit_log (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    at             INTEGER NOT NULL,
    actor          TEXT    NOT NULL,            -- JSON: a person, a link's owner, the shell, Postroom, a stranger
    actor_name     TEXT    NOT NULL,            -- how people know the actor
    remote_address TEXT,
    action         TEXT    NOT NULL,
    workspace_id   INTEGER,                     -- NULL: the whole account
    workspace      TEXT,                        -- its name then
    subject_id     INTEGER,
    subject        TEXT    NOT NULL,            -- the name or address of what was changed
    changes        TEXT    NOT NULL,            -- JSON: field, before, after; of a secret only that it changed
    searched       TEXT    NOT NULL             -- what a search looks through, folded
) STRICT;

CREATE INDEX audit_log_time ON audit_log (at);
CREATE INDEX audit_log_subject ON audit_log (subject_id, action);

CREATE TRIGGER audit_log_is_not_changed BEFORE UPDATE ON audit_log
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only ever added to');
END;

-- What is older than the retention has told the settings may go, and nothing else.
CREATE TRIGGER audit_log_is_kept BEFORE DELETE ON audit_log
WHEN OLD.at >= COALESCE((SELECT CAST(value AS INTEGER) FROM settings WHERE name = 'audit_kept_from'), 0)
BEGIN
    SELECT RAISE(ABORT, 'the audit log is only ever added to');
END;
