// The organisation's own application at a provider: registered with the page's help, tested, and kept secret.
import { ada, connect, en, expect, expectAccessible, expectNoSidewaysScrolling, fill, ko, test, visit } from "../support/test.ts";
import { signInHere } from "../support/provider.ts";
import { SignIn } from "../support/sign_in.ts";
import type { Page } from "@playwright/test";

const { signin, errors } = en;
const pageOf = (provider: string) => `/account/sign-in/${provider}`;

const field = {
  id: (page: Page) => page.locator('[name="client_id"]'),
  secret: (page: Page) => page.locator('[name="client_secret"]'),
  tenant: (page: Page) => page.locator('[name="tenant"]'),
  expiry: (page: Page) => page.locator('[name="secret_expires_on"]'),
};

interface Typed {
  id?: string;
  secret?: string;
  tenant?: string;
  expiry?: string;
}

async function save(page: Page, typed: Typed): Promise<void> {
  for (const [name, value] of Object.entries(typed)) await field[name as keyof Typed](page).fill(value);
  await page.getByRole("button", { name: en.common.save, exact: true }).click();
}

/** Presses *Test* and returns what became of the three steps. */
async function tried(page: Page): Promise<(string | null)[]> {
  await page.getByRole("link", { name: new RegExp(`^${signin.app_test}`) }).click();
  const steps = page.locator(".ladder > li");
  await expect(steps).toHaveCount(3, { timeout: 20_000 });
  return Promise.all((await steps.all()).map((step) => step.getAttribute("data-state")));
}

const remedyTitle = (page: Page) => page.locator(".ladder article.remedy").getByRole("heading");

test.describe("registered on the page", () => {
  test.use({
    ignoreHTTPSErrors: true,
    refusals: ["save_application"],
    // Only where the providers are: everything else is typed.
    settings: async ({ mail }, use) => {
      const all = Object.entries(signInHere(mail)).filter(([name]) => !/CLIENT_(ID|SECRET)$/.test(name));
      await use(Object.fromEntries(all));
    },
  });

  test("an application is typed in from the wizard, tested, and signs somebody in", async ({ page, admin, mail, baseURL }) => {
    const { clientId, clientSecret, tenant } = mail.microsoft;
    const draft = await admin.draft(mail.bob.address, { kind: "microsoft" });
    await visit(page, connect(draft));
    await expect(page.getByText(fill(signin.not_registered_title, { provider: "Microsoft" }))).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("link", { name: fill(signin.register, { provider: "Microsoft" }) }).click();
    await expect(page).toHaveURL(/\/account\/sign-in\/microsoft\?back=/);
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(fill(signin.app_title, { provider: "Microsoft" }));
    await expect(page.locator("ol.steps > li")).toHaveCount(10);
    await expect(page.locator("code").first()).toHaveText(`${baseURL}/oauth/callback`);
    await expect(page.getByRole("button", { name: en.components.copy, exact: true }).first()).toBeVisible();
    await expectAccessible(page);

    await save(page, { id: clientId, secret: clientSecret, tenant, expiry: "2099-12-31" });
    await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
    await expect(field.id(page)).toHaveValue(clientId);
    await expect(field.secret(page)).toHaveValue("");
    await expect(page.getByText(signin.app_secret_unchanged)).toBeVisible();
    expect(await tried(page)).toEqual(["passed", "passed", "passed"]);
    await expect(page.getByText(fill(signin.app_test_good, { provider: "Microsoft" }))).toBeVisible();
    expect(await page.content(), "the secret is never shown again").not.toContain(clientSecret);
    await expectAccessible(page);

    await visit(page, connect(draft));
    const signIn = new SignIn(page, "microsoft");
    await signIn.through(mail.bob);
    await signIn.expectConnected(mail.bob);
    expect(await page.content()).not.toContain(clientSecret);
  });

  test("each slip is named at its field, and what was typed is kept", async ({ page, admin: _, mail }) => {
    await visit(page, pageOf("microsoft"));
    await save(page, { id: "my app", tenant: "con toso", secret: "well~formed" });
    await expect(page.locator("#client_id-error")).toContainText(errors.not_a_client_id);
    await expect(page.locator("#tenant-error")).toContainText(errors.not_a_tenant);
    await expect(field.secret(page)).not.toHaveAttribute("aria-invalid", "true");
    await expect(field.id(page)).toHaveValue("my app");
    await expectAccessible(page);
    // The id of the secret, which Entra shows beside its value.
    await save(page, { id: mail.microsoft.clientId, tenant: "", secret: mail.microsoft.tenant });
    await expect(page.locator("#client_secret-error")).toContainText(errors.secret_id);
    await expect(field.id(page)).toHaveValue(mail.microsoft.clientId);

    await visit(page, pageOf("google"));
    await expect(page.locator("ol.steps > li")).toHaveCount(8);
    await expect(field.tenant(page), "Google has no tenants").toHaveCount(0);
    await save(page, { id: mail.microsoft.clientId });
    await expect(page.locator("#client_id-error")).toContainText(errors.not_a_client_id);
    await expect(page.locator("#client_secret-error")).toContainText(errors.empty);
    await expectAccessible(page);
  });

  test("the test tells a wrong tenant, a wrong id, a wrong secret and a good application apart", async ({ page, admin: _, mail }) => {
    test.slow();
    const { clientId: id, clientSecret: secret, tenant } = mail.microsoft;
    const wrong = "wrong~but-well-formed~1234";
    await visit(page, pageOf("microsoft"));
    await save(page, { id, secret, tenant: "no.such.tenant" });
    await expect(page.getByText(signin.app_secret_unchanged)).toBeVisible();
    expect(await tried(page)).toEqual(["failed", "skipped", "skipped"]);
    await expect(remedyTitle(page)).toHaveText("Microsoft does not know this organisation");
    await expectAccessible(page);

    // Another client id needs its own secret.
    await save(page, { id: "00000000-0000-4000-8000-000000000000", secret, tenant });
    await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
    expect((await tried(page))[1]).toBe("failed");
    await expect(remedyTitle(page).first()).toHaveText("The client ID is not known to Microsoft");

    await save(page, { id, secret: wrong, tenant });
    await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
    expect(await tried(page)).toEqual(["passed", "passed", "failed"]);
    await expect(remedyTitle(page)).toHaveText("The client secret is wrong");
    await expect(page.locator(".ladder blockquote")).toContainText("AADSTS7000215");
    expect(await page.content()).not.toContain(wrong);

    await save(page, { secret });
    await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
    expect(await tried(page)).toEqual(["passed", "passed", "passed"]);
  });

  test("Google's client id and secret are told apart as well", async ({ page, admin: _, mail }) => {
    const { clientId: id, clientSecret: secret } = mail.google;
    await visit(page, pageOf("google"));
    await save(page, { id: "999-nobody.apps.googleusercontent.com", secret });
    await expect(page.getByText(signin.app_secret_unchanged)).toBeVisible();
    expect((await tried(page))[1]).toBe("failed");
    await expect(remedyTitle(page).first()).toHaveText("The client ID is not known to Google");
    await save(page, { id, secret: "GOCSPX-wrong" });
    await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
    expect(await tried(page)).toEqual(["passed", "passed", "failed"]);
    await save(page, { secret });
    await expect(page.getByText(en.common.done_application_saved)).toBeVisible();
    expect(await tried(page)).toEqual(["passed", "passed", "passed"]);
  });

  test("an application that nobody uses can be removed", async ({ page, admin: _, mail }) => {
    await visit(page, pageOf("google"));
    await save(page, { id: mail.google.clientId, secret: mail.google.clientSecret });
    await expect(page.getByText(signin.app_secret_unchanged)).toBeVisible();
    await page.getByText(signin.app_remove, { exact: true }).click();
    await page.getByRole("button", { name: signin.app_remove_yes, exact: true }).click();
    await expect(page.getByText(en.common.done_application_removed)).toBeVisible();
    await expect(field.id(page)).toHaveValue("");
  });
});

