// Signing in to Postroom itself at the providers, and the pages that are about it.
import { expect, type Locator, type Page } from "@playwright/test";
import type { Mail } from "./mail.ts";
import { ProviderPages, type ProviderName } from "./sign_in.ts";
import { en, fill } from "./words.ts";

const { signon } = en;

export const signOnPage = "/account/single-sign-on";

/** What is typed into the form of a provider. */
export interface Typed {
  name: string;
  issuer: string;
  client_id: string;
  client_secret: string;
  domains?: string;
  trusted?: boolean;
  create_accounts?: boolean;
  /** `account`, or a role and the number of a workspace. */
  default_role?: string;
}

/** The provider arranged like Google's: it says that addresses are verified. */
export function staff({ google }: Mail): Typed {
  return { name: "Staff", issuer: google.issuer, client_id: google.clientId, client_secret: google.clientSecret };
}

/** The provider arranged like Microsoft's: it does not, and is trusted for its domain. */
export function partners({ microsoft, domain }: Mail): Typed {
  return {
    name: "Partners",
    issuer: `${microsoft.authority}/${microsoft.tenant}/v2.0`,
    client_id: microsoft.clientId,
    client_secret: microsoft.clientSecret,
    domains: domain,
    trusted: true,
    create_accounts: true,
    default_role: "account",
  };
}

/** Fills in the form that is on the page, and saves. */
export async function save(page: Page, typed: Partial<Typed>): Promise<void> {
  for (const [name, value] of Object.entries(typed)) {
    const field = page.locator(`[name="${name}"]`);
    if (typeof value === "boolean") await field.setChecked(value);
    else if (name.endsWith("role")) await field.selectOption(value);
    else await field.fill(value);
  }
  await page.getByRole("button", { name: en.common.save, exact: true }).first().click();
}

/** Adds a provider and waits until it is kept. */
export async function add(page: Page, typed: Typed): Promise<void> {
  await page.goto(`${signOnPage}/new`);
  await save(page, typed);
  await expect(page).toHaveURL(new RegExp(`${signOnPage}/\\d+\\?done=application_saved$`));
}

/** Presses *Test* and returns what became of the steps. */
export async function tried(page: Page): Promise<(string | null)[]> {
  await page.getByRole("link", { name: new RegExp(`^${en.signin.app_test}`) }).click();
  const steps = page.locator(".ladder > li");
  await expect(steps).toHaveCount(4, { timeout: 20_000 });
  return Promise.all((await steps.all()).map((step) => step.getAttribute("data-state")));
}

/** The button of a provider on the page to sign in at. */
export function button(page: Page, name: string): Locator {
  return page.getByRole("button", { name: fill(signon.begin, { provider: name }), exact: true });
}

/** A provider's own pages. */
export const there = (page: Page, provider: ProviderName) => new ProviderPages(page, provider);

/** The form for the password, folded or not. */
export const password = (page: Page) => page.locator('form[action="/api/sign_in"]');

/** Ends the session of this browser here, and at the providers too, as in a browser that was never there. */
export async function forget(page: Page): Promise<void> {
  // A page that still asks for something would be told that nobody is signed in.
  await page.goto("about:blank");
  await page.context().clearCookies();
}
