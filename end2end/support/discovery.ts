// Finding servers from an address: a program that asks a name server of the test, and has a list of providers of its own.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Locator, Page } from "@playwright/test";
import { NameServer } from "./name_server.ts";
import { test as base } from "./test.ts";
import { en, type Words } from "./words.ts";

export const test = base.extend<{ dns: NameServer }>({
  dns: async ({ mail }, use) => {
    const server = await NameServer.start();
    server.addresses.set(`mail.${mail.domain}`, "127.0.0.1");
    server.exchanges.set("google.example", ["aspmx.l.google.com"]);
    server.exchanges.set("microsoft.example", ["microsoft-example.mail.protection.outlook.com"]);
    server.exchanges.set("filtered.example", ["eu-smtp-inbound-1.mimecast.com"]);
    server.services.set("_imaps._tcp.records.example", [{ port: 1993, target: "mail.records.example" }]);
    server.services.set("_submission._tcp.records.example", [{ port: 587, target: "smtp.records.example" }]);
    server.services.set("_pop3s._tcp.old.example", [{ port: 995, target: "pop.old.example" }]);
    await use(server);
    server.stop();
  },
  settings: async ({ dns, mail }, use) => {
    const folder = await mkdtemp(join(tmpdir(), "postroom-providers-"));
    const file = join(folder, "providers.toml");
    const host = `mail.${mail.domain}`;
    await writeFile(
      file,
      `[[provider]]
id = "office"
name = "Office Mail"
domains = ["${mail.domain}"]
imap = ["imaps://${host}:${mail.imap.tls}"]
smtp = ["smtps://${host}:${mail.smtp.tls}"]
needs = ["imap_off"]
settings = "https://office.example/settings"
`,
    );
    await use({
      POSTROOM_DISCOVERY__ENABLED: "true",
      POSTROOM_DISCOVERY__DIRECTORY: "",
      POSTROOM_DISCOVERY__PROVIDERS_FILE: file,
      POSTROOM_NETWORK__NAME_SERVERS: `["${dns.address}"]`,
    });
    await rm(folder, { recursive: true, force: true });
  },
});

/** What was found, as the pages of the wizard show it. */
export class Found {
  constructor(
    private readonly page: Page,
    private readonly words: Words = en,
  ) {}

  get note(): Locator { return this.page.locator(".search-note"); }
  /** The sentence. */
  get headline(): Locator { return this.note.getByRole("status").locator("p").first(); }
  /** What has to be done first, or asked for. */
  notice(title: string): Locator { return this.page.locator(".notice").filter({ hasText: title }); }
  /** The choices of the second page in their order. */
  get choices(): Locator { return this.page.locator(".choice > strong"); }

  /** Opens the fold with the sources. */
  async unfold(): Promise<void> {
    await this.note.locator("summary", { hasText: this.words.discovery.where_from }).click();
  }

  /** One source, by its name. */
  source(title: string): Locator {
    return this.note.locator(".ladder > li").filter({ has: this.page.getByText(title, { exact: true }) });
  }
}
