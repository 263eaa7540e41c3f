// A list of many mailboxes: searched, sorted, and shared as a link.
import { en, expect, fill, mailboxes, test, visit } from "../support/test.ts";
import type { Page } from "@playwright/test";

const names = ["Zebra", "alpha", "Émile", "Beta", "가나다", "Gamma"];

test.beforeEach(async ({ admin }) => {
  await admin.post("create_group", { workspace: "it", name: "Network" });
  for (const [number, name] of names.entries()) await admin.savedDraft(`box${number}@example.test`, { name });
});

const shown = (page: Page) => page.getByRole("rowheader").getByRole("link").allTextContents();

test("typing narrows the list by name, address or group", async ({ page }) => {
  await visit(page, mailboxes());
  const status = page.getByRole("main").getByRole("status").filter({ hasText: /mailbox/ });
  await expect(status).toHaveText(fill(en.mailboxes.count, { count: names.length + 1 }));
  const search = page.getByRole("searchbox", { name: en.mailboxes.search_label });
  await search.fill("ALPHA");
  await expect(status).toHaveText(en.mailboxes.count_one);
  expect(await shown(page)).toEqual(["alpha"]);
  await search.fill("box3@");
  await expect.poll(() => shown(page)).toEqual(["Beta"]);
  await search.fill("가나");
  await expect.poll(() => shown(page)).toEqual(["가나다"]);
  await search.fill("no such thing");
  await expect(page.getByRole("heading", { name: fill(en.mailboxes.nothing_found, { query: "no such thing" }) })).toBeVisible();
  await page.getByRole("link", { name: en.mailboxes.show_all }).click();
  await expect(status).toHaveText(fill(en.mailboxes.count, { count: names.length + 1 }));
});

test("a click on a heading sorts, and the address says how", async ({ page }) => {
  await visit(page, mailboxes());
  const heading = page.getByRole("columnheader", { name: en.mailboxes.name });
  await expect(heading).toHaveAttribute("aria-sort", "ascending");
  const up = await shown(page);
  expect(up.slice(1, 4), "the primary mailbox first, then by name").toEqual(["alpha", "Beta", "Gamma"]);
  await heading.getByRole("link").click();
  await expect(page).toHaveURL(/\?sort=name&order=down$/);
  await expect(heading).toHaveAttribute("aria-sort", "descending");
  expect(await shown(page)).toEqual(up.toReversed());
  await page.getByRole("columnheader", { name: en.mailboxes.incoming }).getByRole("link").click();
  await expect(page).toHaveURL(/\?sort=incoming$/);
  await expect(heading).not.toHaveAttribute("aria-sort", /./);
  await page.goBack();
  await expect(page).toHaveURL(/\?sort=name&order=down$/);
  await expect.poll(() => shown(page)).toEqual(up.toReversed());
});

test("a shared link shows the same list", async ({ page, javaScriptEnabled: _ }) => {
  await visit(page, `${mailboxes()}?sort=name&order=down&q=a`);
  await expect(page.getByRole("searchbox")).toHaveValue("a");
  const there = await shown(page);
  expect(there.slice(0, 4)).toEqual(["가나다", "Émile", "Zebra", "Gamma"].filter((name) => there.includes(name)).slice(0, 4));
  expect(there).toContain("alpha");
  const html = await (await page.request.get(`${mailboxes()}?sort=name&order=down&q=zebra`)).text();
  expect(html, "the server sorts and searches as well").toContain("Zebra");
  expect(html).not.toContain(">alpha<");
});
