// Requests in, answers out.
import { html } from "./pages.mjs";

/** The fields of a form (`application/x-www-form-urlencoded`), at most 64 KiB. */
export async function form(request) {
  let text = "";
  request.setEncoding("utf8");
  for await (const part of request) {
    text += part;
    if (text.length > 65_536) throw new Error("the form is too long");
  }
  return Object.fromEntries(new URLSearchParams(text));
}

/** Client id and secret from the form or from the header (RFC 6749 2.3.1), as fields of the form. */
function withClient(request, fields) {
  const [, basic] = /^Basic (.+)$/i.exec(request.headers.authorization ?? "") ?? [];
  if (!basic) return fields;
  delete request.headers.authorization;
  const [id, secret] = Buffer.from(basic, "base64").toString().split(":", 2).map(decodeField);
  return { ...fields, client_id: id, client_secret: secret };
}

function decodeField(text) {
  return decodeURIComponent(text.replaceAll("+", " "));
}

/** A request for tokens, counted; `ordered` is what a test wants it answered with. */
export async function tokenRequest(world, request) {
  const fields = withClient(request, await form(request));
  const { refresh_token, code, grant_type } = fields;
  const row = world.store.row("RefreshToken", refresh_token) ?? world.store.row("AuthorizationCode", code);
  world.count(grant_type, row?.accountId);
  const ordered = world.switches.refusals.get(`${grant_type} ${row?.accountId}`);
  return { fields, client: world.clients.get(fields.client_id), ordered };
}

/** Answers that no provider should give. */
export function garbled(response, kind) {
  if (kind === "elsewhere") return redirect(response, "https://elsewhere.example.test/");
  const body = kind === "huge" ? JSON.stringify({ access_token: "a".repeat(1_048_576) }) : '{"access_token":"ey';
  response.writeHead(200, { "content-type": "application/json" });
  response.end(body);
}

export function json(response, status, value, headers = {}) {
  response.writeHead(status, { "content-type": "application/json; charset=utf-8", "cache-control": "no-store", ...headers });
  response.end(JSON.stringify(value));
}

export function page(response, status, title, content) {
  response.writeHead(status, { "content-type": "text/html; charset=utf-8", "cache-control": "no-store" });
  response.end(html(title, content));
}

export function redirect(response, address, parameters = {}) {
  const url = new URL(address);
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  response.writeHead(303, { location: url.href, "cache-control": "no-store" });
  response.end();
}
