//! What providers are known to say, one row each; the first row that fits decides.

use super::Place::{self, Code, Page, Refresh};

/// A problem without its evidence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    ConsentDeclined,
    AdminConsentNeeded,
    AccountNotInTenant,
    AppNotAssigned,
    AppBlocked,
    NoMailLicence,
    InteractionNeeded,
    GrantRevoked,
    SignInExpired,
    SignInRepeated,
    TenantUnknown,
    SingleTenantApp,
    ClientUnknown,
    ClientSecretWrong,
    ClientSecretExpired,
    ClientKindWrong,
    RedirectUriMismatch,
    PublicUrlUnsuitable,
    AppPermissionMissing,
    ScopeRefused,
    BlockedByPolicy,
    AccountDisabled,
    PasswordExpired,
    BadCredentials,
    RateLimited,
    Unavailable,
    Refused,
}

/// What one of Microsoft's numbers (`AADSTS…`) means.
pub(super) struct Numbered {
    /// Empty is everywhere.
    pub places: &'static [Place],
    pub numbers: &'static [u32],
    pub verdict: Verdict,
}

const fn numbered(places: &'static [Place], numbers: &'static [u32], verdict: Verdict) -> Numbered {
    Numbered { places, numbers, verdict }
}

const ANYWHERE: &[Place] = &[];

/// Microsoft says that numbers may change at any time, so they only choose between help texts; an unknown one
/// leaves the decision to [`WORDS`].
pub(super) static NUMBERS: &[Numbered] = &[
    // A refresh that lacks consent had it once: who signs in again is asked, or told to ask an administrator.
    numbered(&[Refresh], &[65001], Verdict::InteractionNeeded),
    numbered(ANYWHERE, &[65001, 90094, 90095], Verdict::AdminConsentNeeded),
    numbered(ANYWHERE, &[65004], Verdict::ConsentDeclined),
    numbered(ANYWHERE, &[90008, 650056, 65005, 650057], Verdict::AppPermissionMissing),
    numbered(ANYWHERE, &[50011, 500113], Verdict::RedirectUriMismatch),
    numbered(ANYWHERE, &[50194], Verdict::SingleTenantApp),
    numbered(ANYWHERE, &[700016, 70001], Verdict::ClientUnknown),
    numbered(ANYWHERE, &[7000112], Verdict::AppBlocked),
    numbered(ANYWHERE, &[7000215, 70002], Verdict::ClientSecretWrong),
    numbered(ANYWHERE, &[7000222], Verdict::ClientSecretExpired),
    numbered(ANYWHERE, &[7000218, 700025], Verdict::ClientKindWrong),
    numbered(ANYWHERE, &[50020, 50034, 16000, 51004, 500208, 90072], Verdict::AccountNotInTenant),
    numbered(ANYWHERE, &[50105], Verdict::AppNotAssigned),
    numbered(&[Refresh], &[50126, 50056], Verdict::GrantRevoked),
    numbered(ANYWHERE, &[50126, 50056], Verdict::BadCredentials),
    numbered(ANYWHERE, &[50055, 50144], Verdict::PasswordExpired),
    numbered(ANYWHERE, &[50053, 50057], Verdict::AccountDisabled),
    numbered(ANYWHERE, &[50058, 50072, 50074, 50076, 50078, 50079, 50158], Verdict::InteractionNeeded),
    numbered(
        ANYWHERE,
        &[53000, 53001, 53002, 53003, 53004, 53009, 53010, 53011, 50131, 530003, 530032, 530034, 530035],
        Verdict::BlockedByPolicy,
    ),
    numbered(ANYWHERE, &[50173, 50132, 50133, 50089], Verdict::GrantRevoked),
    // The number is that of an expired grant, and a code is one, too.
    numbered(&[Code], &[70008, 700005], Verdict::SignInExpired),
    numbered(&[Refresh], &[70000, 70008], Verdict::GrantRevoked),
    numbered(ANYWHERE, &[700082, 70043, 700084], Verdict::GrantRevoked),
    numbered(ANYWHERE, &[54005, 501481], Verdict::SignInRepeated),
    numbered(ANYWHERE, &[70011, 28002, 28003, 700022], Verdict::ScopeRefused),
    numbered(ANYWHERE, &[500011, 650052], Verdict::NoMailLicence),
    numbered(ANYWHERE, &[90002, 90019, 50059, 90038], Verdict::TenantUnknown),
    numbered(ANYWHERE, &[50196, 90055], Verdict::RateLimited),
    numbered(ANYWHERE, &[90024, 90033, 50033, 90006], Verdict::Unavailable),
];

