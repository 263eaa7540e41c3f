// The providers as a test speaks to them directly, and the mail servers that believe their tokens.
import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { connect } from "node:tls";
import { type Mail, mailServers } from "./mail.ts";

export interface Reply {
  status: number;
  text: string;
  // The shape is what each test is about.
  json: Record<string, any>;
}

/** One of the two providers, its token endpoint and its switches (`provider/control.mjs`). */
export class Provider {
  readonly #authority: Buffer;

  constructor(
    mail: Mail,
    /** `mail.microsoft.authority` or `mail.google.issuer`. */
    readonly base: string,
  ) {
    this.#authority = readFileSync(mail.ca);
  }

  get(path: string): Promise<Reply> {
    return this.#ask("GET", path);
  }

  post(path: string, fields: Record<string, string>): Promise<Reply> {
    return this.#ask("POST", path, new URLSearchParams(fields).toString());
  }

  /** Turns a switch, such as `turn("revoke", { account: "bob@example.test" })`. */
  async turn(name: string, parameters: Record<string, string> = {}): Promise<void> {
    const reply = await this.#ask("POST", `/_test/${name}?${new URLSearchParams(parameters)}`);
    if (reply.status !== 200) throw new Error(reply.text);
  }

  /** How often the token endpoint was asked for this account, by grant type. */
  async requests(account: string): Promise<{ authorization_code: number; refresh_token: number }> {
    const { json } = await this.get("/_test/requests");
    return { authorization_code: 0, refresh_token: 0, ...json["accounts"][account] };
  }

  #ask(method: string, path: string, body = ""): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const headers = { "content-type": "application/x-www-form-urlencoded", "content-length": Buffer.byteLength(body) };
      const asking = request(new URL(path, this.base), { method, headers, ca: this.#authority }, (response) => {
        let text = "";
        response.setEncoding("utf8");
        response.on("data", (part: string) => (text += part));
        response.on("end", () => {
          const isJson = /^application\/([a-z-]+\+)?json/.test(response.headers["content-type"] ?? "");
          resolve({ status: response.statusCode ?? 0, text, json: isJson ? parsed(text) : {} });
        });
      });
      asking.on("error", reject);
      asking.end(body);
    });
  }
}

/** Settings by which the program's buttons lead to these providers, for `test.use({ settings: signInHere() })`. */
export function signInHere({ host, imap, smtp, microsoft, google }: Mail = mailServers()): Record<string, string> {
  const servers = (provider: string) => ({
    [`POSTROOM_OAUTH__${provider}__IMAP`]: `${host}:${imap.tls}`,
    [`POSTROOM_OAUTH__${provider}__SMTP`]: `${host}:${smtp.tls}`,
  });
  return {
    POSTROOM_OAUTH__MICROSOFT__AUTHORITY: microsoft.authority,
    POSTROOM_OAUTH__MICROSOFT__CLIENT_ID: microsoft.clientId,
    POSTROOM_OAUTH__MICROSOFT__CLIENT_SECRET: microsoft.clientSecret,
    ...servers("MICROSOFT"),
    POSTROOM_OAUTH__GOOGLE__ISSUER: google.issuer,
    POSTROOM_OAUTH__GOOGLE__CLIENT_ID: google.clientId,
    POSTROOM_OAUTH__GOOGLE__CLIENT_SECRET: google.clientSecret,
    ...servers("GOOGLE"),
  };
}

/** An application of ours: it sends browsers to a provider and notes with what they come back. */
export class Application {
  readonly verifier = randomBytes(32).toString("base64url");
  readonly state = randomBytes(16).toString("base64url");
  readonly nonce = randomBytes(16).toString("base64url");
  #answer!: (query: URLSearchParams) => void;
  /** The query of the first browser that came back. */
  readonly answer = new Promise<URLSearchParams>((resolve) => (this.#answer = resolve));

  private constructor(
    readonly server: Server,
    readonly redirectUri: string,
  ) {}

  static async start(): Promise<Application> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? "/", "http://127.0.0.1");
      if (url.pathname === "/oauth/callback") application.#answer(url.searchParams);
      response.setHeader("content-type", "text/html").end("<title>Back</title>");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const application = new Application(server, `http://127.0.0.1:${port}/oauth/callback`);
    return application;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** Where to send the browser. */
  address(authorize: string, parameters: Record<string, string>): string {
    const url = new URL(authorize);
    const challenge = createHash("sha256").update(this.verifier).digest("base64url");
    const all = {
      response_type: "code",
      redirect_uri: this.redirectUri,
      state: this.state,
      nonce: this.nonce,
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...parameters,
    };
    for (const [name, value] of Object.entries(all)) url.searchParams.set(name, value);
    return url.href;
  }

  /** What goes to the token endpoint with a code. */
  fields(code: string, clientId: string, clientSecret: string): Record<string, string> {
    return {
      grant_type: "authorization_code",
      code,
      redirect_uri: this.redirectUri,
      code_verifier: this.verifier,
      client_id: clientId,
      client_secret: clientSecret,
    };
  }
}

/** Some answers are broken on purpose; they hold nothing. */
function parsed(text: string): Record<string, any> {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The claims of a signed token, unchecked. */
export function claims(token: string): Record<string, unknown> {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

/** Signs in to Dovecot with a token (XOAUTH2) and returns its last line. */
export async function imap(mail: Mail, user: string, token: string): Promise<string> {
  const command = `a AUTHENTICATE XOAUTH2 ${xoauth2(user, token)}`;
  const lines = await dialogue(mail, mail.imap.tls, [/^\* OK/, /^a |^\+/], [command, ""]);
  return lines.at(-1) ?? "";
}

/** Signs in to Postfix with a token and offers it a sender; returns its answers to AUTH and MAIL FROM. */
export async function smtp(mail: Mail, user: string, token: string, sender = user): Promise<string[]> {
  const commands = ["EHLO test", `AUTH XOAUTH2 ${xoauth2(user, token)}`, `MAIL FROM:<${sender}>`];
  const lines = await dialogue(mail, mail.smtp.tls, [/^220 /, /^250 /, /^\d{3} /, /^\d{3} /], commands);
  return lines.filter((line) => !/^(220|250-|250 (SMTPUTF8|CHUNKING|DSN|8BITMIME))/.test(line));
}

function xoauth2(user: string, token: string): string {
  return Buffer.from(`user=${user}\x01auth=Bearer ${token}\x01\x01`).toString("base64");
}

/** Says the next line whenever the one waited for has come, until there is nothing more to wait for. */
function dialogue(mail: Mail, port: number, waits: RegExp[], says: string[]): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: mail.host, port, ca: readFileSync(mail.ca), servername: mail.host });
    const lines: string[] = [];
    let unfinished = "";
    let step = 0;
    socket.setEncoding("utf8");
    socket.on("error", reject);
    socket.on("close", () => resolve(lines));
    socket.on("data", (text: string) => {
      const parts = (unfinished + text).split("\r\n");
      unfinished = parts.pop() ?? "";
      for (const line of parts) {
        lines.push(line);
        // Whoever refuses a token explains it first and wants an empty line before the refusal.
        if (/^(\+|334) /.test(line)) {
          socket.write("\r\n");
        } else if (waits[step]?.test(line)) {
          const next = says[step];
          step += 1;
          if (step >= waits.length || next === undefined) socket.end();
          else socket.write(`${next}\r\n`);
        }
      }
    });
  });
}
