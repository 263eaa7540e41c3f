//! Every reply providers are known to give, as they give it.

use openidconnect::http::StatusCode;
use serde_json::json;

use super::*;

const REDIRECT_URI: &str = "https://desk.example.org/oauth/callback";
const HOST: &str = "login.microsoftonline.com";

fn scene(place: Place) -> Scene<'static> {
    Scene { place, host: HOST, redirect_uri: REDIRECT_URI }
}

/// The kind of problem behind what was said at `place`.
fn kind(place: Place, error: &str, description: &str) -> &'static str {
    problem(&Refusal::new(error, description), scene(place)).kind()
}

/// The kind of problem behind a body of the token endpoint.
fn kind_of_body(place: Place, body: &Value) -> &'static str {
    problem(&Refusal::of_json(body.to_string().as_bytes()).unwrap(), scene(place)).kind()
}

/// Each number at each of the places it is known from.
fn assert_numbers(error: &str, numbers: &[u32], places: &[Place], expected: &str) {
    for number in numbers {
        for &place in places {
            let description = format!("AADSTS{number}: What Microsoft says about it. Trace ID: 0 Timestamp: 2026");
            assert_eq!(kind(place, error, &description), expected, "{number} at {place:?}");
        }
    }
}

const SIGNING_IN: &[Place] = &[Place::Answer, Place::Code];
const EVERYWHERE: &[Place] = &[Place::Answer, Place::Code, Place::Refresh, Place::Client, Place::Page];

#[test]
fn consent_that_is_missing_is_an_administrators_or_a_persons_matter() {
    assert_numbers("consent_required", &[65001, 90094, 90095], SIGNING_IN, "admin_consent_needed");
    assert_numbers("invalid_grant", &[90094, 90095], &[Place::Refresh], "admin_consent_needed");
    // It was given once: whoever signs in again is asked anew.
    assert_numbers("invalid_grant", &[65001], &[Place::Refresh], "interaction_needed");
    assert_numbers("access_denied", &[65004], SIGNING_IN, "consent_declined");
    // An administrator who declines on the consent page sends both words.
    assert_numbers("consent_required", &[65004], &[Place::Answer], "consent_declined");
}

#[test]
fn what_the_registration_lacks_is_named() {
    assert_numbers("invalid_request", &[90008, 650056, 65005, 650057], EVERYWHERE, "app_permission_missing");
    assert_numbers("invalid_request", &[50011, 500113], EVERYWHERE, "redirect_uri_mismatch");
    assert_numbers("invalid_request", &[50194], EVERYWHERE, "single_tenant_app");
    let personal = "The client does not exist or is not enabled for consumers. If you are the application developer, \
                    configure a new application through the App Registrations in the Azure Portal.";
    assert_eq!(kind(Place::Answer, "unauthorized_client", personal), "single_tenant_app");
    assert_numbers("unauthorized_client", &[700016, 70001], EVERYWHERE, "client_unknown");
    assert_numbers("unauthorized_client", &[7000112], EVERYWHERE, "app_blocked");
    assert_numbers("invalid_client", &[7000215, 70002], EVERYWHERE, "client_secret_wrong");
    assert_numbers("invalid_client", &[7000222], EVERYWHERE, "client_secret_expired");
    assert_numbers("invalid_client", &[7000218, 700025], EVERYWHERE, "client_kind_wrong");
    assert_numbers("invalid_scope", &[70011, 28002, 28003, 700022], EVERYWHERE, "scope_refused");
    assert_numbers("invalid_resource", &[500011, 650052], EVERYWHERE, "no_mail_licence");
    assert_numbers("invalid_tenant", &[90002, 90019, 50059, 90038], EVERYWHERE, "tenant_unknown");
}

#[test]
fn what_is_wrong_with_the_account_is_named() {
    assert_numbers("access_denied", &[50020, 50034, 16000, 51004, 500208], SIGNING_IN, "account_not_in_tenant");
    assert_numbers("invalid_grant", &[50105], EVERYWHERE, "app_not_assigned");
    assert_numbers("invalid_grant", &[50126, 50056], SIGNING_IN, "bad_credentials");
    assert_numbers("invalid_grant", &[50126, 50056], &[Place::Refresh], "grant_revoked");
    assert_numbers("invalid_grant", &[50055, 50144], EVERYWHERE, "password_expired");
    assert_numbers("invalid_grant", &[50053, 50057], EVERYWHERE, "account_disabled");
}

