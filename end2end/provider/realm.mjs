// What both providers share: the engine, and the walk from the login page to consent.
import Provider, { interactionPolicy } from "oidc-provider";
import { form, page } from "./http.mjs";
import * as pages from "./pages.mjs";
import { redirectFits } from "./world.mjs";

/** An engine with what both have in common; `settings` says what is each one's own. */
export function engine(world, issuer, { cookiePrefix, interactionPath, ...settings }) {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: "select_account", requestable: true }), 0);
  const provider = new Provider(issuer, {
    adapter: world.store.adapter(),
    clients: [...world.clients.values()].map((client) => ({
      client_id: client.id,
      client_secret: client.secret,
      client_name: client.name,
      redirect_uris: ["http://localhost/oauth/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "client_secret_post",
      id_token_signed_response_alg: "RS256",
    })),
    jwks: { keys: world.keys },
    // Cookies know no ports: without names of their own the two would take each other's.
    cookies: {
      keys: world.cookies,
      names: {
        interaction: `${cookiePrefix}_interaction`,
        resume: `${cookiePrefix}_resume`,
        session: `${cookiePrefix}_session`,
      },
    },
    conformIdTokenClaims: false,
    extraParams: ["access_type", "include_granted_scopes", "login_hint", "domain_hint"],
    interactions: { policy, url: (_ctx, interaction) => interactionPath(interaction.uid) },
    pkce: { methods: ["S256"], required: () => false },
    renderError: (ctx, out) => {
      ctx.type = "html";
      ctx.body = pages.html("Sorry, but we’re having trouble signing you in", [`${out.error}: ${out.error_description}`]);
    },
    ...settings,
    features: { devInteractions: { enabled: false }, ...settings.features },
    ttl: {
      AccessToken: (_ctx, token) => world.accessTokenSeconds(token.accountId),
      AuthorizationCode: 600,
      Grant: 90 * 86_400,
      IdToken: 3600,
      Interaction: 3600,
      RefreshToken: 90 * 86_400,
      Session: 86_400,
    },
  });
  provider.Client.prototype.redirectUriAllowed = redirectFits;
  provider.on("server_error", (_ctx, error) => console.error(error));
  provider.on("grant.error", (ctx, error) => {
    ctx.state.why = error.error_detail ?? error.message;
  });
  return provider;
}

/**
 * One visit to the pages between "please sign in" and the way back.
 *
 * `words` are the provider's: titles, labels, `refused(reason)`; `consent` draws the consent page,
 * `decide` makes a result of what was pressed there.
 */
export async function interact({ world, provider, words, consent, wall, decide }, request, response) {
  let details;
  try {
    details = await provider.interactionDetails(request, response);
  } catch {
    return page(response, 400, words.trouble, ["This sign-in has ended. Please start again where you came from."]);
  }
  const { prompt, params, session } = details;
  const client = world.clients.get(params.client_id);
  const finish = (result) =>
    provider.interactionFinished(request, response, result, { mergeWithLastSubmission: !result.error });

  if (prompt.name === "consent") {
    const person = world.personById(session.accountId);
    const barred = wall?.(client, person);
    if (barred?.title && request.method !== "POST") return page(response, 200, barred.title, [...barred.text, pages.leave(barred.leave)]);
    if (barred) return finish(barred.left ?? barred);
    if (request.method === "POST") return finish(await decide({ details, client, person, fields: await form(request) }));
    return page(response, 200, words.consentTitle(client), consent({ params, client, person }));
  }

  const present = world.personById(session?.accountId);
  const login = (hint, refused) =>
    page(response, refused ? 401 : 200, words.signInTitle, [
      `to continue to ${client.name}`,
      pages.alert(refused && words.refused(refused)),
      pages.credentials({ label: words.userName, hint, button: words.signIn }),
    ]);

  if (request.method === "POST") {
    const fields = await form(request);
    if (fields.do === "continue" && present) return finish(signedIn(present));
    if (fields.do === "another") return login("");
    const { person, refused } = world.signIn(fields.username, fields.password);
    return refused ? login(fields.username, refused) : finish(signedIn(person));
  }
  if (present && prompt.name === "select_account") {
    return page(response, 200, words.chooseTitle, [`to continue to ${client.name}`, pages.accounts(present.address)]);
  }
  return login(params.login_hint ?? "");
}

function signedIn(person) {
  return { select_account: {}, login: { accountId: person.id } };
}

/** What is granted: these scopes of the identity, and these of the mail server where it has a name of its own. */
export async function grant(provider, { existing, accountId, clientId, identity, resource, mail, refused = [] }) {
  const found = existing && (await provider.Grant.find(existing));
  const granted = found ?? new provider.Grant({ accountId, clientId });
  if (identity.length) granted.addOIDCScope(identity.join(" "));
  if (refused.length) granted.rejectOIDCScope(refused.join(" "));
  if (resource && mail.length) granted.addResourceScope(resource, mail.join(" "));
  return granted.save();
}
