// Mailboxes at work are looked after: an outage is confirmed, told, remembered, and over when it is over.
import { createServer, type AddressInfo } from "node:net";
import { en, expect, expectAccessible, fill, ko, mailboxes, right, test, visit } from "../support/test.ts";
import { Way } from "../support/way.ts";

const badges = ".direction-state .badge";

test.describe("an outage", () => {
  // Every two seconds or so, and confirmed after one or two.
  test.use({ settings: { POSTROOM_WATCH__EVERY_MINUTES: "0.03", POSTROOM_WATCH__CONFIRM_SECONDS: "1" } });

  test("is confirmed, told on every page, remembered, and over when the server is back", async ({ page, admin, mail }) => {
    test.slow();
    const way = await Way.to(mail.imap.tls);
    try {
      const draft = await admin.draft(mail.support.address, { name: "IT help" });
      const { imap, smtp } = right(mail);
      await admin.servers(draft, "check_both", { ...imap, port: way.port }, smtp);
      const saved = await admin.servers(draft, "save", { ...imap, port: way.port }, smtp);
      const mailbox = saved.replace(/\?.*/, "");
      await admin.activated(mailbox.split("/").at(-1)!);
      await visit(page, `${mailbox}/history`);
      await expect(page.getByRole("heading", { name: en.watch.history_empty_title })).toBeVisible();
      const alarm = page.getByRole("complementary", { name: en.watch.label });
      await expect(alarm).toHaveCount(0);

      await way.down();
      const title = `${mail.host} refuses connections on port ${way.port}`;
      // The page looks by itself.
      await visit(page, mailboxes());
      await expect(alarm).toContainText(en.watch.stopped_one, { timeout: 45_000 });
      await expect(alarm).toContainText("IT help");
      const row = page.getByRole("row", { name: /IT help/ });
      await expect(row.locator(".badge")).toHaveText([en.mailboxes.failing, en.mailboxes.working], { timeout: 45_000 });
      await expect(row).toContainText(fill(en.watch.failing_since, { when: "" }).trim());
      await expectAccessible(page);

      // The line leads to where it is repaired, and the page there to the history.
      await visit(page, "/account/workspaces");
      await alarm.getByRole("link", { name: title }).click();
      await expect(page).toHaveURL(new RegExp(`${mailbox}$`));
      await expect(page.locator(badges)).toHaveText([en.mailboxes.failing, en.mailboxes.working]);
      await page.getByRole("link", { name: en.watch.history, exact: true }).click();
      const happened = page.getByRole("main").locator("ol.history > li");
      await expect(happened).toHaveCount(1);
      await expect(happened).toContainText(en.watch.went_down);
      await expect(happened).toContainText(en.watch.goes_on);
      await expect(happened).toContainText(title);
      await expectAccessible(page);

      await way.up();
      await expect
        .poll(async () => {
          await visit(page, `${mailbox}/history`);
          return happened.locator(".badge").allTextContents();
        }, { timeout: 30_000 })
        .toEqual([en.watch.recovered, en.watch.went_down]);
      await expect(happened.first()).toContainText(fill(en.watch.after, { time: en.watch.moments }));
      await expect(alarm).toHaveCount(0);
    } finally {
      await way.down();
    }
  });
});

test.describe("the forecast", () => {
  const soon = new Date(Date.now() + 5 * 86_400_000).toISOString().slice(0, 10);

  test("is empty where nothing is known to end", async ({ page, admin: _ }) => {
    await visit(page, "/account/forecast");
    await expect(page.getByRole("heading", { name: en.watch.forecast_empty_title })).toBeVisible();
    await expectAccessible(page);
  });

  test.describe("with a client secret that ends", () => {
    test.use({
      settings: {
        POSTROOM_OAUTH__MICROSOFT__CLIENT_ID: "6f0c5a3e-9d1b-4c67-8f0a-2b7d4e91c5aa",
        POSTROOM_OAUTH__MICROSOFT__CLIENT_SECRET: "made-up",
        POSTROOM_OAUTH__MICROSOFT__CLIENT_SECRET_EXPIRES_ON: soon,
      },
    });

    test("tells it on every page, and where to renew it", async ({ page, admin: _ }) => {
      await visit(page, mailboxes());
      const alarm = page.getByRole("complementary", { name: en.watch.label });
      await expect(alarm).toContainText(en.watch.ending_one);
      await alarm.getByRole("link", { name: en.watch.see_forecast }).click();
      const line = page.getByRole("main").getByRole("listitem").filter({ hasText: fill(en.watch.secret, { provider: "Microsoft" }) });
      await expect(line).toContainText(fill(en.watch.in_days, { count: 5 }));
      await expectAccessible(page);
      await line.getByRole("link").click();
      await expect(page).toHaveURL(/\/account\/sign-in\/microsoft$/);
    });

    test.describe("on a dark phone, in Korean", () => {
      test.use({ colorScheme: "dark", viewport: { width: 360, height: 740 }, locale: "ko-KR" });

      test("reads well and does not overflow", async ({ page, admin: _ }) => {
        await visit(page, "/account/forecast");
        await expect(page.getByRole("heading", { level: 1, name: ko.watch.forecast })).toBeVisible();
        await expectAccessible(page);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360);
      });
    });
  });
});

test.describe("health and numbers", () => {
  test("are there for machines, and the numbers on an address of their own", async ({ request, postroom }) => {
    for (const path of ["/health/live", "/health/ready"]) {
      const answer = await request.get(path, { maxRedirects: 0 });
      expect([answer.status(), await answer.json()], path).toEqual([200, { status: "ok" }]);
    }
    expect((await request.get("/metrics", { maxRedirects: 0 })).status(), postroom.address).not.toBe(200);
  });

  test("the numbers count checks and mailboxes", async ({ playwright, mail }) => {
    const { Admin, Postroom } = await import("../support/test.ts");
    const port = await freePort();
    const postroom = await Postroom.start({
      POSTROOM_METRICS__LISTEN: `127.0.0.1:${port}`,
      POSTROOM_NETWORK__ALLOW_LOOPBACK: "true",
      POSTROOM_NETWORK__EXTRA_CA_FILES: JSON.stringify([mail.ca]),
    });
    const request = await playwright.request.newContext();
    try {
      const admin = new Admin(request, postroom);
      await admin.setUp();
      await admin.mailbox(mail);
      const numbers = await (await request.get(`http://127.0.0.1:${port}/metrics`)).text();
      expect(numbers).toMatch(/postroom_checks_total\{protocol="IMAP",outcome="passed"\} [1-9]/);
      expect(numbers).toContain('postroom_check_duration_seconds_bucket{protocol="SMTP",le="30"}');
      expect(numbers).toContain('postroom_mailbox_servers{state="active",direction="incoming",health="working"} 1');
      expect(numbers).toMatch(/postroom_http_requests_total\{class="3xx"\} [1-9]/);
      expect(numbers).not.toContain(mail.support.address);
    } finally {
      await request.dispose();
      await postroom.remove();
    }
  });
});

function freePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });
}
