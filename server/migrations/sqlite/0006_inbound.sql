-- Mail that Postroom's own server takes for default mailboxes.

-- The unguessable address of each default mailbox, for other mail systems to forward to.
CREATE TABLE forwarding_addresses (
    mailbox_id     INTEGER NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
    address        TEXT    NOT NULL,
    address_folded TEXT    NOT NULL UNIQUE
) STRICT;

-- One row per recipient of a message. The message itself is a file, which rows of one message share.
CREATE TABLE received (
    id             INTEGER PRIMARY KEY AUTOINCREMENT,
    mailbox_id     INTEGER NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    file           TEXT    NOT NULL,            -- within the folder `received`
    recipient      TEXT    NOT NULL,            -- as the sender's server named it
    sender         TEXT    NOT NULL,            -- of the envelope; empty for the null reverse-path
    remote_address TEXT    NOT NULL,
    helo           TEXT    NOT NULL,
    tls            INTEGER NOT NULL,
    size           INTEGER NOT NULL,            -- bytes of the file
    message_id     TEXT,                        -- with its angle brackets
    subject        TEXT,
    author         TEXT,                        -- the address in From
    received_at    INTEGER NOT NULL
) STRICT;

CREATE INDEX received_mailbox ON received (mailbox_id, id);
-- Files are looked for one folder at a time, and a folder is named by the first two letters of its files.
CREATE INDEX received_folder ON received (substr(file, 1, 2));
