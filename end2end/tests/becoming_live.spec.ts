// While a page's own part is still on its way, its links work as they do without JavaScript.
import { en, expect, live, mailboxes, test, visit } from "../support/test.ts";

test("a link that is pressed before the page is live leads there, and the next page is live", async ({ page, admin: _ }) => {
  await visit(page, mailboxes());
  // The page's own code comes when it is let through.
  let letThrough = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letThrough = resolve));
  await page.route(/\/pkg\/split_administration.*\.wasm$/, async (route) => {
    await gate;
    await route.continue().catch(() => undefined);
  });
  const asked = page.waitForRequest(/\/pkg\/split_administration/);
  await page.goto("/account/sign-in/microsoft");
  await asked;
  // Only a new document would forget this.
  await page.evaluate(() => Object.assign(window, { here: true }));
  await page.getByRole("navigation", { name: en.signin.app_providers }).getByRole("link", { name: "Google" }).click();
  await expect(page).toHaveURL(/\/google$/);
  expect(await page.evaluate(() => "here" in window)).toBe(false);
  letThrough();
  await live(page);
  // And from then on the router takes them.
  await page.evaluate(() => Object.assign(window, { here: true }));
  await page.getByRole("navigation", { name: en.signin.app_providers }).getByRole("link", { name: "Microsoft" }).click();
  await expect(page).toHaveURL(/\/microsoft$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Microsoft");
  expect(await page.evaluate(() => "here" in window)).toBe(true);
});
