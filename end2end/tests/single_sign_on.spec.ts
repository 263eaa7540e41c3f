// Signing in to Postroom at identity providers: two of them, accounts made at the first sign-in, passwords switched off.
import { Admin, ada, en, expect, expectAccessible, expectNoSidewaysScrolling, fill, test, visit } from "../support/test.ts";
import { add, button, forget, partners, password, save, signOnPage, staff, there, tried } from "../support/single_sign_on.ts";

test.use({ ignoreHTTPSErrors: true });

const { signon } = en;

test("two providers let people in, and passwords are switched off and back on", async ({ page, postroom, mail, baseURL }) => {
  await new Admin(page.request, postroom).setUp(mail.ada.address);
  await visit(page, signOnPage);
  await expect(page.getByText(signon.empty_title)).toBeVisible();
  await expectAccessible(page);
  await page.getByRole("link", { name: signon.add, exact: true }).click();
  await expect(page.locator("code").first()).toHaveText(`${baseURL}/sso/callback`);
  await expectAccessible(page);
  await save(page, staff(mail));
  await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
  await expect(page.locator('[name="client_secret"]')).toHaveValue("");
  expect(await tried(page)).toEqual(["passed", "passed", "passed", "passed"]);
  await expect(page.getByText(signon.test_good)).toBeVisible();
  expect(await page.content(), "the secret is never shown again").not.toContain(mail.google.clientSecret);
  await expectAccessible(page);
  await add(page, partners(mail));
  expect(await tried(page)).toEqual(["passed", "passed", "passed", "passed"]);

  await visit(page, signOnPage);
  await expect(page.locator(".names > li")).toHaveCount(2);
  await expect(page.getByText(signon.local_sign_on_first)).toBeVisible();
  await expect(page.getByText(signon.local_switch_off, { exact: true })).toHaveCount(0);
  await expectAccessible(page);

  // Bob has no account here, and one of the two makes one for him.
  await forget(page);
  await visit(page, "/");
  await expect(page).toHaveURL(/\/sign-in$/);
  await expect(button(page, "Staff")).toBeVisible();
  await expect(password(page)).not.toBeVisible();
  await expectAccessible(page);
  await expectNoSidewaysScrolling(page, 1280);
  await button(page, "Partners").click();
  await there(page, "microsoft").signIn(mail.bob);
  await there(page, "microsoft").accept();
  await expect(page).toHaveURL(new RegExp(`^${baseURL}/`));
  await page.getByRole("banner").locator(`summary[aria-label="${en.common.account}"]`).click();
  await expect(page.getByText(mail.bob.address)).toBeVisible();
  expect(page.url(), "nothing of the way back stays in the address").not.toMatch(/code=|state=/);

  // Ada is the administrator who typed a password so far; her address links her.
  await forget(page);
  await visit(page, signOnPage);
  await button(page, "Staff").click();
  await there(page, "google").signIn(mail.ada);
  await there(page, "google").accept();
  await expect(page, "back where she wanted to go").toHaveURL(new RegExp(`${signOnPage}$`));
  await visit(page, signOnPage);
  await page.getByText(signon.local_switch_off, { exact: true }).click();
  await page.getByRole("button", { name: signon.local_off_yes }).click();
  await expect(page.getByText(signon.done_local_off)).toBeVisible();
  await expect(page.getByText(signon.local_off_text)).toBeVisible();
  await expectAccessible(page);

  await forget(page);
  for (const address of ["/sign-in", "/sign-in?local"]) {
    await visit(page, address);
    await expect(button(page, "Staff")).toBeVisible();
    await expect(password(page)).toHaveCount(0);
  }
  await expect(page.getByText(signon.no_password)).toBeVisible();
  await expectAccessible(page);
  const typed = await page.request.post("/api/sign_in", {
    form: { email: mail.ada.address, password: ada.password, next: "/" },
    headers: { origin: postroom.address },
    maxRedirects: 0,
  });
  expect(typed.headers()["location"], "the right password opens nothing").toMatch(/^\/sign-in\?wrong=1/);

  expect(await postroom.command("admin", "local-login", "on")).toContain("People can sign in with a password.");
  await visit(page, "/sign-in");
  await page.getByText(signon.with_password, { exact: true }).click();
  await page.getByLabel(en.account.email, { exact: true }).fill(mail.ada.address);
  await page.getByLabel(en.account.password, { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: en.account.sign_in_submit, exact: true }).click();
  await expect(page).toHaveURL(/\/admin\/it\//);
});

test("the only provider is gone to at once, and ?local shows the page", async ({ page, admin: _, mail, baseURL }) => {
  await add(page, staff(mail));
  await visit(page, signOnPage);
  await page.getByLabel(signon.at_once, { exact: true }).check();
  await page.getByRole("button", { name: en.common.save, exact: true }).click();
  await expect(page.getByText(en.common.done_settings_saved)).toBeVisible();
  await forget(page);
  await page.goto("/");
  await there(page, "google").expectThere();

  await visit(page, `${baseURL}/sign-in?local`);
  await expect(password(page)).toBeVisible();
  await page.getByLabel(en.account.email, { exact: true }).fill(ada.email);
  await page.getByLabel(en.account.password, { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: en.account.sign_in_submit, exact: true }).click();
  await expect(page).toHaveURL(/\/admin\/it\//);
  await page.getByRole("banner").locator(`summary[aria-label="${en.common.account}"]`).click();
  await page.getByRole("button", { name: en.common.sign_out, exact: true }).click();
  await expect(page, "whoever signs out is not signed in again").toHaveURL(/\/sign-in\?done=signed_out$/);
  await expect(button(page, "Staff")).toBeVisible();
});

test("whoever is not let in is told why", async ({ page, admin: _, mail }) => {
  await add(page, { ...staff(mail), domains: "example.org" });
  const provider = page.url();
  await forget(page);
  await visit(page, "/sign-in?next=%2Faccount%2Frelay");
  await button(page, "Staff").click();
  await there(page, "google").signIn(mail.bob);
  await there(page, "google").cancel();
  await expect(page.getByText(fill(signon.refused_declined, { provider: "Staff" }))).toBeVisible();
  await expectAccessible(page);

  await button(page, "Staff").click();
  await there(page, "google").accept();
  await expect(page.getByText(fill(signon.refused_domain, { provider: "Staff" }))).toBeVisible();
  await expect(page).toHaveURL(/next=%2Faccount%2Frelay$/);

  await signInWithPassword(page);
  await visit(page, provider);
  await save(page, { domains: "" });
  await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
  await forget(page);
  await visit(page, "/sign-in");
  await button(page, "Staff").click();
  await there(page, "google").signIn(mail.bob);
  await there(page, "google").accept();
  await expect(page.getByText(fill(signon.refused_no_account, { provider: "Staff" }))).toBeVisible();

  // The answer once more, as from the browser's history.
  await page.goto("/sso/callback?state=made-up&code=x");
  await expect(page.getByText(signon.refused_expired)).toBeVisible();
});

test("whoever was invited comes in through the provider where passwords are off", async ({ page, postroom, mail }) => {
  const admin = new Admin(page.request, postroom);
  await admin.setUp(mail.ada.address);
  await add(page, staff(mail));
  await admin.post("invite_person", { email: mail.bob.address, scope: "workspaces", "roles[1]": "viewer" });
  await visit(page, "/account/people?made=1");
  const link = /\/invitation\/[0-9a-f]{64}/.exec(await page.getByRole("main").innerText())![0];
  expect(await postroom.command("admin", "local-login", "off")).toContain("password");

  await forget(page);
  await page.goto(link);
  await expect(page.getByText(fill(en.people.accept_by_provider, { name: ada.name }))).toBeVisible();
  await expect(page.getByText(mail.bob.address)).toBeVisible();
  await expect(page.locator('input[type="password"]')).toHaveCount(0);
  await expectAccessible(page);
  await button(page, "Staff").click();
  await there(page, "google").signIn(mail.bob);
  await there(page, "google").accept();
  await expect(page).toHaveURL(/\/admin\/it\//);
  await expect(page.getByRole("link", { name: en.mailboxes.new }), "a viewer").toHaveCount(0);
});

test("what is wrong with a provider is told apart", async ({ page, admin: _, mail }) => {
  await add(page, { ...staff(mail), client_secret: "not-the-secret" });
  expect(await tried(page)).toEqual(["passed", "passed", "passed", "failed"]);
  await expect(page.getByText(signon.trouble_secret).or(page.getByText(signon.trouble_client))).toBeVisible();
  await expectAccessible(page);
  await save(page, { client_id: "nobody", client_secret: "not-the-secret" });
  await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
  expect(await tried(page)).toEqual(["passed", "passed", "failed", "skipped"]);
  await save(page, { issuer: `${mail.google.issuer}/elsewhere`, client_secret: "not-the-secret" });
  await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
  expect(await tried(page)).toEqual(["failed", "skipped", "skipped", "skipped"]);
  await expect(page.getByText(signon.trouble_not_a_provider)).toBeVisible();
});

test("a provider that is down is told, and the page says so to administrators", async ({ page, admin: _, mail }) => {
  await add(page, { ...staff(mail), issuer: `https://localhost:9/nobody` });
  await forget(page);
  await visit(page, "/sign-in");
  await button(page, "Staff").click();
  await expect(page.getByText(fill(signon.refused_provider_down, { provider: "Staff" }))).toBeVisible();
  await signInWithPassword(page);
  await visit(page, signOnPage);
  await expect(page.locator(".names").getByText(signon.state_trouble)).toBeVisible();
  await page.getByRole("link", { name: "Staff", exact: true }).click();
  await expect(page.getByText(signon.trouble_unreachable)).toBeVisible();
  await expectAccessible(page);
  await page.getByText(signon.remove, { exact: true }).click();
  await page.getByRole("button", { name: signon.remove_yes }).click();
  await expect(page.getByText(signon.empty_title)).toBeVisible();
});

test.describe("typed wrongly", () => {
  test.use({ refusals: ["save_identity_provider"] });

  test("every field says what is wrong with it", async ({ page, admin: _ }) => {
    await visit(page, `${signOnPage}/new`);
    await save(page, { name: "", issuer: "login.example.com", client_id: "two words", domains: "", trusted: true });
    await expect(page.locator("#name-error")).toContainText(en.errors.empty);
    await expect(page.locator("#issuer-error")).toContainText(signon.not_an_issuer);
    await expect(page.locator("#client_id-error")).toContainText(en.errors.forbidden_characters);
    await expect(page.locator("#client_secret-error")).toContainText(en.errors.empty);
    await expect(page.locator("#domains-error")).toContainText(signon.trusted_for_nothing);
    await expect(page.locator('[name="issuer"]')).toHaveValue("login.example.com");
    await expectAccessible(page);
  });
});

async function signInWithPassword(page: import("@playwright/test").Page): Promise<void> {
  await visit(page, "/sign-in?local");
  await page.getByLabel(en.account.email, { exact: true }).fill(ada.email);
  await page.getByLabel(en.account.password, { exact: true }).fill(ada.password);
  await page.getByRole("button", { name: en.account.sign_in_submit, exact: true }).click();
  await expect(page).toHaveURL(/\/admin\/it\//);
}
