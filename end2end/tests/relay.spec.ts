// The relay: the server that sends what belongs to no mailbox's own server.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { type Mail, type Person } from "../support/mail.ts";
import { en, expect, expectAccessible, expectNoSidewaysScrolling, fill, ko, mailboxes, right, test, visit } from "../support/test.ts";
import { Half } from "../support/wizard.ts";
import type { Words } from "../support/words.ts";

const relay = "/account/relay";
const refused = "The server refused the user name or password";

const server = (page: Page, words: Words = en) => new Half(page, "outgoing", words, words.relay.server);
const saveAndCheck = (page: Page, words: Words = en) => page.getByRole("button", { name: words.relay.save_and_check });
const sendTest = (page: Page, words: Words = en) => page.getByRole("button", { name: words.outbox.test_send });

/** The button that takes what the second look has found. */
const heal = (page: Page, mail: Mail, words: Words = en) =>
  server(page, words).card.getByRole("button", {
    name: fill(words.components.offer_use, { port: mail.smtp.starttls, security: words.components.protection_starttls }),
    exact: true,
  });

/** How many mails of Postroom itself lie in somebody's mailbox on the server. */
async function lying(mail: Mail, person: Person, from: string): Promise<number> {
  let found = 0;
  for (const folder of ["new", "cur"]) {
    const path = join(mail.folder, "mail", person.address, "Maildir", folder);
    for (const name of await readdir(path).catch(() => [])) {
      if ((await readFile(join(path, name), "utf8").catch(() => "")).includes(`\nFrom: ${from}`)) found += 1;
    }
  }
  return found;
}

test("a wrong password is shown with its remedy, and the right one sends a mail that arrives", async ({ page, admin: _, mail }) => {
  const from = `Postroom <${mail.support.address}>`;
  const before = await lying(mail, mail.bob, from);
  await visit(page, mailboxes());
  await page.locator(`summary[aria-label="${en.common.account}"]`).click();
  await page.getByRole("link", { name: en.relay.title }).click();
  await expect(page).toHaveURL(new RegExp(`${relay}$`));
  await expect(page.getByRole("heading", { level: 1, name: en.relay.title })).toBeVisible();
  await expect(page.getByText(en.relay.not_checked)).toBeVisible();
  await expect(sendTest(page), "there is nothing to send with").toHaveCount(0);
  await expectAccessible(page);

  const { smtp } = right(mail);
  await server(page).fill({ ...smtp, password: "wrong-4711" });
  await saveAndCheck(page).click();
  await server(page).expectFailed(refused);
  await server(page).expectBlamed(server(page).password, refused);
  await expectAccessible(page);

  await server(page).password.fill(smtp.password!);
  await saveAndCheck(page).click();
  await server(page).expectPassed();

  // It is kept, without the password.
  await page.reload();
  await expect(server(page).host).toHaveValue(mail.host);
  await expect(server(page).password).toHaveValue("");
  await server(page).expectPassed();
  await page.getByLabel(en.relay.test_to).fill(mail.bob.address);
  await sendTest(page).click();
  await expect(page.getByText(en.common.done_test_queued)).toBeVisible();
  const line = page.getByRole("listitem").filter({ hasText: fill(en.outbox.to_whom, { to: mail.bob.address }) });
  await expect(line.locator(".badge")).toHaveText(en.outbox.state_sent, { timeout: 30_000 });
  await expect(line).toContainText(en.outbox.purpose_test);
  await expect.poll(() => lying(mail, mail.bob, from), { timeout: 30_000 }).toBe(before + 1);
  await expectAccessible(page);
});

