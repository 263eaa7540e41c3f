// What cannot be taken is said beside its field and at the top of the form, and nothing typed is lost.
import { en, expect, fill, mailboxes, right, test, visit, Wizard } from "../support/test.ts";

const { errors } = en;

test.describe("the details", () => {
  test.beforeEach(async ({ page, admin: _ }) => visit(page, `${mailboxes()}/new`));

  test("that are empty are named, and the summary leads to them", async ({ page }) => {
    const wizard = new Wizard(page);
    await wizard.next.click();
    await expect(wizard.summary).toBeFocused();
    await expect(wizard.summary.getByRole("link")).toHaveText([
      `${en.wizard.address}: ${errors.empty}`,
      `${en.wizard.name}: ${errors.empty}`,
    ]);
    for (const field of [wizard.name, wizard.address]) await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(page.locator("#name-error")).toContainText(errors.empty);
    await wizard.summary.getByRole("link").first().click();
    await expect(wizard.address).toBeFocused();
  });

  for (const address of ["nobody", "nobody@", "@example.test", "no body@example.test", "a@b", "a@@example.test", "a@example..test", "Ada <ada@example.test>"]) {
    test(`“${address}” is no address`, async ({ page }) => {
      const wizard = new Wizard(page);
      await wizard.name.fill("IT help");
      await wizard.address.fill(address);
      await wizard.next.click();
      await expect(page.locator("#address-error")).toContainText(errors.not_an_address);
      await expect(wizard.address).toHaveValue(address);
      await expect(wizard.name).toHaveValue("IT help");
      await expect(wizard.summary.getByRole("link")).toHaveCount(1);
    });
  }

  for (const address of ["지원@example.test", "hilfe@bücher.example", "help+desk@example.test", "도움@도메인.example"]) {
    test(`“${address}” is one`, async ({ page }) => {
      const wizard = new Wizard(page);
      await wizard.name.fill("IT help");
      await wizard.address.fill(address);
      await wizard.next.click();
      await expect(page).toHaveURL(/\/server$/);
      await wizard.next.click();
      await wizard.expectConnect();
      await expect(wizard.incoming.email).toHaveValue(address);
    });
  }

  test("that are too long are named with what fits", async ({ page }) => {
    const wizard = new Wizard(page);
    await wizard.name.fill("x".repeat(101));
    await wizard.address.fill(`${"a".repeat(64)}@${"b".repeat(60)}.${"c".repeat(60)}.${"d".repeat(60)}.${"e".repeat(60)}.test`);
    await wizard.next.click();
    await expect(page.locator("#name-error")).toContainText(fill(errors.too_long, { max: 100 }));
    await expect(page.locator("#address-error")).toContainText(fill(errors.too_long, { max: 254 }));
    await expect(wizard.name).toHaveValue("x".repeat(101));
  });

  test("with an address that is taken in this workspace are refused, and elsewhere they are not", async ({ page, admin }) => {
    await admin.savedDraft("help@example.test", { name: "First" });
    const wizard = new Wizard(page);
    await wizard.name.fill("Second");
    await wizard.address.fill("HELP@example.test");
    await wizard.next.click();
    await expect(page).toHaveURL(/\/details\?tried=1$/);
    await expect(page.locator("#address-error")).toContainText(errors.duplicate);
    await expect(wizard.name).toHaveValue("Second");
    await expect(wizard.address).toHaveValue("HELP@example.test");
    await wizard.address.fill("help2@example.test");
    await wizard.next.click();
    await expect(page).toHaveURL(/\/server$/);

    const hr = await admin.workspace("HR");
    await visit(page, `${mailboxes(hr)}/new`);
    await wizard.name.fill("Second");
    await wizard.address.fill("help@example.test");
    await wizard.next.click();
    await expect(page).toHaveURL(/\/server$/);
  });

  test("with a group that was archived meanwhile ask for another", async ({ page, admin }) => {
    await admin.post("create_group", { workspace: "it", name: "Network" });
    await visit(page, `${mailboxes()}/new`);
    const wizard = new Wizard(page);
    await wizard.name.fill("IT help");
    await wizard.address.fill("help@example.test");
    await wizard.group.selectOption("Network");
    const id = await wizard.group.inputValue();
    await admin.post("archive_group", { workspace: "it", id, archived: "true" });
    await wizard.next.click();
    await expect(page).toHaveURL(/\/details\?tried=1$/);
    await expect(page.locator("#group-error")).toContainText(errors.unknown);
  });
});

