// On a phone: what was found stands in one column, and nothing scrolls sideways.
import { Found, test } from "../support/discovery.ts";
import { en, expect, expectAccessible, expectNoSidewaysScrolling, mailboxes, visit, Wizard } from "../support/test.ts";

test.use({ viewport: { width: 390, height: 844 } });

test("servers are found and their sources looked at with thumbs", async ({ page, admin: _ }) => {
  await visit(page, `${mailboxes()}/new`);
  const [wizard, found] = [new Wizard(page), new Found(page)];
  await wizard.address.fill("desk@records.example");
  await wizard.name.fill("IT help");
  await expect(found.headline).toContainText("mail.records.example");
  await found.unfold();
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
  await wizard.next.tap();
  await expect(page).toHaveURL(/\/server$/);
  await expectNoSidewaysScrolling(page);
  await page.getByLabel(en.wizard.kind_custom, { exact: true }).check();
  await wizard.next.tap();
  await wizard.expectConnect();
  await expect(wizard.incoming.host).toHaveValue("mail.records.example");
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
});
