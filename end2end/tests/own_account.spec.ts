// One's own account: the way back in by mail, the second factor, and where one is signed in.
import type { Page } from "@playwright/test";
import { enterCode, lying, newLink, otherBrowser, setUpSecondFactor, signIn } from "../support/account.ts";
import { code } from "../support/totp.ts";
import { ada, Admin, en, expect, expectAccessible, expectNoSidewaysScrolling, ko, mailboxes, test, visit } from "../support/test.ts";

const { own, account } = en;
const me = "/account/me";
const better = "a better password than before";

const card = (page: Page, title: string) => page.locator("section.card").filter({ has: page.getByRole("heading", { name: title }) });

/** Asks for a link on the page. */
async function ask(page: Page, email: string): Promise<void> {
  await visit(page, "/forgotten");
  await page.getByLabel(account.email, { exact: true }).fill(email);
  await page.getByRole("button", { name: own.forgotten_submit }).click();
  await expect(page.getByRole("heading", { level: 1, name: own.forgotten_sent_title })).toBeVisible();
}

async function typeTwice(page: Page, password: string): Promise<void> {
  await page.getByLabel(own.new_password, { exact: true }).fill(password);
  await page.getByLabel(own.new_password_again, { exact: true }).fill(password);
}

test("the code that the tests compute is the one of RFC 6238", async () => {
  const secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
  for (const [seconds, digits] of [[59, "287082"], [1_111_111_109, "081804"], [1_234_567_890, "005924"], [20_000_000_000, "353130"]] as const) {
    expect(code(secret, 0, seconds * 1000)).toBe(digits);
  }
});

test.describe("a forgotten password", () => {
  test.use({ refusals: ["forgot_password", "reset_password"] });

  test("is set anew by a link in a mail, once, and whoever was signed in is out", async ({ page, browser, postroom, mail, complaints }) => {
    test.slow();
    const admin = new Admin(page.request, postroom);
    await admin.setUp(mail.oncall.address);
    await admin.relay(mail);
    const stranger = await otherBrowser(browser, postroom);
    await visit(stranger, "/sign-in");
    await stranger.getByRole("link", { name: own.forgotten_link }).click();
    await expect(stranger.getByRole("heading", { level: 1, name: own.forgotten_title })).toBeVisible();
    await expectAccessible(stranger);
    await stranger.getByLabel(account.email, { exact: true }).fill("nobody");
    await stranger.getByRole("button", { name: own.forgotten_submit }).click();
    await expect(stranger.locator("#email-error")).toContainText(en.errors.not_an_address);

    const link = await newLink(mail, mail.oncall, () => ask(stranger, mail.oncall.address.toUpperCase()));
    await expectAccessible(stranger);
    const known = await stranger.getByRole("main").innerText();
    await ask(stranger, "nobody@example.test");
    expect(await stranger.getByRole("main").innerText(), "nobody learns who has an account").toBe(known);

    for (const _ of [1, 2]) expect((await stranger.request.get(link)).status()).toBe(200);
    await visit(stranger, link);
    await expectAccessible(stranger);
    await typeTwice(stranger, "short");
    await stranger.getByRole("button", { name: own.reset_submit }).click();
    await expect(stranger.locator("#password-error")).toContainText(/^At least \d+ characters\.$/);
    const told = "[Postroom] Your password was changed";
    const before = (await lying(mail, mail.oncall, told)).length;
    await typeTwice(stranger, better);
    await stranger.getByRole("button", { name: own.reset_submit }).click();
    await expect(stranger).toHaveURL(/\/sign-in\?done=password_set$/);
    await expect(stranger.getByText(own.password_set)).toBeVisible();
    await expectAccessible(stranger);

    await page.goto(mailboxes());
    await expect(page, "the old session is out").toHaveURL(/\/sign-in\?next=/);
    await signIn(stranger, mail.oncall.address);
    await expect(stranger.getByRole("alert"), "the old password is worth nothing").toHaveText(en.errors.wrong_password);
    await signIn(stranger, mail.oncall.address, better);
    await expect(stranger).toHaveURL(new RegExp(`${mailboxes()}$`));
    await expect.poll(async () => (await lying(mail, mail.oncall, told)).length, { timeout: 30_000 }).toBeGreaterThan(before);

    expect((await page.goto(link))!.status(), "a link works once").toBe(404);
    await expect(page.getByRole("heading", { level: 1, name: own.reset_gone_title })).toBeVisible();
    await expectAccessible(page);
    expect(complaints.splice(0)).toEqual([expect.stringContaining("status of 404")]);
    await stranger.context().close();
  });

  test("is answered three times in a row for one address, known or not", async ({ page, admin: _ }) => {
    for (const email of [ada.email, "nobody@example.test"]) {
      for (const _ of [1, 2, 3]) await ask(page, email);
      await visit(page, "/forgotten");
      await page.getByLabel(account.email, { exact: true }).fill(email);
      await page.getByRole("button", { name: own.forgotten_submit }).click();
      await expect(page.getByRole("alert")).toContainText(en.errors.too_many.split("{{")[0]!);
    }
  });
});

