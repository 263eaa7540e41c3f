// A mailbox that is saved: checked again, edited, paused, deleted.
import { readFile } from "node:fs/promises";

import { Admin, en, expect, fill, live, mailboxes, right, test, visit, Wizard } from "../support/test.ts";
import { Way } from "../support/way.ts";

const badges = ".direction-state .badge";

test("editing keeps the sealed password, and the check passes without typing it again", async ({ page, admin, mail }) => {
  const id = await admin.mailbox(mail);
  await visit(page, `${mailboxes()}/${id}`);
  await page.getByRole("button", { name: en.common.edit, exact: true }).click();
  const wizard = new Wizard(page);
  await expect(page.getByRole("heading", { name: fill(en.wizard.edit_title, { address: mail.support.address }) })).toBeVisible();
  await expect(wizard.address).toHaveValue(mail.support.address);
  await wizard.name.fill("Help for everybody");
  await wizard.onToConnect();
  for (const half of [wizard.incoming, wizard.outgoing]) {
    await expect(half.password).toHaveValue("");
    await expect(half.card).toContainText(en.wizard.password_unchanged);
  }
  expect(await page.content()).not.toContain(mail.support.password);

  await wizard.incoming.port.fill(`${mail.imap.starttls}`);
  await wizard.incoming.unfold();
  await wizard.incoming.tlsMode.selectOption("starttls");
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  await wizard.save.click();
  await wizard.expectSaved();
  await expect(page.getByRole("heading", { level: 1, name: "Help for everybody" })).toBeVisible();
  await expect(page.getByRole("main")).toContainText(`${mail.host}:${mail.imap.starttls}`);
  await expect(page.locator(badges)).toHaveText([en.mailboxes.working, en.mailboxes.working]);
});

test.describe("a password that is sealed", () => {
  test.use({ refusals: ["watch_check"] });

  test("does not go to another server", async ({ page, admin, mail }) => {
    const id = await admin.mailbox(mail);
    await visit(page, `${mailboxes()}/${id}`);
    await page.getByRole("button", { name: en.common.edit, exact: true }).click();
    const wizard = new Wizard(page);
    await wizard.onToConnect();
    const { incoming } = wizard;
    await incoming.host.fill("127.0.0.1");
    await incoming.checkButton.click();
    await expect(await incoming.errorOf(incoming.password)).toContainText(en.errors.empty);
    await expect(incoming.card).not.toContainText(en.wizard.password_unchanged);
  });
});

test("the file for support says how it went, without a password and without names", async ({ page, admin, mail }) => {
  const id = await admin.mailbox(mail);
  await visit(page, `${mailboxes()}/${id}`);
  const link = page.getByRole("link", { name: en.components.support_file }).first();
  const waiting = page.waitForEvent("download");
  await link.click();
  const download = await waiting;
  expect(download.suggestedFilename()).toBe("postroom-support.txt");
  const text = await readFile(await download.path(), "utf8");
  expect(text).toContain(`IMAP at ${mail.host}:${mail.imap.tls}, TLS from the first byte`);
  expect(text).toContain(`SMTP at ${mail.host}:${mail.smtp.tls}, TLS from the first byte`);
  expect(text).toMatch(/ms {2}passed {2}sign_in/);
  expect(text).toContain("<1>@");
  expect(text).not.toContain(mail.support.password);
  expect(text).not.toContain(mail.support.address);

  const stranger = await page.context().browser()!.newContext();
  const asked = await stranger.request.get(new URL(`${mailboxes()}/${id}/support.txt`, page.url()).href, { maxRedirects: 0 });
  expect(asked.status(), "nobody gets it without signing in").toBe(303);
  await stranger.close();
});

