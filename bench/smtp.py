"""SMTP by smtplib: signs in, offers sender and recipient, takes them back, leaves; COUNT times.

python3 smtp.py PORT tls|starttls USER PASSWORD COUNT, with SSL_CERT_FILE naming whom to trust
"""

import json
import smtplib
import ssl
import sys

port, security, user, password, count = sys.argv[1:]
trust = ssl.create_default_context()
failed = 0
for _ in range(int(count)):
    try:
        # Its own name is given: looking it up would be measured else.
        if security == "tls":
            server = smtplib.SMTP_SSL("localhost", int(port), "localhost", context=trust)
        else:
            server = smtplib.SMTP("localhost", int(port), "localhost")
            server.starttls(context=trust)
        server.login(user, password)
        for answer, _ in (server.mail(user), server.rcpt(user), server.rset()):
            if answer != 250:
                raise smtplib.SMTPResponseException(answer, "refused")
        server.quit()
    except (OSError, smtplib.SMTPException) as error:
        failed += 1
        print(error, file=sys.stderr)
print(json.dumps({"failed": failed}))
