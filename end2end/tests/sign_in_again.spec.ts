// When a sign-in ends: the list says so and why, and one click or a link for the owner brings the same mailbox back.
import { connect, en, expect, expectAccessible, fill, live, mailboxes, test, visit } from "../support/test.ts";
import { Provider, signInHere } from "../support/provider.ts";
import { fact, mailboxPage, ProviderPages, remedies, SignIn, signInCard } from "../support/sign_in.ts";
import type { Admin } from "../support/admin.ts";
import type { Mail, Person } from "../support/mail.ts";
import type { Browser, Page } from "@playwright/test";

// Grants are taken back here by account, so this file has one of its own: `mail.it`.
test.use({ settings: signInHere(), ignoreHTTPSErrors: true });

const { signin } = en;
const badges = ".direction-state .badge";
const working = [en.mailboxes.working, en.mailboxes.working];
const failing = [en.mailboxes.failing, en.mailboxes.failing];

/** Lives so short that every check asks for a new token. */
const atOnce = "5";

const microsoft = (mail: Mail) => new Provider(mail, mail.microsoft.authority);

/** A mailbox at Microsoft whose access token never lasts until the next check. */
async function shortLived(page: Page, admin: Admin, mail: Mail, person: Person): Promise<number> {
  await microsoft(mail).turn("access-token-life", { account: person.address, seconds: atOnce });
  return new SignIn(page, "microsoft").connected(admin, person);
}

/** The same after the person took back what was allowed, and a check has noticed. */
async function revoked(page: Page, admin: Admin, mail: Mail): Promise<number> {
  const id = await shortLived(page, admin, mail, mail.it);
  await microsoft(mail).turn("revoke", { account: mail.it.address });
  await visit(page, mailboxPage(id));
  await expect(page.locator(badges)).toHaveText(working);
  await page.getByRole("button", { name: en.mailboxes.check_again }).click();
  await expect(page.locator(badges)).toHaveText(failing);
  return id;
}

test.afterEach(async ({ mail }) => {
  const account = mail.it.address;
  await microsoft(mail).turn("access-token-life", { account });
  for (const grant of ["refresh_token", "authorization_code"]) await microsoft(mail).turn("refuse", { account, grant });
});

