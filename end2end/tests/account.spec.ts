// Who may come in: the set-up page, signing in and out, and what strangers and other sites get.
import { ada, Admin, en, expect, fill, live, mailboxes, test, visit } from "../support/test.ts";
import type { Page } from "@playwright/test";

const { account } = en;

async function signIn(page: Page, password = ada.password): Promise<void> {
  await page.getByLabel(account.email, { exact: true }).fill(ada.email);
  await page.getByLabel(account.password, { exact: true }).fill(password);
  // A plain form: whatever the answer, another document comes.
  const answered = page.waitForEvent("framenavigated");
  await page.getByRole("button", { name: account.sign_in_submit }).click();
  await answered;
}

async function fillSetUp(page: Page, code: string): Promise<void> {
  for (const [label, value] of [
    [account.code, code],
    [account.your_name, ada.name],
    [account.email, ada.email],
    [account.password, ada.password],
    [account.password_again, ada.password],
    [account.workspace, ada.workspace],
  ] as const) {
    await page.getByLabel(label, { exact: true }).fill(value);
  }
}

test.describe("setting up", () => {
  test.use({ refusals: ["set_up"] });

  test("works with the code of the terminal only, and once", async ({ page, postroom, browser }) => {
    await visit(page, "/");
    await expect(page).toHaveURL(/\/setup$/);
    await fillSetUp(page, "AAAA-BBBB-CCCC");
    await page.getByRole("button", { name: account.setup_submit }).click();
    await expect(page.locator("#code-error")).toContainText(en.errors.wrong_code);
    await expect(page.getByLabel(account.your_name), "what was typed is kept").toHaveValue(ada.name);

    await page.getByLabel(account.code).fill(await postroom.code());
    await page.getByRole("button", { name: account.setup_submit }).click();
    await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));

    // Whoever comes later finds it closed, and the code is worth nothing any more.
    const later = await browser.newPage({ baseURL: postroom.address });
    await later.goto("/setup");
    await expect(later.getByRole("heading", { level: 1 })).toHaveText(account.setup_over_title);
    const again = await later.request.post("/api/set_up", {
      form: { code: postroom.setUpCode!, name: "Eve", email: "eve@example.test", password: "a long password", password_again: "a long password", workspace: "HR" },
      headers: { origin: postroom.address, accept: "application/json" },
    });
    expect(again.status()).toBe(409);
    await later.close();
  });

  test("names every field that is wrong", async ({ page }) => {
    await visit(page, "/setup");
    await page.getByLabel(account.email, { exact: true }).fill("nobody");
    await page.getByLabel(account.password, { exact: true }).fill("short");
    await page.getByLabel(account.password_again, { exact: true }).fill("other");
    await page.getByRole("button", { name: account.setup_submit }).click();
    await expect(page.locator("#code-error")).toContainText(en.errors.empty);
    await expect(page.locator("#name-error")).toContainText(en.errors.empty);
    await expect(page.locator("#email-error")).toContainText(en.errors.not_an_address);
    await expect(page.locator("#password-error")).toContainText(/^At least \d+ characters\.$/);
    await expect(page.locator("#password_again-error")).toContainText(en.errors.different);
    await expect(page.locator("#workspace-error")).toContainText(en.errors.empty);
    await expect(page.getByLabel(account.email, { exact: true })).toHaveValue("nobody");
  });
});

test.describe("signing out", () => {
  test.use({ refusals: ["overview", "list_mailboxes"] });

  test("somebody who is signed out is sent to sign in, and back to the page they wanted", async ({ page, admin: _ }) => {
    await page.context().clearCookies();
    await visit(page, `${mailboxes()}?sort=group`);
    await expect(page).toHaveURL(/\/sign-in\?next=%2F/);
    await signIn(page);
    await expect(page).toHaveURL(new RegExp(`${mailboxes()}\\?sort=group$`));
    await page.getByRole("banner").locator(`summary[aria-label="${en.common.account}"]`).click();
    await expect(page.getByRole("banner")).toContainText(ada.email);
    await page.getByRole("button", { name: en.common.sign_out }).click();
    await expect(page.getByText(en.common.done_signed_out)).toBeVisible();
    await page.goBack();
    await expect(page, "the page before is not there for the next person").toHaveURL(/\/sign-in/);
  });
});

for (const next of ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "evil.example"]) {
  test(`signing in never leads to ${next}`, async ({ page, admin: _ }) => {
    await page.context().clearCookies();
    await visit(page, `/sign-in?next=${encodeURIComponent(next)}`);
    await signIn(page);
    await expect(page).toHaveURL(new RegExp(`^http://127\\.0\\.0\\.1:\\d+${mailboxes()}$`));
  });
}

