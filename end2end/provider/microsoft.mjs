// Arranged like Microsoft's: tenants in the address, signed access tokens for Exchange, refresh tokens that
// change with every use, AADSTS numbers, and applications that an administrator must allow first.
import { randomUUID } from "node:crypto";
import { askAdministrator } from "./adminconsent.mjs";
import { AADSTS, explained, refusal, trouble } from "./aadsts.mjs";
import { form, garbled, json, tokenRequest } from "./http.mjs";
import * as pages from "./pages.mjs";
import { engine, grant, interact } from "./realm.mjs";
import { guid, redirectFits } from "./world.mjs";

const EXCHANGE = "https://outlook.office.com";
const MAIL = [`${EXCHANGE}/IMAP.AccessAsUser.All`, `${EXCHANGE}/POP.AccessAsUser.All`, `${EXCHANGE}/SMTP.Send`];
const IDENTITY = ["openid", "profile", "email"];

const words = {
  signInTitle: "Sign in",
  chooseTitle: "Pick an account",
  userName: "Email address",
  signIn: "Sign in",
  trouble: "Sorry, but we’re having trouble signing you in",
  consentTitle: () => "Permissions requested",
  refused: (reason) =>
    ({
      unknown: "This username may be incorrect. Make sure you typed it correctly. Otherwise, contact your admin.",
      password: "Your account or password is incorrect. If you don’t remember your password, reset it now.",
      shared: "Your account has been disabled. (AADSTS50057)",
    })[reason],
};

export function microsoft(world) {
  /** Codes of those who asked for offline access. */
  const offline = new Set();
  const provider = engine(world, `${world.base}/${world.tenant}/v2.0`, {
    cookiePrefix: "microsoft",
    interactionPath: (uid) => `/common/login/${uid}`,
    scopes: [...IDENTITY, "offline_access"],
    claims: { openid: ["sub", "tid", "oid", "ver"], profile: ["name", "preferred_username"], email: ["email"] },
    findAccount: (_ctx, id) => account(world, id),
    routes: { authorization: "/authorize", token: "/token", jwks: "/keys", userinfo: "/userinfo" },
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: (_ctx, _client, oneOf) => oneOf?.[0] ?? EXCHANGE,
        useGrantedResource: () => true,
        getResourceServerInfo: (ctx) => ({
          audience: EXCHANGE,
          scope: MAIL.join(" "),
          accessTokenFormat: "jwt",
          accessTokenTTL: world.accessTokenSeconds(ctx.oidc.entities.Account?.accountId),
          jwt: { sign: { alg: "RS256" } },
        }),
      },
    },
    // Microsoft's access tokens are of the type `JWT` (not RFC 9068's `at+jwt`), and Dovecot takes no other.
    formats: {
      customizers: {
        jwt: (_ctx, _token, parts) => {
          parts.header = { typ: "JWT" };
        },
      },
    },
    extraTokenClaims: (_ctx, token) => tokenClaims(world, token.accountId),
    rotateRefreshToken: true,
    issueRefreshToken: (_ctx, _client, code) => offline.delete(code.jti),
    loadExistingGrant: (ctx) => existingGrant(world, provider, ctx),
  });
  provider.on("authorization.success", (ctx, out) => {
    if (out.code && ctx.oidc.params.access_type === "offline") offline.add(out.code);
  });
  provider.use((ctx, next) => asMicrosoftSaysIt(world, ctx, next));
  const serve = provider.callback();
  const realm = {
    id: "microsoft",
    world,
    provider,
    words,
    consent,
    wall: (client, person) => wall(world, client, person),
    decide: (asked) => decide(provider, asked),
  };
  return { ...realm, answer: (request, response, url) => answer(realm, serve, request, response, url) };
}

async function answer(realm, serve, request, response, url) {
  const { world } = realm;
  const [, tenant, rest] = /^\/([^/]+)\/(.*)$/.exec(url.pathname) ?? [];
  // Where the engine itself sends people: on after the login page, out of the session of somebody else.
  if (tenant === "authorize" || tenant === "session") return serve(request, response);
  const known = ["common", "organizations", "consumers", world.tenant, world.domain];
  if (tenant && !known.includes(tenant.toLowerCase())) return unknownTenant(response, tenant, rest);
  if (rest?.startsWith("login/")) return interact(realm, request, response);
  switch (rest) {
    case "v2.0/.well-known/openid-configuration":
      return json(response, 200, discovery(world, tenant));
    case "discovery/v2.0/keys":
      request.url = "/keys";
      return serve(request, response);
    case "oauth2/v2.0/authorize":
      return authorize(world, serve, request, response, url);
    case "oauth2/v2.0/token":
      return token(world, tenant, serve, request, response);
    case "v2.0/adminconsent":
    case "adminconsent":
      return askAdministrator(world, words, request, response, url);
    default:
      return json(response, 404, { error: "not_found" });
  }
}

