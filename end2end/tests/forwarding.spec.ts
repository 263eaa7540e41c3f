// Mail that a real mail server forwards to Postroom's own one.
import { connect as dial, type Socket } from "node:net";
import { type Page } from "@playwright/test";
import { type Admin, en, expect, expectAccessible, expectNoSidewaysScrolling, fill, ko, mailboxes, test as base, visit } from "../support/test.ts";

interface Listening {
  /** Where this Postroom takes mail. */
  mailPort: number;
}

/** A Postroom whose mail the tests' Postfix brings to it: it finds the port in the domain. */
const test = base.extend<Listening>({
  mailPort: async ({ mail }, use, info) => use(mail.postrooms[info.parallelIndex]!),
  settings: async ({ mailPort }, use) => use({
    POSTROOM_MAIL_DOMAIN: `p${mailPort}.postroom.localhost`,
    POSTROOM_INBOUND__LISTEN: `127.0.0.1:${mailPort}`,
  }),
});

const card = (page: Page) => page.locator("#forwarding");
const checkButton = (page: Page) => card(page).getByRole("button", { name: en.forwarding.check });
const around = (text: string) => new RegExp(fill(text, { time: "§" }).split("§").join("[\\d.]+ m?s"));

/** The address that only one mailbox has, from its page. */
async function forwardingAddress(page: Page): Promise<string> {
  const shown = await card(page).locator("code").first().textContent();
  expect(shown).toMatch(/^help-[a-z2-7]{12}@it\.p\d+\.postroom\.localhost$/);
  return shown!;
}

/** A mailbox whose address Postfix forwards to where Postroom says. */
async function forwarded(page: Page, admin: Admin): Promise<number> {
  const id = await admin.defaultMailbox("help@example.test", { name: "Help" });
  await page.goto(`${mailboxes()}/${id}`);
  const [local, domain] = (await forwardingAddress(page)).split("@");
  await admin.readdress(id, `fwd=${local}=${domain}@example.test`, { name: "Help" });
  return id;
}

/** Hands a message to Postroom's own server, as a mail server would. */
async function deliver(port: number, to: string, message: string): Promise<void> {
  const socket: Socket = dial(port, "127.0.0.1");
  let heard = "";
  const lines: ((line: string) => void)[] = [];
  socket.on("data", (chunk) => {
    heard += chunk.toString();
    for (let end = heard.indexOf("\r\n"); end >= 0; end = heard.indexOf("\r\n")) {
      const line = heard.slice(0, end);
      heard = heard.slice(end + 2);
      if (line[3] !== "-") lines.shift()?.(line);
    }
  });
  const reply = () => new Promise<string>((done) => lines.push(done));
  const say = async (line: string, expected: string) => {
    const answer = reply();
    socket.write(`${line}\r\n`);
    expect(await answer, line).toMatch(new RegExp(`^${expected}`));
  };
  expect(await reply()).toMatch(/^220/);
  await say("EHLO mail.example.test", "250");
  await say("MAIL FROM:<bounce@example.test>", "250");
  await say(`RCPT TO:<${to}>`, "250");
  await say("DATA", "354");
  await say(`${message.replaceAll("\n", "\r\n")}\r\n.`, "250");
  await say("QUIT", "221");
  socket.destroy();
}

test("a check goes out through the relay and comes back through the forwarding address", async ({ page, admin, mail }) => {
  await admin.relay(mail);
  const id = await forwarded(page, admin);
  await visit(page, `${mailboxes()}/${id}`);
  await expect(page.getByText(en.forwarding.received_none)).toBeVisible();
  await expectAccessible(page);

  await checkButton(page).click();
  await expect(card(page)).toContainText(around(en.forwarding.arrived), { timeout: 30_000 });
  await expect(page.getByText("Postroom forwarding check")).toBeVisible();
  await expectAccessible(page);

  await page.reload();
  await expect(card(page), "it is remembered").toContainText(around(en.forwarding.arrived));
  await expect(page.getByText(en.forwarding.read, { exact: true }), "mail is nobody's to read any more").toHaveCount(0);
});

test("without a relay the page says what is missing, and leads there", async ({ page, admin }) => {
  const id = await admin.defaultMailbox("help@example.test", { name: "Help" });
  await visit(page, `${mailboxes()}/${id}`);
  await expect(checkButton(page)).toHaveCount(0);
  await card(page).getByRole("link", { name: en.forwarding.set_relay }).click();
  await expect(page).toHaveURL(/\/account\/relay$/);
});

