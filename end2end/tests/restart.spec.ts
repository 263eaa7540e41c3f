// A server that restarts or is away for a while costs nobody anything.
import { en, expect, live, mailboxes, right, test, visit, Wizard } from "../support/test.ts";

/** What Chromium writes about a request that found nobody. */
const unanswered = /^Failed to load resource: net::ERR_(CONNECTION_REFUSED|CONNECTION_RESET|EMPTY_RESPONSE) /;

function expectOnlyUnanswered(complaints: string[]): void {
  for (const complaint of complaints.splice(0)) expect(complaint).toMatch(unanswered);
}

test("a restart keeps the session, the mailboxes and what was half typed", async ({ page, admin, mail, postroom }) => {
  const id = await admin.mailbox(mail, mail.support, { name: "IT help" });
  await visit(page, mailboxes());
  const wizard = new Wizard(page);
  await wizard.begin("Second", mail.it.address);
  const { imap, smtp } = right(mail, mail.it);
  await wizard.incoming.fill(imap);
  await wizard.outgoing.host.fill("half a na");
  await wizard.incoming.checkButton.click();
  await wizard.incoming.expectPassed();

  await postroom.restart();

  await page.reload();
  await live(page);
  await wizard.incoming.expectPassed();
  await expect(wizard.incoming.port).toHaveValue(`${mail.imap.tls}`);
  await expect(wizard.incoming.card).toContainText(en.wizard.password_unchanged);
  await expect(wizard.outgoing.host).toHaveValue("half a na");
  await wizard.outgoing.fill(smtp);
  await wizard.outgoing.checkButton.click();
  await wizard.outgoing.expectPassed();
  await wizard.save.click();
  await wizard.expectSaved();

  await visit(page, `${mailboxes()}/${id}`);
  await page.getByRole("button", { name: en.mailboxes.check_again }).click();
  await expect(page.locator(".check-head .badge")).toHaveText([en.components.check_passed, en.components.check_passed]);
});

test("while the server is away, what is typed stays and works once it is back", async ({ page, admin: _, mail, postroom, complaints }) => {
  await visit(page, mailboxes());
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  await wizard.fill(right(mail));
  await postroom.stop();
  await wizard.checkBoth.click();
  await expect(page.getByRole("alert").filter({ hasText: en.errors.unreachable })).toBeVisible();
  await expect(wizard.incoming.host).toHaveValue(mail.host);
  await expect(wizard.incoming.password).toHaveValue(mail.support.password);
  await expect(wizard.outgoing.port).toHaveValue(`${mail.smtp.tls}`);
  expect(complaints).not.toEqual([]);
  expectOnlyUnanswered(complaints);

  await postroom.launch();
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  await expect(page.getByText(en.errors.unreachable)).toBeHidden();
  await wizard.save.click();
  await wizard.expectSaved();
});

test("details that are sent while the server is away stay in their fields", async ({ page, admin: _, postroom, complaints }) => {
  await visit(page, `${mailboxes()}/new`);
  const wizard = new Wizard(page);
  await wizard.name.fill("IT help");
  await wizard.address.fill("it-help@example.test");
  await postroom.stop();
  await wizard.next.click();
  await expect(page.getByText(en.errors.unreachable)).toBeVisible();
  await expect(wizard.name).toHaveValue("IT help");
  await expect(wizard.address).toHaveValue("it-help@example.test");
  expectOnlyUnanswered(complaints);
  await postroom.launch();
  await wizard.next.click();
  await expect(page).toHaveURL(/\/server$/);
});

test("a check whose server goes away says so", async ({ page, admin, mail, postroom, complaints }) => {
  const id = await admin.mailbox(mail);
  await visit(page, `${mailboxes()}/${id}`);
  await postroom.stop();
  await page.getByRole("button", { name: en.mailboxes.check_again }).click();
  await expect(page.getByText(en.errors.unreachable).first()).toBeVisible();
  await postroom.launch();
  await page.getByRole("button", { name: en.mailboxes.check_again }).click();
  await expect(page.locator(".check-head .badge")).toHaveText([en.components.check_passed, en.components.check_passed]);
  await expect(page.getByText(en.errors.unreachable)).toHaveCount(0);
  expectOnlyUnanswered(complaints);
});