test("a server that goes down is seen by a new check, and so is its return", async ({ page, admin, mail }) => {
  const way = await Way.to(mail.imap.tls);
  try {
    const draft = await admin.draft(mail.support.address, { name: "IT help" });
    const { imap, smtp } = right(mail);
    await admin.servers(draft, "check_both", { ...imap, port: way.port }, smtp);
    const saved = await admin.servers(draft, "save", { ...imap, port: way.port }, smtp);
    await visit(page, saved.replace(/\?.*/, ""));
    await expect(page.locator(badges)).toHaveText([en.mailboxes.working, en.mailboxes.working]);

    await way.down();
    const again = page.getByRole("button", { name: en.mailboxes.check_again });
    await again.click();
    const title = `${mail.host} refuses connections on port ${way.port}`;
    await expect(page.locator("article.remedy").getByRole("heading")).toHaveText(title);
    await expect(page.locator(badges), "the state follows the check").toHaveText([en.mailboxes.failing, en.mailboxes.working]);
    await page.getByRole("link", { name: en.mailboxes.title }).click();
    const row = page.getByRole("row", { name: /IT help/ });
    await expect(row.locator(".badge")).toHaveText([en.mailboxes.failing, en.mailboxes.working]);
    await expect(row).toContainText(title);
    await expect(row).toContainText(fill(en.mailboxes.last_ok, { when: "" }).trim());

    await way.up();
    await row.getByRole("link", { name: "IT help" }).click();
    await again.click();
    await expect(page.locator("article.remedy")).toHaveCount(0);
    await expect(page.locator(badges)).toHaveText([en.mailboxes.working, en.mailboxes.working]);
  } finally {
    await way.down();
  }
});

test("a mailbox rests while it is paused and is back at work when it is resumed", async ({ page, admin, mail }) => {
  const id = await admin.mailbox(mail);
  await visit(page, `${mailboxes()}/${id}`);
  await page.getByRole("button", { name: en.mailboxes.pause, exact: true }).click();
  await expect(page.getByText(en.common.done_paused)).toBeVisible();
  await expect(page.getByText(en.mailboxes.paused_title)).toBeVisible();
  await expect(page.locator(badges)).toHaveText([en.mailboxes.paused, en.mailboxes.paused]);
  await page.getByRole("button", { name: en.mailboxes.resume, exact: true }).click();
  await expect(page.getByText(en.common.done_resumed)).toBeVisible();
  await expect(page.getByText(en.mailboxes.paused_title)).toBeHidden();
  await expect(page.locator(badges)).toHaveText([en.mailboxes.working, en.mailboxes.working]);
});

test.describe("deleting", () => {
  // The page that asked looks once more for the mailbox while the list is being opened.
  test.use({ refusals: ["mailbox"] });

  test("asks first and names the mailbox", async ({ page, admin, mail }) => {
    const id = await admin.mailbox(mail, mail.support, { name: "IT help" });
    await visit(page, `${mailboxes()}/${id}`);
    await page.getByRole("link", { name: en.mailboxes.delete, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: fill(en.mailboxes.delete_title, { name: "IT help" }) })).toBeVisible();
    await expect(page.getByText(fill(en.mailboxes.delete_text, { address: mail.support.address }))).toBeVisible();
    await page.getByRole("link", { name: en.mailboxes.delete_no, exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`/mailboxes/${id}$`));
    await page.getByRole("link", { name: en.mailboxes.delete, exact: true }).click();
    await page.getByRole("button", { name: fill(en.mailboxes.delete_yes, { address: mail.support.address }) }).click();
    await expect(page).toHaveURL(/\/mailboxes\?done=deleted$/);
    await expect(page.getByText(en.common.done_deleted)).toBeVisible();
    await expect(page.getByRole("rowheader")).toHaveCount(1);
    expect((await page.request.get(`${mailboxes()}/${id}`)).status()).toBe(404);
  });
});

test("the primary mailbox is there from the start and cannot be deleted", async ({ page, admin, postroom }) => {
  await visit(page, mailboxes());
  const row = page.getByRole("row", { name: new RegExp(en.mailboxes.primary) });
  await expect(row).toContainText("support@it.postroom.localhost");
  await row.getByRole("link").first().click();
  await expect(page.getByText(en.mailboxes.primary_kept)).toBeVisible();
  await expect(page.getByRole("link", { name: en.mailboxes.delete })).toHaveCount(0);
  const path = new URL(page.url()).pathname;
  await visit(page, `${path}/delete`);
  await expect(page.getByText(en.mailboxes.primary_kept)).toBeVisible();
  await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);

  expect(admin).toBeInstanceOf(Admin);
  const refused = await page.request.post("/api/delete_mailbox", {
    form: { workspace: "it", mailbox: path.split("/").at(-1)! },
    headers: { origin: postroom.address, accept: "application/json" },
  });
  expect(refused.status()).toBe(409);
});

test("a mailbox page that is reloaded shows its last check", async ({ page, admin, mail }) => {
  const id = await admin.mailbox(mail);
  await visit(page, `${mailboxes()}/${id}`);
  await expect(page.locator(".check-head .badge")).toHaveText([en.components.check_passed, en.components.check_passed]);
  await page.reload();
  await live(page);
  await expect(page.locator(".ladder > li[data-state=passed]")).toHaveCount(15);
});
