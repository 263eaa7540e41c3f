// IMAP by imapflow: signs in, opens the inbox read-only, signs out; COUNT times.
//
// node imap.mjs PORT tls|starttls USER PASSWORD COUNT, with NODE_EXTRA_CA_CERTS naming whom to trust
import { ImapFlow } from 'imapflow';

const [port, security, user, pass, count] = process.argv.slice(2);
let failed = 0;
for (let check = 0; check < Number(count); check++) {
  const client = new ImapFlow({
    host: 'localhost',
    port: Number(port),
    secure: security === 'tls',
    doSTARTTLS: security === 'starttls' ? true : undefined,
    auth: { user, pass },
    logger: false,
  });
  try {
    await client.connect();
    await client.mailboxOpen('INBOX', { readOnly: true });
    await client.logout();
  } catch (error) {
    failed++;
    console.error(error.message);
    client.close();
  }
}
console.log(JSON.stringify({ failed }));
