// Two providers to sign in with, one arranged like Microsoft's and one like Google's, on loopback.
//
//   node main.mjs provider.json
//
// The protocol itself is spoken by `oidc-provider`, a certified OpenID provider; around it stand the
// addresses, pages, error texts and habits of the two that people know. `cargo xtask servers` writes
// the file this is started with and ends the process again.
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import { join } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { control } from "./control.mjs";
import { google } from "./google.mjs";
import { json, page } from "./http.mjs";
import { microsoft } from "./microsoft.mjs";
import { World } from "./world.mjs";

const arrangement = JSON.parse(readFileSync(process.argv[2], "utf8"));
const pem = readFileSync(arrangement.certificate);

const microsoftKey = signingKey("microsoft-1");
showDovecot(microsoftKey);
start(microsoft, arrangement.microsoft, microsoftKey);
start(google, arrangement.google, signingKey("google-1"));

function start(make, { port, clients }, { jwk }) {
  const { people, tenant, domain } = arrangement;
  const cookies = [randomBytes(32).toString("base64url")];
  const world = new World({ port, clients, people, tenant, domain, keys: [jwk], cookies });
  const realm = make(world);
  createServer({ key: pem, cert: pem }, (request, response) => {
    answer(realm, request, response).catch((error) => {
      console.error(error);
      if (!response.headersSent) page(response, 500, "This test provider made a mistake", [String(error)]);
    });
  }).listen(port, "127.0.0.1");
}

async function answer(realm, request, response) {
  const url = new URL(request.url, realm.world.base);
  if (url.pathname.startsWith("/_test/")) return control(realm, request, response, url);
  const { switches } = realm.world;
  // Dovecot's question is no part of what fails when a provider does: whoever holds a token may use it.
  if (url.pathname === "/tokeninfo") return realm.answer(request, response, url);
  if (switches.slowMillis > 0) await pass(switches.slowMillis);
  if (switches.down) return json(response, 503, { error: "temporarily_unavailable" }, { "retry-after": "30" });
  return realm.answer(request, response, url);
}

/** A key of this run (RFC 7517). */
function signingKey(kid) {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { publicKey, jwk: { ...privateKey.export({ format: "jwk" }), kid, alg: "RS256", use: "sig" } };
}

/** Puts the public half where Dovecot looks for it: party, algorithm, key id. */
function showDovecot({ publicKey, jwk: { kid, alg } }) {
  const folder = join(arrangement.folder, "keys/default", alg);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, kid), publicKey.export({ type: "spki", format: "pem" }));
}
