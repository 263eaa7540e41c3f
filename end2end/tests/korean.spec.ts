// Korean readers get Korean pages, remedies and dates included; who prefers English is remembered.
import { connect, en, expect, expectAccessible, fill, ko, live, mailboxes, right, test, visit, Wizard } from "../support/test.ts";
import { signInHere } from "../support/provider.ts";
import { mailboxPage, SignIn, signInCard } from "../support/sign_in.ts";

test.use({ locale: "ko-KR" });

test("a mailbox is connected in Korean, remedies included", async ({ page, admin: _, mail }) => {
  await visit(page, mailboxes());
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
  await expect(page).toHaveTitle(new RegExp(ko.mailboxes.title));
  await expect(page.getByRole("heading", { name: ko.mailboxes.empty_title })).toBeVisible();
  const wizard = new Wizard(page, ko);
  await wizard.begin("IT 지원", mail.korean.address);
  const { imap, smtp } = right(mail, mail.korean);
  await wizard.fill({ imap: { ...imap, password: "틀린 비밀번호" }, smtp: { ...smtp, port: mail.wrong.closed } });
  await wizard.checkBoth.click();
  await wizard.incoming.expectFailed(/거부|거절/);
  await wizard.incoming.expectBlamed(wizard.incoming.password, /거부|거절/);
  await expect(wizard.incoming.remedy).toContainText(ko.components.who_you);
  await expect(wizard.incoming.remedy).toContainText(ko.components.server_said);
  await wizard.outgoing.expectFailed(new RegExp(`${mail.wrong.closed}`));
  for (const remedy of [wizard.incoming.remedy, wizard.outgoing.remedy]) {
    for (const step of await remedy.locator("ol > li").allTextContents()) expect(step).toMatch(/[가-힣]/);
  }
  await wizard.fill({ imap, smtp });
  await wizard.checkBoth.click();
  await wizard.incoming.expectPassed();
  await expect(wizard.incoming.rung(ko.components.step_folder)).toContainText("메일 3통");
  await wizard.outgoing.expectPassed();
  await wizard.save.click();
  await wizard.expectSaved();
  await expect(page.getByText(ko.common.done_saved)).toBeVisible();
  await expect(page.locator(".direction-state").first()).toContainText(/\d{4}[.년]/);
});

test("a form that is wrong says so in Korean", async ({ page, admin: _ }) => {
  await visit(page, `${mailboxes()}/new`);
  const wizard = new Wizard(page, ko);
  await wizard.next.click();
  await expect(wizard.summary.getByRole("heading")).toHaveText(ko.wizard.fix_errors);
  await expect(page.locator("#name-error")).toContainText(ko.errors.empty);
});

test("who switches to English stays there, and can come back", async ({ page, admin, mail, postroom }) => {
  const id = await admin.mailbox(mail, mail.support, { name: "IT help" });
  await visit(page, `${mailboxes()}/${id}?from=here`);
  await page.locator("summary", { hasText: ko.common.korean }).click();
  await page.getByRole("button", { name: en.common.english, exact: true }).click();
  await expect(page.locator("html")).toHaveAttribute("lang", "en");
  await expect(page).toHaveURL(new RegExp(`${mailboxes()}/${id}\\?from=here$`));
  await expect(page.getByRole("button", { name: en.mailboxes.check_again })).toBeVisible();
  // Until WASM has taken over, parts of the page are still on their way from the program that is about to end.
  await live(page);
  await postroom.restart();
  await visit(page, mailboxes());
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(en.mailboxes.title);
  await page.locator("summary", { hasText: en.common.english }).click();
  await page.getByRole("button", { name: ko.common.korean, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(ko.mailboxes.title);
});

test("every page outside is in Korean as well", async ({ page, postroom }) => {
  await postroom.code();
  await visit(page, "/setup");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(ko.account.setup_title);
  await visit(page, "/help/problems");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(ko.help.title);
  for (const title of await page.locator("article.remedy h2").allTextContents()) expect(title).toMatch(/[가-힣]/);
  await page.getByRole("searchbox").fill("xyzzy");
  await expect(page.getByText(fill(ko.help.nothing, { query: "xyzzy" }))).toBeVisible();
  await live(page);
});

test.describe("signing in with a provider", () => {
  test.use({ settings: signInHere(), ignoreHTTPSErrors: true });

  test("is Korean from the button to the owner's link, remedies included", async ({ page, admin, mail }) => {
    const { ada, bob } = mail;
    const { signin } = ko;
    const signIn = new SignIn(page, "google", ko);
    const draft = await admin.draft(bob.address, { name: "지원", kind: "google" });
    await visit(page, connect(draft));
    await expect(page.getByText(signin.may_read)).toBeVisible();
    await expectAccessible(page);
    await signIn.through(ada);
    await expect(signIn.remedy.getByRole("heading")).toHaveText(/[가-힣]/);
    await expect(signIn.remedy.getByRole("heading")).toContainText(bob.address);
    await expect(signIn.remedy.getByRole("heading")).toContainText(ada.address);
    for (const step of await signIn.remedy.locator("ol > li").allTextContents()) expect(step).toMatch(/[가-힣]/);
    await expectAccessible(page);
    await signIn.tryAgain.click();
    await signIn.there.signInAsAnother(bob);
    await signIn.there.accept();
    await signIn.expectConnected(bob);
    await expectAccessible(page);
    await signIn.wizard.save.click();
    await signIn.wizard.expectSaved();
    const id = Number(/\/mailboxes\/(\d+)/.exec(page.url())![1]);
    await expect(signInCard(page, ko)).toContainText(signin.refreshed);
    await expectAccessible(page);

    await visit(page, mailboxPage(id));
    await signInCard(page, ko).getByRole("link", { name: signin.send_link }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(signin.link_title);
    await page.getByRole("button", { name: signin.link_make, exact: true }).click();
    await expect(page.getByText(signin.link_new_title)).toBeVisible();
    await expectAccessible(page);
    const url = (await page.getByRole("main").locator("code").first().textContent())!;
    await page.goto(url);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(fill(signin.renew_title, { address: bob.address }));
    await expect(page.getByText(signin.renew_not_you)).toBeVisible();
    await expectAccessible(page);
    for (const [outcome, title] of [["given", signin.consent_outcome_given_title], ["refused", signin.consent_outcome_refused_title]]) {
      await page.goto(`/consent/${outcome}`);
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(title!);
    }
  });
});
