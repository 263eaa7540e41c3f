// A saved mailbox proves its address: Postroom finds its own mail, or somebody opens the link in it.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "@playwright/test";
import { type Mail, type Person } from "../support/mail.ts";
import { type Admin, en, expect, expectAccessible, fill, ko, mailboxes, right, test, visit } from "../support/test.ts";

const badges = ".direction-state .badge";
const card = (page: Page) => page.locator("#activation");
/** The words around the gaps of a text. */
const around = (text: string, gaps: Record<string, string>) =>
  new RegExp(fill(text, gaps).replaceAll(".", "\\.").replaceAll("§", ".+"));

/** The tokens of all activation mails that lie in somebody's inbox on the server. */
async function tokens(mail: Mail, person: Person): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ["new", "cur"]) {
    const path = join(mail.folder, "mail", person.address, "Maildir", folder);
    for (const name of await readdir(path).catch(() => [])) {
      const text = (await readFile(join(path, name), "utf8").catch(() => "")).replaceAll(/=\r?\n/g, "");
      const token = /\/activate\/([0-9a-f]{32})/.exec(text)?.[1];
      if (token) found.push(token);
    }
  }
  return found;
}

/** A mailbox of one person's address that looks into another one's inbox: its own mail is never there. */
async function blind(admin: Admin, mail: Mail, name = "IT help"): Promise<string> {
  const draft = await admin.draft(mail.parcel.address, { name });
  const [imap, smtp] = [right(mail, mail.bob).imap, right(mail, mail.parcel).smtp];
  await admin.servers(draft, "check_both", imap, smtp);
  return (await admin.servers(draft, "save", imap, smtp)).replace(/\?.*/, "");
}

/** Does something that sends one activation mail, and answers its token. */
async function newToken(mail: Mail, person: Person, send: () => Promise<unknown>): Promise<string> {
  const before = new Set(await tokens(mail, person));
  await send();
  let token: string | undefined;
  await expect.poll(async () => (token = (await tokens(mail, person)).find((one) => !before.has(one))), { timeout: 30_000 }).toBeTruthy();
  return token!;
}

/** Somebody who has no account here. */
async function stranger(browser: Browser, options = {}): Promise<Page> {
  return (await browser.newContext(options)).newPage();
}

test("the mail is found in the inbox, and the mailbox works", async ({ page, admin, mail }) => {
  const draft = await admin.draft(mail.post.address, { name: "IT help" });
  const { imap, smtp } = right(mail, mail.post);
  await admin.servers(draft, "check_both", imap, smtp);
  const saved = (await admin.servers(draft, "save", imap, smtp)).replace(/\?.*/, "");
  await visit(page, saved);
  await expect(page.locator(badges)).toHaveText([en.mailboxes.working, en.mailboxes.working], { timeout: 30_000 });
  await expect(card(page)).toHaveCount(0);
  const fact = page.locator("dl.facts dd").filter({ hasText: around(en.activation.proven_by_arrival_after, { when: "§", time: "§" }) });
  await expect(fact).toBeVisible();
  await expectAccessible(page);

  const list = page.locator("section.card").filter({ has: page.getByRole("heading", { name: en.activation.checklist }) });
  await expect(list).toContainText(fill(en.activation.done_of, { done: 5, total: 6 }));
  await expect(list.getByRole("link", { name: en.activation.next_test })).toBeVisible();
  await page.locator("#test-mail").getByRole("button", { name: en.outbox.test_send }).click();
  await expect(page.getByText(en.activation.all_done), "the list follows the test mail").toBeVisible({ timeout: 30_000 });
  await page.reload();
  await expect(page.getByText(en.activation.all_done)).toBeVisible();
  await expectAccessible(page);
});

