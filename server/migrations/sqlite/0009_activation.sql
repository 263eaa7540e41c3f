-- Whether the address of a mailbox at work is proven to be ours. Mailboxes from before have no row, and need none.

CREATE TABLE activations (
    mailbox_id    INTEGER NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
    token_hash    BLOB    UNIQUE,               -- of the link in the last mail; NULL: none was sent
    message_id    TEXT,
    delivery_id   INTEGER,                      -- the delivery may be thrown away
    sent_to       TEXT    NOT NULL,
    sender        TEXT    NOT NULL,             -- what the mail's From says
    sends         TEXT    NOT NULL,             -- JSON: when the last mails were queued
    began_at      INTEGER NOT NULL,
    expires_at    INTEGER NOT NULL,             -- counts once the delivery is gone; else from its end
    stage         TEXT    NOT NULL,             -- JSON
    proven_at     INTEGER,
    proven_by     TEXT    CHECK (proven_by IN ('arrival', 'link', 'forwarding')),
    due_at        INTEGER,                      -- when the mailbox is looked into next; NULL: not any more
    claimed_until INTEGER NOT NULL DEFAULT 0    -- somebody is looking; also names the claim
) STRICT;

CREATE INDEX activations_due ON activations (due_at);
