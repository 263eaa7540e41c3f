// Every page without a finding of axe, in light and in dark, also where something is wrong.
import { connect, en, expect, expectAccessible, fill, ko, mailboxes, right, test, visit, Wizard } from "../support/test.ts";
import { signInHere } from "../support/provider.ts";
import { mailboxPage, SignIn, signInCard } from "../support/sign_in.ts";

for (const colorScheme of ["light", "dark"] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, refusals: ["set_up", "sign_in"] });

    test("the pages outside", async ({ page, postroom }) => {
      await postroom.code();
      await visit(page, "/setup");
      await expectAccessible(page);
      await page.getByRole("button", { name: en.account.setup_submit }).click();
      await expect(page.locator("#code-error")).toContainText(en.errors.empty);
      await expectAccessible(page);
      await visit(page, "/help/problems");
      await expectAccessible(page);
      await visit(page, "/help/problems/bad_credentials");
      await expectAccessible(page);
      await visit(page, "/help/problems/imap_disabled?provider=microsoft");
      await expectAccessible(page);
      await visit(page, "/help/troubleshooting");
      await expectAccessible(page);
    });

    test("signing in", async ({ page, admin: _ }) => {
      await page.context().clearCookies();
      await visit(page, "/sign-in?done=signed_out");
      await expectAccessible(page);
      await page.getByLabel(en.account.email, { exact: true }).fill("ada@example.test");
      await page.getByLabel(en.account.password, { exact: true }).fill("wrong");
      await page.getByRole("button", { name: en.account.sign_in_submit }).click();
      await expect(page.getByRole("alert")).toBeVisible();
      await expectAccessible(page);
    });

    test("the administration", async ({ page, admin, mail }) => {
      test.slow();
      await visit(page, mailboxes());
      await expectAccessible(page);
      const id = await admin.mailbox(mail);
      const waiting = await admin.savedDraft("waiting@example.test");
      for (const name of ["one", "two"]) await admin.savedDraft(`${name}@example.test`);
      await admin.workspace("HR");
      await admin.post("create_group", { workspace: "it", name: "Second line" });
      await admin.post("set_msp", { msp: "true" });
      await admin.post("create_company", { name: "Example Inc." });
      for (const path of [
        "/admin/it",
        "/admin/it/groups",
        "/account/workspaces",
        "/account/companies",
        `${mailboxes()}?sort=incoming&done=deleted`,
        `${mailboxes()}?q=nothing+like+this`,
        `${mailboxes()}/${id}`,
        `${mailboxes()}/${waiting}`,
        `${mailboxes()}/${id}/delete`,
      ]) {
        await visit(page, path);
        await expectAccessible(page);
      }
      await page.locator(`summary[aria-label="${en.common.account}"]`).click();
      await expectAccessible(page);
      await visit(page, "/account/workspaces");
      await page.getByRole("main").locator("summary").first().click();
      await page.locator("summary", { hasText: en.common.workspace }).first().click();
      await expectAccessible(page);
    });

    test("the wizard with errors, a failure and everything unfolded", async ({ page, admin: _, mail }) => {
      test.slow();
      await visit(page, `${mailboxes()}/new`);
      await expectAccessible(page);
      const wizard = new Wizard(page);
      await wizard.next.click();
      await expect(wizard.summary).toBeFocused();
      await expectAccessible(page);
      await wizard.name.fill("IT help");
      await wizard.address.fill(mail.support.address);
      await wizard.next.click();
      await expect(page).toHaveURL(/\/server$/);
      await expectAccessible(page);
      await wizard.next.click();
      await wizard.expectConnect();
      await expectAccessible(page);
      await wizard.checkBoth.click();
      await expect(wizard.summary).toBeFocused();
      await expectAccessible(page);
      const { imap, smtp } = right(mail);
      await wizard.fill({ imap: { ...imap, password: "wrong" }, smtp });
      await wizard.checkBoth.click();
      await wizard.incoming.expectFailed(/password/);
      await wizard.outgoing.expectPassed();
      // Everything that is folded is opened.
      await page.locator("main details").evaluateAll((all) => {
        for (const details of all) (details as HTMLDetailsElement).open = true;
      });
      await expectAccessible(page);
      await wizard.save.click();
      await expect(page.getByText(en.wizard.check_first)).toBeVisible();
      await expectAccessible(page);
    });
  });
}

// What only comes when something goes wrong is looked at where that is tested, in the light.
test.describe("signing in, in the dark", () => {
  test.use({ settings: signInHere(), ignoreHTTPSErrors: true, colorScheme: "dark" });

  test("the pages of a sign-in", async ({ page, admin, mail }) => {
    test.slow();
    const signIn = new SignIn(page, "microsoft");
    const draft = await admin.draft(mail.bob.address, { kind: "microsoft" });
    await visit(page, `/admin/it/channels/email/drafts/${draft}/server`);
    await expectAccessible(page);
    await visit(page, connect(draft));
    await expectAccessible(page);
    await signIn.begin.click();
    await signIn.there.signIn(mail.bob);
    await signIn.there.cancel();
    await expect(signIn.remedy).toHaveCount(1);
    await expectAccessible(page);
    await signIn.tryAgain.click();
    await signIn.there.goOnAs(mail.bob);
    await signIn.there.accept();
    await signIn.expectConnected(mail.bob);
    await page.locator("main details").evaluateAll((all) => {
      for (const details of all) (details as HTMLDetailsElement).open = true;
    });
    await expectAccessible(page);
    await signIn.wizard.save.click();
    await signIn.wizard.expectSaved();
    await expectAccessible(page);
    const id = Number(/\/mailboxes\/(\d+)/.exec(page.url())![1]);
    await visit(page, mailboxes());
    await expectAccessible(page);
    await visit(page, `${mailboxPage(id)}/delete`);
    await expectAccessible(page);
    await visit(page, mailboxPage(id));
    await signInCard(page).getByRole("link", { name: en.signin.send_link }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(en.signin.link_title);
    await expectAccessible(page);
    await page.getByRole("button", { name: en.signin.link_make, exact: true }).click();
    await expect(page.getByText(en.signin.link_new_title)).toBeVisible();
    await page.getByText(en.signin.incognito, { exact: true }).click();
    await expectAccessible(page);
    await page.goto((await page.getByRole("main").locator("code").first().textContent())!);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(fill(en.signin.renew_title, { address: mail.bob.address }));
    await expectAccessible(page);
  });
});

test.describe("Korean", () => {
  test.use({ locale: "ko-KR" });

  test("the list and the wizard", async ({ page, admin: _ }) => {
    await visit(page, mailboxes());
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(ko.mailboxes.title);
    await expectAccessible(page);
    await visit(page, `${mailboxes()}/new`);
    await expectAccessible(page);
  });
});