test("mail of a default mailbox waits for a relay, and goes out by itself once one is set", async ({ page, admin, mail }) => {
  await visit(page, mailboxes());
  // The first address of a workspace is on Postroom's own mail server.
  await page.getByRole("main").getByRole("row").nth(1).getByRole("link").first().click();
  const card = page.locator("#test-mail");
  await card.getByLabel(en.outbox.test_to).fill(mail.it.address);
  await card.getByRole("button", { name: en.outbox.test_send }).click();
  await expect(card).toContainText(en.outbox.not_sent_parked, { timeout: 30_000 });
  await expectAccessible(page);

  await visit(page, relay);
  await expect(page.getByText(en.relay.waiting_one)).toBeVisible();
  await expect(page.getByText(en.relay.waiting_unset)).toBeVisible();
  await admin.relay(mail);
  // Whether the server lets this address send is the server's to say: it was asked.
  await expect(async () => {
    await visit(page, "/admin/it/channels/email/outbox");
    const line = page.getByRole("listitem").filter({ hasText: fill(en.outbox.to_whom, { to: mail.it.address }) });
    await expect(line).not.toContainText(en.outbox.no_way_out, { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
});

test("a server that is not given a password says so, and one without sign-in asks for none", async ({ page, admin: _, mail }) => {
  await visit(page, relay);
  const { password: __, ...smtp } = right(mail).smtp;
  await server(page).fill(smtp);
  await saveAndCheck(page).click();
  await server(page).expectBlamed(server(page).password, en.errors.empty);
  await server(page).method.selectOption("none");
  await expect(server(page).password).toBeHidden();
  await saveAndCheck(page).click();
  await expect(server(page).card.locator(".check-head .badge")).toHaveText(
    new RegExp(`^(${en.components.check_passed}|${en.components.check_failed})$`),
    { timeout: 30_000 },
  );
  await expect(server(page).rungs).toHaveCount(6);
});

test("a port begun the wrong way is healed with one click, and the relay is saved so", async ({ page, admin: _, mail }) => {
  await visit(page, relay);
  const { smtp } = right(mail);
  await server(page).fill({ ...smtp, port: mail.smtp.starttls, tls_mode: "implicit" });
  await saveAndCheck(page).click();
  await server(page).expectFailed(/does not begin with encryption/);
  await heal(page, mail).click();
  await server(page).expectPassed();
  await expect(server(page).tlsMode).toHaveValue("starttls");
  await expectAccessible(page);
  await page.reload();
  await expect(server(page).port).toHaveValue(`${mail.smtp.starttls}`);
  await expect(server(page).tlsMode).toHaveValue("starttls");
  await server(page).expectPassed();
});

test("removing it asks first", async ({ page, admin, mail }) => {
  await admin.relay(mail);
  await visit(page, relay);
  await page.getByText(en.relay.remove, { exact: true }).click();
  await expect(page.getByText(en.relay.remove_question)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("button", { name: en.relay.remove_yes }).click();
  await expect(page.getByText(en.common.done_relay_removed)).toBeVisible();
  await expect(server(page).host).toHaveValue("");
  await expect(page.getByText(en.relay.not_checked)).toBeVisible();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("it is set, checked and tried, and what is wrong is said beside its field", async ({ page, admin: _, mail }) => {
    await page.goto(relay);
    const { smtp } = right(mail);
    await server(page).fill({ ...smtp, port: "99999" });
    await saveAndCheck(page).click();
    await server(page).expectBlamed(server(page).port, en.errors.not_a_port);
    await expect(server(page).host, "what was typed is kept").toHaveValue(smtp.host);
    expect(page.url()).not.toContain(encodeURIComponent(smtp.password!));

    await server(page).fill(smtp);
    await saveAndCheck(page).click();
    await expect(page).toHaveURL(new RegExp(`${relay}$`));
    await server(page).expectPassed();
    await page.getByLabel(en.relay.test_to).fill(mail.it.address);
    await sendTest(page).click();
    await expect(page.locator(".toast")).toHaveText(en.common.done_test_queued);
    await expect(async () => {
      await page.goto(relay);
      const line = page.getByRole("listitem").filter({ hasText: fill(en.outbox.to_whom, { to: mail.it.address }) });
      await expect(line.locator(".badge")).toHaveText(en.outbox.state_sent, { timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
  });
});

test.describe("without JavaScript, begun the wrong way", () => {
  test.use({ javaScriptEnabled: false });

  test("one press takes the offer and checks again", async ({ page, admin: _, mail }) => {
    await page.goto(relay);
    const { smtp } = right(mail);
    await server(page).fill({ ...smtp, port: mail.smtp.starttls, tls_mode: "implicit" });
    await saveAndCheck(page).click();
    await server(page).expectFailed(/does not begin with encryption/);
    await heal(page, mail).click();
    await expect(page).toHaveURL(new RegExp(`${relay}$`));
    await server(page).expectPassed();
    await expect(server(page).port).toHaveValue(`${mail.smtp.starttls}`);
  });
});

test.describe("in Korean, on a phone", () => {
  test.use({ locale: "ko-KR", viewport: { width: 320, height: 640 } });

  test("nothing scrolls sideways", async ({ page, admin, mail }) => {
    await admin.relay(mail, mail.support, "wrong-4711");
    await visit(page, relay);
    await expect(page.getByRole("heading", { level: 1, name: ko.relay.title })).toBeVisible();
    await expect(server(page, ko).remedy).toBeVisible();
    await page.getByLabel(ko.relay.test_to).fill(mail.it.address);
    await sendTest(page, ko).click();
    await expect(page.getByText(ko.outbox.state_parked).first()).toBeVisible({ timeout: 15_000 });
    await expectNoSidewaysScrolling(page, 320);
    await expectAccessible(page);
  });
});
