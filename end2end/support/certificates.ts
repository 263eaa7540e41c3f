// What real servers show, seen without Postroom.
import { connect } from "node:tls";

/** The SHA-256 of the certificate on a port of this machine, as OpenSSL prints it. */
export function fingerprintAt(host: string, port: number): Promise<string> {
  return new Promise((done, fail) => {
    // Nothing is believed here: the certificate is only looked at.
    const socket = connect({ host, port, servername: host, rejectUnauthorized: false }, () => {
      done(socket.getPeerCertificate().fingerprint256);
      socket.end();
    });
    socket.once("error", fail);
  });
}
