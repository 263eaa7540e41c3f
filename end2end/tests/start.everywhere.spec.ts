// What must hold before anything else: the program starts and its first page can be read.
import { expect, expectAccessible, test } from "../support/test.ts";

test("the first page is there, complete and accessible", async ({ page, javaScriptEnabled }) => {
  const response = await page.goto("/");
  expect(response?.status()).toBe(200);
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  if (javaScriptEnabled !== false) await expectAccessible(page);
});

test("the program prints a code for the first administrator", async ({ postroom }) => {
  expect(await postroom.code()).toMatch(/^[A-Z0-9]{4}(-[A-Z0-9]{4})+$/);
});

test("the program comes back at the same address after a restart", async ({ page, postroom }) => {
  await postroom.restart();
  const response = await page.goto("/");
  expect(response?.status()).toBe(200);
});
