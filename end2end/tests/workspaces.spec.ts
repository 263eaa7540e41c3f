// Several teams, each with a desk of its own, and the client companies of those who serve some.
import { expectAccessible } from "../support/accessible.ts";
import type { Admin } from "../support/admin.ts";
import { ada, en, expect, fill, live, mailboxes, signedIn, test, visit, Wizard } from "../support/test.ts";
import type { Locator, Page } from "@playwright/test";

const { admin: words, common } = en;

/** Opens one line of a list of names. */
async function opened(page: Page, name: string): Promise<Locator> {
  const line = page.locator(".name-line").filter({ has: page.locator(".name-head", { hasText: name }) });
  await line.locator("summary").click();
  return line;
}

async function create(page: Page, name: string): Promise<void> {
  await page.locator("#new-name").fill(name);
  await page.getByRole("button", { name: common.create, exact: true }).click();
}

async function rename(page: Page, name: string, other: string): Promise<void> {
  const line = await opened(page, name);
  await line.getByLabel(fill(words.rename_of, { name })).fill(other);
  await line.getByRole("button", { name: common.rename, exact: true }).click();
  await expect(page.getByText(common.done_renamed)).toBeVisible();
  await expect(page.locator(".name-head", { hasText: other })).toBeVisible();
}

/** Archives a workspace, which is asked first. */
async function archiveWorkspace(page: Page, name: string): Promise<void> {
  const line = await opened(page, name);
  await line.getByRole("link", { name: fill(words.archive_of, { name }) }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(fill(words.archive_title, { name }));
  await page.getByRole("button", { name: fill(words.archive_yes, { name }) }).click();
  await expect(page.getByText(common.done_archived)).toBeVisible();
  await expect(page.locator(".name-head", { hasText: name })).toContainText(common.archived);
}

async function archive(page: Page, name: string): Promise<void> {
  const line = await opened(page, name);
  await line.getByRole("button", { name: fill(words.archive_of, { name }) }).click();
  await expect(page.getByText(common.done_archived)).toBeVisible();
  await expect(page.locator(".name-head", { hasText: name })).toContainText(common.archived);
}

async function restore(page: Page, name: string): Promise<void> {
  const line = await opened(page, name);
  await line.getByRole("button", { name: fill(words.restore_of, { name }) }).click();
  await expect(page.getByText(common.done_restored)).toBeVisible();
  await expect(page.locator(".name-head", { hasText: name })).not.toContainText(common.archived);
}

const trail = (page: Page) => page.getByRole("navigation", { name: en.components.breadcrumb });

test("a second workspace has its own mailboxes, and switching keeps the page", async ({ page, admin: _ }) => {
  await visit(page, mailboxes());
  await expect(trail(page).getByRole("listitem")).toHaveText([common.admin, common.channels, common.email, en.mailboxes.title]);
  await page.locator("summary", { hasText: ada.workspace }).click();
  await page.getByRole("banner").getByRole("link", { name: common.manage_workspaces }).first().click();
  await expect(page).toHaveURL(/\/account\/workspaces$/);
  await create(page, "Human Resources");
  await expect(page).toHaveURL(/\/admin\/human-resources\?done=workspace_created$/);
  await expect(page.getByText(common.done_workspace_created)).toBeVisible();

  await page.getByRole("main").getByRole("link", { name: new RegExp(words.mailboxes) }).click();
  await expect(page).toHaveURL(new RegExp(`${mailboxes("human-resources")}$`));
  await expect(page.getByRole("rowheader")).toContainText("support@human-resources.postroom.localhost");
  await expect(trail(page).getByRole("listitem"), "with several workspaces the way names this one").toHaveText([
    common.admin, "Human Resources", common.channels, common.email, en.mailboxes.title,
  ]);

  await page.locator(`summary[aria-label="${common.workspace}: Human Resources"]`).click();
  await page.getByRole("banner").getByRole("link", { name: ada.workspace, exact: true }).click();
  await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
  await expect(page.getByRole("rowheader")).toContainText("support@it.postroom.localhost");
  await expect(trail(page)).toContainText(ada.workspace);
  await expect(page.locator(`summary[aria-label="${common.workspace}: ${ada.workspace}"]`)).toBeVisible();

  await visit(page, "/admin/it/groups");
  await page.locator(`summary[aria-label="${common.workspace}: ${ada.workspace}"]`).click();
  await page.getByRole("banner").getByRole("link", { name: "Human Resources", exact: true }).click();
  await expect(page).toHaveURL(/\/admin\/human-resources\/groups$/);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(fill(words.groups_title, { workspace: "Human Resources" }));
});

test("a link to a page of a workspace opens the same page in another browser", async ({ page, admin, browser, postroom }) => {
  const slug = await admin.workspace("Facilities");
  await visit(page, `/admin/${slug}/groups`);
  const link = page.url();
  const other = await signedIn(await browser.newPage({ baseURL: postroom.address }), postroom);
  await other.goto(link);
  await expect(other.getByRole("heading", { level: 1 })).toHaveText(fill(words.groups_title, { workspace: "Facilities" }));
  await expect(trail(other)).toContainText("Facilities");
  await other.close();
});

test("a workspace is renamed, archived and brought back; the last one stays", async ({ page, admin }) => {
  await admin.workspace("HR");
  await visit(page, "/account/workspaces");
  await rename(page, "HR", "People");
  await visit(page, "/account/workspaces");
  await archiveWorkspace(page, "People");
  await expect(page.locator("summary[aria-label]", { hasText: "People" })).toHaveCount(0);
  expect((await page.request.get("/admin/hr/groups")).status(), "its pages are gone").toBe(404);
  await visit(page, "/account/workspaces");
  await restore(page, "People");
  await visit(page, "/admin/hr/groups");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(fill(words.groups_title, { workspace: "People" }));
});

test.describe("what a rule forbids", () => {
  test.use({ refusals: ["archive_workspace", "archive_group", "create_workspace"] });

  test("is refused in words: the last workspace, the last group, a name that is taken", async ({ page, admin: _ }) => {
    await visit(page, "/account/workspaces");
    let line = await opened(page, ada.workspace);
    await line.getByRole("link", { name: fill(words.archive_of, { name: ada.workspace }) }).click();
    await page.getByRole("button", { name: fill(words.archive_yes, { name: ada.workspace }) }).click();
    await expect(page.getByText(en.errors.rule_last_workspace)).toBeVisible();
    await page.getByRole("link", { name: words.archive_no }).click();

    await create(page, "");
    await expect(page.locator("#new-name-error")).toContainText(en.errors.empty);

    await visit(page, "/admin/it/groups");
    line = await opened(page, words.first_group);
    await line.getByRole("button", { name: fill(words.archive_of, { name: words.first_group }) }).click();
    await expect(page.getByText(en.errors.rule_last_group)).toBeVisible();
  });
});

test("groups are created, renamed and archived, and the wizard offers those there are", async ({ page, admin: _ }) => {
  await visit(page, "/admin/it/groups");
  await create(page, "Second line");
  await expect(page.getByText(common.done_created)).toBeVisible();
  await expect(page.locator(".name-line")).toHaveCount(2);
  await rename(page, "Second line", "Network");
  await visit(page, `${mailboxes()}/new`);
  const { group } = new Wizard(page);
  await expect(group.getByRole("option")).toHaveText([en.wizard.choose_group, "Network", words.first_group]);
  await visit(page, "/admin/it/groups");
  await archive(page, "Network");
  await visit(page, `${mailboxes()}/new`);
  await expect(group.getByRole("option")).toHaveText([en.wizard.choose_group, words.first_group]);
  await expect(group, "the only one is no choice").not.toHaveValue("");
});

test("who serves client companies says whose mailbox it is", async ({ page, admin: _, mail }) => {
  const company = page.getByLabel(en.wizard.company, { exact: true });
  await visit(page, `${mailboxes()}/new`);
  await expect(company).toHaveCount(0);
  await expect(page.getByRole("columnheader", { name: en.mailboxes.company })).toHaveCount(0);

  await visit(page, "/account/companies");
  await expect(page.getByRole("heading", { name: words.no_companies })).toBeVisible();
  await page.getByLabel(words.msp, { exact: true }).check();
  await page.getByRole("button", { name: common.save, exact: true }).click();
  await expect(page).toHaveURL(/\?done=/);
  await create(page, "Example Inc.");
  await expect(page.getByText(common.done_created)).toBeVisible();
  await visit(page, "/account/companies");
  await rename(page, "Example Inc.", "Example Ltd.");

  await visit(page, `${mailboxes()}/new`);
  await expect(company.getByRole("option")).toHaveText([en.wizard.no_company, "Example Ltd."]);
  const wizard = new Wizard(page);
  await wizard.name.fill("IT help");
  await wizard.address.fill(mail.support.address);
  await company.selectOption("Example Ltd.");
  await wizard.onToConnect();
  await wizard.fill({
    imap: { host: "imap.example.com", port: 993, email: mail.support.address, password: "x" },
    smtp: { host: "smtp.example.com", port: 465, email: mail.support.address, password: "x" },
  });
  await wizard.saveAsDraft.click();
  await expect(page.getByText(en.mailboxes.draft_title)).toBeVisible();
  await expect(page.getByRole("main").locator("dl").first()).toContainText("Example Ltd.");
  await page.getByRole("link", { name: en.mailboxes.title }).click();
  await expect(page.getByRole("columnheader", { name: en.mailboxes.company })).toBeVisible();
  await expect(page.getByRole("row", { name: /IT help/ })).toContainText("Example Ltd.");

  await visit(page, "/account/companies");
  await archive(page, "Example Ltd.");
  await visit(page, `${mailboxes()}/new`);
  await expect(company.getByRole("option")).toHaveText([en.wizard.no_company]);
  await live(page);
});

test("an archived workspace rests, says so before, and comes back as it was", async ({ page, admin, mail }) => {
  await admin.workspace("HR");
  const busy = await admin.mailbox(mail, mail.support, { workspace: "hr", name: "Busy" });
  await visit(page, "/account/workspaces/hr/archive");
  await expect(page.getByText(fill(words.archive_active, { count: 2 }))).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: words.archive_no }).click();
  await archiveWorkspace(page, "HR");
  await restore(page, "HR");
  await visit(page, `${mailboxes("hr")}/${busy}`);
  await expect(page.getByText(en.mailboxes.paused_title)).toHaveCount(0);
  await page.getByRole("link", { name: en.watch.history }).click();
  await expect(page.getByText(en.watch.resumed).first()).toBeVisible();
});