test.describe("a wrong password", () => {
  test.use({ refusals: ["sign_in"], settings: { POSTROOM_SIGN_IN__ATTEMPTS: "3" } });

  test("is refused in words, and after some attempts there is a pause", async ({ page, admin: _ }) => {
    await page.context().clearCookies();
    await visit(page, "/sign-in");
    const alert = page.getByRole("alert");
    for (let attempt = 1; attempt <= 3; attempt += 1) {
      await signIn(page, `wrong guess ${attempt}`);
      await expect(alert).toHaveText(en.errors.wrong_password);
      await expect(page.getByLabel(account.email, { exact: true })).toHaveValue(ada.email);
    }
    await signIn(page);
    const [before, after] = fill(en.errors.too_many, { seconds: "|" }).split("|") as [string, string];
    await expect(alert, "even with the right password").toContainText(before);
    await expect(alert).toContainText(after);
    await expect(page).toHaveURL(/\/sign-in/);
  });

  test("of somebody unknown is refused with the same words", async ({ page, admin: _ }) => {
    await page.context().clearCookies();
    await visit(page, "/sign-in");
    await page.getByLabel(account.email, { exact: true }).fill("nobody@example.test");
    await page.getByLabel(account.password, { exact: true }).fill("whatever it is");
    await page.getByRole("button", { name: account.sign_in_submit }).click();
    await expect(page.getByRole("alert")).toHaveText(en.errors.wrong_password);
  });
});

test("the session's cookie cannot be read by scripts nor sent by other sites", async ({ page, admin: _ }) => {
  await visit(page, mailboxes());
  const cookies = await page.context().cookies();
  const session = cookies.find(({ name }) => name === "postroom_session");
  expect(session).toMatchObject({ httpOnly: true, sameSite: "Lax", secure: false });
  expect(await page.evaluate(() => document.cookie)).not.toContain("postroom_session");
});

test.describe("behind https", () => {
  test.use({ settings: { POSTROOM_PUBLIC_URL: "https://desk.example.test" } });

  test("the session's cookie is sent over https only", async ({ request, postroom }) => {
    const { name, email, password, workspace } = ada;
    const answer = await request.post("/api/set_up", {
      form: { code: await postroom.code(), name, email, password, password_again: password, workspace },
      headers: { origin: "https://desk.example.test", accept: "text/html" },
      maxRedirects: 0,
    });
    expect(answer.headers()["set-cookie"]).toMatch(/^postroom_session=.*; Secure/);
  });
});

test("signing in changes the session's id", async ({ page, admin, postroom }) => {
  const id = async () => (await page.context().cookies()).find(({ name }) => name === "postroom_session")?.value;
  const before = await id();
  expect(before).toBeTruthy();
  expect(admin).toBeInstanceOf(Admin);
  await new Admin(page.request, postroom).signIn();
  expect(await id()).not.toBe(before);
});

test("a page may run only its own scripts, and nobody may frame it", async ({ page, admin: _ }) => {
  const answer = await page.goto(mailboxes());
  const headers = answer!.headers();
  const policy = headers["content-security-policy"] ?? "";
  const nonce = /script-src 'self' 'nonce-([^']+)' 'wasm-unsafe-eval'/.exec(policy)?.[1];
  expect(nonce, policy).toBeTruthy();
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toContain("unsafe-inline");
  expect(headers).toMatchObject({ "x-content-type-options": "nosniff", "x-frame-options": "DENY", "cache-control": "no-store" });
  const again = await page.request.get(mailboxes());
  expect(again.headers()["content-security-policy"], "a nonce is used once").not.toContain(nonce!);
  await live(page);
});

test("a post from another site is refused", async ({ page, admin: _, postroom }) => {
  const post = (headers: Record<string, string>) =>
    page.request.post("/api/create_workspace", { form: { name: "Evil" }, headers: { accept: "text/html", ...headers }, maxRedirects: 0 });
  for (const headers of [
    { origin: "https://evil.example" },
    { origin: "null" },
    { origin: postroom.address, "sec-fetch-site": "cross-site" },
    { origin: postroom.address, "sec-fetch-site": "same-site" },
    {},
  ]) {
    expect((await post(headers as Record<string, string>)).status(), JSON.stringify(headers)).toBe(403);
  }
  await visit(page, "/account/workspaces");
  await expect(page.getByRole("main")).not.toContainText("Evil");
});

test("whoever is not signed in gets nothing from the server functions", async ({ page, admin, mail, postroom, browser }) => {
  const id = await admin.mailbox(mail);
  const stranger = await browser.newContext({ baseURL: postroom.address });
  const attempts: [string, Record<string, string>][] = [
    ["overview", {}],
    ["list_mailboxes", { workspace: "it" }],
    ["mailbox", { workspace: "it", mailbox: `${id}` }],
    ["delete_mailbox", { workspace: "it", mailbox: `${id}` }],
    ["check_mailbox", { workspace: "it", mailbox: `${id}` }],
    ["create_workspace", { name: "Evil" }],
  ];
  for (const [name, form] of attempts) {
    const answer = await stranger.request.post(`/api/${name}`, {
      form,
      headers: { origin: postroom.address, accept: "application/json" },
    });
    expect(answer.status(), name).toBe(401);
    expect(await answer.text(), name).not.toContain(mail.support.address);
  }
  await stranger.close();
  await visit(page, `${mailboxes()}/${id}`);
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(mail.support.name);
});
