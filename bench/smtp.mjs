// SMTP by nodemailer: its verify() signs in and leaves; it has no way to offer a sender and send nothing. COUNT times.
//
// node smtp.mjs PORT tls|starttls USER PASSWORD COUNT, with NODE_EXTRA_CA_CERTS naming whom to trust
import { createTransport } from 'nodemailer';

const [port, security, user, pass, count] = process.argv.slice(2);
let failed = 0;
for (let check = 0; check < Number(count); check++) {
  const transport = createTransport({
    host: 'localhost',
    port: Number(port),
    secure: security === 'tls',
    requireTLS: true,
    auth: { user, pass },
  });
  try {
    await transport.verify();
  } catch (error) {
    failed++;
    console.error(error.message);
  }
  transport.close();
}
console.log(JSON.stringify({ failed }));