test.describe("the servers", () => {
  test.beforeEach(async ({ page, admin, mail }) => {
    const draft = await admin.draft(mail.support.address);
    await visit(page, `/admin/it/channels/email/drafts/${draft}/connect`);
  });

  test("that are empty are named in both forms", async ({ page }) => {
    const wizard = new Wizard(page);
    await wizard.checkBoth.click();
    await expect(wizard.summary).toBeFocused();
    await expect(wizard.summary.getByRole("link")).toHaveText([
      `IMAP – ${en.wizard.host}: ${errors.empty}`,
      `IMAP – ${en.wizard.password}: ${errors.empty}`,
      `SMTP – ${en.wizard.host}: ${errors.empty}`,
      `SMTP – ${en.wizard.password}: ${errors.empty}`,
    ]);
    await wizard.summary.getByRole("link").nth(2).click();
    await expect(wizard.outgoing.host).toBeFocused();
    await wizard.outgoing.host.fill("smtp.example.com");
    await expect(wizard.outgoing.host).not.toHaveAttribute("aria-invalid", "true");
    await expect(wizard.summary.getByRole("link")).toHaveCount(3);
  });

  test("of one direction do not hold up the other", async ({ page, mail }) => {
    const wizard = new Wizard(page);
    await wizard.outgoing.fill(right(mail).smtp);
    await wizard.outgoing.checkButton.click();
    await wizard.outgoing.expectPassed();
    await expect(wizard.summary).toHaveCount(0);
  });

  for (const port of ["0", "65536", "-1", "993a", "", "9".repeat(10)]) {
    test(`“${port}” is no port`, async ({ page, mail }) => {
      const wizard = new Wizard(page);
      await wizard.fill(right(mail));
      await wizard.incoming.port.fill(port);
      await wizard.checkBoth.click();
      await expect(await wizard.incoming.errorOf(wizard.incoming.port)).toContainText(port === "" ? errors.empty : errors.not_a_port);
      await expect(wizard.incoming.port).toHaveValue(port);
      await expect(wizard.incoming.host).toHaveValue(mail.host);
      await expect(wizard.summary.getByRole("link")).toHaveCount(1);
    });
  }

  for (const host of ["https://mail.example.com", "mail example com", "mail.example.com:993", "-mail.example.com", "someone@example.com"]) {
    test(`“${host}” is no server name`, async ({ page, mail }) => {
      const wizard = new Wizard(page);
      await wizard.incoming.fill({ ...right(mail).imap, host });
      await wizard.incoming.checkButton.click();
      await expect(await wizard.incoming.errorOf(wizard.incoming.host)).toContainText(errors.not_a_host);
      await expect(wizard.incoming.host).toHaveValue(host);
    });
  }

  test("take passwords that have to be quoted, and international ones", async ({ page, mail }) => {
    const wizard = new Wizard(page);
    for (const person of [mail.it, mail.korean]) {
      await wizard.fill(right(mail, person));
      await wizard.checkBoth.click();
      await wizard.expectPassed();
    }
  });

  test("take a user name that is not the address", async ({ page, mail }) => {
    const wizard = new Wizard(page);
    const { imap } = right(mail);
    await wizard.incoming.fill({ ...imap, email: "alias@example.test", username: mail.support.address });
    await wizard.incoming.checkButton.click();
    await wizard.incoming.expectPassed();
    await expect(wizard.incoming.rung(en.components.step_sign_in)).toContainText(`As ${mail.support.address}`);
  });
});
