// Who and what one provider knows, and the switches that tests turn.
import { createHash } from "node:crypto";
import { Store } from "./store.mjs";

export class World {
  constructor({ port, clients, people, tenant, domain, keys, cookies }) {
    this.base = `https://localhost:${port}`;
    this.tenant = tenant;
    this.domain = domain;
    this.keys = keys;
    this.cookies = cookies;
    this.people = people.map((person) => ({ ...person, id: guid(`${port} ${person.address}`) }));
    this.clients = new Map(clients.map((client) => [client.id, client]));
    this.store = new Store();
    this.switches = {
      down: false,
      slowMillis: 0,
      accessTokenSeconds: 3600,
      /** By account id: another life than that for this person's access tokens. */
      lives: new Map(),
      /** Ids of clients whose secret has expired. */
      expired: new Set(clients.filter((client) => client.expired).map((client) => client.id)),
      /** Ids of clients that an administrator has allowed for everybody. */
      consented: new Set(),
      /** Account ids of people who are shown a page where they may not consent. */
      wallPages: new Set(),
      /** By grant type and account id: what requests for tokens are answered with. */
      refusals: new Map(),
    };
    this.forgetRequests();
  }

  /** By what is typed as user name. */
  person(address) {
    const wanted = String(address ?? "").trim().toLowerCase();
    return this.people.find((person) => person.address.toLowerCase() === wanted);
  }

  personById(id) {
    return this.people.find((person) => person.id === id);
  }

  /** The person, or why not: `unknown`, `password`, `shared` (nobody signs in as a shared mailbox). */
  signIn(address, password) {
    const person = this.person(address);
    if (!person) return { refused: "unknown" };
    if (person.role === "shared") return { refused: "shared" };
    return person.password === password ? { person } : { refused: "password" };
  }

  /** How many seconds an access token for this account is good. */
  accessTokenSeconds(accountId) {
    return this.switches.lives.get(accountId) ?? this.switches.accessTokenSeconds;
  }

  /** Counts a request at the token endpoint, whatever becomes of it. */
  count(grantType, accountId) {
    this.requests[grantType] = (this.requests[grantType] ?? 0) + 1;
    const address = this.personById(accountId)?.address;
    if (!address) return;
    const own = (this.requests.accounts[address] ??= {});
    own[grantType] = (own[grantType] ?? 0) + 1;
  }

  forgetRequests() {
    this.requests = { authorization_code: 0, refresh_token: 0, accounts: {} };
  }
}

/** Where Postroom takes browsers back in: for mailboxes, and to sign in to Postroom itself. */
const CALLBACKS = ["/oauth/callback", "/sso/callback"];

/** Postroom runs on another port in every test, so any port of this machine is registered (RFC 8252 7.3). */
export function redirectFits(uri) {
  let url;
  try {
    url = new URL(uri);
  } catch {
    return false;
  }
  const here = url.hostname === "127.0.0.1" || url.hostname === "localhost";
  return url.protocol === "http:" && here && CALLBACKS.includes(url.pathname) && !url.search && !url.hash;
}

/** The same name has the same id in every run. */
export function guid(name) {
  const hex = createHash("sha256").update(name).digest("hex");
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join("-");
}
