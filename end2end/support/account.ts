// What people do to come in, and what is mailed to them about it.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, expect, type Page } from "@playwright/test";
import { ada } from "./admin.ts";
import { noticeListeners } from "./live.ts";
import type { Mail, Person } from "./mail.ts";
import type { Postroom } from "./postroom.ts";
import { en, type Words } from "./words.ts";

/** Another browser, in which nobody is signed in. Its context is closed by whoever asked for it. */
export async function otherBrowser(browser: Browser, postroom: Postroom, userAgent?: string): Promise<Page> {
  const page = await (await browser.newContext({ baseURL: postroom.address, ...(userAgent ? { userAgent } : {}) })).newPage();
  await noticeListeners(page);
  return page;
}

/** Signs in by the page, with or without JavaScript; whatever the answer, another document comes. */
export async function signIn(page: Page, email: string, password = ada.password, words: Words = en): Promise<void> {
  await page.goto("/sign-in");
  await page.getByLabel(words.account.email, { exact: true }).fill(email);
  await page.getByLabel(words.account.password, { exact: true }).fill(password);
  const answered = page.waitForEvent("framenavigated");
  await page.getByRole("button", { name: words.account.sign_in_submit }).click();
  await answered;
}

/** Enters a code, or a recovery code. */
export async function enterCode(page: Page, label: string, code: string): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(code);
  const answered = page.waitForEvent("framenavigated");
  await page.getByRole("button", { name: en.own.code_submit }).click();
  await answered;
}

/** Sets the second factor up as the page says; answers the secret and the recovery codes. */
export async function setUpSecondFactor(page: Page, code: (secret: string) => string): Promise<{ secret: string; codes: string[] }> {
  await page.getByRole("button", { name: en.own.setup_begin }).click();
  const line = page.locator(".command code");
  await expect(line).toHaveText(/^([A-Z2-7]{4} ){7}[A-Z2-7]{4}$/);
  const secret = (await line.textContent())!;
  await page.getByLabel(en.own.code, { exact: true }).fill(code(secret));
  await page.getByRole("button", { name: en.own.setup_confirm }).click();
  const codes = page.locator(".recovery-codes code");
  await expect(codes).toHaveCount(10);
  return { secret, codes: await codes.allTextContents() };
}

/** The mails in somebody's inbox on the server whose subject is this, with long lines put together. */
export async function lying(mail: Mail, person: Person, subject: string): Promise<string[]> {
  const found: string[] = [];
  for (const folder of ["new", "cur"]) {
    const path = join(mail.folder, "mail", person.address, "Maildir", folder);
    for (const name of await readdir(path).catch(() => [])) {
      const text = (await readFile(join(path, name), "utf8").catch(() => "")).replaceAll("\r", "").replaceAll("=\n", "");
      if (text.includes(`\nSubject: ${subject}\n`)) found.push(text);
    }
  }
  return found;
}

/** Does something that mails a link to a new password, and answers the link's path. */
export async function newLink(mail: Mail, person: Person, send: () => Promise<unknown>): Promise<string> {
  const links = async () => (await lying(mail, person, "[Postroom] Choose a new password")).flatMap((text) => /\/reset\/[0-9a-f]{64}/.exec(text) ?? []);
  const before = new Set(await links());
  await send();
  let link: string | undefined;
  await expect.poll(async () => (link = (await links()).find((one) => !before.has(one))), { timeout: 30_000 }).toBeTruthy();
  return link!;
}
