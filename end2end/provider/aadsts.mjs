// Refusals as Microsoft words them: a number, a sentence, and three lines for its support.
import { randomUUID } from "node:crypto";
import { json, page } from "./http.mjs";

const SENTENCES = {
  50011: ({ clientId, redirectUri }) =>
    `The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${clientId}'. Make sure the redirect URI sent in the request matches one added to your application in the Azure portal.`,
  50058: () => "A silent sign-in request was sent but no user is signed in.",
  50173: () =>
    "The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed or reset their password.",
  54005: () => "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
  65001: () =>
    "The user or administrator has not consented to use the application. Send an interactive authorization request for this user and resource.",
  65004: () => "User declined to consent to access the app.",
  70000: () => "Provided grant is invalid or malformed.",
  70008: () => "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
  90002: ({ tenant }) =>
    `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  90094: ({ clientId }) =>
    `The application '${clientId}' needs permission to access resources in your organization that only an admin can grant. Please ask an admin to grant permission to this app before you can use it.`,
  501481: () => "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
  700016: ({ clientId }) =>
    `Application with identifier '${clientId}' was not found in the directory 'Example'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  700082: () =>
    "The refresh token has expired due to inactivity. The token was issued on 2026-01-05T09:00:00.0000000Z and was inactive for 90.00:00:00.",
  9001023: () =>
    "The grant type 'client_credentials' is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.",
  7000215: ({ clientId }) =>
    `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
  7000218: () => "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  7000222: ({ clientId }) =>
    `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
};

/** The whole text of one number, `AADSTS50011: …`. */
export function AADSTS(number, about = {}) {
  return `AADSTS${number}: ${SENTENCES[number](about)} ${support()}`;
}

/** The JSON of a refusal. */
export function explained(error, description, suberror) {
  const [, number] = /^AADSTS(\d+)/.exec(description) ?? [];
  return {
    error,
    error_description: description,
    error_codes: number ? [Number(number)] : [],
    timestamp: now(),
    trace_id: randomUUID(),
    correlation_id: randomUUID(),
    ...(number && { error_uri: `https://login.microsoftonline.com/error?code=${number}` }),
    ...(suberror && { suberror }),
  };
}

export function refusal(response, status, error, number, about) {
  json(response, status, explained(error, AADSTS(number, about)));
}

/** The page of a refusal that must not go back to whoever asked. */
export function trouble(response, number, about) {
  page(response, 400, "Sorry, but we’re having trouble signing you in", [AADSTS(number, about)]);
}

function support() {
  return `Trace ID: ${randomUUID()} Correlation ID: ${randomUUID()} Timestamp: ${now()}`;
}

function now() {
  return `${new Date().toISOString().slice(0, 19).replace("T", " ")}Z`;
}