test("what Google asks appears while somebody looks, with its code and its link", async ({ page, admin, mailPort }) => {
  const id = await admin.defaultMailbox("help@example.test", { name: "Help" });
  await visit(page, `${mailboxes()}/${id}`);
  const to = await forwardingAddress(page);
  const link = "https://mail-settings.google.com/mail/vf-abc";
  await deliver(mailPort, to, [
    "From: Gmail Team <forwarding-noreply@google.com>",
    `To: ${to}`,
    "Subject: (#987654321) Gmail Forwarding Confirmation - Receive Mail from help@example.test",
    "Message-ID: <confirmation@google.com>",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "help@example.test has requested to automatically forward mail to your address.",
    "Confirmation code: 987654321",
    link,
    "To take it back: https://mail-settings.google.com/mail/uf-abc",
  ].join("\n"));
  const asked = fill(en.forwarding.google_asks_of, { account: "help@example.test" });
  await expect(card(page)).toContainText(asked, { timeout: 30_000 });
  await expect(card(page).getByText("987654321", { exact: true })).toBeVisible();
  await expect(card(page).getByRole("link", { name: en.forwarding.google_link })).toHaveAttribute("href", link);
  await expect(page.getByText("(#987654321) Gmail Forwarding Confirmation")).toBeVisible();
  await expectAccessible(page);
});

test("what another mail system asks can be read until the address is proven", async ({ page, admin, mailPort }) => {
  const id = await admin.defaultMailbox("help@example.test", { name: "Help" });
  await visit(page, `${mailboxes()}/${id}`);
  const to = await forwardingAddress(page);
  const link = "https://mail.example.com/confirm?user=help&code=4711";
  await deliver(mailPort, to, [
    "From: Mail <no-reply@example.com>",
    `To: ${to}`,
    "Subject: Please confirm your forwarding address",
    "Content-Type: text/html; charset=utf-8",
    "",
    `<p>Your code is <b>4711</b>.</p><script>alert(1)</script><p><a href="${link.replace("&", "&amp;")}">Confirm</a></p>`,
  ].join("\n"));
  await expect(page.getByText("Please confirm your forwarding address")).toBeVisible({ timeout: 30_000 });
  await page.getByText(en.forwarding.read, { exact: true }).click();
  await expect(page.getByText("Your code is 4711.")).toBeVisible();
  await expect(page.getByText(link, { exact: true })).toBeVisible();
  await expect(page.getByRole("link", { name: /confirm/i }), "nothing of a stranger's is one click away").toHaveCount(0);
  await expectAccessible(page);
});

test("mail to the workspace's own address arrives without any forwarding", async ({ page, admin: _, mailPort }) => {
  const to = `support@it.p${mailPort}.postroom.localhost`;
  await deliver(mailPort, to, `From: Eve <eve@example.test>\nTo: ${to}\nSubject: <b>Printer</b> on fire\n\nHelp!`);
  await visit(page, mailboxes());
  await page.getByRole("row").filter({ hasText: to }).getByRole("link").first().click();
  await expect(page.getByText(en.forwarding.own_text)).toBeVisible();
  await expect(page.getByText("<b>Printer</b> on fire")).toBeVisible();
});

test.describe("in Korean on a phone", () => {
  test.use({ locale: "ko-KR", viewport: { width: 390, height: 844 } });

  test("the page fits and is accessible", async ({ page, admin, mail }) => {
    await admin.relay(mail);
    const id = await admin.defaultMailbox("help@example.test", { name: "Help" });
    await visit(page, `${mailboxes()}/${id}`);
    await expect(page.getByRole("heading", { name: ko.forwarding.title })).toBeVisible();
    await page.getByText(ko.forwarding.microsoft).click();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
  });
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the check is a form like any other", async ({ page, admin, mail }) => {
    await admin.relay(mail);
    const id = await forwarded(page, admin);
    await page.goto(`${mailboxes()}/${id}`);
    await checkButton(page).click();
    await expect(async () => {
      await page.reload();
      await expect(card(page)).toContainText(around(en.forwarding.arrived), { timeout: 500 });
    }).toPass({ timeout: 30_000 });
  });
});
