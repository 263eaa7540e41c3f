// Signing in on a telephone, 390 pixels wide and in the dark: nothing has to be scrolled sideways.
import { connect, en, expect, expectAccessible, expectNoSidewaysScrolling, fill, mailboxes, test, visit, Wizard } from "../support/test.ts";
import { signInHere } from "../support/provider.ts";
import { mailboxPage, SignIn, signInCard } from "../support/sign_in.ts";

test.use({ settings: signInHere(), ignoreHTTPSErrors: true, viewport: { width: 390, height: 844 }, colorScheme: "dark" });

const { signin } = en;

test("a mailbox is signed in to with thumbs, from the list to the owner's link", async ({ page, admin: _, mail }) => {
  const { bob } = mail;
  const signIn = new SignIn(page, "microsoft");
  await visit(page, mailboxes());
  await signIn.wizard.beginWith("microsoft", "Bob's desk", bob.address);
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
  await signIn.begin.tap();
  await signIn.there.signIn(bob);
  await signIn.there.accept();
  await signIn.expectConnected(bob);
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
  await signIn.wizard.save.tap();
  await signIn.wizard.expectSaved();
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
  const id = Number(/\/mailboxes\/(\d+)/.exec(page.url())![1]);

  await visit(page, mailboxes());
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
  await visit(page, mailboxPage(id));
  await signInCard(page).getByRole("link", { name: signin.send_link }).tap();
  await page.getByRole("button", { name: signin.link_make, exact: true }).tap();
  await expect(page.getByText(signin.link_new_title)).toBeVisible();
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
  const url = (await page.getByRole("main").locator("code").first().textContent())!;
  await page.goto(url);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(fill(signin.renew_title, { address: bob.address }));
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
  await visit(page, `${mailboxPage(id)}/delete`);
  await expectNoSidewaysScrolling(page);
});

test("no state of a sign-in scrolls sideways", async ({ page, admin, mail }) => {
  const long = `a.very.long.address.that.does.not.break.anywhere.at.all@${mail.domain}`;
  for (const provider of ["microsoft", "google"] as const) {
    const signIn = new SignIn(page, provider);
    const draft = await admin.draft(long, { kind: provider });
    await visit(page, `/admin/it/channels/email/drafts/${draft}/server`);
    await expect(new Wizard(page).next).toBeVisible();
    await expectNoSidewaysScrolling(page);
    await visit(page, connect(draft));
    await expectNoSidewaysScrolling(page);
    // A wrong account: both names are in the title, the long one cut.
    await signIn.through(mail.ada);
    await expect(signIn.remedy.getByRole("heading")).toContainText(`but got ${mail.ada.address}`);
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    await visit(page, `/account/sign-in/${provider}`);
    await expectNoSidewaysScrolling(page);
  }
  for (const outcome of ["given", "refused"]) {
    await page.goto(`/consent/${outcome}`);
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
  }
});
