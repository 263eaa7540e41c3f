"""IMAP by imaplib: signs in, opens the inbox read-only, signs out; COUNT times.

python3 imap.py PORT tls|starttls USER PASSWORD COUNT, with SSL_CERT_FILE naming whom to trust
"""

import imaplib
import json
import ssl
import sys

port, security, user, password, count = sys.argv[1:]
trust = ssl.create_default_context()
failed = 0
for _ in range(int(count)):
    try:
        if security == "tls":
            server = imaplib.IMAP4_SSL("localhost", int(port), ssl_context=trust)
        else:
            server = imaplib.IMAP4("localhost", int(port))
            server.starttls(trust)
        server.login(user, password)
        answer, _ = server.select("INBOX", readonly=True)
        if answer != "OK":
            raise imaplib.IMAP4.error(f"EXAMINE: {answer}")
        server.logout()
    except (OSError, imaplib.IMAP4.error) as error:
        failed += 1
        print(error, file=sys.stderr)
print(json.dumps({"failed": failed}))
