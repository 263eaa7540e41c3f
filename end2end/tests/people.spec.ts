// Who may come in and what they may do: invited by mail, given a role, given another one, and kept out.
import type { Browser, BrowserContext, Locator, Page } from "@playwright/test";
import { setUpSecondFactor, signIn } from "../support/account.ts";
import { lying } from "../support/inbox.ts";
import { code } from "../support/totp.ts";
import { ada, Admin, en, expect, expectAccessible, expectNoSidewaysScrolling, fill, ko, mailboxes, type Postroom, test, visit } from "../support/test.ts";

const { people: words, common, mailboxes: list, own } = en;
const address = "/account/people";
const eve = { name: "Eve Example", password: "another horse battery" };

/** The line of somebody on the list. */
const line = (page: Page, text: string): Locator => page.locator("li.name-line").filter({ hasText: text });

/** Fills in the form that asks somebody in; without roles they become an administrator of the account. */
async function invite(page: Page, email: string, roles?: Record<string, string>): Promise<void> {
  const form = page.locator("form#invite");
  await form.getByLabel(words.email).fill(email);
  if (roles) {
    for (const [workspace, role] of Object.entries(roles)) {
      await form.getByLabel(fill(words.role_in, { workspace })).selectOption({ label: role });
    }
  } else {
    await form.getByText(words.account_admin, { exact: true }).click();
  }
  await form.getByRole("button").click();
}

/** Comes in by a link, in a browser of one's own. */
async function accept(browser: Browser, postroom: Postroom, link: string): Promise<{ context: BrowserContext; page: Page }> {
  const context = await browser.newContext({ baseURL: postroom.address, locale: "en-US" });
  const page = await context.newPage();
  await page.goto(link);
  await expect(page.getByRole("heading", { name: words.accept_title })).toBeVisible();
  await page.getByLabel(en.account.your_name).fill(eve.name);
  await page.getByLabel(en.account.password, { exact: true }).fill(eve.password);
  await page.getByLabel(en.account.password_again, { exact: true }).fill(eve.password);
  await page.getByRole("button", { name: words.accept_submit }).click();
  await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
  return { context, page };
}

/** The link that the page shows once. */
async function shownLink(page: Page): Promise<string> {
  const link = /\/invitation\/[0-9a-f]{64}/;
  // The address is the same when a link is made anew.
  await expect(page.getByRole("main")).toContainText(link);
  await expect(page).toHaveURL(/\?made=1$/);
  return link.exec(await page.getByRole("main").innerText())![0];
}

