-- Who changed what, when, and from where. Rows are only ever added; they name things as they were called then, and
-- refer to nothing, so that they outlive what they tell of.

CREATE TABLE audit_log (
    id             BIGINT  PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    at             BIGINT  NOT NULL,
    actor          TEXT    NOT NULL,            -- JSON: a person, a link's owner, the shell, Postroom, a stranger
    actor_name     TEXT    NOT NULL,            -- how people know the actor
    remote_address TEXT,
    action         TEXT    NOT NULL,
    workspace_id   BIGINT,                      -- NULL: the whole account
    workspace      TEXT,                        -- its name then
    subject_id     BIGINT,
    subject        TEXT    NOT NULL,            -- the name or address of what was changed
    changes        TEXT    NOT NULL,            -- JSON: field, before, after; of a secret only that it changed
    searched       TEXT    NOT NULL             -- what a search looks through, folded
);

CREATE INDEX audit_log_time ON audit_log (at);
CREATE INDEX audit_log_subject ON audit_log (subject_id, action);

-- What is older than the retention has told the settings may go, and nothing else.
CREATE FUNCTION audit_log_is_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.at < COALESCE((SELECT value::BIGINT FROM settings WHERE name = 'audit_kept_from'), 0) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit log is only ever added to';
END
$$;

CREATE TRIGGER audit_log_is_kept BEFORE UPDATE OR DELETE ON audit_log
FOR EACH ROW EXECUTE FUNCTION audit_log_is_only_added_to();

CREATE TRIGGER audit_log_is_not_emptied BEFORE TRUNCATE ON audit_log
FOR EACH STATEMENT EXECUTE FUNCTION audit_log_is_only_added_to();