test("another mailbox is made primary, and the old one can be deleted then", async ({ page, admin }) => {
  const help = await admin.defaultMailbox("help@it.postroom.localhost", { name: "Help" });
  const draft = await admin.savedDraft("later@example.test", { name: "Later" });
  await visit(page, `${mailboxes()}/${draft}`);
  await expect(page.getByRole("link", { name: en.mailboxes.make_primary, exact: true })).toHaveCount(0);
  await visit(page, `${mailboxes()}/${help}`);
  await page.getByRole("link", { name: en.mailboxes.make_primary, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(fill(en.mailboxes.primary_question, { name: "Help", workspace: ada.workspace }));
  await expectAccessible(page);
  await page.getByRole("button", { name: en.mailboxes.primary_yes }).click();
  await expect(page.getByText(en.companies.done_primary)).toBeVisible();
  await expect(page.getByText(en.mailboxes.primary_kept)).toBeVisible();
  await visit(page, mailboxes());
  await page.getByRole("link", { name: "IT", exact: true }).first().click();
  await page.getByRole("link", { name: en.mailboxes.delete }).click();
  await page.getByRole("button", { name: fill(en.mailboxes.delete_yes, { address: "support@it.postroom.localhost" }) }).click();
  await expect(page.getByText(common.done_deleted)).toBeVisible();
  await expect(page.getByRole("rowheader").first()).toContainText("help@it.postroom.localhost");
});

test.describe("with five hundred workspaces", () => {
  test.slow();

  /** Makes workspaces until there are five hundred. */
  async function many(admin: Admin): Promise<void> {
    const names = Array.from({ length: 499 }, (_, index) => `Team ${String(index + 1).padStart(3, "0")}`);
    while (names.length > 0) await Promise.all(names.splice(0, 10).map((name) => admin.post("create_workspace", { name })));
  }

  test("a page carries a few of them, and the others are searched", async ({ page, admin }) => {
    const size = async () => (await (await page.request.get(mailboxes())).text()).length;
    const before = await size();
    await many(admin);
    const after = await size();
    test.info().annotations.push({ type: "size", description: `${before} characters with one workspace, ${after} with 500` });
    expect(after - before, "what 499 more workspaces add to a page").toBeLessThan(6_000);

    await visit(page, mailboxes());
    await live(page);
    await page.locator(`summary[aria-label="${common.workspace}: ${ada.workspace}"]`).click();
    const menu = page.getByRole("banner").locator(".menu[open]");
    expect(await menu.getByRole("link").count()).toBeLessThan(12);
    await menu.getByRole("searchbox", { name: common.find_workspace }).fill("team 437");
    await menu.getByRole("link", { name: "Team 437", exact: true }).click();
    await expect(page).toHaveURL(new RegExp(`${mailboxes("team-437")}$`));
    // The menu closes by itself on the way; pressed before that, it would be closed by the press.
    await expect(menu).toHaveCount(0);
    await live(page);
    await page.locator(`summary[aria-label="${common.workspace}: Team 437"]`).click();
    await menu.getByRole("searchbox", { name: common.find_workspace }).fill("nobody");
    await expect(menu.getByText(common.no_workspace_found)).toBeVisible();
    await expectAccessible(page);
    await menu.getByRole("link", { name: fill(common.all_workspaces, { count: 500 }) }).click();
    await expect(page.locator(".name-line")).toHaveCount(50);
    await expect(page.getByText(fill(words.page_of, { page: 1, pages: 10 }))).toBeVisible();
    await page.getByRole("link", { name: words.next_page }).click();
    await expect(page.getByText(fill(words.page_of, { page: 2, pages: 10 }))).toBeVisible();
    await expectAccessible(page);
  });

  test("without JavaScript the form leads to what was searched", async ({ admin, browser, postroom }) => {
    await many(admin);
    const page = await signedIn(await browser.newPage({ baseURL: postroom.address, javaScriptEnabled: false }), postroom);
    await page.goto(mailboxes());
    await page.locator(`summary[aria-label="${common.workspace}: ${ada.workspace}"]`).click();
    await page.getByRole("banner").getByRole("searchbox", { name: common.find_workspace }).fill("Team 43");
    await page.getByRole("banner").getByRole("button", { name: common.search, exact: true }).click();
    await expect(page).toHaveURL(/\/account\/workspaces\?q=Team\+43$/);
    await expect(page.locator(".name-line")).toHaveCount(10);
    await page.getByRole("main").getByRole("link", { name: "Team 437", exact: true }).click();
    await expect(page).toHaveURL(/\/admin\/team-437$/);
    await page.goto("/account/workspaces?q=nobody");
    await expect(page.getByText(fill(words.nothing_found, { query: "nobody" }))).toBeVisible();
    await page.close();
  });
});