test("the link activates a mailbox that does not see its own mail, and looking at it does not", async ({ page, browser, admin, mail, postroom }) => {
  let mailbox = "";
  const token = await newToken(mail, mail.parcel, async () => (mailbox = await blind(admin, mail)));
  await visit(page, mailbox);
  await expect(card(page)).toContainText(en.activation.sent_text);
  await expect(page.locator(badges)).toHaveText([en.activation.awaiting, en.activation.awaiting]);
  await expectAccessible(page);

  const outside = await stranger(browser);
  for (const _ of [1, 2, 3]) expect((await outside.request.get(`${postroom.address}/activate/${token}`)).status()).toBe(200);
  await outside.goto(`${postroom.address}/activate/${token}`);
  await expect(outside.getByRole("heading", { level: 1, name: en.activation.link_title })).toBeVisible();
  await expect(outside.getByRole("main")).toContainText("IT help");
  await expect(outside.getByRole("main")).toContainText(mail.parcel.address);
  await expectAccessible(outside);
  await page.reload();
  await expect(page.locator(badges), "looking activates nothing").toHaveText([en.activation.awaiting, en.activation.awaiting]);

  await outside.getByRole("button", { name: en.activation.link_yes }).click();
  await expect(outside.getByRole("heading", { level: 1, name: en.activation.link_used_title })).toBeVisible();
  await expectAccessible(outside);
  await expect(page.locator(badges), "the page follows").toHaveText([en.mailboxes.working, en.mailboxes.working], { timeout: 15_000 });
  await expect(page.getByRole("main")).toContainText(around(en.activation.proven_by_link, { when: "§" }));
  await outside.reload();
  await expect(outside.getByRole("heading", { level: 1, name: en.activation.link_used_title })).toBeVisible();
  await outside.context().close();
});

test("sending again makes the link before invalid", async ({ page, browser, admin, mail, postroom }) => {
  let mailbox = "";
  const first = await newToken(mail, mail.parcel, async () => (mailbox = await blind(admin, mail)));
  await visit(page, mailbox);
  await page.goto(mailboxes());
  const row = page.getByRole("row", { name: /IT help/ });
  await expect(row.locator(".badge")).toHaveText([en.activation.awaiting, en.activation.awaiting]);
  await visit(page, mailbox);
  const second = await newToken(mail, mail.parcel, () => card(page).getByRole("button", { name: en.activation.send_again }).click());
  const outside = await stranger(browser);
  const dead = await outside.goto(`${postroom.address}/activate/${first}`);
  expect(dead!.status()).toBe(404);
  await expect(outside.getByRole("heading", { level: 1, name: en.activation.link_unknown_title })).toBeVisible();
  await expectAccessible(outside);
  const good = await outside.goto(`${postroom.address}/activate/${second}`);
  expect(good!.status()).toBe(200);
  expect(good!.headers()["cache-control"]).toBe("no-store");
  await outside.context().close();
});

test("a link that never was says nothing about any mailbox", async ({ browser, admin: _, postroom }) => {
  const outside = await stranger(browser);
  const wrong = await outside.goto(`${postroom.address}/activate/${"0".repeat(32)}`);
  expect(wrong!.status()).toBe(404);
  await expect(outside.getByRole("heading", { level: 1, name: en.activation.link_unknown_title })).toBeVisible();
  await expect(outside.getByRole("button", { name: en.activation.link_yes })).toHaveCount(0);
  await outside.context().close();
});

test("a link works without JavaScript", async ({ browser, admin, mail, postroom }) => {
  const token = await newToken(mail, mail.parcel, () => blind(admin, mail));
  const outside = await stranger(browser, { javaScriptEnabled: false });
  await outside.goto(`${postroom.address}/activate/${token}`);
  await outside.getByRole("button", { name: en.activation.link_yes }).click();
  await expect(outside.getByRole("heading", { level: 1, name: en.activation.link_used_title })).toBeVisible();
  await outside.context().close();
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("the mail can be sent again, five times within an hour", async ({ page, admin, mail }) => {
    await page.goto(await blind(admin, mail));
    const again = card(page).getByRole("button", { name: en.activation.send_again });
    for (const _ of [1, 2, 3, 4]) {
      await again.click();
      await expect(page).toHaveURL(/#activation$/);
    }
    await expect(again).toBeDisabled();
    await expect(card(page)).toContainText(around(en.activation.wait_until, { when: "§" }));
  });
});

test.describe("in Korean, on a phone", () => {
  test.use({ locale: "ko-KR", viewport: { width: 320, height: 640 } });

  test("nothing scrolls sideways", async ({ page, admin, mail, complaints }) => {
    const sideways = () => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    await visit(page, await blind(admin, mail, "지원팀"));
    await expect(page.locator(badges)).toHaveText([ko.activation.awaiting, ko.activation.awaiting]);
    await expect(card(page).getByRole("button", { name: ko.activation.send_again })).toBeVisible();
    expect(await sideways()).toBe(0);
    await expectAccessible(page);
    await page.goto(`/activate/${"0".repeat(32)}`);
    await expect(page.getByRole("heading", { level: 1, name: ko.activation.link_unknown_title })).toBeVisible();
    expect(await sideways()).toBe(0);
    expect(complaints.splice(0), "the link is not there").toEqual([expect.stringContaining("status of 404")]);
  });
});
