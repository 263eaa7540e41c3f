// The help without JavaScript: the form asks the server, and the links link.
import { en, expect, test } from "../support/test.ts";

test("the search finds a problem by the number in a server's answer", async ({ page, postroom }) => {
  await postroom.code();
  await page.goto("/help/problems");
  await page.getByRole("searchbox").fill("5.7.139");
  await page.getByRole("button", { name: en.help.search, exact: true }).click();
  await expect(page).toHaveURL(/\?q=5\.7\.139$/);
  await expect(page.locator('a[href="/help/problems/smtp_auth_disabled"]')).toBeVisible();
  await expect(page.locator('a[href="/help/problems/host_not_found"]')).toHaveCount(0);
});

test("a service is chosen by a link", async ({ page, postroom }) => {
  await postroom.code();
  await page.goto("/help/problems/imap_disabled");
  await page.getByRole("link", { name: "Naver", exact: true }).click();
  await expect(page.locator("article.remedy")).toContainText("mail.naver.com");
});