test("without a relay the page of administrators says that resets cannot be mailed", async ({ page, admin, mail }) => {
  await visit(page, "/account/security");
  await expect(page.getByText(own.security_no_mail_title)).toBeVisible();
  await expectAccessible(page);
  await ask(page, ada.email);
  await expect(page.getByRole("main")).toContainText("postroom admin password");
  await admin.relay(mail);
  await visit(page, "/account/security");
  await expect(page.getByRole("heading", { level: 1 })).toHaveText(own.security_title);
  await expect(page.getByText(own.security_no_mail_title)).toHaveCount(0);
});

test.describe("one's own page", () => {
  test.use({ refusals: ["change_password", "rename_me"] });

  test("changes name and password, and ends the other sessions", async ({ page, browser, postroom, admin: _ }) => {
    const other = await otherBrowser(browser, postroom);
    await signIn(other, ada.email);
    await visit(page, mailboxes());
    await page.getByRole("banner").locator(`summary[aria-label="${en.common.account}"]`).click();
    await page.getByRole("banner").getByRole("link", { name: own.title }).click();
    await expect(page.getByRole("heading", { level: 1, name: own.title })).toBeVisible();
    await expectAccessible(page);

    const who = card(page, own.who);
    await who.getByLabel(own.name, { exact: true }).fill("");
    await who.getByRole("button", { name: en.common.save }).click();
    await expect(who.locator("#name-error")).toContainText(en.errors.empty);
    await who.getByLabel(own.name, { exact: true }).fill("Ada King");
    await who.getByRole("button", { name: en.common.save }).click();
    await expect(page).toHaveURL(/\?done=settings_saved$/);
    await page.reload();
    await expect(who.getByLabel(own.name, { exact: true })).toHaveValue("Ada King");
    await visit(page, me);

    const password = card(page, own.password_card);
    await password.getByLabel(own.current_password, { exact: true }).fill("not this one");
    await typeTwice(page, better);
    await password.getByRole("button", { name: own.change_password }).click();
    await expect(password.locator("#change-current-error")).toContainText(own.wrong_password);
    await expectAccessible(page);
    const id = async () => (await page.context().cookies()).find(({ name }) => name === "postroom_session")?.value;
    const before = await id();
    await password.getByLabel(own.current_password, { exact: true }).fill(ada.password);
    await typeTwice(page, better);
    await password.getByRole("button", { name: own.change_password }).click();
    await expect(page).toHaveURL(/\?done=password_changed$/);
    expect(await id(), "the session goes on under a new id").not.toBe(before);
    await other.goto(mailboxes());
    await expect(other, "the other one has ended").toHaveURL(/\/sign-in/);
    await page.goto(mailboxes());
    await expect(page, "this one stays").toHaveURL(new RegExp(`${mailboxes()}$`));
    await other.context().close();
  });

  test("lists where one is signed in, and ends one session or all others", async ({ page, browser, postroom, admin: _ }) => {
    const others: Page[] = [];
    const agents = ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1", undefined, undefined];
    for (const userAgent of agents) {
      const other = await otherBrowser(browser, postroom, userAgent);
      await signIn(other, ada.email);
      await expect(other).toHaveURL(new RegExp(`${mailboxes()}$`));
      others.push(other);
    }
    await visit(page, me);
    const lines = page.locator(".sessions > li");
    await expect(lines).toHaveCount(4);
    await expect(lines.filter({ hasText: own.session_this })).toHaveCount(1);
    await expect(lines.filter({ hasText: own.by_password })).toHaveCount(4);
    await expect(lines.first()).toContainText("127.0.0.1");
    const phone = lines.filter({ hasText: "Safari on iOS" });
    await phone.getByRole("button", { name: /Safari on iOS/ }).click();
    await expect(lines).toHaveCount(3);
    await expect(phone).toHaveCount(0);
    await others[0]!.goto(mailboxes());
    await expect(others[0]!).toHaveURL(/\/sign-in/);
    await others[1]!.goto(mailboxes());
    await expect(others[1]!).toHaveURL(new RegExp(`${mailboxes()}$`));

    await page.getByRole("button", { name: own.sessions_end_others }).click();
    await expect(lines).toHaveCount(1);
    await expect(page.getByRole("button", { name: own.sessions_end_others })).toHaveCount(0);
    await others[1]!.goto(mailboxes());
    await expect(others[1]!).toHaveURL(/\/sign-in/);
    await expectAccessible(page);
    for (const other of others) await other.context().close();
  });
});

