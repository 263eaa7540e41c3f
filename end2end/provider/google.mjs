// Arranged like Google's: opaque access tokens, a refresh token only for those who ask for offline access on
// a consent page, and a consent page whose box for mail may be left unticked.
import { form, garbled, json, page, tokenRequest } from "./http.mjs";
import * as pages from "./pages.mjs";
import { engine, grant, interact } from "./realm.mjs";
import { redirectFits } from "./world.mjs";

const MAIL = "https://mail.google.com/";
const AUTHORIZE = "/o/oauth2/v2/auth";

const words = {
  signInTitle: "Sign in",
  chooseTitle: "Choose an account",
  userName: "Email or phone",
  signIn: "Next",
  trouble: "Something went wrong",
  consentTitle: (client) => `${client.name} wants access to your Google Account`,
  refused: (reason) =>
    reason === "password"
      ? "Wrong password. Try again or click Forgot password to reset it."
      : "Couldn’t find your Google Account",
};

export function google(world) {
  /** Codes of those who have seen the consent page and asked for offline access. */
  const offline = new Set();
  const provider = engine(world, world.base, {
    cookiePrefix: "google",
    interactionPath: (uid) => `/signin/${uid}`,
    scopes: ["openid", "email", "profile", MAIL],
    claims: { openid: ["sub", "hd"], email: ["email", "email_verified"], profile: ["name"] },
    findAccount: (_ctx, id) => account(world, id),
    routes: { authorization: AUTHORIZE, token: "/token", jwks: "/oauth2/v3/certs", userinfo: "/v1/userinfo", revocation: "/revoke" },
    features: { revocation: { enabled: true } },
    rotateRefreshToken: false,
    issueRefreshToken: (_ctx, _client, code) => offline.delete(code.jti),
  });
  provider.on("authorization.success", (ctx, out) => {
    if (out.code && ctx.oidc.params.access_type === "offline" && ctx.oidc.result?.consent) offline.add(out.code);
  });
  provider.use(asGoogleSaysIt);
  const serve = provider.callback();
  const realm = { id: "google", world, provider, words, consent, decide: (asked) => decide(provider, asked) };
  return { ...realm, answer: (request, response, url) => answer(realm, serve, request, response, url) };
}

async function answer(realm, serve, request, response, url) {
  const { world } = realm;
  if (url.pathname.startsWith("/signin/")) return interact(realm, request, response);
  if (url.pathname === AUTHORIZE) {
    const { client_id, redirect_uri } = Object.fromEntries(url.searchParams);
    if (!world.clients.has(client_id)) return blocked(response, 401, "invalid_client", "The OAuth client was not found.");
    if (!redirectFits(redirect_uri)) {
      const why = `The redirect URI in the request, ${redirect_uri}, does not match the ones authorized for the OAuth client.`;
      return blocked(response, 400, "redirect_uri_mismatch", why);
    }
  }
  if (url.pathname === "/token") return token(world, serve, request, response);
  if (url.pathname === "/revoke") return revoke(world, request, response, url);
  if (url.pathname === "/tokeninfo") return tokenInfo(world, response, url);
  return serve(request, response);
}

async function token(world, serve, request, response) {
  const { fields, client, ordered } = await tokenRequest(world, request);
  if (!client) return json(response, 401, { error: "invalid_client", error_description: "The OAuth client was not found." });
  if (client.secret !== fields.client_secret || world.switches.expired.has(client.id)) {
    return json(response, 401, { error: "invalid_client", error_description: "Unauthorized" });
  }
  if (ordered?.garbled) return garbled(response, ordered.garbled);
  if (ordered) {
    const { status, error, description, suberror } = ordered;
    return json(response, status, { error, error_description: description, error_subtype: suberror });
  }
  request.body = fields;
  return serve(request, response);
}

/** Takes a token and everything that was allowed with it back; asks for no client, as Google does not. */
async function revoke(world, request, response, url) {
  const value = (await form(request)).token ?? url.searchParams.get("token");
  const row = world.store.row("RefreshToken", value) ?? world.store.row("AccessToken", value);
  if (!row) return json(response, 400, { error: "invalid_token", error_description: "Token expired or revoked" });
  world.store.forget(["RefreshToken", "AccessToken"], (payload) => payload.grantId === row.grantId);
  world.store.forget(["Grant"], (_payload, id) => id === row.grantId);
  json(response, 200, {});
}

/** What a token is good for: this is what Dovecot asks. */
function tokenInfo(world, response, url) {
  const row = world.store.row("AccessToken", url.searchParams.get("access_token"));
  const seconds = row ? row.exp - Math.floor(Date.now() / 1000) : 0;
  const person = world.personById(row?.accountId);
  if (!person || seconds <= 0) return json(response, 400, { error: "invalid_token", error_description: "Invalid Value" });
  const { clientId: aud, scope, exp } = row;
  json(response, 200, {
    azp: aud,
    aud,
    sub: person.id,
    scope,
    exp: String(exp),
    expires_in: String(seconds),
    email: person.address,
    email_verified: "true",
    access_type: "offline",
  });
}

function blocked(response, status, error, why) {
  page(response, status, "Access blocked: Authorization Error", [why, `Error ${status}: ${error}`]);
}

function account(world, id) {
  const person = world.personById(id);
  if (!person) return undefined;
  const claims = { sub: id, hd: world.domain, email: person.address, email_verified: true, name: person.name };
  return { accountId: id, claims: () => claims };
}

function consent({ params, client, person }) {
  const scopes = params.scope.split(" ");
  return [
    person.address,
    `Select what ${client.name} can access`,
    pages.decision({
      boxes: scopes
        .filter((scope) => scope === MAIL)
        .map((value) => ({
          name: "mail",
          value,
          text: "Read, compose, send, and permanently delete all your email from Gmail.",
        })),
      yes: "Continue",
      no: "Cancel",
    }),
  ];
}

async function decide(provider, { details: { params, session }, client, fields }) {
  if (fields.do !== "yes") return { error: "access_denied", error_description: "The user denied the request." };
  const wanted = params.scope.split(" ");
  // A grant of its own for every consent: taking one back leaves the others.
  const grantId = await grant(provider, {
    accountId: session.accountId,
    clientId: client.id,
    identity: wanted.filter((scope) => scope !== MAIL || fields.mail),
    refused: wanted.filter((scope) => scope === MAIL && !fields.mail),
  });
  return { consent: { grantId } };
}

/** The engine's answers in Google's words. */
async function asGoogleSaysIt(ctx, next) {
  await next();
  if (ctx.oidc?.route !== "token") return;
  const refreshing = ctx.oidc.params?.grant_type === "refresh_token";
  if (ctx.body?.error === "invalid_grant") {
    ctx.body.error_description = refreshing ? "Token has been expired or revoked." : "Malformed auth code.";
  } else if (refreshing && ctx.status === 200) {
    delete ctx.body.refresh_token;
  }
}