test("somebody is invited by mail, looks, is given a larger role, and is kept out", async ({ page, admin, postroom, mail, browser }) => {
  test.slow();
  await admin.relay(mail);
  await admin.workspace("Human Resources");
  const name = `Desk ${Date.now()}`;
  await admin.savedDraft("desk@example.com", { name });
  await visit(page, address);
  await expect(page.getByText(words.nobody_else_title)).toBeVisible();
  await expectAccessible(page);

  // Asked in, by mail.
  await invite(page, mail.parcel.address, { [ada.workspace]: words.role_viewer });
  await expect(page.getByText(words.done_invited)).toBeVisible();
  await expect(line(page, mail.parcel.address)).toContainText(fill(words.short_viewer, { workspace: ada.workspace }));
  await expectAccessible(page);
  const subject = `${ada.name} invites you to Postroom`;
  const link = async () => {
    const letters = await lying(mail, mail.parcel, subject);
    return letters.map((letter) => new RegExp(`${new URL(postroom.address).port}(/invitation/[0-9a-f]{64})`).exec(letter)?.[1]).find(Boolean);
  };
  await expect.poll(link, { timeout: 60_000 }).toBeTruthy();
  const path = (await link())!;

  // Looking at the link, as machines do, uses nothing up.
  for (let look = 0; look < 2; look++) expect((await page.request.get(path)).status()).toBe(200);
  const { context, page: theirs } = await accept(browser, postroom, path);
  try {
    // A viewer sees their workspace, and no other.
    await expect(theirs.getByRole("link", { name })).toBeVisible();
    await expect(theirs.getByRole("link", { name: list.new })).toHaveCount(0);
    await expect(theirs.getByRole("button", { name: fill(list.edit_of, { name }) })).toHaveCount(0);
    await expect(theirs.getByText("Human Resources")).toHaveCount(0);
    await expectAccessible(theirs);
    expect((await theirs.goto(mailboxes("human-resources")))?.status()).toBe(404);
    for (const closed of [`${mailboxes()}/new`, "/admin/it/groups", address, "/account/relay"]) {
      expect((await theirs.goto(closed))?.status(), closed).toBe(403);
      await expect(theirs.getByRole("heading", { name: common.forbidden_title })).toBeVisible();
    }
    await expectAccessible(theirs);
    await theirs.goto(mailboxes());
    await theirs.getByRole("link", { name }).click();
    await expect(theirs.getByRole("heading", { name, level: 1 })).toBeVisible();
    await expect(theirs.getByRole("main").getByRole("button"), "nothing on the page changes anything").toHaveCount(0);
    await expectAccessible(theirs);
    const refused = await theirs.request.post("/api/create_group", {
      form: { workspace: "it", name: "Mine" },
      headers: { origin: postroom.address, accept: "application/json" },
    });
    expect(refused.status()).toBe(403);

    // Another role counts from the next click.
    await visit(page, address);
    await line(page, eve.name).getByRole("link", { name: fill(words.edit_of, { name: eve.name }) }).click();
    await page.getByLabel(fill(words.role_in, { workspace: ada.workspace })).selectOption({ label: words.role_administrator });
    await expectAccessible(page);
    await page.getByRole("button", { name: words.save_roles }).click();
    await expect(page.getByText(words.done_roles_saved)).toBeVisible();
    await expect(line(page, eve.name)).toContainText(fill(words.short_administrator, { workspace: ada.workspace }));
    await theirs.goto("/admin/it/groups");
    await theirs.locator("#new-name").fill("Night shift");
    await theirs.getByRole("button", { name: common.create, exact: true }).click();
    await expect(theirs.locator(".name-head", { hasText: "Night shift" })).toBeVisible();

    // Kept out at once, wherever they are, and let in again.
    await line(page, eve.name).getByRole("link", { name: fill(words.edit_of, { name: eve.name }) }).click();
    await page.locator("summary", { hasText: words.deactivate_fold }).click();
    await expectAccessible(page);
    await page.getByRole("button", { name: fill(words.deactivate, { name: eve.name }) }).click();
    await expect(page.getByText(words.done_deactivated)).toBeVisible();
    await expect(line(page, eve.name)).toContainText(words.deactivated);
    await theirs.goto(mailboxes());
    await expect(theirs).toHaveURL(/\/sign-in/);
    await theirs.getByLabel(en.account.email).fill(mail.parcel.address);
    await theirs.getByLabel(en.account.password, { exact: true }).fill(eve.password);
    await theirs.getByRole("button", { name: en.account.sign_in_submit }).click();
    await expect(theirs.getByText(en.errors.wrong_password)).toBeVisible();

    await line(page, eve.name).getByRole("link", { name: fill(words.edit_of, { name: eve.name }) }).click();
    await page.getByRole("button", { name: fill(words.reactivate, { name: eve.name }) }).click();
    await expect(page.getByText(words.done_reactivated)).toBeVisible();
    await theirs.getByLabel(en.account.password, { exact: true }).fill(eve.password);
    await theirs.getByRole("button", { name: en.account.sign_in_submit }).click();
    await expect(theirs).toHaveURL(new RegExp(`${mailboxes()}$`));
  } finally {
    await context.close();
  }
});

