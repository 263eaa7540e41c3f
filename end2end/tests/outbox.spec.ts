// Test mails through real servers, and mail that waits until its mailbox is repaired.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { type Mail, type Person } from "../support/mail.ts";
import { type Admin, en, expect, expectAccessible, fill, ko, mailboxes, right, test, visit } from "../support/test.ts";

const outbox = "/admin/it/channels/email/outbox";
const subject = "Postroom test mail";
/** The words around a time, without it. */
const aroundTime = (text: string) => new RegExp(fill(text, { time: "§" }).split("§").map((part) => part.replaceAll(".", "\\.")).join("[\\d.]+ m?s"));

const card = (page: Page) => page.locator("#test-mail");
const send = (page: Page) => card(page).getByRole("button", { name: en.outbox.test_send });

/** How many test mails lie in somebody's mailbox on the server. */
async function lying(mail: Mail, person: Person): Promise<number> {
  let found = 0;
  for (const folder of ["new", "cur"]) {
    const path = join(mail.folder, "mail", person.address, "Maildir", folder);
    for (const name of await readdir(path).catch(() => [])) {
      if ((await readFile(join(path, name), "utf8").catch(() => "")).includes(`Subject: ${subject}`)) found += 1;
    }
  }
  return found;
}

/** A mailbox whose outgoing server is set with a password that is wrong. */
async function withWrongPassword(admin: Admin, mail: Mail): Promise<string> {
  const draft = await admin.draft(mail.parcel.address, { name: "Help" });
  const { imap, smtp } = right(mail, mail.parcel);
  const saved = await admin.servers(draft, "save_as_draft", imap, { ...smtp, password: "wrong" });
  return saved.replace(/\?.*/, "");
}

/** Types the right password, checks and saves. */
async function repair(admin: Admin, mail: Mail, page: string): Promise<void> {
  const answer = await admin.post("edit_mailbox", { workspace: "it", mailbox: page.split("/").at(-1)! });
  const draft = Number(/\/drafts\/(\d+)/.exec(answer.headers()["location"] ?? "")?.[1]);
  const { imap, smtp } = right(mail, mail.parcel);
  await admin.servers(draft, "check_both", imap, smtp);
  await admin.servers(draft, "save", imap, smtp);
}

test("a test mail goes out, comes back and is removed", async ({ page, admin, mail }) => {
  const before = await lying(mail, mail.post);
  const id = await admin.mailbox(mail, mail.post);
  await visit(page, `${mailboxes()}/${id}`);
  await send(page).click();
  await expect(card(page)).toContainText(aroundTime(en.outbox.arrived), { timeout: 30_000 });
  await expect(card(page)).toContainText(fill(en.outbox.found_in, { folder: "INBOX" }));
  await expect(card(page)).toContainText(en.outbox.tidied_removed);
  await expect(send(page)).toBeVisible();
  expect(await lying(mail, mail.post)).toBe(before);

  await page.reload();
  await expect(card(page), "it is remembered").toContainText(aroundTime(en.outbox.arrived));
  await page.getByRole("link", { name: en.mailboxes.title }).click();
  await page.getByRole("link", { name: en.outbox.title }).click();
  await expect(page.getByRole("heading", { level: 2, name: en.outbox.sent })).toBeVisible();
  await expect(page.getByRole("listitem").filter({ hasText: subject })).toHaveCount(1);
  await expectAccessible(page);
});

test("mail that a wrong password stops waits, and goes out by itself once it is repaired", async ({ page, admin, mail }) => {
  const before = await lying(mail, mail.parcel);
  const path = await withWrongPassword(admin, mail);
  await visit(page, path);
  await send(page).click();
  await expect(card(page)).toContainText(en.outbox.not_sent, { timeout: 30_000 });
  await expect(card(page)).toContainText(en.outbox.not_sent_parked);
  await expect(card(page).locator("article.remedy")).toBeVisible();
  await expectAccessible(page);

  await page.reload();
  await expect(page.getByText(en.outbox.parked_one)).toBeVisible();
  await page.getByRole("main").getByRole("link", { name: en.outbox.to_outbox }).first().click();
  const parked = page.getByRole("listitem").filter({ hasText: subject });
  await expect(page.getByRole("heading", { level: 2, name: en.outbox.parked })).toBeVisible();
  await expect(parked.locator(".badge")).toHaveText(en.outbox.state_parked);
  await expectAccessible(page);

  await repair(admin, mail, path);
  await expect(async () => {
    await visit(page, outbox);
    await expect(parked.locator(".badge")).toHaveText(en.outbox.state_sent, { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });
  await expect.poll(() => lying(mail, mail.parcel)).toBe(before + 1);
});

test("parked mail can be tried at once, and thrown away after a question", async ({ page, admin, mail }) => {
  const path = await withWrongPassword(admin, mail);
  await visit(page, path);
  await send(page).click();
  await expect(card(page)).toContainText(en.outbox.not_sent_parked, { timeout: 30_000 });
  await visit(page, outbox);
  const line = page.getByRole("listitem").filter({ hasText: subject });
  await line.getByRole("button", { name: en.outbox.try_now }).click();
  await expect(page.getByText(en.common.done_retried)).toBeVisible();
  await expect(line.locator(".badge"), "the password is still wrong").toHaveText(en.outbox.state_parked, { timeout: 15_000 });

  await line.getByRole("link", { name: en.outbox.throw_away }).click();
  await expect(page.getByRole("heading", { level: 1, name: fill(en.outbox.throw_title, { subject }) })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: en.outbox.keep }).click();
  await expect(line).toHaveCount(1);
  await line.getByRole("link", { name: en.outbox.throw_away }).click();
  await page.getByRole("button", { name: en.outbox.throw_away }).click();
  await expect(page.getByText(en.common.done_thrown_away)).toBeVisible();
  await expect(page.getByText(en.outbox.empty_title)).toBeVisible();
});

test("an address outside is only sent to", async ({ page, admin, mail }) => {
  const id = await admin.mailbox(mail, mail.bob);
  await visit(page, `${mailboxes()}/${id}`);
  await card(page).getByText(en.outbox.test_elsewhere).click();
  await page.getByLabel(en.outbox.test_to).fill(mail.it.address);
  await send(page).click();
  await expect(card(page)).toContainText(aroundTime(en.outbox.sent_outside), { timeout: 30_000 });
  await expect(card(page)).toContainText(en.outbox.sent_outside_text);
  await expect(card(page)).toContainText(mail.it.address);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the page waits for the test mail and shows what came of it", async ({ page, admin, mail }) => {
    const id = await admin.mailbox(mail, mail.bob);
    await page.goto(`${mailboxes()}/${id}`);
    await send(page).click();
    await expect(card(page)).toContainText(aroundTime(en.outbox.arrived), { timeout: 30_000 });
    await page.goto(outbox);
    await expect(page.getByRole("listitem").filter({ hasText: subject })).toHaveCount(1);
  });
});

test.describe("in Korean, on a phone", () => {
  test.use({ locale: "ko-KR", viewport: { width: 320, height: 640 } });

  test("nothing scrolls sideways", async ({ page, admin, mail }) => {
    const path = await withWrongPassword(admin, mail);
    await visit(page, path);
    await card(page).getByRole("button", { name: ko.outbox.test_send }).click();
    await expect(card(page)).toContainText(ko.outbox.not_sent_parked, { timeout: 30_000 });
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect(await sideways()).toBe(0);
    await visit(page, outbox);
    await expect(page.getByRole("heading", { level: 2, name: ko.outbox.parked })).toBeVisible();
    expect(await sideways()).toBe(0);
  });
});
