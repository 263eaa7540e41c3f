// The audit log: who changed what, when, and from where.
import { ada, en, expect, expectAccessible, expectNoSidewaysScrolling, fill, ko, mailboxes, test, visit } from "../support/test.ts";

const log = "/account/audit";

test("a change is told with who made it, and a secret without what it is", async ({ page, admin, mail }) => {
  await admin.relay(mail);
  await visit(page, mailboxes());
  await page.locator(`summary[aria-label="${en.common.account}"]`).click();
  await page.getByRole("link", { name: en.audit.title, exact: true }).click();
  await expect(page.getByRole("heading", { level: 1, name: en.audit.title })).toBeVisible();
  const line = page.getByRole("listitem").filter({ hasText: en.audit.act_relay_changed });
  await expect(line).toContainText(ada.email);
  await expect(line).toContainText("127.0.0.1");
  await line.locator("summary").click();
  await expect(line).toContainText(mail.host);
  await expect(line).toContainText(en.audit.secret_changed);
  expect(await page.content(), "the password").not.toContain(mail.support.password);
  await expectAccessible(page);
});

test("a refused sign-in is written down, found by words and chapter, and stands in the files", async ({ page, admin: _, browser, postroom }) => {
  const stranger = await browser.newContext({ baseURL: postroom.address });
  const entrance = await stranger.newPage();
  await entrance.goto("/sign-in");
  await entrance.getByLabel(en.account.email).fill("eve@example.test");
  await entrance.getByLabel(en.account.password, { exact: true }).fill("not the password 4711");
  await entrance.getByRole("button", { name: en.account.sign_in_submit }).click();
  await expect(entrance.getByText(en.errors.wrong_password)).toBeVisible();
  await stranger.close();

  await visit(page, log);
  await page.getByLabel(en.audit.search, { exact: true }).fill("eve@");
  await page.getByLabel(en.audit.about).selectOption("sign_ins");
  await page.getByRole("button", { name: en.audit.show, exact: true }).click();
  await expect(page).toHaveURL(/q=eve/);
  const lines = page.locator("ol.history > li");
  await expect(lines).toHaveCount(1);
  await expect(lines).toContainText(en.audit.act_sign_in_refused);
  await expect(lines).toContainText(fill(en.audit.stranger, { address: "eve@example.test" }));

  const csv = await page.request.get(`${log}/export/csv?q=eve%40`);
  expect(csv.headers()["content-disposition"]).toContain("postroom-audit.csv");
  const text = await csv.text();
  expect(text.split("\r\n")[0]).toBe("id,time,actor_kind,actor,remote_address,action,workspace,subject_id,subject,changes");
  expect(text).toContain(",stranger,eve@example.test,127.0.0.1,sign_in_refused,");
  expect(text, "what was typed").not.toContain("4711");
  const json = await (await page.request.get(`${log}/export/json?q=eve%40`)).json();
  expect(json).toHaveLength(1);
  expect(json[0].act).toBe("sign_in_refused");

  await visit(page, `${log}?q=nobody+has+done+this`);
  await expect(page.getByRole("heading", { name: en.audit.nothing_found })).toBeVisible();
  await expectAccessible(page);
});

test("the log is nobody's but the administrators'", async ({ admin: _, browser, postroom }) => {
  const stranger = await browser.newContext({ baseURL: postroom.address });
  for (const path of [log, `${log}/export/csv`, `${log}/export/json`]) {
    const answer = await stranger.request.get(path, { maxRedirects: 0 });
    expect(answer.status(), path).toBe(303);
    expect(answer.headers()["location"], path).toContain("/sign-in");
  }
  await stranger.close();
});

test.describe("in Korean on a small screen", () => {
  test.use({ locale: "ko-KR", viewport: { width: 320, height: 640 } });

  test("the log speaks the reader's language and fits", async ({ page, admin: _ }) => {
    await visit(page, log);
    await expect(page.getByRole("heading", { level: 1, name: ko.audit.title })).toBeVisible();
    await expect(page.locator("ol.history > li").filter({ hasText: ko.audit.act_workspace_created })).toHaveCount(1);
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page, 320);
  });
});