#[test]
fn a_second_factor_is_told_from_a_rule_that_forbids() {
    assert_numbers(
        "interaction_required",
        &[50076, 50074, 50079, 50072, 50078, 50158, 50058],
        EVERYWHERE,
        "interaction_needed",
    );
    assert_numbers(
        "interaction_required",
        &[53000, 53001, 53002, 53003, 50131, 530032, 530035],
        EVERYWHERE,
        "blocked_by_policy",
    );
}

#[test]
fn a_grant_that_ended_is_told_from_a_sign_in_that_took_too_long() {
    assert_numbers("invalid_grant", &[50173, 50132, 50133, 50089], EVERYWHERE, "grant_revoked");
    assert_numbers("invalid_grant", &[70008, 700082, 70000, 70043, 700084], &[Place::Refresh], "grant_revoked");
    assert_numbers("invalid_grant", &[54005, 501481], &[Place::Code], "sign_in_repeated");
    assert_numbers("invalid_grant", &[70008, 700005], &[Place::Code], "sign_in_expired");
    let redeemed = "AADSTS70000: The provided value for the 'code' parameter was already redeemed.";
    assert_eq!(kind(Place::Code, "invalid_grant", redeemed), "sign_in_repeated");
}

#[test]
fn what_passes_is_never_a_reason_to_sign_in_again() {
    assert_numbers("invalid_grant", &[50196, 90055], EVERYWHERE, "rate_limited");
    assert_numbers("invalid_grant", &[90024, 90033, 50033, 90006], EVERYWHERE, "provider_unavailable");
    for (error, description) in
        [("temporarily_unavailable", "AADSTS50173: odd"), ("server_error", ""), ("slow_down", "")]
    {
        let problem = problem(&Refusal::new(error, description), scene(Place::Refresh));
        assert!(!problem.needs_person() && !problem.needs_sign_in(), "{problem}");
    }
}

#[test]
fn an_unknown_number_leaves_the_decision_to_the_error() {
    for (error, expected) in [
        ("invalid_grant", "grant_revoked"),
        ("interaction_required", "interaction_needed"),
        ("login_required", "interaction_needed"),
        ("consent_required", "interaction_needed"),
        ("invalid_client", "client_secret_wrong"),
        ("unauthorized_client", "client_unknown"),
        ("invalid_scope", "scope_refused"),
        ("access_denied", "consent_declined"),
        ("temporarily_unavailable", "provider_unavailable"),
        ("something_new", "provider_refused"),
    ] {
        assert_eq!(kind(Place::Refresh, error, "AADSTS1234567: Something new."), expected, "{error}");
    }
}

#[test]
fn a_suberror_says_what_would_help() {
    let body = |suberror: &str| json!({"error": "invalid_grant", "error_description": "x", "suberror": suberror});
    for (suberror, expected) in [
        ("basic_action", "interaction_needed"),
        ("additional_action", "interaction_needed"),
        ("message_only", "blocked_by_policy"),
        ("consent_required", "interaction_needed"),
        ("bad_token", "grant_revoked"),
        ("", "grant_revoked"),
    ] {
        assert_eq!(kind_of_body(Place::Refresh, &body(suberror)), expected, "{suberror}");
    }
    assert_eq!(kind_of_body(Place::Code, &body("consent_required")), "admin_consent_needed");
}

#[test]
fn microsofts_numbers_are_read_from_the_list_too() {
    let body = json!({
        "error": "interaction_required", "suberror": "message_only", "error_codes": [53003],
        "error_description": "Access has been blocked by Conditional Access policies.\r\nTrace ID: 0\r\nTimestamp: 1",
        "claims": "{\"access_token\":{\"capolids\":{\"essential\":true}}}",
    });
    let refusal = Refusal::of_json(body.to_string().as_bytes()).unwrap();
    assert_eq!(
        problem(&refusal, scene(Place::Refresh)),
        Problem::BlockedByPolicy {
            reply: "interaction_required: message_only: Access has been blocked by Conditional Access policies. \
                    Trace ID: 0 Timestamp: 1"
                .to_owned()
        }
    );
}

#[test]
fn google_is_understood_when_a_refresh_token_is_dead() {
    for description in ["Token has been expired or revoked.", "Bad Request", "Account has been deleted"] {
        assert_eq!(kind(Place::Refresh, "invalid_grant", description), "grant_revoked");
    }
    assert_eq!(kind(Place::Refresh, "invalid_grant", "reauth related error (invalid_rapt)"), "interaction_needed");
    let rapt = json!({"error": "invalid_grant", "error_description": "x", "error_subtype": "invalid_rapt"});
    assert_eq!(kind_of_body(Place::Refresh, &rapt), "interaction_needed");
}

