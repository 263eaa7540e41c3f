// From an empty wizard to a mailbox that works, without a password: Microsoft, Google, and shared mailboxes.
import { connect, en, expect, expectAccessible, fill, mailboxes, test, visit } from "../support/test.ts";
import { signInHere } from "../support/provider.ts";
import { fact, type ProviderName, SignIn, signInCard } from "../support/sign_in.ts";

test.use({ settings: signInHere(), ignoreHTTPSErrors: true });

const { signin } = en;
const working = [en.mailboxes.working, en.mailboxes.working];

for (const provider of ["microsoft", "google"] as ProviderName[]) {
  test(`a mailbox at ${provider} goes from the empty wizard to saved and green`, async ({ page, admin: _, mail }) => {
    const { bob } = mail;
    const signIn = new SignIn(page, provider);
    await visit(page, mailboxes());
    await signIn.wizard.beginWith(provider, "Bob's desk", bob.address);
    await expect(page.getByText(signin.may_read)).toBeVisible();
    await expect(page.locator("input[type=password]"), "no password is asked for").toHaveCount(0);
    await signIn.begin.click();

    await signIn.there.expectThere();
    await expect(signIn.there.user, "the address is offered there").toHaveValue(bob.address);
    await signIn.there.signIn(bob);
    await signIn.there.accept();

    await signIn.expectConnected(bob);
    await expect(fact(signIn.card, signin.provider)).toHaveText(signIn.name);
    const { incoming, outgoing } = signIn.wizard;
    await expect(incoming.card).toContainText(`${mail.host}:${mail.imap.tls}`);
    await expect(outgoing.card).toContainText(`${mail.host}:${mail.smtp.tls}`);
    const method = provider === "microsoft" ? "XOAUTH2" : "OAUTHBEARER";
    await expect(incoming.rung(en.components.step_sign_in)).toContainText(`As ${bob.address}, with ${method}`);
    await expect(outgoing.rung(en.components.step_sign_in)).toContainText(`As ${bob.address}, with ${method}`);
    await expect(page.getByText(en.wizard.ready)).toBeVisible();
    expect(page.url(), "nothing of the way back stays in the address").not.toMatch(/code=|state=/);

    await signIn.wizard.save.click();
    await signIn.wizard.expectSaved();
    await expect(page.getByText(en.common.done_saved)).toBeVisible();
    await expect(page.locator(".direction-state .badge")).toHaveText(working);
    const card = signInCard(page);
    await expect(fact(card, signin.signed_in_as)).toHaveText(bob.address);
    await expect(fact(card, signin.provider)).toHaveText(signIn.name);
    await expect(fact(card, signin.refreshed).locator("time")).toBeVisible();
    await expect(fact(card, signin.since).locator("time")).toBeVisible();

    await page.getByRole("link", { name: en.mailboxes.title }).click();
    const row = page.getByRole("row", { name: /Bob's desk/ });
    await expect(row).toContainText(bob.address);
    await expect(row.locator(".badge")).toHaveText(working);
    await expect(row).toContainText(fill(signin.refreshed_when, { when: "" }).trim());
  });

  test(`declining at ${provider} is told, and trying again works`, async ({ page, admin, mail }) => {
    const signIn = new SignIn(page, provider);
    const draft = await admin.draft(mail.bob.address, { kind: provider });
    await visit(page, connect(draft));
    await signIn.begin.click();
    await signIn.there.signIn(mail.bob);
    await signIn.there.cancel();
    await expect(page).toHaveURL(new RegExp(`${connect(draft)}$`));
    await expect(signIn.remedy.getByRole("heading")).toHaveText("The sign-in was declined");
    await expectAccessible(page);

    // The provider knows who it was and asks which account it shall be.
    await signIn.tryAgain.click();
    await signIn.there.goOnAs(mail.bob);
    await signIn.there.accept();
    await signIn.expectConnected(mail.bob);
    await expect(signIn.remedy).toHaveCount(0);
  });

  test(`a wrong account at ${provider} is named with the right one, which then works`, async ({ page, admin, mail }) => {
    const { ada, bob } = mail;
    const signIn = new SignIn(page, provider);
    const draft = await admin.draft(bob.address, { kind: provider });
    await visit(page, connect(draft));
    await signIn.through(ada);
    await expect(page).toHaveURL(new RegExp(`${connect(draft)}$`));
    await expect(signIn.remedy.getByRole("heading")).toHaveText(`Expected ${bob.address}, but got ${ada.address}`);
    await expect(signIn.card, "nothing was connected").toHaveCount(0);
    await expectAccessible(page);

    await signIn.tryAgain.click();
    await signIn.there.signInAsAnother(bob);
    await signIn.there.accept();
    await signIn.expectConnected(bob);
  });
}

test("the box for mail left unticked at Google is told, and ticked it works", async ({ page, admin, mail }) => {
  const signIn = new SignIn(page, "google");
  const draft = await admin.draft(mail.bob.address, { kind: "google" });
  await visit(page, connect(draft));
  await signIn.begin.click();
  await signIn.there.signIn(mail.bob);
  await signIn.there.mailBox.uncheck();
  await signIn.there.accept();
  await expect(signIn.remedy.getByRole("heading")).toHaveText("The sign-in did not include mail");
  await expect(signIn.remedy).toContainText("tick every box");
  await expect(signIn.card).toHaveCount(0);

  await signIn.tryAgain.click();
  await signIn.there.goOnAs(mail.bob);
  await expect(signIn.there.mailBox).toBeChecked();
  await signIn.there.accept();
  await signIn.expectConnected(mail.bob);
});

test.describe("a shared mailbox", () => {
  test("is connected by a member with a tick box", async ({ page, admin, mail }) => {
    const { ada, desk } = mail;
    const signIn = new SignIn(page, "microsoft");
    const draft = await admin.draft(desk.address, { name: "Desk", kind: "microsoft" });
    await visit(page, connect(draft));
    await signIn.otherAccount.check();
    await signIn.through(ada);
    await signIn.expectConnected(ada);
    await expect(fact(signIn.card, signin.mailbox)).toHaveText(desk.address);
    await expect(signIn.wizard.outgoing.rung(en.components.step_sender)).toContainText(`${desk.address} may send`);
    await signIn.wizard.save.click();
    await signIn.wizard.expectSaved();
    await expect(page.getByRole("heading", { level: 1, name: "Desk" })).toBeVisible();
    await expect(fact(signInCard(page), signin.signed_in_as)).toHaveText(ada.address);
    await expect(page.locator(".direction-state .badge")).toHaveText(working);
  });

  test("without the tick box is refused, and the words say that there is one", async ({ page, admin, mail }) => {
    const signIn = new SignIn(page, "microsoft");
    await visit(page, connect(await admin.draft(mail.desk.address, { kind: "microsoft" })));
    await signIn.through(mail.ada);
    const title = `Expected ${mail.desk.address}, but got ${mail.ada.address}`;
    await expect(signIn.remedy.getByRole("heading")).toHaveText(title);
    await expect(signIn.remedy).toContainText("is a shared mailbox");
    await signIn.otherAccount.check();
    await signIn.tryAgain.click();
    await signIn.there.goOnAs(mail.ada);
    await signIn.expectConnected(mail.ada);
  });

  test("that its member may not send as is read, and the command for Send As is there to copy", async ({ page, admin, mail }) => {
    const { ada, readonly } = mail;
    const signIn = new SignIn(page, "microsoft");
    await visit(page, connect(await admin.draft(readonly.address, { kind: "microsoft" })));
    await signIn.otherAccount.check();
    await signIn.through(ada);
    const { incoming, outgoing } = signIn.wizard;
    await incoming.expectPassed();
    await outgoing.expectFailed(`The server will not send as ${readonly.address}`);
    await expect(outgoing.remedy).toContainText("Send as");
    await expect(outgoing.remedy.locator("blockquote")).toContainText("550 5.7.60");
    await expect(outgoing.remedy.locator("code")).toHaveText(
      `Add-RecipientPermission -Identity '${readonly.address}' -Trustee '${ada.address}' -AccessRights SendAs`,
    );
    await expectAccessible(page);
    await signIn.wizard.save.click();
    await expect(page.getByText(signin.check_first)).toBeVisible();
  });

  test("that is not open to who signs in says so, with the command for Full Access", async ({ page, admin, mail }) => {
    const { bob, desk } = mail;
    const signIn = new SignIn(page, "microsoft");
    await visit(page, connect(await admin.draft(desk.address, { kind: "microsoft" })));
    await signIn.otherAccount.check();
    await signIn.through(bob);
    await signIn.wizard.incoming.expectFailed(/./);
    await expect(signIn.wizard.incoming.remedy).toContainText("Full Access");
    await expect(signIn.wizard.incoming.remedy.locator("code")).toHaveText(
      `Add-MailboxPermission -Identity '${desk.address}' -User '${bob.address}' -AccessRights FullAccess`,
    );
  });
});
