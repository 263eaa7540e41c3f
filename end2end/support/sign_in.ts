// Signing in with a provider as somebody does it: the button here, the pages there.
import { expect, type Locator, type Page } from "@playwright/test";
import { type Admin, connect, mailboxes } from "./admin.ts";
import type { Person } from "./mail.ts";
import { Wizard } from "./wizard.ts";
import { en, fill, type Words } from "./words.ts";

export type ProviderName = "microsoft" | "google";

/** The name that people know. */
export const nameOf = (provider: ProviderName) => (provider === "microsoft" ? "Microsoft" : "Google");

/** What the providers' own pages say. */
const said = {
  microsoft: { user: "Email address", signIn: "Sign in", yes: "Accept" },
  google: { user: "Email or phone", signIn: "Next", yes: "Continue" },
};

/** The pages of a provider, in the browser that was sent there. */
export class ProviderPages {
  constructor(
    readonly page: Page,
    private readonly provider: ProviderName,
  ) {}

  /** What the field holds when the page opens. */
  get user(): Locator { return this.page.getByLabel(said[this.provider].user); }
  get mailBox(): Locator { return this.page.getByRole("checkbox", { name: "Read, compose, send" }); }

  /** Waits until the browser has left Postroom. */
  async expectThere(): Promise<void> {
    await expect(this.page).toHaveURL(/^https:\/\/localhost:\d+\//);
  }

  async signIn({ address, password }: Person): Promise<void> {
    await this.user.fill(address);
    await this.page.getByLabel("Password").fill(password);
    await this.button(said[this.provider].signIn).click();
  }

  /** Where somebody is signed in there already: as somebody else. */
  async signInAsAnother(person: Person): Promise<void> {
    await this.button("Use another account").click();
    await this.signIn(person);
  }

  /** Where this person is signed in there already. */
  async goOnAs({ address }: Person): Promise<void> {
    await this.button(address).click();
  }

  async accept(): Promise<void> {
    await this.button(said[this.provider].yes).click();
  }

  async cancel(): Promise<void> {
    await this.button("Cancel").click();
  }

  private button(name: string): Locator {
    return this.page.getByRole("button", { name, exact: true });
  }
}

/** The wizard's last page where the mailbox is signed in to. */
export class SignIn {
  readonly wizard: Wizard;
  readonly there: ProviderPages;
  readonly name: string;

  constructor(
    readonly page: Page,
    readonly provider: ProviderName,
    readonly words: Words = en,
  ) {
    this.wizard = new Wizard(page, words);
    this.there = new ProviderPages(page, provider);
    this.name = nameOf(provider);
  }

  /** Leads to the provider. */
  get begin(): Locator { return this.button(fill(this.words.signin.begin, { provider: this.name })); }
  /** The same after something went wrong. */
  get tryAgain(): Locator { return this.button(this.words.signin.begin_again); }
  get otherAccount(): Locator { return this.page.getByLabel(this.words.signin.other_account, { exact: true }); }
  /** What went wrong with the sign-in itself. */
  get remedy(): Locator { return remedies(this.page); }
  /** Who has signed in. */
  get card(): Locator { return signInCard(this.page, this.words); }

  /** Waits until somebody has signed in and both servers let them in. */
  async expectConnected(person: Person): Promise<void> {
    await expect(this.page).toHaveURL(/\/drafts\/\d+\/connect(\?checked=1)?$/);
    await expect(this.card).toContainText(person.address);
    await this.wizard.expectPassed();
  }

  /** Through the provider's pages, as somebody whom it has not seen in this browser. */
  async through(person: Person): Promise<void> {
    await this.begin.click();
    await this.there.signIn(person);
    await this.there.accept();
  }

  /** From a new draft to a mailbox that is saved; returns its number. What a test is about it does itself. */
  async connected(admin: Admin, person: Person, { name = person.name } = {}): Promise<number> {
    const draft = await admin.draft(person.address, { name, kind: this.provider });
    await this.page.goto(connect(draft));
    await this.through(person);
    await this.expectConnected(person);
    await this.wizard.save.click();
    await this.wizard.expectSaved();
    const id = Number(/\/mailboxes\/(\d+)\?/.exec(this.page.url())![1]);
    await admin.activated(id);
    return id;
  }

  private button(name: string): Locator {
    return this.page.getByRole("main").getByRole("button", { name, exact: true });
  }
}

/** The card that says who has signed in, in the wizard and on a mailbox's page. */
export function signInCard(page: Page, words: Words = en): Locator {
  const heading = page.getByRole("heading", { level: 2, name: words.signin.card_title, exact: true });
  return page.locator("section.card").filter({ has: heading });
}

/** The remedies that belong to no server's check. */
export function remedies(page: Page): Locator {
  return page.locator("article.remedy:not(.ladder article)");
}

/** One row of a list of facts. */
export function fact(within: Page | Locator, name: string): Locator {
  return within.locator(`dt:text-is(${JSON.stringify(name)}) + dd`);
}

/** The page of a mailbox. */
export const mailboxPage = (id: number) => `${mailboxes()}/${id}`;
