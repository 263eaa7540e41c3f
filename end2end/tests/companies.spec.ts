// The client companies of a managed service provider: domains, mailboxes, and who answers whom.
import { expectAccessible } from "../support/accessible.ts";
import { ada, type Admin } from "../support/admin.ts";
import { en, expect, fill, mailboxes, test, visit } from "../support/test.ts";

const { admin: admins, common, companies: words, errors } = en;

/** An account that serves one company; the address of its page. */
async function serving(admin: Admin, name = "Example Ltd."): Promise<string> {
  await admin.post("set_msp", { msp: "true" });
  const answer = await admin.post("create_company", { name });
  return (answer.headers()["location"] ?? "").split("?")[0]!;
}

/** A mailbox of a company on Postroom's own server; its number. */
async function mailbox(admin: Admin, address: string, company: string): Promise<number> {
  return admin.defaultMailbox(address, { name: address, company: company.split("/").pop()! });
}

test.describe("domains", () => {
  test.use({ refusals: ["add_domain"] });

  test("a new company is given its domains, and what is none is refused in words", async ({ page, admin }) => {
    await admin.post("set_msp", { msp: "true" });
    await visit(page, "/account/companies");
    await expect(page.getByRole("heading", { name: admins.no_companies })).toBeVisible();
    await expectAccessible(page);
    await page.locator("#new-name").fill("Example Ltd.");
    await page.getByRole("button", { name: common.create, exact: true }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText("Example Ltd.");
    await expect(page.getByText(words.none)).toBeVisible();

    const domain = page.getByLabel(words.domain, { exact: true });
    const add = async (typed: string) => {
      await domain.fill(typed);
      await page.getByRole("button", { name: words.add_domain }).click();
    };
    await add("Bücher.Example.COM");
    await expect(page.getByText(words.done_domain_added)).toBeVisible();
    await expect(page.locator(".name-line", { hasText: "bücher.example.com" })).toBeVisible();
    for (const [typed, why] of [
      ["co.kr", errors.public_suffix], ["no domain", errors.not_a_domain], ["xn--bcher-kva.example.com", errors.domain_taken], ["", errors.empty],
    ] as const) {
      await add(typed);
      await expect(page.locator("#domain-error")).toContainText(why);
      await expect(domain).toHaveValue(typed);
    }
    await expectAccessible(page);
    await page.getByRole("button", { name: fill(words.remove_domain, { domain: "bücher.example.com" }) }).click();
    await expect(page.getByText(words.done_domain_removed)).toBeVisible();
    await expect(page.getByText(words.none)).toBeVisible();
  });
});

test("the list says who answers each company", async ({ page, admin }) => {
  const one = await serving(admin);
  await serving(admin, "Silent Ltd.");
  await admin.post("add_domain", { id: one.split("/").pop()!, domain: "example.com" });
  await mailbox(admin, "clients@it.postroom.localhost", one);

  await visit(page, "/account/companies");

  const line = page.locator(".name-line", { hasText: "Example Ltd." });
  await expect(line).toContainText("example.com");
  await expect(line).toContainText(words.mailboxes_one);
  await expect(line).toContainText(fill(words.served_by, { address: "clients@it.postroom.localhost" }));
  const silent = page.locator(".name-line", { hasText: "Silent Ltd." });
  await expect(silent).toContainText(fill(words.served_by_account, { address: "support@it.postroom.localhost" }));
  await expect(page.getByText(words.account_default)).toBeVisible();
  await expectAccessible(page);
});

test.describe("what a rule forbids", () => {
  test.use({ refusals: ["delete_mailbox"] });

  test("the primary mailbox of a company goes last, unless another one is made primary", async ({ page, admin }) => {
    const company = await serving(admin);
    const first = await mailbox(admin, "first@it.postroom.localhost", company);
    await mailbox(admin, "second@it.postroom.localhost", company);

    await visit(page, `${mailboxes()}/${first}/delete`);
    await page.getByRole("button", { name: fill(en.mailboxes.delete_yes, { address: "first@it.postroom.localhost" }) }).click();
    await expect(page.getByText(errors.rule_company_primary)).toBeVisible();

    await visit(page, company);
    await page.getByRole("link", { name: fill(words.make_primary_of, { address: "second@it.postroom.localhost" }) }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(
      fill(en.mailboxes.company_question, { name: "second@it.postroom.localhost", company: "Example Ltd." }),
    );
    await expectAccessible(page);
    await page.getByRole("button", { name: en.mailboxes.primary_yes }).click();
    await expect(page.getByText(fill(en.mailboxes.company_primary, { company: "Example Ltd." }))).toBeVisible();

    await visit(page, `${mailboxes()}/${first}/delete`);
    await page.getByRole("button", { name: fill(en.mailboxes.delete_yes, { address: "first@it.postroom.localhost" }) }).click();
    await expect(page.getByText(common.done_deleted)).toBeVisible();
  });
});

test("another mailbox is chosen for companies without one", async ({ page, admin }) => {
  await serving(admin);
  const desk = await admin.defaultMailbox("desk@it.postroom.localhost", { name: "Desk" });
  await visit(page, `${mailboxes()}/${desk}`);
  await page.getByRole("link", { name: en.mailboxes.make_account_primary }).click();
  await page.getByRole("button", { name: en.mailboxes.primary_yes }).click();
  await expect(page.getByText(en.mailboxes.account_primary)).toBeVisible();
  await visit(page, "/account/companies");
  await expect(page.getByText(
    fill(words.account_chosen, { name: "Desk", address: "desk@it.postroom.localhost", workspace: ada.workspace }),
  )).toBeVisible();
  await expect(page.getByText(words.account_default)).toHaveCount(0);
});
