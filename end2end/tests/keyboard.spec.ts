// Nothing but the keyboard, from signing in to a mailbox that works.
import { ada, en, expect, live, mailboxes, test, visit, Wizard } from "../support/test.ts";
import type { Locator, Page } from "@playwright/test";

/** Presses Tab until something has the focus, as somebody without a mouse gets there. */
async function tabTo(page: Page, wanted: Locator, key = "Tab"): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await wanted.count()) === 1 && (await wanted.evaluate((element) => element === document.activeElement))) return;
    await page.keyboard.press(key);
  }
  throw new Error(`${wanted} cannot be reached with ${key}`);
}

async function type(page: Page, field: Locator, text: string): Promise<void> {
  await tabTo(page, field);
  await page.keyboard.press("ControlOrMeta+A");
  await page.keyboard.type(text);
  await expect(field).toHaveValue(text);
}

test("somebody signs in and connects a mailbox without a mouse", async ({ page, admin: _, mail }) => {
  await page.context().clearCookies();
  await visit(page, "/sign-in");
  await type(page, page.getByLabel(en.account.email, { exact: true }), ada.email);
  await type(page, page.getByLabel(en.account.password, { exact: true }), ada.password);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
  await live(page);

  // The first stop on a page leads past the bar.
  await page.reload();
  await live(page);
  await page.keyboard.press("Tab");
  await expect(page.locator(":focus")).toHaveText(en.components.skip_to_content);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("main")).toBeFocused();
  await tabTo(page, page.getByRole("link", { name: en.mailboxes.new }).first());
  await page.keyboard.press("Enter");

  const wizard = new Wizard(page);
  await expect(wizard.name).toBeVisible();
  await type(page, wizard.address, mail.support.address);
  await type(page, wizard.name, "IT help");
  await tabTo(page, wizard.next);
  await page.keyboard.press("Enter");
  await expect(page).toHaveURL(/\/server$/);
  await tabTo(page, page.getByLabel(en.wizard.kind_custom, { exact: true }));
  await page.keyboard.press("ArrowDown");
  await expect(page.getByLabel(en.wizard.kind_default, { exact: true })).toBeChecked();
  await page.keyboard.press("ArrowUp");
  await expect(page.getByLabel(en.wizard.kind_custom, { exact: true })).toBeChecked();
  await tabTo(page, wizard.next);
  await page.keyboard.press("Space");
  await wizard.expectConnect();

  const { incoming, outgoing } = wizard;
  await type(page, incoming.host, mail.host);
  await type(page, incoming.port, `${mail.imap.tls}`);
  await tabTo(page, incoming.tls);
  await page.keyboard.press("Space");
  await expect(incoming.tls).not.toBeChecked();
  await page.keyboard.press("Space");
  await expect(incoming.tls).toBeChecked();
  await type(page, incoming.password, mail.support.password);
  await type(page, outgoing.host, mail.host);
  await type(page, outgoing.port, `${mail.smtp.tls}`);
  await type(page, outgoing.password, mail.support.password);
  // Enter in a field checks both.
  await page.keyboard.press("Enter");
  await wizard.expectPassed();
  await tabTo(page, wizard.save);
  await page.keyboard.press("Enter");
  await wizard.expectSaved();

  // Menus open and close, and give the focus back.
  const menu = page.locator(`summary[aria-label="${en.common.account}"]`);
  await tabTo(page, menu);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: en.common.sign_out })).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("button", { name: en.common.sign_out })).toBeHidden();
  await expect(menu).toBeFocused();
});
