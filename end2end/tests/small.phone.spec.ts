// A telephone, 390 pixels wide: the list becomes cards, and nothing has to be scrolled sideways.
import { en, expect, expectAccessible, expectNoSidewaysScrolling, mailboxes, right, test, visit, Wizard } from "../support/test.ts";

test.use({ viewport: { width: 390, height: 844 } });

test("the list is a column of cards that say what their values are", async ({ page, admin, mail }) => {
  await admin.mailbox(mail, mail.support, { name: "IT help" });
  await visit(page, mailboxes());
  await expectNoSidewaysScrolling(page);
  const row = page.getByRole("row", { name: /IT help/ });
  const cells = await row.getByRole("cell").all();
  const [top, ...rest] = await Promise.all(cells.slice(0, 3).map(async (cell) => (await cell.boundingBox())!));
  for (const box of rest) expect(box.x, "values stand below each other").toBeCloseTo(top!.x, 0);
  const label = await row.getByRole("cell").nth(1).evaluate((cell) => getComputedStyle(cell, "::before").content);
  expect(label).toContain(en.mailboxes.incoming);
  await expectAccessible(page);
});

test("a mailbox is connected with thumbs", async ({ page, admin: _, mail }) => {
  await visit(page, mailboxes());
  const wizard = new Wizard(page);
  await wizard.begin("IT help", mail.support.address);
  await expectNoSidewaysScrolling(page);
  const incoming = (await wizard.incoming.card.boundingBox())!;
  const outgoing = (await wizard.outgoing.card.boundingBox())!;
  expect(outgoing.y, "the servers stand below each other").toBeGreaterThanOrEqual(incoming.y + incoming.height);
  const { imap, smtp } = right(mail);
  await wizard.fill({ imap: { ...imap, password: "wrong" }, smtp });
  await wizard.checkBoth.tap();
  await wizard.incoming.expectFailed(/password/);
  await wizard.incoming.card.getByText(/^Conversation with the server/).tap();
  await expectNoSidewaysScrolling(page);
  await expectAccessible(page);
  await wizard.incoming.password.fill(mail.support.password);
  await wizard.checkBoth.tap();
  await wizard.expectPassed();
  await wizard.save.tap();
  await wizard.expectSaved();
  await expectNoSidewaysScrolling(page);
});

test("no page scrolls sideways", async ({ page, admin, mail }) => {
  test.slow();
  const long = "A name so long that it would push everything else off a small screen if it were not broken somewhere";
  const id = await admin.mailbox(mail, mail.support, { name: long });
  await admin.workspace("Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichenverwaltung");
  const draft = await admin.draft("a.very.long.address.that.does.not.break.anywhere.at.all@example.test");
  const pages = [
    "/admin/it",
    mailboxes(),
    `${mailboxes()}?sort=incoming`,
    `${mailboxes()}/new`,
    `${mailboxes()}/${id}`,
    `${mailboxes()}/${id}/delete`,
    `/admin/it/channels/email/drafts/${draft}/details`,
    `/admin/it/channels/email/drafts/${draft}/server`,
    `/admin/it/channels/email/drafts/${draft}/connect`,
    "/admin/it/groups",
    "/account/workspaces",
    "/account/companies",
    "/help/problems",
    "/sign-in",
    "/setup",
  ];
  for (const path of pages) {
    await visit(page, path);
    await expectNoSidewaysScrolling(page);
  }
  for (const menu of [en.common.account]) {
    await visit(page, mailboxes());
    await page.locator(`summary[aria-label="${menu}"]`).tap();
    await expectNoSidewaysScrolling(page);
  }
});