test("a grant that was taken back is told in the list, and one click brings the same mailbox back", async ({ page, admin, mail }) => {
  const id = await revoked(page, admin, mail);
  await expect(page.locator("article.remedy").first()).toContainText("The permission to use this mailbox has ended");

  await visit(page, mailboxes());
  const row = page.getByRole("row", { name: new RegExp(mail.it.address) });
  const again = row.getByRole("link", { name: fill(signin.again_of, { name: mail.it.name }) });
  await expect(again).toHaveText(signin.again);
  await expect(row).toContainText(signin.reason_revoked);
  await expect(row).toContainText(fill(signin.refreshed_when, { when: "" }).trim());
  await expectAccessible(page);

  await again.click();
  await expect(page).toHaveURL(new RegExp(`${mailboxPage(id)}$`));
  const card = signInCard(page);
  await expect(card.locator(".badge")).toHaveText(signin.again);
  await expect(card.locator("article.remedy").getByRole("heading")).toHaveText("The permission to use this mailbox has ended");
  await expect(card.locator("blockquote")).toContainText("AADSTS50173");
  await expectAccessible(page);
  await microsoft(mail).turn("access-token-life", { account: mail.it.address });
  await card.getByRole("button", { name: signin.again, exact: true }).click();
  const there = new ProviderPages(page, "microsoft");
  await there.goOnAs(mail.it);
  await there.accept();

  await expect(page, "the same mailbox").toHaveURL(new RegExp(`${mailboxPage(id)}\\?done=signed_in_again$`));
  await expect(page.getByText(en.common.done_signed_in_again)).toBeVisible();
  await expect(card.locator(".badge")).toHaveText(en.mailboxes.working);
  await expect(card.locator("article.remedy")).toHaveCount(0);
  // The check that nobody has to ask for runs meanwhile.
  await expect(async () => {
    await page.reload();
    await expect(page.locator(badges)).toHaveText(working, { timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await visit(page, mailboxes());
  await expect(page.getByRole("rowheader").filter({ hasText: mail.it.address }), "no second mailbox").toHaveCount(1);
  await expect(row.locator(".badge")).toHaveText(working);
});

test("another account is refused there with both names, and nothing changes", async ({ page, admin, mail }) => {
  const id = await new SignIn(page, "microsoft").connected(admin, mail.it);
  await visit(page, mailboxPage(id));
  const card = signInCard(page);
  const since = await fact(card, signin.since).locator("time").getAttribute("datetime");
  await card.getByRole("button", { name: signin.again, exact: true }).click();
  const there = new ProviderPages(page, "microsoft");
  await there.signInAsAnother(mail.bob);
  await there.accept();
  await expect(page).toHaveURL(new RegExp(`${mailboxPage(id)}$`));
  await expect(card.getByText(signin.refused_title)).toBeVisible();
  const title = `Expected ${mail.it.address}, but got ${mail.bob.address}`;
  await expect(card.locator("article.remedy").getByRole("heading")).toHaveText(title);
  await expect(card.locator("article.remedy")).toContainText("nothing was changed");
  await expect(fact(card, signin.signed_in_as)).toHaveText(mail.it.address);
  expect(await fact(card, signin.since).locator("time").getAttribute("datetime")).toBe(since);
  await expectAccessible(page);
  await live(page);
  await page.getByRole("button", { name: en.mailboxes.check_again }).click();
  await expect(page.locator(".check-head .badge")).toHaveText([en.components.check_passed, en.components.check_passed]);
});

test.describe("an owner's link", () => {
  /** Makes a link on the page; returns its address. */
  async function make(page: Page, id: number): Promise<string> {
    await visit(page, mailboxPage(id));
    await signInCard(page).getByRole("link", { name: signin.send_link }).click();
    await page.getByRole("button", { name: signin.link_make, exact: true }).click();
    await expect(page.getByText(signin.link_new_title)).toBeVisible();
    const url = await page.getByRole("main").locator("code").first().textContent();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/renew\/[0-9a-f]{64}$/);
    return url!;
  }

  /** Somebody else's browser, which never signed in to Postroom. */
  async function stranger(browser: Browser): Promise<Page> {
    const context = await browser.newContext({ ignoreHTTPSErrors: true, locale: "en-US" });
    return context.newPage();
  }

  test("lets its owner sign in without an account here, and works once", async ({ page, admin, mail, browser }) => {
    const { it } = mail;
    const id = await revoked(page, admin, mail);
    const url = await make(page, id);
    await expectAccessible(page);
    expect(await page.getByRole("link", { name: signin.link_mail }).getAttribute("href")).toContain(encodeURIComponent(url));
    await page.reload();
    await expect(page.getByText(signin.link_gone)).toBeVisible();
    expect(await page.content(), "a link is shown once").not.toContain(url.split("/").at(-1)!);
    const line = page.locator(".name-line");
    await expect(line.locator(".badge")).toHaveText(signin.link_open);
    await expect(line).toContainText("Ada Lovelace");

    await microsoft(mail).turn("access-token-life", { account: it.address });
    const owner = await stranger(browser);
    await owner.goto(url);
    await expect(owner.getByRole("heading", { level: 1 })).toHaveText(fill(signin.renew_title, { address: it.address }));
    await expect(fact(owner, signin.renew_who)).toHaveText("IT");
    await expect(fact(owner, signin.choose)).toHaveText(it.address);
    await expectAccessible(owner);
    await owner.getByRole("button", { name: fill(signin.begin, { provider: "Microsoft" }), exact: true }).click();
    const there = new ProviderPages(owner, "microsoft");
    await expect(there.user).toHaveValue(it.address);
    await there.signIn(it);
    await there.accept();
    await expect(owner.getByRole("heading", { level: 1 })).toHaveText(signin.renew_done_title);
    await expect(owner.getByText(fill(signin.renew_done_text, { organisation: "IT", address: it.address }))).toBeVisible();
    await expectAccessible(owner);

    await page.reload();
    await expect(line.locator(".badge")).toHaveText(signin.link_used);
    await expect(async () => {
      await page.goto(mailboxPage(id));
      await expect(page.locator(badges)).toHaveText(working, { timeout: 1_000 });
    }).toPass({ timeout: 20_000 });
    await expect(signInCard(page).locator(".badge")).toHaveText(en.mailboxes.working);

    // Opened once more it offers nothing.
    await owner.goto(url);
    await expect(owner.getByRole("heading", { level: 1 })).toHaveText(signin.renew_done_title);
    await expect(owner.locator('form[action="/oauth/begin"]')).toHaveCount(0);
    const again = await owner.request.post(new URL("/oauth/begin", url).href, {
      form: { link: url.split("/").at(-1)! },
      headers: { origin: new URL(url).origin },
      maxRedirects: 0,
    });
    expect(again.status(), "nor does the button's form").toBe(404);
    await owner.context().close();
  });

  test("that was taken back says what to do", async ({ page, admin, mail, browser }) => {
    const id = await new SignIn(page, "microsoft").connected(admin, mail.it);
    const url = await make(page, id);
    await page.getByRole("button", { name: /^Take back the link/ }).click();
    await expect(page.getByText(en.common.done_link_revoked)).toBeVisible();
    await expect(page.locator(".name-line .badge")).toHaveText(signin.link_revoked);
    await expectAccessible(page);
    const owner = await stranger(browser);
    for (const address of [url, url.replace(/.$/, (last) => (last === "0" ? "1" : "0"))]) {
      const answer = await owner.goto(address);
      expect(answer?.status()).toBe(404);
      await expect(owner.getByRole("heading", { level: 1 })).toHaveText(signin.renew_gone_title);
      await expect(owner.getByText(signin.renew_gone_text)).toBeVisible();
      expect(await owner.content()).not.toContain(mail.it.address);
    }
    await expectAccessible(owner);
    await owner.context().close();
  });

  test("refuses anybody else and stays open for the right one", async ({ page, admin, mail, browser }) => {
    const id = await new SignIn(page, "microsoft").connected(admin, mail.it);
    const url = await make(page, id);
    const owner = await stranger(browser);
    await owner.goto(url);
    await owner.getByRole("button", { name: fill(signin.begin, { provider: "Microsoft" }), exact: true }).click();
    const there = new ProviderPages(owner, "microsoft");
    await there.signIn(mail.bob);
    await there.accept();
    await expect(owner).toHaveURL(url);
    await expect(remedies(owner).getByRole("heading")).toHaveText(`Expected ${mail.it.address}, but got ${mail.bob.address}`);
    await expectAccessible(owner);
    await page.reload();
    await expect(page.locator(".name-line .badge"), "it is not spent").toHaveText(signin.link_open);

    await owner.getByRole("button", { name: signin.begin_again, exact: true }).click();
    await there.signInAsAnother(mail.it);
    await there.accept();
    await expect(owner.getByRole("heading", { level: 1 })).toHaveText(signin.renew_done_title);
    await owner.context().close();
  });
});

test("a token that the mail server refuses is replaced without anybody noticing", async ({ page, admin, mail }) => {
  const { it } = mail;
  const google = new Provider(mail, mail.google.issuer);
  const id = await new SignIn(page, "google").connected(admin, it);
  await google.turn("reject-access-tokens", { account: it.address });
  const before = await google.requests(it.address);
  await visit(page, mailboxPage(id));
  await page.getByRole("button", { name: en.mailboxes.check_again }).click();
  await expect(page.locator(".check-head .badge")).toHaveText([en.components.check_passed, en.components.check_passed]);
  await expect(page.locator(badges)).toHaveText(working);
  await expect(page.locator("article.remedy")).toHaveCount(0);
  const after = await google.requests(it.address);
  expect(after.refresh_token, "both checks share one new token").toBe(before.refresh_token + 1);
  expect(after.authorization_code).toBe(before.authorization_code);
});

test.describe("a client secret that has expired", () => {
  const expired = (mail: Mail) => ({ client: mail.microsoft.expiredClientId });

  test.use({
    settings: async ({ mail }, use) =>
      use({
        ...signInHere(mail),
        POSTROOM_OAUTH__MICROSOFT__CLIENT_ID: mail.microsoft.expiredClientId,
        POSTROOM_OAUTH__MICROSOFT__CLIENT_SECRET: mail.microsoft.expiredClientSecret,
      }),
  });

  test.afterEach(async ({ mail }) => {
    await microsoft(mail).turn("access-token-life", { account: mail.administrator.address });
    await microsoft(mail).turn("expire-secret", expired(mail));
  });

  test("is told once for all mailboxes, and leads to where it is repaired", async ({ page, admin, mail }) => {
    const provider = microsoft(mail);
    await provider.turn("expire-secret", { ...expired(mail), on: "0" });
    const first = await shortLived(page, admin, mail, mail.it);
    // Another person at the same computer: the provider has to ask who it is.
    await page.context().clearCookies({ domain: "localhost" });
    await shortLived(page, admin, mail, mail.administrator);
    await provider.turn("expire-secret", expired(mail));
    await visit(page, mailboxPage(first));
    await page.getByRole("button", { name: en.mailboxes.check_again }).click();
    await expect(page.locator(badges)).toHaveText(failing);

    await visit(page, mailboxes());
    const title = "The client secret has expired";
    await expect(page.getByText(title), "once, whatever waits for it").toHaveCount(1);
    const notice = page.locator(".notice").filter({ hasText: title });
    await expect(notice).toContainText(fill(signin.waiting_many, { count: 2 }));
    await expect(page.getByRole("row", { name: new RegExp(mail.it.address) })).toContainText(signin.waits);
    await expectAccessible(page);
    await notice.getByRole("link", { name: signin.repair_application }).click();
    await expect(page).toHaveURL(/\/account\/sign-in\/microsoft$/);
    await expect(page.locator("article.remedy").getByRole("heading")).toHaveText(title);
    await expect(page.locator("article.remedy")).toContainText("New client secret");
    await expect(page.locator("article.remedy blockquote")).toContainText("AADSTS7000222");
    await expectAccessible(page);

    // With a secret that is good again nobody has to sign in.
    await provider.turn("expire-secret", { ...expired(mail), on: "0" });
    await visit(page, mailboxPage(first));
    await page.getByRole("button", { name: en.mailboxes.check_again }).click();
    await expect(page.locator(badges)).toHaveText(working);
    await visit(page, mailboxes());
    await expect(page.getByText(title)).toHaveCount(0);
  });
});

test.describe("a provider in trouble", () => {
  test("while a mailbox is at work: told in words, nothing is lost, and it works again after", async ({ page, admin, mail }) => {
    const { it } = mail;
    const id = await shortLived(page, admin, mail, it);
    const provider = microsoft(mail);
    await provider.turn("refuse", { account: it.address, error: "temporarily_unavailable", status: "503" });
    await visit(page, mailboxPage(id));
    const check = page.getByRole("button", { name: en.mailboxes.check_again });
    await check.click();
    await expect(page.locator(badges)).toHaveText(failing);
    await expect(page.locator("article.remedy").first()).toContainText("has trouble of its own");
    await expect(signInCard(page), "nobody has to sign in for that").not.toContainText(signin.reason_revoked);
    await page.reload();
    await live(page);
    await expect(signInCard(page).locator(".badge")).toHaveText(en.mailboxes.working);

    await provider.turn("refuse", { account: it.address });
    await check.click();
    await expect(page.locator(badges)).toHaveText(working);
  });

  test("while somebody signs in: told in words, and trying again works", async ({ page, admin, mail }) => {
    const { it } = mail;
    const signIn = new SignIn(page, "microsoft");
    const provider = microsoft(mail);
    const busy = { account: it.address, grant: "authorization_code" };
    await provider.turn("refuse", { ...busy, error: "temporarily_unavailable", status: "503" });
    const draft = await admin.draft(it.address, { name: "Typed before", kind: "microsoft" });
    await visit(page, connect(draft));
    await signIn.through(it);
    await expect(signIn.remedy).toHaveCount(1);
    await expect(signIn.remedy.getByRole("heading")).toHaveText(`${mail.host} has trouble of its own`);
    await expectAccessible(page);
    await provider.turn("refuse", busy);
    await signIn.tryAgain.click();
    await signIn.there.goOnAs(it);
    await signIn.expectConnected(it);
    await signIn.wizard.save.click();
    await signIn.wizard.expectSaved();
    await expect(page.getByRole("heading", { level: 1, name: "Typed before" })).toBeVisible();
  });

  test.describe("that cannot be reached at all", () => {
    test.use({
      settings: async ({ mail }, use) =>
        use({
          ...signInHere(mail),
          POSTROOM_OAUTH__MICROSOFT__AUTHORITY: `https://${mail.host}:${mail.wrong.closed}`,
        }),
    });

    test("is told before anybody is sent there", async ({ page, admin, mail }) => {
      const draft = await admin.draft(mail.it.address, { kind: "microsoft" });
      const signIn = new SignIn(page, "microsoft");
      await visit(page, connect(draft));
      await signIn.begin.click();
      await expect(page).toHaveURL(new RegExp(`${connect(draft)}$`));
      await expect(signIn.remedy).toHaveCount(1);
      await expect(signIn.remedy).toContainText(mail.host);
      await expect(signIn.tryAgain).toBeVisible();
      await expectAccessible(page);
    });
  });
});
