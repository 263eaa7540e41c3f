// The wizard as somebody meets it: three pages, two servers.
import { expect, type Locator, type Page } from "@playwright/test";
import { mailboxes, type Server } from "./admin.ts";
import { en, type Words } from "./words.ts";

/** One of the two cards on the last page: the fields of a server and its check. */
export class Half {
  readonly card: Locator;

  constructor(
    page: Page,
    readonly direction: "incoming" | "outgoing",
    private readonly words: Words = en,
    title: string = words.wizard[direction],
  ) {
    this.card = page.locator("section.card").filter({ has: page.getByRole("heading", { level: 2, name: title, exact: true }) });
  }

  get host(): Locator { return this.field("host"); }
  get port(): Locator { return this.field("port"); }
  get tls(): Locator { return this.field("tls"); }
  get email(): Locator { return this.field("email"); }
  get password(): Locator { return this.field("password"); }
  get username(): Locator { return this.field("username"); }
  get method(): Locator { return this.field("method"); }
  get tlsMode(): Locator { return this.field("tls_mode"); }
  get trust(): Locator { return this.field("trust"); }
  get pin(): Locator { return this.field("pin"); }
  get authority(): Locator { return this.field("authority"); }

  /** What the certificate says that was not believed. */
  get presented(): Locator { return this.card.locator(".presented"); }

  /** Reads what is to be compared, and trusts the certificate that the last check was shown. */
  async trustCertificate(): Promise<void> {
    await this.presented.locator("summary", { hasText: this.words.components.pin_open }).click();
    await this.presented.getByRole("button", { name: this.words.components.pin_yes, exact: true }).click();
  }

  /** The card's own button. */
  get checkButton(): Locator {
    return this.card.getByRole("button", { name: this.words.wizard[`check_${this.direction}`], exact: true });
  }

  get saveButton(): Locator {
    return this.card.getByRole("button", { name: this.words.wizard[`save_${this.direction}`], exact: true });
  }

  /** The words beside a field that is wrong. */
  errorOf(field: Locator): Promise<Locator> {
    return field.getAttribute("id").then((id) => this.card.locator(`[id="${id}-error"]`));
  }

  /** Opens what is folded away: the user name and how encryption begins. */
  async unfold(): Promise<void> {
    const summary = this.card.locator("summary", { hasText: this.words.wizard.more });
    if (!(await this.username.isVisible())) await summary.click();
    await expect(this.username).toBeVisible();
  }

  async fill(server: Server): Promise<void> {
    await this.host.fill(server.host);
    await this.tls.setChecked(server.tls ?? true);
    await this.port.fill(`${server.port}`);
    await this.email.fill(server.email);
    if (server.password !== undefined) await this.password.fill(server.password);
    if (server.method) await this.method.selectOption(server.method);
    if (server.username || server.tls_mode) {
      await this.unfold();
      if (server.username) await this.username.fill(server.username);
      if (server.tls_mode) await this.tlsMode.selectOption(server.tls_mode);
    }
  }

  /** The ladder's rungs. */
  get rungs(): Locator { return this.card.locator(".ladder > li"); }

  /** The rung of one step, by its title. */
  rung(title: string): Locator {
    return this.rungs.filter({ has: this.card.page().getByText(title, { exact: true }) });
  }

  /** The remedies that are open. */
  get remedy(): Locator { return this.card.locator("article.remedy"); }

  /** Waits until every step has passed, of the settings that stand in the fields now. */
  async expectPassed(): Promise<void> {
    // Looked at in one moment: the check before this one may have passed as well.
    const told = (card: Element, { changed }: { changed: string }) =>
      card.textContent?.includes(changed)
        ? changed
        : [...card.querySelectorAll(".ladder > li")].map((rung) => rung.getAttribute("data-state")).join(" ");
    const changed = this.words.wizard.changed_since;
    await expect.poll(() => this.card.evaluate(told, { changed }), { timeout: 30_000 }).toMatch(/^(passed ){5,}passed$/);
    await expect(this.card.locator(".check-head .badge")).toHaveText(this.words.components.check_passed);
  }

