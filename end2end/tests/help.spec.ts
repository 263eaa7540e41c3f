// The help: every problem by where it happens, found by what a server says, with a page for each.
import { en, expect, expectAccessible, test, visit } from "../support/test.ts";

/** Chromium writes a line about the page itself. */
const missing = /^Failed to load resource: the server responded with a status of 404 /;

test("problems are listed by where they happen and found while one types", async ({ page, postroom }) => {
  await postroom.code();
  await visit(page, "/help/problems");
  const { help } = en;
  for (const stage of [help.stage_way, help.stage_tls, help.stage_sign_in, help.stage_provider, help.stage_mail]) {
    await expect(page.getByRole("heading", { level: 2, name: stage, exact: true })).toBeVisible();
  }
  await page.getByRole("searchbox").fill("SmtpClientAuthentication");
  const found = page.locator(".help-stage a");
  await expect(found).toHaveCount(1);
  await expect(found).toHaveAttribute("href", "/help/problems/smtp_auth_disabled");
  await expectAccessible(page);
});

test("a problem shows how each service repairs it", async ({ page, postroom }) => {
  await postroom.code();
  await visit(page, "/help/problems/imap_disabled");
  const services = page.getByRole("navigation", { name: en.help.services });
  await expect(services.getByRole("link", { name: en.help.elsewhere })).toHaveAttribute("aria-current", "page");
  await services.getByRole("link", { name: "Microsoft 365" }).click();
  await expect(page).toHaveURL(/\?provider=microsoft$/);
  await expect(services.getByRole("link", { name: "Microsoft 365" })).toHaveAttribute("aria-current", "page");
  await expect(page.locator("article.remedy")).toContainText("Manage email apps");
  await expect(page.locator("article.remedy")).toContainText("Set-CASMailbox");
});

test("services that few people have are folded, and the chosen one is in sight", async ({ page, postroom }) => {
  await postroom.code();
  await visit(page, "/help/problems/imap_disabled");
  const services = page.getByRole("navigation", { name: en.help.services });
  const hiworks = services.getByRole("link", { name: "Hiworks" });
  await expect(hiworks).toBeHidden();
  await services.getByText(en.help.more_services).click();
  await hiworks.click();
  await expect(page.locator("article.remedy")).toContainText("no IMAP");
  await expect(hiworks).toBeVisible();
  await expect(hiworks).toHaveAttribute("aria-current", "page");
  await expectAccessible(page);
});

test("a problem that is not there leads to the search", async ({ page, postroom, complaints }) => {
  await postroom.code();
  const answer = await page.goto("/help/problems/no_such_problem");
  expect(answer?.status()).toBe(404);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(en.help.unknown_title);
  await expect(page.getByRole("searchbox")).toHaveValue("no such problem");
  await expectAccessible(page);
  expect(complaints.splice(0).filter((complaint) => !missing.test(complaint))).toEqual([]);
});

test("what to check first leads into the catalogue", async ({ page, postroom }) => {
  await postroom.code();
  await visit(page, "/help/troubleshooting");
  for (const title of [en.help.microsoft_title, en.help.others_title, en.help.again_title, en.help.network_title]) {
    await expect(page.getByRole("heading", { level: 2, name: title, exact: true })).toBeVisible();
  }
  await page.getByRole("link", { name: en.help.link_naver_imap }).click();
  await expect(page).toHaveURL(/imap_disabled\?provider=naver$/);
  await expect(page.locator("article.remedy")).toContainText("POP3/IMAP");
});
