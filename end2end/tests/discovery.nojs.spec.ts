// Without JavaScript the search runs while the form is posted, and the next page shows what came of it.
import { Found, test } from "../support/discovery.ts";
import { en, expect, fill, mailboxes, Wizard } from "../support/test.ts";

const { discovery } = en;

test("the address and the password are all that is typed", async ({ page, admin: _, mail }) => {
  await page.goto(`${mailboxes()}/new`);
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await wizard.address.fill(mail.support.address);
  await wizard.name.fill("IT help");
  await wizard.next.click();
  await expect(page).toHaveURL(/\/server$/);
  await expect(found.headline).toHaveText(fill(discovery.headline_provider, { domain: mail.domain, provider: "Office Mail" }));
  await expect(found.choices.first()).toHaveText(en.wizard.kind_custom);
  await page.getByLabel(en.wizard.kind_custom, { exact: true }).check();
  await wizard.next.click();
  await wizard.expectConnect();
  await expect(wizard.incoming.host).toHaveValue(`mail.${mail.domain}`);
  await expect(wizard.outgoing.port).toHaveValue(`${mail.smtp.tls}`);
  await expect(wizard.incoming.card.locator(".origin")).toContainText(discovery.from_table);
  await wizard.incoming.password.fill(mail.support.password);
  await wizard.outgoing.password.fill(mail.support.password);
  await wizard.checkBoth.click();
  await wizard.expectPassed();
});

test("what was found is taken over with a button, and what was typed is kept until then", async ({ page, admin: _ }) => {
  await page.goto(`${mailboxes()}/new`);
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await wizard.address.fill("desk@records.example");
  await wizard.name.fill("IT help");
  await wizard.next.click();
  await page.getByLabel(en.wizard.kind_custom, { exact: true }).check();
  await wizard.next.click();
  await wizard.expectConnect();
  await expect(wizard.incoming.host).toHaveValue("mail.records.example");
  await wizard.incoming.host.fill("typed.records.example");
  await wizard.incoming.checkButton.click();
  await expect(wizard.incoming.host).toHaveValue("typed.records.example");
  await found.note.getByRole("button", { name: discovery.again }).click();
  await expect(page).toHaveURL(/\/connect$/);
  await expect(wizard.incoming.host).toHaveValue("typed.records.example");
  await wizard.incoming.card.getByRole("button", { name: fill(discovery.other_use, { host: "mail.records.example" }) }).click();
  await expect(page).toHaveURL(/\/connect$/);
  await expect(wizard.incoming.host).toHaveValue("mail.records.example");
  await expect(wizard.incoming.port).toHaveValue("1993");
});

test("where nothing is found server and password are typed at once", async ({ page, admin: _ }) => {
  await page.goto(`${mailboxes()}/new`);
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await wizard.address.fill("desk@nothing.example");
  await wizard.name.fill("IT help");
  await wizard.next.click();
  await expect(found.headline).toHaveText(fill(discovery.headline_nothing, { domain: "nothing.example" }));
  await page.getByLabel(en.wizard.kind_custom, { exact: true }).check();
  await wizard.next.click();
  await wizard.expectConnect();
  await expect(found.notice(discovery.nothing_title)).toBeVisible();
  await expect(wizard.incoming.password).toBeVisible();
});
