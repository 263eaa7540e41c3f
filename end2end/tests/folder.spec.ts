// The folder that is watched: the inbox unless another one is chosen.
import { en, expect, mailboxes, test, visit, Wizard } from "../support/test.ts";

test("another folder is picked from the account's own, checked, and shown with the mailbox", async ({ page, admin, mail }) => {
  const id = await admin.mailbox(mail);
  await visit(page, `${mailboxes()}/${id}`);
  await page.getByRole("button", { name: en.common.edit, exact: true }).click();
  const wizard = new Wizard(page);
  await wizard.onToConnect();
  const folder = page.getByLabel(en.wizard.folder, { exact: true });
  await expect(folder).toHaveValue("");

  await folder.fill("No such folder");
  await wizard.checkBoth.click();
  await expect(wizard.incoming.card.locator("article.remedy")).toContainText("No such folder");
  await expect(folder).toHaveAttribute("aria-invalid", "true");
  // Which ones there are is known all the same.
  const offered = () => page.locator("datalist option").evaluateAll((all) => all.map((one) => (one as HTMLOptionElement).value));
  await expect.poll(offered).toContain("Junk");

  await folder.fill("");
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  expect((await offered())[0]).toBe("INBOX");
  expect(await offered()).toContain("Junk");

  await folder.fill("Junk");
  await wizard.checkBoth.click();
  await wizard.expectPassed();
  await wizard.save.click();
  await wizard.expectSaved();
  await expect(page.locator("dl.facts").filter({ hasText: en.mailboxes.sign_in_as }).first()).toContainText("Junk");
});
