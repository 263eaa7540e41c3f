-- Whose mailbox is whose: the domains of companies, the mailbox that serves each of them, and what rests with its
-- workspace.

CREATE TABLE company_domains (
    domain     TEXT    NOT NULL PRIMARY KEY,    -- lower case, in A-labels
    company_id BIGINT  NOT NULL REFERENCES companies (id) ON DELETE CASCADE
);

CREATE INDEX company_domains_company ON company_domains (company_id);

-- The mailbox that serves its company: the first one that the company got, unless another was chosen.
ALTER TABLE mailboxes ADD COLUMN is_company_primary BOOLEAN NOT NULL DEFAULT FALSE;
-- The mailbox for companies that have none. Without one it is that of the oldest workspace in use.
ALTER TABLE mailboxes ADD COLUMN is_account_primary BOOLEAN NOT NULL DEFAULT FALSE;
-- Was at work when its workspace was archived, and is again when that is brought back.
ALTER TABLE mailboxes ADD COLUMN rests_with_workspace BOOLEAN NOT NULL DEFAULT FALSE;

CREATE UNIQUE INDEX mailboxes_company_primary ON mailboxes (company_id) WHERE is_company_primary;
CREATE UNIQUE INDEX mailboxes_account_primary ON mailboxes (is_account_primary) WHERE is_account_primary;
CREATE INDEX mailboxes_company ON mailboxes (company_id);

UPDATE mailboxes SET is_company_primary = TRUE
WHERE id IN (SELECT MIN(id) FROM mailboxes WHERE company_id IS NOT NULL AND state <> 'draft' GROUP BY company_id);

UPDATE mailboxes SET state = 'paused', rests_with_workspace = TRUE
WHERE state = 'active' AND workspace_id IN (SELECT id FROM workspaces WHERE archived);
