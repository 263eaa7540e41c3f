// The product's main job: from an empty list to a mailbox that works, against a real Dovecot and Postfix.
import { en, expect, fill, live, mailboxes, right, test, visit, Wizard } from "../support/test.ts";

const steps = en.components;

test.beforeEach(async ({ page, admin: _ }) => visit(page, mailboxes()));

test("a mailbox goes from the empty list to saved and green", async ({ page, mail }) => {
  await expect(page.getByRole("heading", { name: en.mailboxes.empty_title })).toBeVisible();
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  await expect(wizard.incoming.email, "taken over from the support address").toHaveValue(mail.support.address);
  await expect(wizard.incoming.port).toHaveValue("993");
  await expect(wizard.outgoing.port).toHaveValue("465");
  await expect(wizard.incoming.card).toContainText(en.wizard.tls_implicit);

  await wizard.fill(right(mail));
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  await expect(page.getByText(en.wizard.ready)).toBeVisible();

  // What each step saw.
  const { incoming, outgoing } = wizard;
  await expect(incoming.rungs).toHaveCount(8);
  await expect(incoming.rung(steps.step_resolve)).toContainText("127.0.0.1");
  await expect(incoming.rung(steps.step_connect)).toContainText(`port ${mail.imap.tls}`);
  await expect(incoming.rung(steps.step_greeting)).toContainText("Dovecot");
  await expect(incoming.rung(steps.step_sign_in)).toContainText(`As ${mail.support.address}, with PLAIN`);
  await expect(incoming.rung(steps.step_folder)).toContainText(/INBOX holds \d+ messages/);
  await expect(incoming.rung(steps.step_idle)).toContainText(steps.finding_idle);
  const certificate = incoming.rung(steps.step_tls);
  await certificate.getByText(steps.details_certificate, { exact: true }).click();
  await expect(certificate).toContainText("TLS 1.3");
  await expect(certificate.locator("dl")).toContainText("localhost");
  const abilities = incoming.rung(steps.step_capabilities);
  await abilities.getByText(steps.details_capabilities, { exact: true }).click();
  await expect(abilities.getByText("IDLE", { exact: true })).toBeVisible();
  const folder = incoming.rung(steps.step_folder);
  await folder.getByText(steps.details_folder, { exact: true }).click();
  await expect(folder.locator("dl")).toContainText(steps.folder_uid_validity);
  await expect(outgoing.rungs).toHaveCount(7);
  await expect(outgoing.rung(steps.step_greeting)).toContainText("ESMTP");
  await expect(outgoing.rung(steps.step_ehlo)).toContainText("takes messages of up to");
  await expect(outgoing.rung(steps.step_sender)).toContainText(`${mail.support.address} may send`);

  await wizard.save.click();
  await wizard.expectSaved();
  await expect(page.getByText(en.common.done_saved)).toBeVisible();
  await expect(page.getByRole("heading", { level: 1, name: "IT help" })).toBeVisible();
  await expect(page.locator(".direction-state .badge")).toHaveText([en.mailboxes.working, en.mailboxes.working]);

  await page.getByRole("link", { name: en.mailboxes.title }).click();
  const row = page.getByRole("row", { name: /IT help/ });
  await expect(row).toContainText(mail.support.address);
  await expect(row.locator(".badge")).toHaveText([en.mailboxes.working, en.mailboxes.working]);
  await expect(page.getByRole("heading", { name: en.mailboxes.empty_title })).toBeHidden();
});

test("ports with STARTTLS work when that is how encryption begins", async ({ page, mail }) => {
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.it.address);
  const { imap, smtp } = right(mail, mail.it);
  await wizard.fill({
    imap: { ...imap, port: mail.imap.starttls, tls_mode: "starttls", method: "login" },
    smtp: { ...smtp, port: mail.smtp.starttls, tls_mode: "starttls", method: "login" },
  });
  for (const half of [wizard.incoming, wizard.outgoing]) {
    await expect(half.card).toContainText(en.wizard.tls_starttls);
  }
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  await expect(wizard.incoming.rung(steps.step_start_tls)).toContainText("TLS 1.3");
  await expect(wizard.outgoing.rung(steps.step_start_tls)).toContainText("TLS 1.3");
  await expect(wizard.outgoing.rung(steps.step_sign_in)).toContainText("with LOGIN");
  await wizard.save.click();
  await wizard.expectSaved();
  await expect(page.locator(".facts", { hasText: en.mailboxes.starttls })).toHaveCount(2);
});

test("the port follows the tick box until somebody types one", async ({ page, mail }) => {
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  const { incoming } = wizard;
  await incoming.tls.uncheck();
  await expect(incoming.port).toHaveValue("143");
  await expect(incoming.card).toContainText(en.wizard.tls_none);
  await incoming.tls.check();
  await expect(incoming.port).toHaveValue("993");
  await incoming.unfold();
  await incoming.tlsMode.selectOption("starttls");
  await expect(incoming.port).toHaveValue("143");
  await incoming.port.fill("1993");
  await incoming.tlsMode.selectOption("auto");
  await expect(incoming.port).toHaveValue("1993");
});

