// The way back in, the second factor and one's own page without JavaScript.
import { enterCode, newLink, setUpSecondFactor, signIn } from "../support/account.ts";
import { code } from "../support/totp.ts";
import { ada, Admin, en, expect, mailboxes, test } from "../support/test.ts";

const { own, account } = en;
const better = "a better password than before";

test("a forgotten password is set anew by a link in a mail", async ({ page, postroom, mail }) => {
  test.slow();
  const admin = new Admin(page.request, postroom);
  await admin.setUp(mail.oncall.address);
  await admin.relay(mail);
  await page.context().clearCookies();
  const link = await newLink(mail, mail.oncall, async () => {
    await page.goto("/forgotten");
    await page.getByRole("button", { name: own.forgotten_submit }).click();
    await expect(page.locator("#email-error")).toContainText(en.errors.empty);
    await page.getByLabel(account.email, { exact: true }).fill(mail.oncall.address);
    await page.getByRole("button", { name: own.forgotten_submit }).click();
    await expect(page.getByRole("heading", { level: 1, name: own.forgotten_sent_title })).toBeVisible();
  });
  await page.goto(link);
  await page.getByLabel(own.new_password, { exact: true }).fill(better);
  await page.getByLabel(own.new_password_again, { exact: true }).fill("something else");
  await page.getByRole("button", { name: own.reset_submit }).click();
  await expect(page.locator("#password_again-error")).toContainText(en.errors.different);
  expect(page.url(), "no password stands in an address").not.toContain("better");
  await page.getByLabel(own.new_password, { exact: true }).fill(better);
  await page.getByLabel(own.new_password_again, { exact: true }).fill(better);
  await page.getByRole("button", { name: own.reset_submit }).click();
  await expect(page.getByText(own.password_set)).toBeVisible();
  await signIn(page, mail.oncall.address, better);
  await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
});

test("a second factor is set up, asked for, and turned off", async ({ page, admin: _ }) => {
  await page.goto("/account/me");
  await page.getByRole("link", { name: own.factor_set_up }).click();
  const { secret, codes } = await setUpSecondFactor(page, (secret) => code(secret));
  await page.getByRole("link", { name: own.codes_done }).click();
  await page.context().clearCookies();
  await signIn(page, ada.email);
  await enterCode(page, own.code, "000000x");
  await expect(page.getByRole("alert")).toHaveText(own.code_wrong);
  await enterCode(page, own.code, code(secret, 1));
  await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
  await page.goto("/account/me");
  const factor = page.locator("section.card").filter({ has: page.getByRole("heading", { name: own.factor_card }) });
  const turnOff = async (password: string) => {
    await factor.getByLabel(own.factor_code_or_recovery).fill(codes[0]!);
    await factor.locator("#off-current").fill(password);
    await factor.getByRole("button", { name: own.factor_turn_off }).click();
  };
  await factor.getByText(own.factor_turn_off, { exact: true }).first().click();
  await turnOff("not this one");
  await expect(factor.locator("#off-current-error")).toContainText(own.wrong_password);
  await turnOff(ada.password);
  await expect(page).toHaveURL(/\?done=second_factor_off$/);
  await expect(factor).toContainText(own.factor_off);
});

test("other sessions are ended", async ({ page, browser, postroom, admin: _ }) => {
  const other = await (await browser.newContext({ baseURL: postroom.address, javaScriptEnabled: false })).newPage();
  await signIn(other, ada.email);
  await page.goto("/account/me");
  await expect(page.locator(".sessions > li")).toHaveCount(2);
  await page.getByRole("button", { name: own.sessions_end_others }).click();
  await expect(page.locator(".sessions > li")).toHaveCount(1);
  await other.goto(mailboxes());
  await expect(other).toHaveURL(/\/sign-in/);
  await other.context().close();
});
