// The providers themselves: what the other tests rely on when they sign in there.
import { expect, type Page, test as base } from "@playwright/test";
import { type Mail, mailServers, type Person } from "../support/mail.ts";
import { Application, claims, imap, Provider, type Reply, smtp } from "../support/provider.ts";

interface Fixtures {
  mail: Mail;
  microsoft: Provider;
  google: Provider;
  application: Application;
}

const test = base.extend<Fixtures>({
  mail: async ({}, use) => use(mailServers()),
  microsoft: async ({ mail }, use) => use(new Provider(mail, mail.microsoft.authority)),
  google: async ({ mail }, use) => use(new Provider(mail, mail.google.issuer)),
  application: async ({}, use) => {
    const application = await Application.start();
    await use(application);
    application.stop();
  },
});

// The browser does not know this run's certificate authority.
test.use({ ignoreHTTPSErrors: true });

const EXCHANGE = "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send";
const AT_MICROSOFT = { scope: `openid profile email offline_access ${EXCHANGE}`, prompt: "select_account" };
const GMAIL = "https://mail.google.com/";
const AT_GOOGLE = { scope: `openid email ${GMAIL}`, access_type: "offline", prompt: "consent select_account" };

test.describe("like Microsoft", () => {
  test("a signed-in person's tokens open the mailbox, and change when they are refreshed", async ({
    page,
    mail,
    microsoft,
    application,
  }) => {
    const { ada } = mail;
    await page.goto(authorizeAt(mail, application, { login_hint: ada.address }));
    await expect(page.getByLabel("Email address")).toHaveValue(ada.address);
    await page.getByLabel("Password").fill("wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByRole("alert")).toContainText("incorrect");
    await page.getByLabel("Password").fill(ada.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await expect(page.getByText(ada.address)).toBeVisible();
    await page.getByRole("button", { name: "Accept" }).click();
    const answer = await application.answer;
    expect([...answer.keys()].sort()).toEqual(["code", "state"]);
    expect(answer.get("state")).toBe(application.state);

    const { clientId, clientSecret, authority, tenant } = mail.microsoft;
    const fields = application.fields(answer.get("code") ?? "", clientId, clientSecret);
    const first = await microsoft.post("/common/oauth2/v2.0/token", fields);
    expect(first.json).toMatchObject({ token_type: "Bearer", scope: EXCHANGE, expires_in: 3600 });
    expect(claims(first.json["id_token"])).toMatchObject({
      iss: `${authority}/${tenant}/v2.0`,
      aud: clientId,
      tid: tenant,
      nonce: application.nonce,
      preferred_username: ada.address,
      email: ada.address,
    });
    expect(await imap(mail, ada.address, first.json["access_token"])).toMatch(/^a OK/);
    expect(await smtp(mail, ada.address, first.json["access_token"])).toEqual([
      expect.stringMatching(/^235 /),
      expect.stringMatching(/^250 /),
    ]);
    expect(await imap(mail, ada.address, first.json["id_token"])).toMatch(/^a NO/);

    const refreshed = await refresh(mail, microsoft, first.json["refresh_token"]);
    expect(refreshed.status).toBe(200);
    expect(refreshed.json["refresh_token"]).not.toBe(first.json["refresh_token"]);
    expect(await imap(mail, ada.address, refreshed.json["access_token"])).toMatch(/^a OK/);
    const again = await refresh(mail, microsoft, first.json["refresh_token"]);
    expect(again).toMatchObject({ status: 400, json: { error: "invalid_grant", error_codes: [700082] } });
  });

  test("a code is good once", async ({ page, mail, microsoft, application }) => {
    const { clientId, clientSecret } = mail.microsoft;
    const code = await codeOf(page, mail, application, mail.bob);
    const fields = application.fields(code, clientId, clientSecret);
    expect(await microsoft.post("/common/oauth2/v2.0/token", fields)).toMatchObject({ status: 200 });
    expect(await microsoft.post("/common/oauth2/v2.0/token", fields)).toMatchObject({
      status: 400,
      json: { error: "invalid_grant", error_codes: [54005] },
    });
  });

  test("a shared mailbox opens for its members alone", async ({ browser, mail, microsoft }) => {
    const tokens: string[] = [];
    for (const person of [mail.ada, mail.bob]) {
      const page = await browser.newPage({ ignoreHTTPSErrors: true });
      const application = await Application.start();
      const code = await codeOf(page, mail, application, person);
      const { clientId, clientSecret } = mail.microsoft;
      const reply = await microsoft.post("/common/oauth2/v2.0/token", application.fields(code, clientId, clientSecret));
      tokens.push(reply.json["access_token"]);
      application.stop();
      await page.close();
    }
    const [ada = "", bob = ""] = tokens;
    const { desk, readonly } = mail;
    expect(await imap(mail, desk.address, ada)).toMatch(/^a OK/);
    expect(await imap(mail, readonly.address, ada)).toMatch(/^a OK/);
    expect(await imap(mail, desk.address, bob)).toMatch(/^a NO/);
    expect(await imap(mail, mail.ada.address, bob)).toMatch(/^a NO/);
    expect((await smtp(mail, desk.address, ada)).at(-1)).toMatch(/^250 /);
    expect((await smtp(mail, mail.ada.address, ada, desk.address)).at(-1)).toMatch(/^250 /);
    expect((await smtp(mail, readonly.address, ada)).at(-1)).toMatch(/^550 5\.7\.60 /);
    expect(await smtp(mail, desk.address, bob)).toContainEqual(expect.stringMatching(/^535 /));
  });

  test("whoever cancels is sent back without a code", async ({ page, mail, application }) => {
    await page.goto(authorizeAt(mail, application));
    await signIn(page, mail.ada);
    await page.getByRole("button", { name: "Cancel" }).click();
    const answer = await application.answer;
    expect(answer.get("error")).toBe("access_denied");
    expect(answer.get("error_description")).toMatch(/^AADSTS65004: /);
    expect(answer.get("code")).toBeNull();
  });

  test("nobody passes the wall before an administrator consents", async ({ browser, mail, microsoft }) => {
    const { alsoWalledClientId: client_id, authority } = mail.microsoft;
    await microsoft.turn("reset-admin-consent", { client: client_id });
    const visit = async (address: (application: Application) => string, walk: (page: Page) => Promise<void>) => {
      const page = await browser.newPage({ ignoreHTTPSErrors: true });
      const application = await Application.start();
      await page.goto(address(application));
      await walk(page);
      const answer = await application.answer;
      application.stop();
      await page.close();
      return Object.fromEntries(answer);
    };
    const person = (application: Application) => authorizeAt(mail, application, { client_id });
    const administrator = ({ redirectUri }: Application) =>
      `${authority}/organizations/v2.0/adminconsent?${new URLSearchParams({ client_id, redirect_uri: redirectUri, scope: EXCHANGE, state: "s" })}`;

    const barred = await visit(person, (page) => signIn(page, mail.ada));
    expect(barred).toMatchObject({ error: "consent_required", error_description: expect.stringMatching(/^AADSTS90094: /) });

    const declined = await visit(administrator, async (page) => {
      await signIn(page, mail.ada);
      await expect(page.getByRole("alert")).toContainText("not an administrator");
      await signIn(page, mail.administrator);
      await page.getByRole("button", { name: "Cancel" }).click();
    });
    expect(declined).toMatchObject({ error: "access_denied", admin_consent: "True", state: "s" });

    const accepted = await visit(administrator, async (page) => {
      await signIn(page, mail.administrator);
      await page.getByRole("button", { name: "Accept" }).click();
    });
    expect(accepted).toEqual({ admin_consent: "True", tenant: mail.microsoft.tenant, scope: EXCHANGE, state: "s" });

    const passed = await visit(person, (page) => signIn(page, mail.ada));
    expect(Object.keys(passed).sort()).toEqual(["code", "state"]);
  });

  test("whoever is signed in may go on or choose another account", async ({ page, mail, application }) => {
    await codeOf(page, mail, application, mail.ada);
    const silent = await Application.start();
    await page.goto(authorizeAt(mail, silent, { prompt: "none" }));
    expect((await silent.answer).get("code")).toBeTruthy();
    silent.stop();

    const other = await Application.start();
    await page.goto(authorizeAt(mail, other));
    await expect(page.getByRole("button", { name: mail.ada.address })).toBeVisible();
    await page.getByRole("button", { name: "Use another account" }).click();
    await signIn(page, mail.bob);
    await expect(page.getByText(mail.bob.address)).toBeVisible();
    await page.getByRole("button", { name: "Accept" }).click();
    expect((await other.answer).get("code")).toBeTruthy();
    other.stop();
  });

  test("nobody is signed in silently who is not signed in", async ({ page, mail, application }) => {
    await page.goto(authorizeAt(mail, application, { prompt: "none" }));
    const answer = await application.answer;
    expect(answer.get("error")).toBe("login_required");
    expect(answer.get("error_description")).toMatch(/^AADSTS50058: /);
  });

  test("what is wrong with an application has its number", async ({ page, mail, microsoft, application }) => {
    const { clientId, clientSecret, expiredClientId, expiredClientSecret, tenant } = mail.microsoft;
    await page.goto(authorizeAt(mail, application, { client_id: tenant }));
    await expect(page.getByText("AADSTS700016")).toBeVisible();
    await page.goto(authorizeAt(mail, application, { redirect_uri: "http://127.0.0.1/elsewhere" }));
    await expect(page.getByText("AADSTS50011")).toBeVisible();

    const token = (id: string, secret: string) =>
      microsoft.post("/common/oauth2/v2.0/token", application.fields("no-such-code", id, secret));
    const refused: [Reply, number, string, number][] = [
      [await token(tenant, "any"), 400, "unauthorized_client", 700016],
      [await token(clientId, "wrong"), 401, "invalid_client", 7000215],
      [await token(expiredClientId, expiredClientSecret), 401, "invalid_client", 7000222],
      [await token(clientId, clientSecret), 400, "invalid_grant", 70000],
      [await microsoft.get("/no.such.tenant/v2.0/.well-known/openid-configuration"), 400, "invalid_tenant", 90002],
    ];
    for (const [reply, status, error, number] of refused) {
      expect(reply).toMatchObject({ status, json: { error, error_codes: [number] } });
    }
  });

  test("an application has a token in its own name where its tenant is named", async ({ mail, microsoft }) => {
    const { clientId: client_id, clientSecret: client_secret, tenant } = mail.microsoft;
    const fields = { grant_type: "client_credentials", client_id, client_secret };
    const own = await microsoft.post(`/${tenant}/oauth2/v2.0/token`, fields);
    expect(own).toMatchObject({ status: 200, json: { token_type: "Bearer" } });
    expect(await imap(mail, mail.ada.address, own.json["access_token"])).toMatch(/^a NO/);
    const nowhere = await microsoft.post("/common/oauth2/v2.0/token", fields);
    expect(nowhere).toMatchObject({ status: 400, json: { error_codes: [9001023] } });
  });

  test("a tenant is known by its id, its domain and the names for all", async ({ mail, microsoft }) => {
    const { authority, tenant } = mail.microsoft;
    for (const [name, issued] of [
      ["common", "{tenantid}"],
      ["organizations", "{tenantid}"],
      [tenant, tenant],
      [mail.domain, tenant],
    ]) {
      const { json } = await microsoft.get(`/${name}/v2.0/.well-known/openid-configuration`);
      expect(json["issuer"]).toBe(`${authority}/${issued}/v2.0`);
      const keys = await microsoft.get(new URL(json["jwks_uri"]).pathname);
      expect(keys.json["keys"]).toHaveLength(1);
    }
  });

  test("a grant taken back ends refreshing, and errors can be ordered", async ({ page, mail, microsoft, application }) => {
    const { clientId, clientSecret } = mail.microsoft;
    const account = mail.support.address;
    const code = await codeOf(page, mail, application, mail.support);
    await microsoft.turn("access-token-life", { account, seconds: "1234" });
    const fields = application.fields(code, clientId, clientSecret);
    const { json } = await microsoft.post("/common/oauth2/v2.0/token", fields);
    expect(json["expires_in"]).toBe(1234);
    await microsoft.turn("access-token-life", { account });

    const description = "AADSTS50076: Due to a configuration change made by your administrator.";
    await microsoft.turn("refuse", { account, error: "interaction_required", description, suberror: "basic_action" });
    expect((await refresh(mail, microsoft, json["refresh_token"])).json).toMatchObject({
      error: "interaction_required",
      suberror: "basic_action",
      error_codes: [50076],
    });
    await microsoft.turn("refuse", { account });
    await microsoft.turn("garble", { account, kind: "broken" });
    expect((await refresh(mail, microsoft, json["refresh_token"])).text).toBe('{"access_token":"ey');
    await microsoft.turn("garble", { account });

    await microsoft.turn("revoke", { account });
    expect((await refresh(mail, microsoft, json["refresh_token"])).json).toMatchObject({
      error: "invalid_grant",
      error_codes: [50173],
    });
  });
});

test.describe("like Google", () => {
  test("tokens that say nothing open the mailbox until they are taken back", async ({ page, mail, google, application }) => {
    const { support } = mail;
    const { clientId, clientSecret, issuer } = mail.google;
    const code = await codeAtGoogle(page, mail, application, support);
    const first = await google.post("/token", application.fields(code, clientId, clientSecret));
    expect(first.json["scope"]).toContain(GMAIL);
    expect(claims(first.json["id_token"])).toMatchObject({
      iss: issuer,
      aud: clientId,
      nonce: application.nonce,
      email: support.address,
      email_verified: true,
      hd: mail.domain,
    });
    expect(first.json["access_token"]).not.toContain(".");
    expect(await imap(mail, support.address, first.json["access_token"])).toMatch(/^a OK/);
    expect((await smtp(mail, support.address, first.json["access_token"])).at(-1)).toMatch(/^250 /);
    expect(await imap(mail, mail.ada.address, first.json["access_token"])).toMatch(/^a NO/);

    await google.turn("reject-access-tokens", { account: support.address });
    expect(await imap(mail, support.address, first.json["access_token"])).toMatch(/^a NO/);
    const counted = await google.requests(support.address);
    const refreshed = await refreshAtGoogle(mail, google, first.json["refresh_token"]);
    expect((await google.requests(support.address)).refresh_token).toBe(counted.refresh_token + 1);
    expect(refreshed.json["refresh_token"]).toBeUndefined();
    expect(await imap(mail, support.address, refreshed.json["access_token"])).toMatch(/^a OK/);

    expect((await google.post("/revoke", { token: first.json["refresh_token"] })).status).toBe(200);
    expect(await imap(mail, support.address, refreshed.json["access_token"])).toMatch(/^a NO/);
    expect(await refreshAtGoogle(mail, google, first.json["refresh_token"])).toMatchObject({
      status: 400,
      json: { error: "invalid_grant", error_description: "Token has been expired or revoked." },
    });
  });

  test("an unticked box is a scope less, and no way into the mailbox", async ({ page, mail, google, application }) => {
    const { clientId, clientSecret } = mail.google;
    const code = await codeAtGoogle(page, mail, application, mail.ada, false);
    const { json } = await google.post("/token", application.fields(code, clientId, clientSecret));
    expect(json["scope"]).not.toContain(GMAIL);
    expect(await imap(mail, mail.ada.address, json["access_token"])).toMatch(/^a NO/);
  });

  test("only offline access brings a refresh token", async ({ page, mail, google, application }) => {
    const { clientId, clientSecret } = mail.google;
    const code = await codeAtGoogle(page, mail, application, mail.bob, true, { access_type: "online" });
    const { json } = await google.post("/token", application.fields(code, clientId, clientSecret));
    expect(json["access_token"]).toBeTruthy();
    expect(json["refresh_token"]).toBeUndefined();
  });

  test("refusals are Google's", async ({ page, mail, google, application }) => {
    const { clientId, clientSecret } = mail.google;
    await page.goto(authorizeAtGoogle(mail, application, { client_id: "nobody.apps.googleusercontent.com" }));
    await expect(page.getByText("Error 401: invalid_client")).toBeVisible();
    await page.goto(authorizeAtGoogle(mail, application, { redirect_uri: "http://127.0.0.1/elsewhere" }));
    await expect(page.getByText("Error 400: redirect_uri_mismatch")).toBeVisible();
    await page.goto(authorizeAtGoogle(mail, application));
    await signInAtGoogle(page, mail.ada);
    await page.getByRole("button", { name: "Cancel" }).click();
    expect((await application.answer).get("error")).toBe("access_denied");
    expect(await google.post("/token", application.fields("none", clientId, "wrong"))).toMatchObject({
      status: 401,
      json: { error: "invalid_client" },
    });
    expect(await google.post("/token", application.fields("none", clientId, clientSecret))).toMatchObject({
      status: 400,
      json: { error: "invalid_grant" },
    });
  });
});

function authorizeAt(mail: Mail, application: Application, parameters: Record<string, string> = {}): string {
  const { authority, clientId } = mail.microsoft;
  const all = { client_id: clientId, ...AT_MICROSOFT, ...parameters };
  return application.address(`${authority}/common/oauth2/v2.0/authorize`, all);
}

function authorizeAtGoogle(mail: Mail, application: Application, parameters: Record<string, string> = {}): string {
  const { issuer, clientId } = mail.google;
  return application.address(`${issuer}/o/oauth2/v2/auth`, { client_id: clientId, ...AT_GOOGLE, ...parameters });
}

async function signIn(page: Page, { address, password }: Person): Promise<void> {
  await page.getByLabel("Email address").fill(address);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

async function signInAtGoogle(page: Page, { address, password }: Person): Promise<void> {
  await page.getByLabel("Email or phone").fill(address);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Next" }).click();
}

async function codeOf(page: Page, mail: Mail, application: Application, person: Person): Promise<string> {
  await page.goto(authorizeAt(mail, application));
  await signIn(page, person);
  await page.getByRole("button", { name: "Accept" }).click();
  return (await application.answer).get("code") ?? "";
}

async function codeAtGoogle(
  page: Page,
  mail: Mail,
  application: Application,
  person: Person,
  withMail = true,
  parameters: Record<string, string> = {},
): Promise<string> {
  await page.goto(authorizeAtGoogle(mail, application, parameters));
  await signInAtGoogle(page, person);
  await page.getByRole("checkbox", { name: "Read, compose, send" }).setChecked(withMail);
  await page.getByRole("button", { name: "Continue" }).click();
  return (await application.answer).get("code") ?? "";
}

function refresh(mail: Mail, microsoft: Provider, refresh_token: string): Promise<Reply> {
  const { clientId: client_id, clientSecret: client_secret } = mail.microsoft;
  const scope = AT_MICROSOFT.scope;
  const fields = { grant_type: "refresh_token", refresh_token, client_id, client_secret, scope };
  return microsoft.post("/common/oauth2/v2.0/token", fields);
}

function refreshAtGoogle(mail: Mail, google: Provider, refresh_token: string): Promise<Reply> {
  const { clientId: client_id, clientSecret: client_secret } = mail.google;
  return google.post("/token", { grant_type: "refresh_token", refresh_token, client_id, client_secret });
}
