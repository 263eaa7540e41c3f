-- Mail that Postroom's own server takes for default mailboxes.

-- The unguessable address of each default mailbox, for other mail systems to forward to.
CREATE TABLE forwarding_addresses (
    mailbox_id     BIGINT  NOT NULL PRIMARY KEY REFERENCES mailboxes (id) ON DELETE CASCADE,
    address        TEXT    NOT NULL,
    address_folded TEXT    NOT NULL UNIQUE
);

-- One row per recipient of a message. The message itself is a file, which rows of one message share.
CREATE TABLE received (
    id             BIGINT PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
    mailbox_id     BIGINT  NOT NULL REFERENCES mailboxes (id) ON DELETE CASCADE,
    file           TEXT    NOT NULL,            -- within the folder `received`
    recipient      TEXT    NOT NULL,            -- as the sender's server named it
    sender         TEXT    NOT NULL,            -- of the envelope; empty for the null reverse-path
    remote_address TEXT    NOT NULL,
    helo           TEXT    NOT NULL,
    tls            BOOLEAN NOT NULL,
    size           BIGINT  NOT NULL,            -- bytes of the file
    message_id     TEXT,                        -- with its angle brackets
    subject        TEXT,
    author         TEXT,                        -- the address in From
    received_at    BIGINT  NOT NULL
);

CREATE INDEX received_mailbox ON received (mailbox_id, id);
-- Files are looked for one folder at a time, and a folder is named by the first two letters of its files.
CREATE INDEX received_folder ON received (substr(file, 1, 2));
