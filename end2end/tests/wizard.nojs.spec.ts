// Everything without JavaScript: forms post, links link, and the check's report is on the page that follows.
import { ada, en, expect, fill, ko, mailboxes, right, test, Wizard } from "../support/test.ts";

test("a mailbox goes from the set-up of Postroom to saved and green", async ({ page, postroom, mail }) => {
  await page.goto("/");
  await expect(page).toHaveURL(/\/setup$/);
  const { account } = en;
  for (const [label, value] of [
    [account.code, await postroom.code()],
    [account.your_name, ada.name],
    [account.email, ada.email],
    [account.password, ada.password],
    [account.password_again, ada.password],
    [account.workspace, ada.workspace],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
  await page.getByRole("button", { name: account.setup_submit }).click();
  await expect(page).toHaveURL(/\/admin\/it\/channels\/email\/mailboxes$/);

  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  const { imap, smtp } = right(mail);

  // Wrong first: the report with the server's words is on the page, and the password is not.
  await wizard.fill({ imap: { ...imap, password: "wrong-8051" }, smtp });
  await wizard.checkBoth.click();
  await expect(page).toHaveURL(/\/connect\?checked=1$/);
  const title = "The server refused the user name or password";
  await wizard.incoming.expectFailed(title);
  await wizard.incoming.expectBlamed(wizard.incoming.password, title);
  await expect(wizard.incoming.remedy.locator("blockquote")).toContainText("AUTHENTICATIONFAILED");
  await wizard.outgoing.expectPassed();
  expect(await page.content()).not.toContain("wrong-8051");
  await expect(wizard.incoming.host).toHaveValue(mail.host);
  await expect(wizard.incoming.port).toHaveValue(`${mail.imap.tls}`);

  // Saving is refused in words.
  await wizard.save.click();
  await expect(page.getByText(en.wizard.check_first)).toBeVisible();

  // Then right; the other server's password stays sealed.
  await wizard.incoming.password.fill(mail.support.password);
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  await expect(page.getByText(en.wizard.ready)).toBeVisible();
  await wizard.save.click();
  await wizard.expectSaved();
  await expect(page.locator(".toast")).toHaveText(en.common.done_saved);
  // The page looks for the activation mail's arrival by itself; the test does not wait that long.
  await expect(async () => {
    await page.reload();
    const working = [en.mailboxes.working, en.mailboxes.working];
    await expect(page.locator(".direction-state .badge")).toHaveText(working, { timeout: 1_000 });
  }).toPass({ timeout: 30_000 });

  await page.getByRole("button", { name: en.mailboxes.check_again }).click();
  await expect(page.locator(".check-head .badge")).toHaveText([en.components.check_passed, en.components.check_passed]);
});

test("one server can be checked on its own, and wrong fields are named", async ({ page, admin, mail }) => {
  const draft = await admin.draft(mail.support.address);
  await page.goto(`/admin/it/channels/email/drafts/${draft}/connect`);
  const wizard = new Wizard(page);
  await wizard.incoming.fill({ ...right(mail).imap, port: 99999 });
  await wizard.incoming.checkButton.click();
  await expect(wizard.incoming.port).toHaveValue("99999");
  await expect(await wizard.incoming.errorOf(wizard.incoming.port)).toContainText(en.errors.not_a_port);
  await expect(wizard.summary.getByRole("link")).toHaveText([`IMAP – ${en.wizard.port}: ${en.errors.not_a_port}`]);
  await wizard.incoming.port.fill(`${mail.imap.tls}`);
  await wizard.incoming.checkButton.click();
  await wizard.incoming.expectPassed();
  await expect(wizard.outgoing.card).toContainText(en.wizard.not_checked);
});

test("empty details are named and what was typed is kept", async ({ page, admin: _ }) => {
  await page.goto(`${mailboxes()}/new`);
  const wizard = new Wizard(page);
  await wizard.name.fill("IT help");
  await wizard.address.fill("nobody at home");
  await wizard.next.click();
  await expect(page).toHaveURL(/\/details\?tried=1$/);
  await expect(wizard.name).toHaveValue("IT help");
  await expect(wizard.address).toHaveValue("nobody at home");
  await expect(page.locator("#address-error")).toContainText(en.errors.not_an_address);
});

test("the language is switched and remembered, and one can sign out", async ({ page, admin: _ }) => {
  await page.goto(mailboxes());
  await page.locator("summary", { hasText: en.common.english }).click();
  await page.getByRole("button", { name: ko.common.korean }).click();
  await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(ko.mailboxes.title);
  await expect(page.locator("html")).toHaveAttribute("lang", "ko");
  await page.goto("/account/workspaces");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(ko.admin.workspaces);

  await page.locator(`summary[aria-label="${ko.common.account}"]`).click();
  await page.getByRole("button", { name: ko.common.sign_out }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByText(ko.common.done_signed_out)).toBeVisible();
  await page.goto(mailboxes());
  await expect(page).toHaveURL(/\/sign-in\?next=%2F/);
});

test("a wrong sign-in says so and keeps the address", async ({ page, admin: _ }) => {
  await page.context().clearCookies();
  await page.goto(`/sign-in?next=${encodeURIComponent("/admin/it/groups")}`);
  await page.getByLabel(en.account.email, { exact: true }).fill(ada.email);
  await page.getByLabel(en.account.password, { exact: true }).fill("wrong horse battery");
  await page.getByRole("button", { name: en.account.sign_in_submit }).click();
  await expect(page.getByText(en.errors.wrong_password)).toBeVisible();
  await expect(page.getByLabel(en.account.email, { exact: true })).toHaveValue(ada.email);
  await page.getByLabel(en.account.password, { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: en.account.sign_in_submit }).click();
  await expect(page).toHaveURL(/\/admin\/it\/groups$/);
});

test("mailboxes are edited, paused, found and deleted", async ({ page, admin, mail }) => {
  const id = await admin.mailbox(mail, mail.support, { name: "IT help" });
  for (const name of ["Alpha", "Beta", "Gamma"]) await admin.savedDraft(`${name.toLowerCase()}@example.test`, { name });
  await page.goto(mailboxes());
  await page.getByRole("searchbox").fill("beta");
  await page.getByRole("button", { name: en.mailboxes.search_submit }).click();
  await expect(page).toHaveURL(/\?q=beta$/);
  await expect(page.getByRole("rowheader")).toHaveCount(1);
  await page.goto(`${mailboxes()}/${id}`);
  await page.getByRole("button", { name: en.mailboxes.pause, exact: true }).click();
  await expect(page.locator(".toast")).toHaveText(en.common.done_paused);
  await page.getByRole("button", { name: en.mailboxes.resume, exact: true }).click();
  await expect(page.locator(".toast")).toHaveText(en.common.done_resumed);
  await page.getByRole("link", { name: en.mailboxes.delete, exact: true }).click();
  await page.getByRole("button", { name: fill(en.mailboxes.delete_yes, { address: mail.support.address }) }).click();
  await expect(page.locator(".toast")).toHaveText(en.common.done_deleted);
});

test("a port begun the wrong way is healed with one press", async ({ page, mail, admin: _ }) => {
  await page.goto(mailboxes());
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  const { imap } = right(mail);
  await wizard.incoming.fill({ ...imap, port: mail.imap.starttls, tls_mode: "implicit" });
  await wizard.incoming.checkButton.click();
  await wizard.incoming.expectFailed(/does not begin with encryption/);

  const { components } = en;
  const words = fill(components.offer_use, { port: mail.imap.starttls, security: components.protection_starttls });
  await wizard.incoming.card.getByRole("button", { name: words, exact: true }).click();
  await wizard.incoming.expectPassed();
  await expect(wizard.incoming.port).toHaveValue(`${mail.imap.starttls}`);
});
