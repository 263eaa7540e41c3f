// The page where an administrator allows an application for everybody in the organisation.
//
// The way back says `admin_consent=True` whether or not it was given; only without `error` it was.
import { randomUUID } from "node:crypto";
import { AADSTS, trouble } from "./aadsts.mjs";
import { form, page, redirect } from "./http.mjs";
import * as pages from "./pages.mjs";
import { redirectFits } from "./world.mjs";

/** Administrators who have signed in and not decided yet, by the secret of their form. */
const deciding = new Set();

export async function askAdministrator(world, words, request, response, url) {
  const asked = Object.fromEntries(url.searchParams);
  const client = world.clients.get(asked.client_id);
  if (!client) return trouble(response, 700016, { clientId: asked.client_id });
  if (!redirectFits(asked.redirect_uri)) {
    return trouble(response, 50011, { clientId: client.id, redirectUri: asked.redirect_uri });
  }
  const fields = request.method === "POST" ? await form(request) : {};
  if (fields.do === "yes" || fields.do === "no") {
    if (!deciding.delete(fields.ticket)) return signIn(words, client, response, "");
    return decided(world, client, asked, fields.do === "yes", response);
  }
  if (fields.do !== "sign-in") return signIn(words, client, response, asked.login_hint ?? "");
  const { person, refused } = world.signIn(fields.username, fields.password);
  if (refused) return signIn(words, client, response, fields.username, words.refused(refused));
  if (person.role !== "administrator") {
    const why = `${person.address} is not an administrator. Sign in with an account that may allow this for your organization.`;
    return signIn(words, client, response, "", why);
  }
  const ticket = randomUUID();
  deciding.add(ticket);
  return page(response, 200, "Permissions requested", [
    "Review for your organization",
    person.address,
    `${client.name} (unverified) would like to:`,
    pages.list(["Read and write access to mailboxes via IMAP.", "Send emails from mailboxes using SMTP AUTH."]),
    "If you accept, this app will get access to the specified resources for all users in your organization. No one else will be prompted to review these permissions.",
    pages.decision({ yes: "Accept", no: "Cancel", fields: { ticket } }),
  ]);
}

function signIn(words, client, response, hint, why) {
  return page(response, why ? 401 : 200, words.signInTitle, [
    `to continue to ${client.name}`,
    pages.alert(why),
    pages.credentials({ label: words.userName, hint, button: words.signIn }),
  ]);
}

function decided(world, client, { redirect_uri, scope, state }, accepted, response) {
  const { tenant } = world;
  if (!accepted) {
    const error_description = AADSTS(65004, { clientId: client.id });
    return redirect(response, redirect_uri, { error: "access_denied", error_description, admin_consent: "True", tenant, state });
  }
  world.switches.consented.add(client.id);
  return redirect(response, redirect_uri, { admin_consent: "True", tenant, scope, state });
}