test.describe("set by the operator", () => {
  test.use({ settings: signInHere() });

  test("is shown and cannot be changed, and its secret is nowhere on the page", async ({ page, admin: _, mail }) => {
    for (const [provider, { clientId, clientSecret }] of [["microsoft", mail.microsoft], ["google", mail.google]] as const) {
      await visit(page, pageOf(provider));
      await expect(page.getByText(fill(signin.app_configured, { provider }))).toBeVisible();
      await expect(page.getByRole("main")).toContainText(clientId);
      await expect(page.getByRole("main")).toContainText(signin.app_secret_kept);
      await expect(field.id(page)).toHaveCount(0);
      await expect(page.getByText(signin.app_remove, { exact: true })).toHaveCount(0);
      await expectAccessible(page);
      expect(await (await page.request.get(pageOf(provider))).text()).not.toContain(clientSecret);
    }
  });
});

for (const [publicUrl, google, microsoft] of [
  ["http://desk.corp.local", signin.https_title, signin.https_title],
  ["https://desk.corp.local", signin.name_title, undefined],
] as const) {
  test.describe(publicUrl, () => {
    test.use({ settings: { ...signInHere(), POSTROOM_PUBLIC_URL: publicUrl } });

    test("the warning comes before the button is pressed where nobody would be sent back", async ({ page, postroom }) => {
      // Reached under its public address: the browser finds it on this machine.
      const { name, email, password, workspace } = ada;
      const answer = await page.request.post("/api/set_up", {
        form: { code: await postroom.code(), name, email, password, password_again: password, workspace },
        headers: { origin: publicUrl, accept: "text/html" },
        maxRedirects: 0,
      });
      const [cookie] = (answer.headers()["set-cookie"] ?? "").split(";");
      const [key, value] = [cookie!.slice(0, cookie!.indexOf("=")), cookie!.slice(cookie!.indexOf("=") + 1)];
      await page.context().addCookies([{ name: key, value, url: postroom.address }]);
      for (const [provider, title] of [["google", google], ["microsoft", microsoft]] as const) {
        await page.goto(pageOf(provider));
        await expect(page.locator("code", { hasText: "/oauth/callback" })).toHaveText(`${publicUrl}/oauth/callback`);
        const warning = page.locator('.notice[data-tone="warning"]');
        if (title) await expect(warning).toContainText(fill(title, { provider: provider === "google" ? "Google" : "Microsoft" }));
        else await expect(warning).toHaveCount(0);
      }
      await expectAccessible(page);
    });
  });
}

test.describe("in Korean, on a phone", () => {
  test.use({
    locale: "ko-KR",
    viewport: { width: 390, height: 844 },
    isMobile: true,
    hasTouch: true,
    colorScheme: "dark",
  });

  test("the steps are Korean and nothing scrolls sideways", async ({ page, admin: _ }) => {
    for (const [provider, name] of [["microsoft", "Microsoft"], ["google", "Google"]] as const) {
      await visit(page, pageOf(provider));
      await expect(page.getByRole("heading", { level: 1 })).toHaveText(fill(ko.signin.app_title, { provider: name }));
      for (const step of await page.locator("ol.steps > li").allTextContents()) expect(step).toMatch(/[가-힣]/);
      await expectNoSidewaysScrolling(page);
      await expectAccessible(page);
    }
  });
});
