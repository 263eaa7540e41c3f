// Everything that a mail server can be wrong in on purpose: each has its own words, and marks its own field.
import { en, expect, right, test, visit, Wizard } from "../support/test.ts";
import type { Mail } from "../support/mail.ts";
import type { Server } from "../support/admin.ts";
import type { Half } from "../support/wizard.ts";

interface Wrong {
  what: string;
  settings: (mail: Mail) => Partial<Server>;
  title: (mail: Mail) => string | RegExp;
  /** The field that the problem is about, if any can help. */
  field?: (half: Half) => Half["host"];
  step: string;
}

const { step_connect, step_greeting, step_resolve, step_sign_in, step_start_tls, step_tls } = en.components;

const incoming: Wrong[] = [
  {
    what: "an expired certificate",
    settings: (mail) => ({ port: mail.wrong.expired }),
    title: () => /^The server's certificate expired on \d+ \w+ \d{4}$/,
    step: step_tls,
  },
  {
    what: "a certificate for another name",
    settings: (mail) => ({ port: mail.wrong.otherName }),
    title: (mail) => `The certificate is not for ${mail.host}`,
    field: (half) => half.host,
    step: step_tls,
  },
  {
    what: "a certificate that vouches for itself",
    settings: (mail) => ({ port: mail.wrong.selfSigned }),
    title: () => "The server vouches for itself",
    step: step_tls,
  },
  {
    what: "a port where nobody listens",
    settings: (mail) => ({ port: mail.wrong.closed }),
    title: (mail) => `${mail.host} refuses connections on port ${mail.wrong.closed}`,
    field: (half) => half.port,
    step: step_connect,
  },
  {
    what: "a port that takes the connection and says nothing",
    settings: (mail) => ({ port: mail.wrong.silent, tls: false }),
    title: () => "The server took the connection and said nothing",
    field: (half) => half.port,
    step: step_greeting,
  },
  {
    what: "SSL/TLS on a port for STARTTLS",
    settings: (mail) => ({ port: mail.imap.starttls }),
    title: (mail) => `Port ${mail.imap.starttls} does not begin with encryption`,
    field: (half) => half.tls,
    step: step_tls,
  },
  {
    what: "STARTTLS on a port for SSL/TLS",
    settings: (mail) => ({ port: mail.imap.tls, tls_mode: "starttls" }),
    title: (mail) => `Port ${mail.imap.tls} is encrypted from the start`,
    field: (half) => half.tls,
    step: step_greeting,
  },
  {
    what: "no encryption where the server insists on it",
    settings: (mail) => ({ port: mail.imap.starttls, tls: false }),
    title: () => /encrypt/,
    field: (half) => half.tls,
    step: step_sign_in,
  },
  {
    what: "a name that no server has",
    settings: () => ({ host: "imap.nowhere.invalid" }),
    title: () => "No server is known by the name imap.nowhere.invalid",
    field: (half) => half.host,
    step: step_resolve,
  },
  {
    what: "an address inside a private network",
    settings: () => ({ host: "192.168.7.8" }),
    title: () => "Postroom is not allowed to connect to 192.168.7.8",
    field: (half) => half.host,
    step: step_resolve,
  },
  {
    what: "a server for sending",
    settings: (mail) => ({ port: mail.smtp.tls }),
    title: () => /SMTP/,
    field: (half) => half.host,
    step: step_greeting,
  },
];

const outgoing: Wrong[] = [
  {
    what: "SSL/TLS on a port for STARTTLS",
    settings: (mail) => ({ port: mail.smtp.starttls }),
    title: (mail) => `Port ${mail.smtp.starttls} does not begin with encryption`,
    field: (half) => half.tls,
    step: step_tls,
  },
  {
    what: "a server for reading",
    settings: (mail) => ({ port: mail.imap.tls }),
    title: () => /IMAP/,
    field: (half) => half.host,
    step: step_greeting,
  },
];

for (const [direction, wrongs] of [["incoming", incoming], ["outgoing", outgoing]] as const) {
  test.describe(`${direction} mail`, () => {
    for (const { what, settings, title, field, step } of wrongs) {
      test(`${what} is named, with what to do`, async ({ page, admin, mail }) => {
        const draft = await admin.draft(mail.support.address);
        await visit(page, `/admin/it/channels/email/drafts/${draft}/connect`);
        const half = new Wizard(page)[direction];
        const works = right(mail)[direction === "incoming" ? "imap" : "smtp"];
        await half.fill({ ...works, ...settings(mail) });
        await half.checkButton.click();
        await half.expectFailed(title(mail));
        await expect(half.rung(step)).toHaveAttribute("data-state", "failed");
        await expect(half.remedy.locator("ol > li"), "what to do").not.toHaveCount(0);
        if (field) {
          await half.expectBlamed(field(half), title(mail));
        } else {
          await expect(half.card.locator('[aria-invalid="true"]'), "no field would help").toHaveCount(0);
        }
      });
    }
  });
}

test("a port that begins with encryption is not taken for one without STARTTLS", async ({ page, admin, mail }) => {
  const draft = await admin.draft(mail.support.address);
  await visit(page, `/admin/it/channels/email/drafts/${draft}/connect`);
  const half = new Wizard(page).outgoing;
  await half.fill({ ...right(mail).smtp, port: mail.smtp.tls, tls_mode: "starttls" });
  await half.checkButton.click();
  await half.expectFailed(`Port ${mail.smtp.tls} is encrypted from the start`);
  await expect(half.rung(step_start_tls)).toContainText(en.components.state_skipped);
});
