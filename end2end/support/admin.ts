// The first administrator, and what they can do without a page in between.
import { expect, type APIRequestContext, type APIResponse, type Page } from "@playwright/test";
import type { Mail, Person } from "./mail.ts";
import type { Postroom } from "./postroom.ts";

export const ada = {
  name: "Ada Lovelace",
  email: "ada@example.test",
  password: "correct horse battery",
  workspace: "IT",
};

/** The page that lists the mailboxes of a workspace. */
export const mailboxes = (workspace = "it") => `/admin/${workspace}/channels/email/mailboxes`;

/** The page of a draft where it is connected. */
export const connect = (draft: number, workspace = "it") => `/admin/${workspace}/channels/email/drafts/${draft}/connect`;

/** One server's fields, as a form posts them. */
export interface Server {
  host: string;
  port: number | string;
  email: string;
  password?: string;
  tls?: boolean;
  tls_mode?: "auto" | "implicit" | "starttls";
  method?: "plain" | "login";
  username?: string;
}

/**
 * What an administrator does, through the same addresses that the pages post to.
 * For what a test needs to be there before it begins; what a test is about it does on the page.
 */
export class Admin {
  constructor(
    private readonly request: APIRequestContext,
    private readonly postroom: Postroom,
  ) {}

  /** Makes the first administrator; the browser that `request` belongs to is signed in from then on. */
  async setUp(email = ada.email): Promise<void> {
    const { name, password, workspace } = ada;
    const code = await this.postroom.code();
    const answer = await this.post("set_up", { code, name, email, password, password_again: password, workspace });
    expect(answer.headers()["location"]).toBe("/");
  }

  async signIn(): Promise<void> {
    const answer = await this.post("sign_in", { email: ada.email, password: ada.password });
    expect(answer.headers()["location"]).toBe("/");
  }

  /** Makes a workspace; returns what its addresses call it. */
  async workspace(name: string): Promise<string> {
    const answer = await this.post("create_workspace", { name });
    const slug = /^\/admin\/([^/?]+)/.exec(answer.headers()["location"] ?? "")?.[1];
    expect(slug, "the new workspace").toBeTruthy();
    return slug!;
  }

  /** Begins a mailbox, to be typed in or signed in to; returns its draft's number. */
  async draft(address: string, { workspace = "it", name = address, kind = "custom" } = {}): Promise<number> {
    const draft = await this.details(address, { workspace, name });
    await this.post("save_kind", { workspace, draft: `${draft}`, kind });
    return draft;
  }

  /** Presses a button of the page where both servers are typed in; returns where that leads. */
  async servers(draft: number, intent: string, incoming: Server, outgoing: Server, workspace = "it"): Promise<string> {
    const form: Record<string, string> = { workspace, draft: `${draft}`, intent };
    for (const [direction, server] of [["incoming", incoming], ["outgoing", outgoing]] as const) {
      const { tls = true, tls_mode = "auto", method = "plain", username = "", password = "", ...rest } = server;
      const fields = { ...rest, tls_mode, method, username, password, ...(tls ? { tls: "true" } : {}) };
      for (const [name, value] of Object.entries(fields)) form[`${direction}[${name}]`] = `${value}`;
    }
    const answer = await this.post("submit_servers", form);
    return answer.headers()["location"] ?? "";
  }

  /** A mailbox that is connected, at work and activated; returns its number. */
  async mailbox(mail: Mail, person: Person = mail.support, { workspace = "it", name = person.name } = {}): Promise<number> {
    const draft = await this.draft(person.address, { workspace, name });
    const { imap, smtp } = right(mail, person);
    await this.servers(draft, "check_both", imap, smtp, workspace);
    const id = numberIn(await this.servers(draft, "save", imap, smtp, workspace), "saved");
    await this.activated(id, workspace);
    return id;
  }

  /** Waits until a mailbox awaits its activation no longer. */
  async activated(mailbox: number | string, workspace = "it"): Promise<void> {
    const page = `${this.postroom.address}${mailboxes(workspace)}/${mailbox}`;
    const awaiting = async () => (await (await this.request.get(page)).text()).includes('id="activation"');
    await expect.poll(awaiting, { message: `activation of mailbox ${mailbox}`, timeout: 30_000 }).toBe(false);
  }

