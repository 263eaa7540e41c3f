// Administrators are told by mail: an outage, its end, and whether alerts arrive at all.
import { lying } from "../support/inbox.ts";
import { Admin, en, expect, expectAccessible, expectNoSidewaysScrolling, fill, ko, right, test, visit } from "../support/test.ts";
import { Dovecot } from "../support/dovecot.ts";

const address = "/account/alerts";

const header = (text: string, name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(text)?.[1];

test.describe("an outage", () => {
  test.use({ settings: { POSTROOM_WATCH__EVERY_MINUTES: "0.03", POSTROOM_WATCH__CONFIRM_SECONDS: "1" } });

  test("is told by mail once, and so is its end", async ({ page, postroom, mail }) => {
    test.setTimeout(300_000);
    const admin = new Admin(page.request, postroom);
    await admin.setUp(mail.oncall.address);
    await admin.relay(mail);
    const name = `Night desk ${Date.now()}`;
    const dovecot = await Dovecot.start(mail, mail.support);
    try {
      const draft = await admin.draft(mail.support.address, { name });
      const { imap, smtp } = right(mail);
      await admin.servers(draft, "check_both", { ...imap, port: dovecot.port }, smtp);
      const mailbox = (await admin.servers(draft, "save", { ...imap, port: dovecot.port }, smtp)).replace(/\?.*/, "");
      await visit(page, address);
      await expect(page.getByRole("heading", { name: en.alerts.empty_title })).toBeVisible();
      await expect(page.getByRole("checkbox")).toBeChecked();
      await expectAccessible(page);

      await dovecot.stop();
      const stopped = `[Postroom] ${name} has stopped: ${mail.host} refuses connections on port ${dovecot.port}`;
      // It is confirmed within seconds, and collects its mailboxes for a minute.
      await expect.poll(() => lying(mail, mail.oncall, stopped), { timeout: 150_000 }).toHaveLength(1);
      const [alert] = await lying(mail, mail.oncall, stopped);
      expect(header(alert!, "Auto-Submitted")).toBe("auto-generated");
      expect(header(alert!, "From")).toBe(`Postroom <${mail.support.address}>`);
      expect(alert, "by the name that Postroom gives itself").toContain(`http://localhost:${new URL(postroom.address).port}${mailbox}`);
      await visit(page, address);
      const line = page.getByRole("main").locator("ol.history > li");
      await expect(line).toHaveCount(1);
      await expect(line.locator(".badge")).toHaveText(en.alerts.goes_on);
      await expect(line).toContainText(fill(en.alerts.kind_stopped, { address: mail.oncall.address }));
      await expect(line).toContainText(en.alerts.state_sent);
      await expectAccessible(page);

      await dovecot.launch();
      const again = `[Postroom] ${name} works again after `;
      await expect.poll(() => lying(mail, mail.oncall, again), { timeout: 60_000 }).toHaveLength(1);
      const [over] = await lying(mail, mail.oncall, again);
      expect(header(over!, "In-Reply-To")).toBe(header(alert!, "Message-ID"));
      expect(await lying(mail, mail.oncall, stopped), "none in between").toHaveLength(1);
      await visit(page, address);
      await expect(line.locator(".badge")).toHaveText(en.alerts.recovered);
      await expect(line).toContainText(fill(en.alerts.kind_recovered, { address: mail.oncall.address }));
    } finally {
      await dovecot.remove();
    }
  });
});

test("without a relay the page says so and leads to it, and with one a test alert arrives", async ({ page, postroom, mail }) => {
  test.slow();
  const admin = new Admin(page.request, postroom);
  await admin.setUp(mail.oncall.address);
  await visit(page, address);
  const send = page.getByRole("button", { name: en.alerts.test });
  await expect(page.getByText(en.alerts.no_relay_title)).toBeVisible();
  await expect(send).toHaveCount(0);
  await page.getByRole("link", { name: en.alerts.to_relay }).click();
  await expect(page).toHaveURL(/\/account\/relay$/);
  await admin.relay(mail);
  await visit(page, address);
  const subject = "[Postroom] This is a test alert";
  const before = (await lying(mail, mail.oncall, subject)).length;
  await send.click();
  await expect.poll(async () => (await lying(mail, mail.oncall, subject)).length, { timeout: 30_000 }).toBeGreaterThan(before);
  await visit(page, address);
  const line = page.getByRole("main").locator("ol.history > li");
  await expect(line.locator(".badge")).toHaveText(en.alerts.test_badge);
  await expect(line).toContainText(en.alerts.state_sent);
});

test.describe("who is told", () => {
  test("is chosen with tick boxes, and nobody is a choice too", async ({ page, admin: _ }) => {
    await visit(page, address);
    const box = page.getByRole("checkbox");
    await expect(box).toBeChecked();
    await box.uncheck();
    await page.getByRole("button", { name: en.common.save }).click();
    await expect(page.getByText(en.alerts.nobody_title)).toBeVisible();
    await page.reload();
    await expect(box).not.toBeChecked();
    await box.check();
    await page.getByRole("button", { name: en.common.save }).click();
    await expect(page.getByText(en.alerts.nobody_title)).toHaveCount(0);
    await page.reload();
    await expect(box).toBeChecked();
  });

  test.describe("without JavaScript", () => {
    test.use({ javaScriptEnabled: false });

    test("is chosen just the same", async ({ page, admin: _ }) => {
      await page.goto(address);
      await page.getByRole("checkbox").uncheck();
      await page.getByRole("button", { name: en.common.save }).click();
      await expect(page).toHaveURL(/\/account\/alerts\?done=settings_saved$/);
      await expect(page.getByRole("checkbox")).not.toBeChecked();
      await page.getByRole("checkbox").check();
      await page.getByRole("button", { name: en.common.save }).click();
      await expect(page.getByRole("checkbox")).toBeChecked();
    });
  });

  test.describe("on a dark phone, in Korean", () => {
    test.use({ colorScheme: "dark", viewport: { width: 360, height: 740 }, locale: "ko-KR" });

    test("reads well and does not overflow", async ({ page, admin: _ }) => {
      await visit(page, address);
      await expect(page.getByRole("heading", { level: 1, name: ko.alerts.title })).toBeVisible();
      await expect(page.getByText(ko.alerts.no_relay_title)).toBeVisible();
      await expectAccessible(page);
      await expectNoSidewaysScrolling(page, 360);
    });
  });
});