test("without a relay the link is shown once, can be made anew, and taken back", async ({ page, admin: _, postroom, browser }) => {
  await visit(page, address);
  await expect(page.getByText(words.no_relay_title)).toBeVisible();
  await invite(page, "eve@example.com");
  const first = await shownLink(page);
  await expectAccessible(page);
  await page.reload();
  await expect(page.getByText(words.new_link_gone)).toBeVisible();
  expect(await page.getByRole("main").innerText()).not.toContain("/invitation/");

  await line(page, "eve@example.com").getByRole("button", { name: fill(words.send_again_of, { address: "eve@example.com" }) }).click();
  const second = await shownLink(page);
  expect(second).not.toBe(first);
  const context = await browser.newContext({ baseURL: postroom.address, locale: "en-US" });
  const stranger = await context.newPage();
  expect((await stranger.goto(first))?.status()).toBe(404);
  await expect(stranger.getByRole("heading", { name: words.accept_gone_title })).toBeVisible();
  await expectAccessible(stranger);

  // What is wrong with the form stands beside its fields, and the link is good still.
  await stranger.goto(second);
  await expectAccessible(stranger);
  await stranger.getByLabel(en.account.your_name).fill(eve.name);
  await stranger.getByLabel(en.account.password, { exact: true }).fill("short");
  await stranger.getByRole("button", { name: words.accept_submit }).click();
  await expect(stranger.getByText(fill(en.errors.too_short, { min: 12 }), { exact: true })).toBeVisible();
  await expect(stranger.getByText(en.errors.different)).toBeVisible();
  await expect(stranger.getByLabel(en.account.your_name)).toHaveValue(eve.name);
  expect((await stranger.goto(second))?.status()).toBe(200);

  await line(page, "eve@example.com").locator("summary", { hasText: words.revoke_ask }).click();
  await page.getByRole("button", { name: fill(words.revoke_of, { address: "eve@example.com" }) }).click();
  await expect(page.getByText(words.done_invitation_revoked)).toBeVisible();
  await expect(line(page, "eve@example.com")).toHaveCount(0);
  expect((await stranger.goto(second))?.status()).toBe(404);
  await context.close();
});

test("whoever has lost their second factor gets back in when an administrator takes it away", async ({ page, admin: _, postroom, browser }) => {
  test.slow();
  await visit(page, address);
  await invite(page, "eve@example.com", { [ada.workspace]: words.role_viewer });
  const { context, page: theirs } = await accept(browser, postroom, await shownLink(page));
  try {
    await theirs.goto("/second-factor");
    await setUpSecondFactor(theirs, (secret) => code(secret));
    await signIn(theirs, "eve@example.com", eve.password);
    await expect(theirs, "the password alone is not enough").toHaveURL(/\/sign-in\/code/);

    await visit(page, address);
    await line(page, "eve@example.com").getByRole("link").click();
    await page.getByText(own.reset_fold, { exact: true }).click();
    await expect(page.getByText(own.reset_factor_text)).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: own.reset_factor, exact: true }).click();
    await expect(page.getByText(own.done_second_factor_taken)).toBeVisible();
    await line(page, "eve@example.com").getByRole("link").click();
    await expect(page.getByText(own.reset_fold, { exact: true }), "there is none to take away").toHaveCount(0);

    await signIn(theirs, "eve@example.com", eve.password);
    await expect(theirs).toHaveURL(new RegExp(`${mailboxes()}$`));
  } finally {
    await context.close();
  }
});

