// Sender domains: what the DNS says of them, the records to publish, and looking again once they are.
import type { Page } from "@playwright/test";
import { NameServer, serverFailure } from "../support/name_server.ts";
import { en, expect, expectAccessible, fill, ko, test as base, visit } from "../support/test.ts";

const domain = "it.desk.example.com";
const page_ = `/account/sender-domains/${domain}`;
const selector = `postroom1._domainkey.${domain}`;

const test = base.extend<{ dns: NameServer }>({
  dns: async ({}, use) => {
    const server = await NameServer.start();
    await use(server);
    server.stop();
  },
  settings: async ({ dns }, use) =>
    use({ POSTROOM_MAIL_DOMAIN: "desk.example.com", POSTROOM_NETWORK__NAME_SERVERS: `["${dns.address}"]` }),
});

const card = (page: Page, title: string) =>
  page.locator("section.card").filter({ has: page.getByRole("heading", { level: 2, name: title }) });
const again = (page: Page, words = en) => page.getByRole("button", { name: words.domains.look_again });

/** The value that is to be copied into the record of DKIM. */
async function key(page: Page): Promise<string> {
  const value = card(page, en.domains.dkim).locator("dd code").nth(1);
  return (await value.textContent()) ?? "";
}

test("a key that is published is seen, and mail is signed from then on", async ({ page, admin, dns }) => {
  expect(admin).toBeDefined();
  await visit(page, "/account/sender-domains");
  await expect(page.getByRole("listitem").filter({ hasText: domain })).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("main").getByRole("link", { name: domain }).click();

  await expect(card(page, en.domains.dkim)).toContainText(en.domains.dkim_missing);
  await expect(card(page, en.domains.dkim)).toContainText(en.domains.signing_off);
  await expect(card(page, en.domains.spf)).toContainText(en.domains.spf_missing);
  await expect(card(page, en.domains.dmarc)).toContainText("v=DMARC1; p=none");
  await expectAccessible(page);

  dns.texts.set(selector, [await key(page)]);
  dns.texts.set(domain, ["v=spf1 -all", "v=spf1 mx -all"]);
  dns.texts.set("_dmarc.example.com", ["v=DMARC1; p=reject"]);
  await expect(async () => {
    await again(page).click();
    await expect(card(page, en.domains.dkim)).toContainText(en.domains.signing_on, { timeout: 2_000 });
  }).toPass({ timeout: 30_000 });
  await expect(card(page, en.domains.spf)).toContainText(fill(en.domains.spf_several, { count: "2" }));
  await expect(card(page, en.domains.dmarc)).toContainText(fill(en.domains.dmarc_inherited, { domain: "example.com" }));
  await expectAccessible(page);
});

test("a DNS that does not answer is told, and the last result stays", async ({ page, admin, dns }) => {
  expect(admin).toBeDefined();
  dns.texts.set(domain, ["v=spf1 mx -all"]);
  await visit(page, page_);
  await expect(card(page, en.domains.spf)).toContainText("v=spf1 mx -all");
  dns.codes.set(domain, serverFailure);
  await expect(async () => {
    await again(page).click();
    await expect(card(page, en.domains.spf)).toContainText(en.domains.unanswered_title, { timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  await expect(card(page, en.domains.spf)).toContainText("SERVFAIL");
  await expect(card(page, en.domains.spf)).toContainText("v=spf1 mx -all");
  await expectAccessible(page);
});

test("a domain of nobody is not found", async ({ page, admin, complaints }) => {
  expect(admin).toBeDefined();
  await visit(page, "/account/sender-domains/example.org");
  await expect(page.getByRole("heading", { level: 1 })).not.toHaveText("example.org");
  await expect(again(page)).toHaveCount(0);
  expect(complaints.splice(0)).toEqual([expect.stringContaining("status of 404")]);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("a domain is looked up, and looked up again", async ({ page, admin, dns }) => {
    expect(admin).toBeDefined();
    await page.goto(page_);
    await expect(card(page, en.domains.dkim)).toContainText(en.domains.dkim_missing);
    dns.texts.set(selector, [await key(page)]);
    await expect(async () => {
      await again(page).click();
      await expect(card(page, en.domains.dkim)).toContainText(en.domains.dkim_good, { timeout: 1_000 });
    }).toPass({ timeout: 30_000 });
    await expect(page).toHaveURL(page_);
  });
});

test.describe("in Korean, on a phone", () => {
  test.use({ locale: "ko-KR", viewport: { width: 320, height: 640 } });

  test("nothing scrolls sideways", async ({ page, admin }) => {
    expect(admin).toBeDefined();
    await visit(page, page_);
    await expect(page.getByText(ko.domains.dkim_missing)).toBeVisible();
    await page.getByText(ko.domains.zone_file).first().click();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBe(0);
    await expectAccessible(page);
  });
});
