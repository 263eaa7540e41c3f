// Organisations that let nobody allow an application before an administrator has: waited for, given, noticed.
import { connect, en, expect, expectAccessible, expectNoSidewaysScrolling, ko, live, test, visit } from "../support/test.ts";
import { Provider, signInHere } from "../support/provider.ts";
import { ProviderPages, SignIn } from "../support/sign_in.ts";
import type { Mail } from "../support/mail.ts";
import type { Browser, Page } from "@playwright/test";

// An administrator's consent counts for everybody, so no other file uses this application.
test.use({
  ignoreHTTPSErrors: true,
  settings: async ({ mail }, use) =>
    use({
      ...signInHere(mail),
      POSTROOM_OAUTH__MICROSOFT__CLIENT_ID: mail.microsoft.walledClientId,
      POSTROOM_OAUTH__MICROSOFT__CLIENT_SECRET: mail.microsoft.walledClientSecret,
    }),
});

const { signin } = en;

test.beforeEach(async ({ mail }) => {
  const provider = new Provider(mail, mail.microsoft.authority);
  await provider.turn("reset-admin-consent", { client: mail.microsoft.walledClientId });
});

/** The link on the page that waits. */
async function consentLink(page: Page): Promise<string> {
  const link = page.getByRole("main").locator("code").first();
  await expect(link).toHaveText(/^https:\/\//);
  return (await link.textContent())!;
}

/** What an administrator does with the link, in a browser of their own; the page they end on. */
async function decide(browser: Browser, mail: Mail, link: string, how: "accept" | "cancel"): Promise<Page> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
  const page = await context.newPage();
  await page.goto(link);
  const there = new ProviderPages(page, "microsoft");
  await there.signIn(mail.administrator);
  await there[how]();
  return page;
}

test("the page waits with a link for the administrator, notices the consent, and signing in goes through", async ({
  page,
  admin,
  mail,
  browser,
  baseURL,
}) => {
  const { ada } = mail;
  const signIn = new SignIn(page, "microsoft");
  const draft = await admin.draft(ada.address, { kind: "microsoft" });
  await visit(page, connect(draft));
  await signIn.begin.click();
  await signIn.there.signIn(ada);
  await expect(page).toHaveURL(new RegExp(`${connect(draft)}$`));
  await expect(page.getByRole("heading", { name: signin.consent_title })).toBeVisible();
  await expect(page.getByText(signin.consent_watching)).toBeVisible();
  await expect(page.getByText(signin.consent_step_2)).toBeVisible();
  const link = await consentLink(page);
  expect(new URL(link).pathname).toMatch(/\/adminconsent$/);
  expect(new URL(link).searchParams.get("client_id")).toBe(mail.microsoft.walledClientId);
  await live(page);
  await expect(page.getByRole("main").getByRole("button", { name: en.components.copy, exact: true })).toBeVisible();
  const letter = await page.getByRole("link", { name: signin.consent_mail }).getAttribute("href");
  expect(letter).toContain(encodeURIComponent(link));
  await expectAccessible(page);

  // Declined first: whoever waits goes on waiting.
  const declined = await decide(browser, mail, link, "cancel");
  await expect(declined).toHaveURL(`${baseURL}/consent/refused`);
  await expect(declined.getByRole("heading", { level: 1 })).toHaveText(signin.consent_outcome_refused_title);
  await expectAccessible(declined);
  await declined.context().close();

  const thanked = await decide(browser, mail, link, "accept");
  await expect(thanked).toHaveURL(`${baseURL}/consent/given`);
  await expect(thanked.getByRole("heading", { level: 1 })).toHaveText(signin.consent_outcome_given_title);
  await expectAccessible(thanked);
  await thanked.context().close();

  await expect(page.getByText(signin.consent_given_title), "nobody loads the page anew").toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(signin.consent_title)).toHaveCount(0);
  await expectAccessible(page);
  await signIn.begin.click();
  await signIn.there.goOnAs(ada);
  await signIn.expectConnected(ada);
  await signIn.wizard.save.click();
  await signIn.wizard.expectSaved();
});

test("whoever is told by Microsoft to ask an administrator finds the link here, and the way back to a plain try", async ({
  page,
  admin,
  mail,
  browser,
}) => {
  const person = mail.bob;
  await new Provider(mail, mail.microsoft.authority).turn("wall-page", { account: person.address });
  const signIn = new SignIn(page, "microsoft");
  const draft = await admin.draft(person.address, { kind: "microsoft" });
  await visit(page, connect(draft));
  await signIn.begin.click();
  await signIn.there.signIn(person);
  await page.getByRole("button", { name: "Return to the application" }).click();
  await expect(page).toHaveURL(new RegExp(`${connect(draft)}$`));
  await expect(page.locator("article.remedy")).toContainText("Need admin approval");
  await expect(page.getByRole("heading", { name: signin.consent_perhaps_title })).toBeVisible();
  await expect(page.getByText(signin.consent_title), "nobody says that it must be so").toHaveCount(0);
  await expect(page.getByRole("button", { name: signin.begin_again, exact: true })).toBeVisible();
  await live(page);
  await expectAccessible(page);

  const thanked = await decide(browser, mail, await consentLink(page), "accept");
  await thanked.context().close();
  await expect(page.getByText(signin.consent_given_title), "nobody loads the page anew").toBeVisible({ timeout: 20_000 });
  await signIn.begin.click();
  await signIn.there.goOnAs(person);
  await signIn.expectConnected(person);
});

test("what was typed and the link are still there when the page is opened again later", async ({ page, admin, mail, postroom }) => {
  const signIn = new SignIn(page, "microsoft");
  const draft = await admin.draft(mail.desk.address, { kind: "microsoft" });
  await visit(page, connect(draft));
  await signIn.otherAccount.check();
  await signIn.begin.click();
  await signIn.there.signIn(mail.ada);
  const link = await consentLink(page);
  await page.goto("about:blank");
  await postroom.restart();
  await visit(page, connect(draft));
  await expect(page.getByText(signin.consent_title)).toBeVisible();
  expect(await consentLink(page)).toBe(link);

  // An administrator who allows it in another way leaves a button for that.
  const again = page.getByRole("button", { name: signin.consent_again, exact: true });
  await again.click();
  await signIn.there.goOnAs(mail.ada);
  await expect(page, "the wall still stands").toHaveURL(new RegExp(`${connect(draft)}$`));
  await expect(page.getByText(signin.consent_title)).toBeVisible();
});

test("a consent link that nobody waits for is answered in words", async ({ page, postroom: _ }) => {
  await page.goto("/oauth/callback?admin_consent=True&tenant=x&state=made-up");
  await expect(page).toHaveURL(/\/help\/problems\/sign_in_expired$/);
  await expect(page.locator("article.remedy")).toContainText("no longer open");
});

test.describe("in Korean, on a phone", () => {
  test.use({ locale: "ko-KR", viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, colorScheme: "dark" });

  test("waiting is told in Korean without sideways scrolling", async ({ page, admin, mail }) => {
    const signIn = new SignIn(page, "microsoft", ko);
    await visit(page, connect(await admin.draft(mail.ada.address, { kind: "microsoft" })));
    await signIn.begin.tap();
    await signIn.there.signIn(mail.ada);
    await expect(page.getByText(ko.signin.consent_title)).toBeVisible();
    await expect(page.getByText(ko.signin.consent_who_text)).toBeVisible();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
  });
});
