// Takes the pictures of the README into docs/screenshots/. Each picture shows one thing that a reader wants to know.
import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { type Admin, connect, en, expect, ko, mailboxes, right, test, visit, Wizard } from "../support/test.ts";
import { signInHere } from "../support/provider.ts";
import { SignIn } from "../support/sign_in.ts";
import { Way } from "../support/way.ts";
import type { Mail } from "../support/mail.ts";
import type { Locator, Page } from "@playwright/test";

const folder = resolve(import.meta.dirname, "../../docs/screenshots");

async function picture(page: Page, name: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`), animations: "disabled", caret: "hide" });
}

/** Scrolls so that something stands a little below the top. */
async function frame(shown: Locator): Promise<void> {
  await shown.evaluate((element) => window.scrollTo(0, element.getBoundingClientRect().top + window.scrollY - 24));
}

/** A desk with mailboxes that work, rest, fail and wait. */
async function desk(admin: Admin, mail: Mail): Promise<void> {
  await admin.post("create_group", { workspace: "it", name: "Network" });
  await admin.workspace("Human resources");
  await admin.mailbox(mail, mail.support, { name: "IT help" });
  const korean = await admin.mailbox(mail, mail.korean, { name: "지원팀" });
  await admin.post("pause_mailbox", { workspace: "it", mailbox: `${korean}`, paused: "true" });
  await admin.savedDraft("printers@example.test", { name: "Printers" });
  // Worked once; now nobody listens any more.
  const way = await Way.to(mail.imap.tls);
  const draft = await admin.draft(mail.it.address, { name: "Network" });
  const { imap, smtp } = right(mail, mail.it);
  const servers = [{ ...imap, port: way.port }, smtp] as const;
  await admin.servers(draft, "check_both", ...servers);
  const saved = await admin.servers(draft, "save", ...servers);
  const mailbox = /\/(\d+)\?done=saved$/.exec(saved)![1]!;
  await admin.activated(mailbox);
  await way.down();
  await admin.post("check_mailbox", { workspace: "it", mailbox });
}

async function failedCheck(page: Page, mail: Mail, words = en): Promise<Wizard> {
  const wizard = new Wizard(page, words);
  const { imap, smtp } = right(mail);
  await wizard.fill({ imap: { ...imap, password: "open-sesami" }, smtp });
  await wizard.checkBoth.click();
  await expect(wizard.incoming.remedy).toBeVisible();
  await wizard.outgoing.expectPassed();
  return wizard;
}

test("mailboxes: the list, with mailboxes in different states", async ({ page, admin, mail }) => {
  await desk(admin, mail);
  await visit(page, mailboxes());
  await picture(page, "mailboxes");
});

test("wizard: both servers side by side", async ({ page, admin, mail }) => {
  const draft = await admin.draft(mail.support.address, { name: "IT help" });
  await visit(page, `/admin/it/channels/email/drafts/${draft}/connect`);
  await new Wizard(page).fill(right(mail));
  await picture(page, "wizard");
});

test.describe("at a provider", () => {
  test.use({ settings: signInHere(), ignoreHTTPSErrors: true });

  test("sign-in: a shared mailbox, signed in to and checked", async ({ page, admin, mail }) => {
    const signIn = new SignIn(page, "microsoft");
    await visit(page, connect(await admin.draft(mail.desk.address, { name: "IT help", kind: "microsoft" })));
    await signIn.otherAccount.check();
    await signIn.through(mail.ada);
    await signIn.expectConnected(mail.ada);
    await frame(signIn.card);
    await picture(page, "sign-in");
  });
});

test("check: a password that was refused, with its remedy", async ({ page, admin, mail }) => {
  const draft = await admin.draft(mail.support.address, { name: "IT help" });
  await visit(page, `/admin/it/channels/email/drafts/${draft}/connect`);
  const wizard = await failedCheck(page, mail);
  await frame(wizard.incoming.card.locator(".check"));
  await picture(page, "check");
});

test.describe("on a telephone", () => {
  test.use({ viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true });

  test("phone: the list as cards", async ({ page, admin, mail }) => {
    await desk(admin, mail);
    await visit(page, mailboxes());
    await picture(page, "phone");
  });
});

test.describe("in the dark", () => {
  test.use({ colorScheme: "dark" });

  test("dark: a mailbox that works", async ({ page, admin, mail }) => {
    const id = await admin.mailbox(mail, mail.support, { name: "IT help" });
    await visit(page, `${mailboxes()}/${id}`);
    await picture(page, "dark");
  });
});

test.describe("in Korean", () => {
  test.use({ locale: "ko-KR", timezoneId: "Asia/Seoul" });

  test("korean: a failed check with its remedy", async ({ page, admin, mail }) => {
    const draft = await admin.draft(mail.support.address, { name: "IT 지원" });
    await visit(page, `/admin/it/channels/email/drafts/${draft}/connect`);
    const wizard = await failedCheck(page, mail, ko);
    await frame(wizard.incoming.card.locator(".check"));
    await picture(page, "korean");
  });
});
