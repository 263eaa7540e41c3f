// Nobody watches any more: the check ends, and with it its connection, long before its own deadline.
import { en, expect, right, test, visit, Wizard } from "../support/test.ts";
import { Silence } from "../support/way.ts";

/** A check waits ten seconds for a greeting; whoever leaves is not waited for. */
const soon = { timeout: 5_000 };

test.describe("a check that waits for a silent server", () => {
  let silence: Silence;

  test.beforeEach(async ({ page, admin, mail }) => {
    silence = await Silence.begin();
    const draft = await admin.draft(mail.support.address);
    await visit(page, `/admin/it/channels/email/drafts/${draft}/connect`);
    const { incoming } = new Wizard(page);
    await incoming.fill({ ...right(mail).imap, port: silence.port, tls: false });
    await incoming.checkButton.click();
    await expect.poll(() => silence.open).toBe(1);
    await expect(incoming.rung(en.components.step_greeting)).toHaveAttribute("data-state", "running");
  });

  test.afterEach(() => silence.end());

  test("ends when another page is opened", async ({ page }) => {
    await page.getByRole("link", { name: en.common.admin, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1, name: en.admin.title })).toBeVisible();
    await expect.poll(() => silence.open, soon).toBe(0);
  });

  test("ends when the browser is closed", async ({ page }) => {
    await page.close();
    await expect.poll(() => silence.open, soon).toBe(0);
  });

  test("ends when it is stopped", async ({ page }) => {
    await page.getByRole("button", { name: en.wizard.stop, exact: true }).click();
    await expect.poll(() => silence.open, soon).toBe(0);
    const wizard = new Wizard(page);
    await expect(wizard.checkBoth).toBeVisible();
    await expect(wizard.incoming.card).toContainText(en.wizard.not_checked);
  });
});