test.describe("a second factor", () => {
  test.use({ refusals: ["enter_code", "turn_off_second_factor", "sign_in_security", "overview", "alarms"] });

  test("is set up with an app, asked for when signing in, and turned off with password and code", async ({ page, admin: _ }) => {
    test.slow();
    await visit(page, me);
    const factor = card(page, own.factor_card);
    await expect(factor).toContainText(own.factor_off);
    await factor.getByRole("link", { name: own.factor_set_up }).click();
    await expect(page.getByRole("heading", { level: 1, name: own.setup_title })).toBeVisible();
    await expectAccessible(page);
    await page.getByRole("button", { name: own.setup_begin }).click();
    await expect(page.getByRole("img", { name: own.setup_picture })).toBeVisible();
    await expectAccessible(page);
    await page.getByLabel(own.code, { exact: true }).fill("12345");
    await page.getByRole("button", { name: own.setup_confirm }).click();
    await expect(page.locator("#code-error")).toContainText(own.not_a_code);
    await page.getByRole("button", { name: own.setup_anew }).click();
    await expect(page).toHaveURL(/\/second-factor$/);
    const secret = (await page.locator(".command code").textContent())!;
    const first = code(secret);
    await page.getByLabel(own.code, { exact: true }).fill(first);
    await page.getByRole("button", { name: own.setup_confirm }).click();
    const listed = page.locator(".recovery-codes code");
    await expect(listed).toHaveCount(10);
    const codes = await listed.allTextContents();
    await expectAccessible(page);
    await page.reload();
    await expect(listed, "they are shown once").toHaveCount(0);
    await expect(page.getByText(own.codes_gone)).toBeVisible();

    await page.context().clearCookies();
    const id = async () => (await page.context().cookies()).find(({ name }) => name === "postroom_session")?.value;
    await signIn(page, ada.email);
    await expect(page).toHaveURL(/\/sign-in\/code$/);
    await expectAccessible(page);
    const half = await id();
    await page.goto(mailboxes());
    await expect(page, "half signed in is not signed in").toHaveURL(/\/sign-in\?next=/);
    await page.goto("/sign-in/code");
    await expect(page.getByLabel(own.code, { exact: true })).toHaveAttribute("autocomplete", "one-time-code");
    await enterCode(page, own.code, first);
    await expect(page.getByRole("alert"), "a code is used once").toHaveText(own.code_wrong);
    // A code of the step to come is taken too, and this one may be the present one by now.
    const used = code(secret, 1);
    await enterCode(page, own.code, used);
    await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
    expect(await id(), "the session's id changes after the second factor").not.toBe(half);

    await page.context().clearCookies();
    await signIn(page, ada.email);
    await enterCode(page, own.code, used);
    await expect(page.getByRole("alert")).toHaveText(own.code_wrong);
    await page.getByRole("link", { name: own.code_to_recovery }).click();
    await expectAccessible(page);
    await enterCode(page, own.recovery_code, codes[0]!.toUpperCase());
    await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
    await visit(page, me);
    await expect(factor).toContainText(own.factor_on);
    await expect(factor.locator("dd").nth(1)).toHaveText("9");
    await expect(page.locator(".sessions > li").filter({ hasText: own.session_this })).toContainText(own.by_recovery_code);
    await expectAccessible(page);

    await factor.getByText(own.factor_new_codes, { exact: true }).first().click();
    await factor.locator("#codes-current").fill(ada.password);
    await factor.getByRole("button", { name: own.factor_new_codes }).click();
    await expect(listed).toHaveCount(10);
    const renewed = await listed.allTextContents();
    expect(renewed).not.toContain(codes[1]);
    await page.getByRole("link", { name: own.codes_done }).click();

    await expect(factor).toContainText(own.factor_on);
    await visit(page, me);
    await factor.getByText(own.factor_turn_off, { exact: true }).first().click();
    await factor.locator("#off-current").fill(ada.password);
    await factor.getByLabel(own.factor_code_or_recovery).fill(codes[1]!);
    await factor.getByRole("button", { name: own.factor_turn_off }).click();
    await expect(factor.locator("#code-error"), "the old ones are worth nothing").toContainText(own.not_a_code);
    await factor.locator("#off-current").fill(ada.password);
    await factor.getByLabel(own.factor_code_or_recovery).fill(renewed[0]!);
    await factor.getByRole("button", { name: own.factor_turn_off }).click();
    await expect(factor).toContainText(own.factor_off);
    await page.context().clearCookies();
    await signIn(page, ada.email);
    await expect(page).toHaveURL(new RegExp(`${mailboxes()}$`));
  });

  test("can be required of everybody, who then get nowhere else before", async ({ page, admin: _, postroom }) => {
    await visit(page, "/account/security");
    await page.getByLabel(own.security_require).check();
    await page.getByRole("button", { name: en.common.save }).click();
    await expect(page).toHaveURL(/\/second-factor$/);
    await expect(page.getByText(own.setup_required)).toBeVisible();
    await expectAccessible(page);
    for (const path of ["/", mailboxes(), me, "/account/relay/support.txt"]) {
      await page.goto(path);
      await expect(page, path).toHaveURL(/\/second-factor$/);
    }
    const refused = await page.request.post("/api/list_workspaces", { headers: { origin: postroom.address, accept: "application/json" } });
    expect(refused.status()).toBe(409);
    expect(await refused.text()).toContain("second_factor_first");

    await page.context().clearCookies();
    await signIn(page, ada.email);
    await expect(page).toHaveURL(/\/second-factor$/);
    const { codes } = await setUpSecondFactor(page, (secret) => code(secret));
    expect(new Set(codes).size).toBe(10);
    await page.getByRole("link", { name: own.codes_done }).click();
    await expect(page.getByRole("heading", { level: 1, name: own.title })).toBeVisible();
    await visit(page, "/account/security");
    await expect(page.getByText(own.security_all)).toBeVisible();
    await expect(page.getByLabel(own.security_require)).toBeChecked();
  });

  test.describe("with few attempts", () => {
    test.use({ settings: { POSTROOM_SIGN_IN__ATTEMPTS: "3" } });

    test("is not to be guessed", async ({ page, admin: _ }) => {
      await visit(page, "/second-factor");
      const { secret } = await setUpSecondFactor(page, (secret) => code(secret));
      await page.context().clearCookies();
      await signIn(page, ada.email);
      // One attempt was the code that turned it on.
      for (const _ of [1, 2]) {
        await enterCode(page, own.code, "000 000x");
        await expect(page.getByRole("alert")).toHaveText(own.code_wrong);
      }
      await enterCode(page, own.code, code(secret, 1));
      await expect(page.getByRole("alert"), "even with the right code").toContainText(en.errors.too_many.split("{{")[0]!);
      await expectAccessible(page);
    });
  });
});