function unknownTenant(response, tenant, rest) {
  if (rest === "oauth2/v2.0/authorize" || rest?.endsWith("adminconsent")) return trouble(response, 90002, { tenant });
  // Of an unknown tenant the discovery page and the token endpoint say the same with two different names.
  const error = rest === "oauth2/v2.0/token" ? "invalid_request" : "invalid_tenant";
  return refusal(response, 400, error, 90002, { tenant });
}

/** As Microsoft's page, where one name stands for all tenants the issuer is a pattern. */
function discovery(world, tenant) {
  const wide = ["common", "organizations"].includes(tenant);
  const base = `${world.base}/${tenant}`;
  return {
    token_endpoint: `${base}/oauth2/v2.0/token`,
    token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
    jwks_uri: `${base}/discovery/v2.0/keys`,
    response_modes_supported: ["query", "fragment", "form_post"],
    subject_types_supported: ["pairwise"],
    id_token_signing_alg_values_supported: ["RS256"],
    response_types_supported: ["code", "id_token", "code id_token", "id_token token"],
    scopes_supported: [...IDENTITY, "offline_access"],
    issuer: `${world.base}/${wide ? "{tenantid}" : world.tenant}/v2.0`,
    request_uri_parameter_supported: false,
    authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
    end_session_endpoint: `${base}/oauth2/v2.0/logout`,
    claims_supported: ["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "preferred_username", "name", "tid", "ver", "email"],
    tenant_region_scope: null,
  };
}

async function authorize(world, serve, request, response, url) {
  const parameters = request.method === "POST" ? new URLSearchParams(await form(request)) : url.searchParams;
  const clientId = parameters.get("client_id");
  if (!world.clients.has(clientId)) return trouble(response, 700016, { clientId });
  const redirectUri = parameters.get("redirect_uri");
  if (!redirectFits(redirectUri)) return trouble(response, 50011, { clientId, redirectUri });
  // Here offline access needs no consent page of its own, so the engine must not weigh the scope itself.
  const scopes = (parameters.get("scope") ?? "").split(" ").filter(Boolean);
  if (scopes.includes("offline_access")) parameters.set("access_type", "offline");
  else parameters.delete("access_type");
  parameters.set("scope", scopes.filter((scope) => scope !== "offline_access").join(" "));
  parameters.delete("resource");
  request.method = "GET";
  request.url = `/authorize?${parameters}`;
  return serve(request, response);
}

async function token(world, tenant, serve, request, response) {
  const { fields, client, ordered } = await tokenRequest(world, request);
  const clientId = fields.client_id;
  if (!client) return refusal(response, 400, "unauthorized_client", 700016, { clientId });
  if (!fields.client_secret) return refusal(response, 401, "invalid_client", 7000218);
  if (client.secret !== fields.client_secret) return refusal(response, 401, "invalid_client", 7000215, { clientId });
  if (world.switches.expired.has(client.id)) return refusal(response, 401, "invalid_client", 7000222, { clientId });
  if (fields.grant_type === "client_credentials") return ownName(world, tenant, response);
  if (ordered?.garbled) return garbled(response, ordered.garbled);
  if (ordered) {
    const { status, error, description = "", suberror } = ordered;
    return json(response, status, explained(error, description, suberror));
  }
  if (fields.scope) {
    fields.scope = fields.scope.split(" ").filter((scope) => scope !== "offline_access").join(" ");
  }
  request.body = fields;
  request.url = "/token";
  return serve(request, response);
}

/** A token for the application itself, where the address names its tenant. It opens no mailbox. */
function ownName(world, tenant, response) {
  if (tenant !== world.tenant && tenant !== world.domain) return refusal(response, 400, "invalid_request", 9001023);
  json(response, 200, { token_type: "Bearer", expires_in: 3599, ext_expires_in: 3599, access_token: randomUUID() });
}

function account(world, id) {
  const person = world.personById(id);
  if (!person) return undefined;
  const claims = {
    sub: id,
    tid: world.tenant,
    oid: objectId(person),
    ver: "2.0",
    name: person.name,
    preferred_username: person.address,
    email: person.address,
  };
  return { accountId: id, claims: () => claims };
}

/**
 * Beside the person itself, the shared mailboxes that its tokens open: Dovecot knows no members.
 * Where the person is no member, the token says so: of what is missing Dovecot would say that the server is in trouble.
 */
function tokenClaims(world, accountId) {
  const person = world.personById(accountId);
  if (!person) return undefined;
  const own = { upn: person.address, tid: world.tenant, oid: objectId(person) };
  const shared = world.people.filter(({ role }) => role === "shared");
  const opens = ({ members, address }) => (members.some((member) => member.address === person.address) ? address : "nothing");
  return { ...own, ...Object.fromEntries(shared.map((mailbox) => [`full_access ${mailbox.address}`, opens(mailbox)])) };
}

function objectId(person) {
  return guid(`object ${person.address}`);
}

/** What the person allowed before in this session, or what an administrator allowed for everybody. */
async function existingGrant(world, provider, ctx) {
  const { client, params, result, session } = ctx.oidc;
  const id = result?.consent?.grantId ?? session.grantIdFor(client.clientId);
  const found = id && (await provider.Grant.find(id));
  if (found || !world.switches.consented.has(client.clientId) || !session.accountId) return found;
  const clientId = client.clientId;
  return provider.Grant.find(await grantAll(provider, { accountId: session.accountId, clientId, params }));
}

function grantAll(provider, { existing, accountId, clientId, params }) {
  const wanted = params.scope.split(" ");
  return grant(provider, {
    existing,
    accountId,
    clientId,
    identity: wanted.filter((scope) => IDENTITY.includes(scope)),
    resource: EXCHANGE,
    mail: wanted.filter((scope) => MAIL.includes(scope)),
  });
}

function consent({ params, client, person }) {
  const wanted = params.scope.split(" ");
  return [
    person.address,
    `${client.name} (unverified) would like to:`,
    pages.list(
      [
        [MAIL[0], "Read and write access to mailboxes via IMAP."],
        [MAIL[1], "Read and write access to mailboxes via POP."],
        [MAIL[2], "Send emails from mailboxes using SMTP AUTH."],
        ["profile", "View your basic profile"],
      ]
        .filter(([scope]) => wanted.includes(scope))
        .map(([, text]) => text)
        .concat(params.access_type === "offline" ? ["Maintain access to data you have given it access to"] : []),
    ),
    pages.decision({ yes: "Accept", no: "Cancel" }),
  ];
}

async function decide(provider, { details: { params, session, grantId }, client, fields }) {
  if (fields.do !== "yes") return { error: "access_denied", error_description: AADSTS(65004, { clientId: client.id }) };
  const accountId = session.accountId;
  return { consent: { grantId: await grantAll(provider, { existing: grantId, accountId, clientId: client.id, params }) } };
}

/** Where people may not consent themselves they are sent back, or are shown a page that says so. */
function wall(world, client, person) {
  if (!client.walled || person.role === "administrator" || world.switches.consented.has(client.id)) return undefined;
  if (world.switches.wallPages.has(person.id)) {
    const text = [`${client.name} needs permission to access resources in your organization that only an admin can grant.`];
    return { title: "Need admin approval", text, leave: "Return to the application", left: { error: "access_denied", error_description: LEFT } };
  }
  return { error: "consent_required", error_description: AADSTS(90094, { clientId: client.id }) };
}

/** Somebody has left a page of Microsoft's: it gives no number for that. */
const LEFT = "left";

/** The engine's answers in Microsoft's words. */
async function asMicrosoftSaysIt(world, ctx, next) {
  await next();
  // Which issuer may sign with a key stands beside it.
  if (ctx.oidc?.route === "jwks") for (const key of ctx.body.keys) key.issuer = `${world.base}/{tenantid}/v2.0`;
  const location = ctx.response.get("location");
  if (location && redirectFits(location.split("?")[0])) ctx.set("location", back(location));
  if (ctx.oidc?.route === "token" && ctx.body?.error) {
    const { error, error_description: description } = ctx.body;
    ctx.body = explained(error, error === "invalid_grant" ? AADSTS(deadGrant(ctx.state.why)) : `AADSTS900144: ${description}`);
  }
}

/** Microsoft does not name itself on the way back (RFC 9207), and numbers what it says. */
function back(location) {
  const url = new URL(location);
  url.searchParams.delete("iss");
  if (url.searchParams.get("error_description") === LEFT) {
    url.searchParams.delete("error_description");
    url.searchParams.set("error_subcode", "cancel");
    return url.href;
  }
  const said = url.searchParams.get("error_description");
  if (url.searchParams.has("error") && !said?.startsWith("AADSTS")) {
    const number = { login_required: 50058, interaction_required: 65001, consent_required: 65001 }[url.searchParams.get("error")];
    url.searchParams.set("error_description", number ? AADSTS(number) : `AADSTS900144: ${said}`);
  }
  return url.href;
}

function deadGrant(why = "") {
  if (why.includes("already consumed")) return 54005;
  if (why.includes("PKCE")) return 501481;
  if (why === "refresh token already used" || why === "refresh token is expired") return 700082;
  if (why.startsWith("refresh token") || why.startsWith("grant ")) return 50173;
  return why === "authorization code is expired" ? 70008 : 70000;
}
