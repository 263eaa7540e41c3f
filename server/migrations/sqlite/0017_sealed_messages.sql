-- What waits to be sent is sealed: it may hold a link that lets somebody in. The column `message` holds what was queued
-- before this; it goes out from there.
ALTER TABLE deliveries ADD COLUMN sealed_message BLOB;  -- for `delivery/{message_id}`; NULL once it is sent