#[test]
fn google_is_understood_when_the_application_is_wrong() {
    assert_eq!(kind(Place::Client, "invalid_client", "Unauthorized"), "client_secret_wrong");
    assert_eq!(kind(Place::Client, "invalid_client", "The provided client secret is invalid."), "client_secret_wrong");
    assert_eq!(kind(Place::Client, "invalid_client", "The OAuth client was not found."), "client_unknown");
    assert_eq!(kind(Place::Client, "deleted_client", "The OAuth client was deleted."), "client_unknown");
    assert_eq!(kind(Place::Client, "disabled_client", "The OAuth client was disabled."), "app_blocked");
    assert_eq!(kind(Place::Code, "redirect_uri_mismatch", "Bad Request"), "redirect_uri_mismatch");
}

#[test]
fn google_is_understood_when_an_administrator_keeps_us_out() {
    assert_eq!(kind(Place::Answer, "access_denied", ""), "consent_declined");
    assert_eq!(kind(Place::Answer, "admin_policy_enforced", ""), "app_blocked");
    assert_eq!(kind(Place::Answer, "access_not_configured", ""), "app_blocked");
    assert_eq!(kind(Place::Answer, "org_internal", ""), "account_not_in_tenant");
    let untested = "Desk has not completed the Google verification process. The app is currently being tested.";
    assert_eq!(kind(Place::Page, "access_denied", untested), "app_blocked");
}

#[test]
fn google_is_understood_when_it_cannot_send_anybody_back() {
    let top = "Invalid Redirect: must end with a public top-level domain (such as .com or .org).";
    assert_eq!(kind(Place::Page, "invalid_request", top), "public_url_unsuitable");
    let private = "device_id and device_name are required for private IP: http://10.0.0.7/oauth/callback";
    assert_eq!(kind(Place::Page, "invalid_request", private), "public_url_unsuitable");
}

#[test]
fn googles_other_way_to_say_an_error_is_read() {
    let body = json!({"error": {"code": 403, "message": "Not allowed", "status": "PERMISSION_DENIED"}});
    let refusal = Refusal::of_json(body.to_string().as_bytes()).unwrap();
    assert_eq!(
        problem(&refusal, scene(Place::Refresh)),
        Problem::ProviderRefused { reply: "permission_denied: Not allowed".to_owned() }
    );
}

#[test]
fn a_reply_is_printable_and_no_longer_than_somebody_reads() {
    let refusal = Refusal::new("invalid_request", &format!("\u{1b}[31m {}", "long ".repeat(1_000)));
    let problem = problem(&refusal, scene(Place::Answer));
    let reply = problem.reply().unwrap();
    assert!(reply.starts_with("invalid_request: \\u{1b}[31m long long"), "{reply}");
    assert!(reply.chars().count() <= 500, "{}", reply.chars().count());
}

#[test]
fn a_page_is_read_where_people_would_read_it() {
    let google = b"<html><head><style>x</style></head><body><h1>Access blocked</h1><p>Error 400: \
                   redirect_uri_mismatch</p><script>var a='invalid_client'</script></body></html>";
    let refusal = Refusal::of_page("", google).unwrap();
    assert_eq!(
        problem(&refusal, scene(Place::Page)),
        Problem::RedirectUriMismatch {
            redirect_uri: REDIRECT_URI.to_owned(),
            reply: "redirect_uri_mismatch: Access blocked Error 400: redirect_uri_mismatch".to_owned()
        }
    );
    for nothing in ["", "<html><body>Sign in</body></html>", "<script>AADSTSx</script>", "<", "\u{0}\u{fffd}"] {
        assert_eq!(Refusal::of_page("https://accounts.google.com/x?a=b", nothing.as_bytes()), None, "{nothing}");
    }
}

#[test]
fn a_status_that_passes_comes_before_everything() {
    let mut response = HttpResponse::new(br#"{"error":"invalid_grant"}"#.to_vec());
    for status in [StatusCode::TOO_MANY_REQUESTS, StatusCode::BAD_GATEWAY, StatusCode::SERVICE_UNAVAILABLE] {
        *response.status_mut() = status;
        let problem = response_problem(&response, scene(Place::Refresh));
        assert!(matches!(&problem, Problem::ProviderUnavailable { host, .. } if host == HOST), "{problem}");
    }
}