  /** Waits until a step has failed with this title above its remedy. */
  async expectFailed(title: string | RegExp): Promise<void> {
    await expect(this.card.locator(".check-head .badge")).toHaveText(this.words.components.check_failed, { timeout: 30_000 });
    await expect(this.remedy.getByRole("heading")).toHaveText(title);
  }

  /** The only field of this server that is marked as wrong. */
  async expectBlamed(field: Locator, words: string | RegExp): Promise<void> {
    await expect(field).toHaveAttribute("aria-invalid", "true");
    await expect(this.card.locator('[aria-invalid="true"]')).toHaveCount(1);
    await expect(await this.errorOf(field)).toContainText(words);
  }

  private field(part: string): Locator {
    return this.card.locator(`[name="${this.direction}[${part}]"]`);
  }
}

export class Wizard {
  readonly incoming: Half;
  readonly outgoing: Half;

  constructor(
    readonly page: Page,
    private readonly words: Words = en,
  ) {
    this.incoming = new Half(page, "incoming", words);
    this.outgoing = new Half(page, "outgoing", words);
  }

  get name(): Locator { return this.page.getByLabel(this.words.wizard.name, { exact: true }); }
  get address(): Locator { return this.page.getByLabel(this.words.wizard.address, { exact: true }); }
  get group(): Locator { return this.page.getByLabel(this.words.wizard.group, { exact: true }); }
  get next(): Locator { return this.button(this.words.common.next); }
  get checkBoth(): Locator { return this.button(this.words.wizard.check_both); }
  get save(): Locator { return this.button(this.words.wizard.save); }
  get saveAsDraft(): Locator { return this.button(this.words.wizard.save_as_draft); }
  /** What is wrong with the form, at its top. */
  get summary(): Locator { return this.page.locator(".error-summary"); }

  /** From the list to the page where servers are typed in. */
  async begin(name: string, address: string): Promise<void> {
    await this.beginWith("custom", name, address);
    await this.expectConnect();
  }

  /** From the list to the page that comes after the choice of a server. */
  async beginWith(kind: "custom" | "microsoft" | "google", name: string, address: string): Promise<void> {
    await this.page.getByRole("link", { name: this.words.mailboxes.new }).first().click();
    await expect(this.page).toHaveURL(/\/mailboxes\/new$/);
    await this.name.fill(name);
    await this.address.fill(address);
    await this.next.click();
    await expect(this.page).toHaveURL(/\/drafts\/\d+\/server$/);
    await this.page.getByLabel(this.words.wizard[`kind_${kind}`], { exact: true }).check();
    await this.next.click();
    await expect(this.page).toHaveURL(/\/drafts\/\d+\/connect$/);
  }

  /** From the details past the kind of server, which is chosen already. */
  async onToConnect(): Promise<void> {
    await this.next.click();
    await expect(this.page).toHaveURL(/\/drafts\/\d+\/server$/);
    await expect(this.page.getByLabel(this.words.wizard.kind_custom, { exact: true })).toBeChecked();
    await this.next.click();
    await this.expectConnect();
  }

  async expectConnect(): Promise<void> {
    await expect(this.page).toHaveURL(/\/drafts\/\d+\/connect/);
    await expect(this.incoming.host).toBeVisible();
  }

  async fill(servers: { imap: Server; smtp: Server }): Promise<void> {
    await this.incoming.fill(servers.imap);
    await this.outgoing.fill(servers.smtp);
  }

  async expectPassed(): Promise<void> {
    await this.incoming.expectPassed();
    await this.outgoing.expectPassed();
  }

  async expectSaved(workspace = "it"): Promise<void> {
    await expect(this.page).toHaveURL(new RegExp(`${mailboxes(workspace)}/\\d+\\?done=saved$`));
    await expect(this.page.locator("#test-mail"), "the page of the mailbox").toBeVisible();
  }

  private button(name: string): Locator {
    return this.page.getByRole("main").getByRole("button", { name, exact: true });
  }
}