test("what is wrong with an invitation stands beside its fields, and nothing that was typed is lost", async ({ page, admin: _ }) => {
  await visit(page, address);
  const form = page.locator("form#invite");
  await form.getByLabel(words.email).fill(ada.email);
  await form.getByLabel(words.name).fill("Ada again");
  await form.getByLabel(fill(words.role_in, { workspace: ada.workspace })).selectOption({ label: words.role_viewer });
  await form.getByRole("button").click();
  await expect(form.getByText(words.address_taken)).toBeVisible();
  await expect(form.getByLabel(words.email)).toHaveValue(ada.email);
  await expect(form.getByLabel(words.name)).toHaveValue("Ada again");
  await expect(form.getByLabel(fill(words.role_in, { workspace: ada.workspace }))).toHaveValue("viewer");
  await expectAccessible(page);
  await form.getByLabel(words.email).fill("nobody");
  await form.getByLabel(fill(words.role_in, { workspace: ada.workspace })).selectOption({ label: words.role_none });
  await form.getByRole("button").click();
  await expect(form.getByText(en.errors.not_an_address)).toBeVisible();
  await expect(form.getByText(words.choose_something)).toBeVisible();

  // The last administrator is told so and offered nothing that would be refused.
  await visit(page, address);
  await line(page, ada.name).getByRole("link", { name: fill(words.edit_of, { name: ada.name }) }).click();
  await expect(page.getByText(words.last_admin)).toBeVisible();
  await expect(page.getByRole("main").getByRole("button")).toHaveCount(0);
  await expectAccessible(page);
});

test.describe("without JavaScript", () => {
  test.use({ javaScriptEnabled: false });

  test("people are invited, come in and are given roles", async ({ page, admin: _, postroom, browser }) => {
    await page.goto(address);
    await invite(page, "eve@example.com", { [ada.workspace]: words.role_viewer });
    const link = await shownLink(page);
    const context = await browser.newContext({ baseURL: postroom.address, locale: "en-US", javaScriptEnabled: false });
    const theirs = await context.newPage();
    await theirs.goto(link);
    await theirs.getByLabel(en.account.your_name).fill(eve.name);
    await theirs.getByLabel(en.account.password, { exact: true }).fill(eve.password);
    await theirs.getByLabel(en.account.password_again, { exact: true }).fill(eve.password);
    await theirs.getByRole("button", { name: words.accept_submit }).click();
    await expect(theirs).toHaveURL(new RegExp(`${mailboxes()}$`));

    await page.goto(address);
    await line(page, eve.name).getByRole("link", { name: fill(words.edit_of, { name: eve.name }) }).click();
    await page.getByText(words.account_admin, { exact: true }).click();
    await page.getByRole("button", { name: words.save_roles }).click();
    await expect(line(page, eve.name)).toContainText(words.account_admin);
    expect((await theirs.goto(address))?.status()).toBe(200);
    // And back: the lists are there without a script.
    await line(page, eve.name).getByRole("link", { name: fill(words.edit_of, { name: eve.name }) }).click();
    await page.getByText(words.single, { exact: true }).click();
    await page.getByLabel(fill(words.role_in, { workspace: ada.workspace })).selectOption({ label: words.role_viewer });
    await page.getByRole("button", { name: words.save_roles }).click();
    await expect(line(page, eve.name)).toContainText(fill(words.short_viewer, { workspace: ada.workspace }));
    expect((await theirs.goto(address))?.status()).toBe(403);
    await context.close();
  });
});

test.describe("on a telephone, in Korean", () => {
  test.use({ locale: "ko-KR", viewport: { width: 390, height: 844 } });

  test("the list and the invitation fit and are read aloud", async ({ page, postroom }) => {
    await new Admin(page.request, postroom).setUp();
    await visit(page, address);
    await expect(page.getByRole("heading", { name: ko.people.title })).toBeVisible();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
    const form = page.locator("form#invite");
    await form.getByLabel(ko.people.email).fill("eve@example.com");
    await form.getByText(ko.people.account_admin, { exact: true }).click();
    await form.getByRole("button").click();
    const link = await shownLink(page);
    await expectNoSidewaysScrolling(page);
    await page.goto(link);
    await expect(page.getByRole("heading", { name: ko.people.accept_title })).toBeVisible();
    await expectNoSidewaysScrolling(page);
    await expectAccessible(page);
  });
});