test("without the right password there is no code to enter", async ({ page, admin: _ }) => {
  await page.context().clearCookies();
  await visit(page, "/sign-in/code");
  await expect(page.getByRole("heading", { level: 1, name: own.code_late_title })).toBeVisible();
  await expect(page.getByRole("textbox")).toHaveCount(0);
  await expectAccessible(page);
});

test.describe("in Korean, on a phone, in the dark", () => {
  test.use({ locale: "ko-KR", colorScheme: "dark", viewport: { width: 320, height: 640 } });

  test("nothing scrolls sideways", async ({ page, admin: _ }) => {
    await visit(page, "/second-factor");
    await page.getByRole("button", { name: ko.own.setup_begin }).click();
    await expect(page.getByRole("img", { name: ko.own.setup_picture })).toBeVisible();
    await expectNoSidewaysScrolling(page, 320);
    await expectAccessible(page);
    const secret = (await page.locator(".command code").textContent())!;
    await page.getByLabel(ko.own.code, { exact: true }).fill(code(secret));
    await page.getByRole("button", { name: ko.own.setup_confirm }).click();
    await expect(page.locator(".recovery-codes code")).toHaveCount(10);
    await expectNoSidewaysScrolling(page, 320);
    await expectAccessible(page);
    for (const [path, title] of [[me, ko.own.title], ["/account/security", ko.own.security_title], ["/forgotten", ko.own.forgotten_title]] as const) {
      await visit(page, path);
      await expect(page.getByRole("heading", { level: 1, name: title })).toBeVisible();
      await expectNoSidewaysScrolling(page, 320);
      await expectAccessible(page);
    }
  });
});
