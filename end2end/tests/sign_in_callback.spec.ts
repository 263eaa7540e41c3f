// The way back from a provider, as nobody means it to be used: made up, loaded again, in another browser, hostile.
import { connect, expect, expectAccessible, signedIn, test, visit } from "../support/test.ts";
import { signInHere } from "../support/provider.ts";
import { SignIn } from "../support/sign_in.ts";
import type { Page } from "@playwright/test";

test.use({ settings: signInHere(), ignoreHTTPSErrors: true });

async function expectExpired(page: Page): Promise<void> {
  await expect(page).toHaveURL(/\/help\/problems\/sign_in_expired$/);
  await expect(page.getByRole("heading", { name: "This sign-in is no longer open" }).first()).toBeVisible();
}

/** Accepts on the provider's page and returns where it sends this browser back to, which has not gone there yet. */
async function heldBack(page: Page): Promise<URL> {
  await expect(page.getByRole("button", { name: "Accept", exact: true })).toBeVisible();
  let answer = await page.request.post(page.url(), { form: { do: "yes" }, maxRedirects: 0 });
  for (;;) {
    const next = new URL(answer.headers()["location"] ?? "about:nowhere", answer.url());
    if (next.pathname === "/oauth/callback") return next;
    expect(next.protocol, await answer.text()).toBe("https:");
    answer = await page.request.get(next.href, { maxRedirects: 0 });
  }
}

test("an answer that is made up is told in words", async ({ page, admin: _ }) => {
  for (const query of ["", "?code=made-up&state=made-up", "?error=access_denied&state=", "?state=x&iss=https://evil.example", "?code"]) {
    await page.goto(`/oauth/callback${query}`);
    await expectExpired(page);
  }
  await expectAccessible(page);
});

test("loading the way back again changes nothing and lands at the same place", async ({ page, admin, mail }) => {
  const signIn = new SignIn(page, "microsoft");
  const draft = await admin.draft(mail.bob.address, { kind: "microsoft" });
  await visit(page, connect(draft));
  await signIn.begin.click();
  await signIn.there.signIn(mail.bob);
  const back = await heldBack(page);
  await page.goto(back.href);
  await signIn.expectConnected(mail.bob);
  await page.goto(back.href);
  await expect(page).toHaveURL(new RegExp(`${connect(draft)}$`));
  await signIn.expectConnected(mail.bob);
  await expect(signIn.remedy, "and nothing is wrong").toHaveCount(0);
});

test("another browser cannot finish what this one began, and this one still can", async ({ page, admin, mail, browser, postroom }) => {
  const signIn = new SignIn(page, "microsoft");
  const draft = await admin.draft(mail.bob.address, { kind: "microsoft" });
  await visit(page, connect(draft));
  await signIn.begin.click();
  await signIn.there.signIn(mail.bob);
  const back = await heldBack(page);

  const stranger = await browser.newPage({ baseURL: postroom.address, locale: "en-US" });
  await stranger.goto(back.href);
  await expectExpired(stranger);
  await stranger.close();
  // Even the same administrator in a second browser: the answer belongs to the first.
  const second = await signedIn(await browser.newPage({ baseURL: postroom.address, locale: "en-US" }), postroom);
  await second.goto(back.href);
  await expectExpired(second);
  await second.goto(connect(draft));
  await expect(new SignIn(second, "microsoft").card, "nobody has signed in").toHaveCount(0);
  await second.close();

  await page.goto(back.href);
  await signIn.expectConnected(mail.bob);
});

test("nothing that the provider says is run or shown as more than text", async ({ page, admin, mail }) => {
  const markup = `<img src=x onerror="document.title='run'"><script>document.title='run'</script>"'`;
  const signIn = new SignIn(page, "microsoft");
  const draft = await admin.draft(mail.bob.address, { kind: "microsoft" });
  await visit(page, connect(draft));
  await signIn.begin.click();
  await signIn.there.signIn(mail.bob);
  const back = await heldBack(page);
  back.searchParams.delete("code");
  back.searchParams.set("error", `server_error${markup}`);
  back.searchParams.set("error_description", `AADSTS99999: ${markup}`);
  await page.goto(back.href);
  await expect(page).toHaveURL(new RegExp(`${connect(draft)}$`));
  await expect(signIn.remedy).toHaveCount(1);
  await expect(signIn.remedy.locator("blockquote")).toContainText("<img src=x");
  await expect(signIn.remedy.locator("img, script")).toHaveCount(0);
  await expect(page).not.toHaveTitle("run");
  expect(await (await page.request.get(connect(draft))).text()).not.toContain("<img src=x");
  await expect(signIn.tryAgain).toBeVisible();
});

test("the page on the way out leads nowhere by markup", async ({ page, admin, mail, postroom }) => {
  const draft = await admin.draft(`o'b&c@${mail.domain}`, { kind: "google" });
  const answer = await page.request.post("/oauth/begin", {
    form: { workspace: "it", draft: `${draft}` },
    headers: { origin: postroom.address },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(200);
  const html = await answer.text();
  expect(html).toContain('http-equiv="refresh"');
  expect(html).not.toContain("o'b&c");
  expect(html, "no secret leaves with the browser").not.toContain(mail.google.clientSecret);
  expect(answer.headers()["content-security-policy"]).toContain("default-src 'none'");
  expect(answer.headers()["referrer-policy"]).toBe("no-referrer");
  const foreign = await page.request.post("/oauth/begin", {
    form: { workspace: "it", draft: `${draft}` },
    headers: { origin: "https://evil.example" },
    maxRedirects: 0,
  });
  expect(foreign.status(), "other sites begin nothing").toBe(403);
});

test("whoever is signed out is asked to sign in before they begin", async ({ page, admin, mail, postroom }) => {
  const draft = await admin.draft(mail.bob.address, { kind: "google" });
  await page.context().clearCookies();
  const answer = await page.request.post("/oauth/begin", {
    form: { workspace: "it", draft: `${draft}` },
    headers: { origin: postroom.address },
    maxRedirects: 0,
  });
  expect(answer.status()).toBe(303);
  expect(answer.headers()["location"]).toBe("/sign-in");
});
