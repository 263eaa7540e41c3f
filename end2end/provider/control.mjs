// The switches that tests turn, at `/_test/…` of each provider. They answer with JSON.
//
// Test files run side by side: a switch with `account` or `client` leaves the others alone, one without does not.
import { json } from "./http.mjs";

export function control({ world, id }, request, response, url) {
  const name = url.pathname.slice("/_test/".length);
  const change = request.method === "POST" ? changes[name] : undefined;
  if (change) {
    try {
      return json(response, 200, { provider: id, ...change(world, Object.fromEntries(url.searchParams)) });
    } catch (error) {
      return json(response, 400, { error: error.message });
    }
  }
  if (request.method === "GET" && name === "requests") return json(response, 200, world.requests);
  json(response, 404, { error: `there is no ${request.method} ${url.pathname}`, changes: Object.keys(changes) });
}

const changes = {
  /** The person takes back what was allowed, as after a changed password: no token of theirs is good any more. */
  revoke: (world, { account }) => {
    const { id } = known(world, account);
    return { forgotten: world.store.forget(TOKENS, (payload) => payload.accountId === id) };
  },
  /** Nobody has allowed anything yet; with `account`, not this person. The wall stands again. */
  "reset-consent": (world, { account, client }) => {
    const person = account && known(world, account);
    if (!person) world.switches.consented.clear();
    return {
      forgotten: world.store.forget(
        ["Grant"],
        (payload) => (!person || payload.accountId === person.id) && (!client || payload.clientId === client),
      ),
    };
  },
  /** Takes back an administrator's consent alone; what people hold stays. */
  "reset-admin-consent": (world, { client }) => {
    if (client) world.switches.consented.delete(client);
    else world.switches.consented.clear();
    return {};
  },
  /** For this person the wall is a page that says so, as for people who sign in to an organisation that takes no requests. */
  "wall-page": (world, { account }) => {
    world.switches.wallPages.add(known(world, account).id);
    return {};
  },
  /** The client's secret has expired; `on=0` makes it good again. */
  "expire-secret": (world, { client, on }) => {
    for (const id of client ? [client] : world.clients.keys()) {
      if (on === "0") world.switches.expired.delete(id);
      else world.switches.expired.add(id);
    }
    return { expired: [...world.switches.expired] };
  },
  /** Everything but these switches answers 503; `on=0` ends that. */
  down: (world, { on }) => ({ down: (world.switches.down = on !== "0") }),
  /** Every answer comes that much later. */
  slow: (world, { millis }) => ({ slowMillis: (world.switches.slowMillis = Number(millis ?? 0)) }),
  /** How long access tokens given from now on are good; with `account`, those of this person. */
  "access-token-life": (world, { account, seconds }) => {
    if (!account) world.switches.accessTokenSeconds = Number(seconds ?? 3600);
    else if (seconds) world.switches.lives.set(known(world, account).id, Number(seconds));
    else world.switches.lives.delete(known(world, account).id);
    return {};
  },
  /** Access tokens given so far are good no more, refresh tokens are. Only for tokens that are asked about, not signed. */
  "reject-access-tokens": (world, { account }) => {
    const person = account && known(world, account);
    return {
      forgotten: world.store.forget(["AccessToken"], (payload) => !person || payload.accountId === person.id),
    };
  },
  /** Refreshing (or another `grant`) for this person is answered with this error; without `error`, it works again. */
  refuse: (world, { account, grant, error, description, suberror, status }) => {
    return order(world, account, grant, error && { error, description, suberror, status: Number(status ?? 400) });
  },
  /** The same with an answer that cannot be used: `broken`, `huge` or `elsewhere`. */
  garble: (world, { account, grant, kind }) => order(world, account, grant, kind && { garbled: kind }),
  "forget-requests": (world) => {
    world.forgetRequests();
    return {};
  },
};

const TOKENS = ["Grant", "AuthorizationCode", "AccessToken", "RefreshToken"];

function order(world, account, grant = "refresh_token", answer) {
  const key = `${grant} ${known(world, account).id}`;
  if (answer) world.switches.refusals.set(key, answer);
  else world.switches.refusals.delete(key);
  return { ordered: [...world.switches.refusals.keys()].length };
}

function known(world, account) {
  const person = world.person(account);
  if (!person) throw new Error(`nobody is called ${account}`);
  return person;
}