test("a wrong password is shown with the server's own words, and fixing it leads to green", async ({ page, mail }) => {
  const wrong = "not-the-pass#word-8051";
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  const servers = right(mail);
  await wizard.fill({ imap: { ...servers.imap, password: wrong }, smtp: { ...servers.smtp, password: wrong } });
  await wizard.checkBoth.click();

  const title = "The server refused the user name or password";
  for (const [half, said] of [[wizard.incoming, "AUTHENTICATIONFAILED"], [wizard.outgoing, "535 5.7.8"]] as const) {
    await half.expectFailed(title);
    await half.expectBlamed(half.password, title);
    await expect(half.remedy.locator("blockquote")).toContainText(said);
    await expect(half.remedy).toContainText(steps.who_you);
    await expect(half.remedy.locator("ol > li")).not.toHaveCount(0);
    await half.card.getByText(/^Conversation with the server/).click();
    await expect(half.card.locator(".transcript li[data-from=client]")).not.toHaveCount(0);
    await expect(half.rungs.last()).toContainText(steps.state_skipped);
  }
  const encoded = [wrong, Buffer.from(wrong).toString("base64"), Buffer.from(`\0${mail.support.address}\0${wrong}`).toString("base64")];
  const html = await page.content();
  for (const secret of encoded) expect(html).not.toContain(secret);

  await wizard.incoming.password.fill(mail.support.password);
  await expect(wizard.incoming.password).not.toHaveAttribute("aria-invalid", "true");
  await expect(wizard.incoming.card).toContainText(en.wizard.changed_since);
  await wizard.outgoing.password.fill(mail.support.password);
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  expect(await page.content()).not.toContain(mail.support.password);
  await wizard.save.click();
  await wizard.expectSaved();
  expect(await page.content()).not.toContain(mail.support.password);
});

test("a port begun the wrong way is healed with one click", async ({ page, mail }) => {
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  const { imap } = right(mail);
  await wizard.incoming.fill({ ...imap, port: mail.imap.starttls, tls_mode: "implicit" });
  await wizard.incoming.checkButton.click();
  await wizard.incoming.expectFailed(/does not begin with encryption/);

  const words = fill(steps.offer_use, { port: mail.imap.starttls, security: steps.protection_starttls });
  await wizard.incoming.card.getByRole("button", { name: words, exact: true }).click();
  await wizard.incoming.expectPassed();
  await expect(wizard.incoming.port).toHaveValue(`${mail.imap.starttls}`);
  await expect(wizard.incoming.tlsMode).toHaveValue("starttls");
  await expect(wizard.incoming.rung(steps.step_start_tls)).toContainText("TLS 1.3");
});

test("each server can be checked and saved on its own", async ({ page, mail }) => {
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  const { imap, smtp } = right(mail);
  await wizard.incoming.fill(imap);
  await wizard.incoming.checkButton.click();
  await wizard.incoming.expectPassed();
  await expect(wizard.outgoing.card).toContainText(en.wizard.not_checked);
  await wizard.incoming.saveButton.click();
  await expect(page.getByText(en.common.done_direction_saved)).toBeVisible();
  await wizard.outgoing.fill(smtp);
  await wizard.outgoing.checkButton.click();
  await wizard.outgoing.expectPassed();
  await wizard.save.click();
  await wizard.expectSaved();
});

test("saving before both checks passed is refused in words", async ({ page, mail }) => {
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  await wizard.fill(right(mail));
  await wizard.save.click();
  await expect(page.getByText(en.wizard.check_first)).toBeVisible();
  await expect(page).toHaveURL(/\/connect/);
  await expect(wizard.incoming.host).toHaveValue(mail.host);
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  await expect(page.getByText(en.wizard.check_first)).toBeHidden();

  // A check of what was typed before does not count for what is typed now.
  await wizard.outgoing.port.fill("466");
  await wizard.save.click();
  await expect(page.getByText(en.wizard.check_first)).toBeVisible();
  await expect(page).toHaveURL(/\/connect/);
});

test("settings that did not pass can be kept as a draft, which is clearly not active", async ({ page, mail }) => {
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  const { imap, smtp } = right(mail);
  await wizard.fill({ imap: { ...imap, port: mail.wrong.closed }, smtp });
  await wizard.saveAsDraft.click();
  await expect(page).toHaveURL(/\/mailboxes\/\d+\?done=saved_as_draft$/);
  await expect(page.getByText(en.mailboxes.draft_title)).toBeVisible();
  await expect(page.getByText(en.mailboxes.draft_text)).toBeVisible();
  await expect(page.locator(".direction-state .badge")).toHaveText([en.mailboxes.draft, en.mailboxes.draft]);
  await page.getByRole("link", { name: en.mailboxes.title }).click();
  await expect(page.getByRole("row", { name: /IT help/ }).locator(".badge")).toHaveText([en.mailboxes.draft, en.mailboxes.draft]);

  // Put right later, it goes to work.
  await page.getByRole("button", { name: fill(en.mailboxes.edit_of, { name: "IT help" }) }).click();
  await wizard.onToConnect();
  await wizard.incoming.port.fill(`${mail.imap.tls}`);
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  await wizard.save.click();
  await wizard.expectSaved();
  await expect(page.locator(".direction-state .badge")).toHaveText([en.mailboxes.working, en.mailboxes.working]);
});

test("a wizard that is left keeps what was typed, and a draft can be thrown away", async ({ page, mail }) => {
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  await page.getByRole("navigation", { name: steps.progress }).getByRole("link", { name: en.wizard.step_details }).click();
  await expect(wizard.name).toHaveValue("IT help");
  await page.goBack();
  await wizard.expectConnect();
  await live(page);
  await page.getByText(en.wizard.discard, { exact: true }).click();
  await expect(page.getByText(en.wizard.discard_question)).toBeVisible();
  await page.getByRole("button", { name: en.wizard.discard_yes, exact: true }).click();
  await expect(page).toHaveURL(/\/mailboxes\?done=discarded$/);
  await expect(page.getByText(en.common.done_discarded)).toBeVisible();
});