  /** A mailbox that is saved and not at work; returns its number. */
  async savedDraft(address: string, { workspace = "it", name = address } = {}): Promise<number> {
    const draft = await this.draft(address, { workspace, name });
    const server = { host: "mail.example.com", email: address, password: "x" };
    const [imap, smtp] = [{ ...server, port: 993 }, { ...server, port: 465 }];
    return numberIn(await this.servers(draft, "save_as_draft", imap, smtp, workspace), "saved_as_draft");
  }

  /** Sets the relay to the real server, as this person, and checks it. */
  async relay(mail: Mail, person: Person = mail.support, password = person.password): Promise<void> {
    const { smtp } = right(mail, person);
    const form: Record<string, string> = { check: "1" };
    const fields = { host: smtp.host, port: `${smtp.port}`, tls: "true", tls_mode: "auto", method: "plain", email: smtp.email, username: "", password };
    for (const [name, value] of Object.entries(fields)) form[`outgoing[${name}]`] = value;
    const answer = await this.post("save_relay", form);
    expect(answer.headers()["location"]).toBe("/account/relay");
  }

  /** A mailbox on Postroom's own server; returns its number. */
  async defaultMailbox(address: string, { workspace = "it", name = address, company = "" } = {}): Promise<number> {
    const draft = await this.details(address, { workspace, name, company });
    return numberIn((await this.post("save_kind", { workspace, draft: `${draft}`, kind: "default" })).headers()["location"] ?? "", "saved");
  }

  /** Gives a mailbox on Postroom's own server another address. */
  async readdress(mailbox: number, address: string, { workspace = "it", name = address } = {}): Promise<void> {
    const begun = await this.post("edit_mailbox", { workspace, mailbox: `${mailbox}` });
    const draft = /\/drafts\/(\d+)/.exec(begun.headers()["location"] ?? "")?.[1];
    expect(draft, "the draft of the mailbox").toBeTruthy();
    await this.post("save_details", { workspace, draft: draft!, name, address, group: await this.group(workspace) });
    await this.post("save_kind", { workspace, draft: draft!, kind: "default" });
  }

  /** Posts a form as a page of ours would, without following where it leads. */
  async post(name: string, form: Record<string, string>): Promise<APIResponse> {
    const answer = await this.request.post(`${this.postroom.address}/api/${name}`, {
      form,
      headers: { origin: this.postroom.address, accept: "text/html" },
      maxRedirects: 0,
    });
    expect(answer.status(), `${name}: ${await answer.text()}`).toBe(302);
    expect(answer.headers()["location"], name).not.toContain("__err");
    return answer;
  }

  /** Begins a mailbox whose server is not chosen yet; returns its draft's number. */
  private async details(
    address: string,
    { workspace, name, company = "" }: { workspace: string; name: string; company?: string },
  ): Promise<number> {
    const form = { workspace, name, address, group: await this.group(workspace), ...(company ? { company } : {}) };
    const answer = await this.post("save_details", form);
    const id = /\/drafts\/(\d+)\/server$/.exec(answer.headers()["location"] ?? "")?.[1];
    expect(id, `the draft of ${address}: ${answer.headers()["location"]}`).toBeTruthy();
    return Number(id);
  }

  /** The first group of a workspace. */
  private async group(workspace: string): Promise<string> {
    const page = await this.request.get(`${this.postroom.address}${mailboxes(workspace)}/new`);
    const select = /<select[^>]*name="group"[\s\S]*?<\/select>/.exec(await page.text())?.[0] ?? "";
    const id = /value="(\d+)"/.exec(select)?.[1];
    expect(id, `the first group of ${workspace}`).toBeTruthy();
    return id!;
  }
}

/** Settings that work for somebody. */
export function right(mail: Mail, person: Person = mail.support): { imap: Server; smtp: Server } {
  const server = { host: mail.host, email: person.address, password: person.password };
  return { imap: { ...server, port: mail.imap.tls }, smtp: { ...server, port: mail.smtp.tls } };
}

/** A second browser of the same administrator: the page of a new context, signed in. */
export async function signedIn(page: Page, postroom: Postroom): Promise<Page> {
  await new Admin(page.request, postroom).signIn();
  return page;
}

function numberIn(location: string, done: string): number {
  const id = new RegExp(`/mailboxes/(\\d+)\\?done=${done}$`).exec(location)?.[1];
  expect(id, `saving led to ${location}`).toBeTruthy();
  return Number(id);
}
