// An address that leads nowhere helps on, with the right status.
import { en, expect, expectAccessible, mailboxes, test, visit } from "../support/test.ts";

/** Chromium writes a line about the page itself. */
const missing = /^Failed to load resource: the server responded with a status of 404 /;

for (const path of [
  "/no/such/page",
  "/admin/nobody",
  "/admin/nobody/channels/email/mailboxes",
  "/admin/it/no-such-page",
  "/admin/it/channels/email/mailboxes/4711",
  "/admin/it/channels/email/mailboxes/not-a-number",
  "/admin/it/channels/email/mailboxes/4711/delete",
  "/admin/it/channels/email/drafts/4711/connect",
  "/admin/it/channels/email/drafts/99999999999999999999/details",
]) {
  test(`${path} is not there and leads back`, async ({ page, admin: _, complaints }) => {
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(en.common.not_found_title);
    await expect(page.getByText(en.common.not_found_text)).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("link", { name: en.common.to_start }).click();
    await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
    expect(complaints.splice(0).filter((complaint) => !missing.test(complaint))).toEqual([]);
  });
}

test("a mailbox that somebody else deleted meanwhile is said to be gone", async ({ page, admin, complaints }) => {
  const id = await admin.savedDraft("help@example.test", { name: "Help" });
  await visit(page, mailboxes());
  await admin.post("delete_mailbox", { workspace: "it", mailbox: `${id}` });
  await page.getByRole("link", { name: "Help", exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(en.common.not_found_title);
  for (const complaint of complaints.splice(0)) expect(complaint).toMatch(missing);
});

test("a stranger who types an address is not told whether it is there", async ({ page, admin: _ }) => {
  await page.context().clearCookies();
  for (const path of ["/admin/it", "/admin/nobody", "/no/such/page"]) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/sign-in\?next=%2F/);
  }
});