/// What `error`, `suberror` and the words beside them mean.
pub(super) struct Worded {
    /// Empty is everywhere.
    pub places: &'static [Place],
    /// Empty is every `error`.
    pub errors: &'static [&'static str],
    /// Empty is every `suberror`, and none.
    pub suberrors: &'static [&'static str],
    /// Lower-case words that must all be in the description.
    pub says: &'static [&'static str],
    pub verdict: Verdict,
}

const fn error(errors: &'static [&'static str], verdict: Verdict) -> Worded {
    Worded { places: ANYWHERE, errors, suberrors: &[], says: &[], verdict }
}

const fn suberror(suberrors: &'static [&'static str], verdict: Verdict) -> Worded {
    Worded { places: ANYWHERE, errors: &[], suberrors, says: &[], verdict }
}

const fn at(places: &'static [Place], row: Worded) -> Worded {
    Worded { places, ..row }
}

const fn saying(says: &'static [&'static str], row: Worded) -> Worded {
    Worded { says, ..row }
}

const ANY: &[&str] = &[];

/// `error` (RFC 6749 4.1.2.1 and 5.2, OpenID Connect Core 3.1.2.6, and the providers' own) decides; the
/// description counts where one `error` stands for several things.
pub(super) static WORDS: &[Worded] = &[
    saying(&["public top-level domain"], error(ANY, Verdict::PublicUrlUnsuitable)),
    saying(&["private ip"], error(ANY, Verdict::PublicUrlUnsuitable)),
    error(&["redirect_uri_mismatch", "invalid_redirect_uri"], Verdict::RedirectUriMismatch),
    // Google's words about people who are no test users of an application that is being tried out.
    saying(&["has not completed the google verification process"], error(&["access_denied"], Verdict::AppBlocked)),
    error(&["access_denied"], Verdict::ConsentDeclined),
    at(&[Refresh], error(&["consent_required"], Verdict::InteractionNeeded)),
    at(&[Refresh], suberror(&["consent_required"], Verdict::InteractionNeeded)),
    error(&["consent_required"], Verdict::AdminConsentNeeded),
    suberror(&["consent_required"], Verdict::AdminConsentNeeded),
    suberror(&["message_only", "protection_policy_required"], Verdict::BlockedByPolicy),
    suberror(&["basic_action", "additional_action"], Verdict::InteractionNeeded),
    suberror(&["invalid_rapt", "rapt_required"], Verdict::InteractionNeeded),
    saying(&["invalid_rapt"], error(&["invalid_grant"], Verdict::InteractionNeeded)),
    error(
        &["interaction_required", "login_required", "account_selection_required", "reauth_related_error"],
        Verdict::InteractionNeeded,
    ),
    error(
        &["admin_policy_enforced", "policy_enforced", "access_not_configured", "disabled_client"],
        Verdict::AppBlocked,
    ),
    error(&["org_internal"], Verdict::AccountNotInTenant),
    error(&["invalid_tenant"], Verdict::TenantUnknown),
    error(&["deleted_client"], Verdict::ClientUnknown),
    saying(&["client was not found"], error(&["invalid_client"], Verdict::ClientUnknown)),
    saying(&["client was deleted"], error(&["invalid_client"], Verdict::ClientUnknown)),
    saying(&["client is invalid"], error(&["invalid_client"], Verdict::ClientUnknown)),
    // A page is shown before any secret was asked for.
    at(&[Page], error(&["invalid_client"], Verdict::ClientUnknown)),
    error(&["invalid_client"], Verdict::ClientSecretWrong),
    // Microsoft's words about an application that takes accounts of organisations only, and about a wrong client ID.
    saying(&["not enabled for consumers"], error(&["unauthorized_client"], Verdict::SingleTenantApp)),
    error(&["unauthorized_client"], Verdict::ClientUnknown),
    error(&["invalid_scope", "invalid_resource", "invalid_target"], Verdict::ScopeRefused),
    saying(&["redeemed"], at(&[Code], error(&["invalid_grant"], Verdict::SignInRepeated))),
    saying(&["code_verifier"], at(&[Code], error(&["invalid_grant"], Verdict::SignInRepeated))),
    at(&[Code], error(&["invalid_grant"], Verdict::SignInExpired)),
    error(&["invalid_grant"], Verdict::GrantRevoked),
    error(&["slow_down", "rate_limit_exceeded"], Verdict::RateLimited),
    error(&["temporarily_unavailable", "server_error", "internal_failure", "backend_error"], Verdict::Unavailable),
];
