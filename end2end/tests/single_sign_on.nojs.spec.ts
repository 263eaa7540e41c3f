// Single sign-on without JavaScript: a provider is added, tested, and lets somebody in; passwords are switched off.
import { Admin, en, expect, test } from "../support/test.ts";
import { add, button, forget, password, signOnPage, staff, there, tried } from "../support/single_sign_on.ts";

test.use({ ignoreHTTPSErrors: true });

const { signon } = en;

test("plain forms lead to the provider and back, and switch passwords off", async ({ page, postroom, mail }) => {
  await new Admin(page.request, postroom).setUp(mail.ada.address);
  await add(page, staff(mail));
  expect(await tried(page)).toEqual(["passed", "passed", "passed", "passed"]);
  await forget(page);
  await page.goto(signOnPage);
  await expect(password(page)).not.toBeVisible();
  await button(page, "Staff").click();
  await there(page, "google").signIn(mail.ada);
  await there(page, "google").accept();
  await expect(page).toHaveURL(new RegExp(`${signOnPage}$`));
  await page.getByText(signon.local_switch_off, { exact: true }).click();
  await page.getByRole("button", { name: signon.local_off_yes }).click();
  await expect(page.getByText(signon.local_off_text)).toBeVisible();
  await page.getByRole("button", { name: signon.local_switch_on }).click();
  await expect(page.getByText(signon.local_on_text)).toBeVisible();
});
