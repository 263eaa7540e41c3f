//! Single sign-on: where people sign in to Postroom itself, beside a password or instead of one.
//!
//! *Identity provider*: an OpenID Connect provider of the organisation, known by its issuer. *Identity*: who a user
//! is there. Signing in to a mailbox with Microsoft or Google is something else and is found in `oauth`.

use serde::{Deserialize, Serialize};

use std::fmt;
use std::str::FromStr;

use super::workspace::validate_name;
use super::{
    Field, IdentityId, IdentityProviderId, Invalid, Membership, Reason, Role, Roles, Timestamp, User, WorkspaceId,
};

/// Where providers send browsers back to, below the address of this Postroom.
pub const SIGN_ON_CALLBACK: &str = "/sso/callback";

/// A provider as it is typed. The client secret is not among it: it travels once, on its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct IdentityProviderForm {
    /// What its button says.
    pub name: String,
    /// As the provider calls itself (OpenID Connect Discovery 4.3): `https://login.example.com/realms/staff`.
    pub issuer: String,
    pub client_id: String,
    /// What is asked for, separated by blanks.
    pub scopes: String,
    /// The domains of the e-mail addresses that may come in, separated by blanks or commas; empty lets all in.
    pub domains: String,
    /// Addresses in these domains count as verified although the provider does not say so.
    pub trusted: bool,
    /// Whoever has no account here gets one at the first sign-in.
    pub create_accounts: bool,
    /// What whoever gets an account may do, and whoever none of the rules knows.
    pub default_role: Option<GrantedRole>,
    /// The claim that decides what people may do, at every sign-in; empty where it is decided here.
    pub role_claim: String,
    pub role_rules: Vec<RoleRule>,
    /// Whoever none of the rules knows stays outside.
    pub refuse_others: bool,
}

/// What a value of the claim makes of somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleRule {
    /// Compared as it is, letter by letter.
    pub value: String,
    pub role: GrantedRole,
}

/// One role that a provider can give. Written `account`, `administrator:3` or `viewer:3`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum GrantedRole {
    /// Administrator of the account.
    Account,
    /// Somebody of one workspace.
    Workspace(Membership),
}

/// The text is no role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a role")]
pub struct NotARole;

/// What a provider's word makes of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mapped {
    /// The provider has no say.
    AsTheyAre,
    As(Roles),
    /// None of the rules knows them, and they stay outside.
    Nobody,
}

impl Default for IdentityProviderForm {
    fn default() -> Self {
        Self {
            name: String::new(),
            issuer: String::new(),
            client_id: String::new(),
            scopes: Self::USUAL_SCOPES.to_owned(),
            domains: String::new(),
            trusted: false,
            create_accounts: false,
            default_role: None,
            role_claim: String::new(),
            role_rules: Vec::new(),
            refuse_others: false,
        }
    }
}

/// What is known of one provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityProvider {
    pub id: IdentityProviderId,
    pub form: IdentityProviderForm,
    /// What the provider must be told, exactly.
    pub redirect_uri: String,
    /// Why it lets nobody in at present, and since when.
    pub trouble: Option<(ProviderTrouble, Timestamp)>,
    /// Who has signed in through it, the last one first.
    pub people: Vec<LinkedPerson>,
}

/// A user and who they are at a provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedPerson {
    pub identity: IdentityId,
    pub user: User,
    pub signed_in_at: Timestamp,
}

/// The ways into this Postroom, as the page to sign in at offers them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WaysIn {
    /// With a password that Postroom keeps.
    pub local: bool,
    /// The only provider is gone to without being asked for.
    pub at_once: bool,
    pub providers: Vec<ProviderButton>,
}

/// A provider as a button shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderButton {
    pub id: IdentityProviderId,
    pub name: String,
}

/// Whether passwords can be switched off by whoever asks, and what is missing for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalLogin {
    Off,
    /// On, and whoever asks has come in through a provider just now: they would get back in without a password.
    CanEnd,
    /// On, and whoever asks came in with a password.
    SignOnFirst,
    /// On, and whoever asks has not been let in by the provider since it was last changed.
    SignOnAgain,
}

/// What can be wrong with a provider, in the order it is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderStep {
    /// It answers and is who it is said to be.
    Discovery,
    /// It publishes keys that Postroom can check signatures with.
    Keys,
    /// It knows the client and its redirect URI.
    Redirect,
    /// It takes the client's secret.
    Client,
}

/// One thing that was tried with a provider; no result where an earlier step failed first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderTrial {
    pub step: ProviderStep,
    pub result: Option<Result<(), ProviderTrouble>>,
}

/// Why a provider lets nobody in: it, or what it was told of us. The page has the words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProviderTrouble {
    pub kind: ProviderTroubleKind,
    /// What was seen, or the provider's own words; made printable, and without anything secret.
    pub detail: String,
}

/// The kinds of [`ProviderTrouble`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProviderTroubleKind {
    /// Nobody answers at the issuer, or its certificate cannot be trusted.
    Unreachable,
    /// An address that users of Postroom may not make it connect to.
    NotAllowed,
    /// No description of a provider is there.
    NotAProvider,
    /// The description is of another issuer.
    OtherIssuer,
    /// It is there and cannot do its work at present.
    Unavailable,
    NoKeys,
    ClientUnknown,
    SecretWrong,
    RedirectUnknown,
    /// Something else that it refuses.
    Refused,
}

/// Why somebody was not let in, as the page to sign in at tells it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SignOnRefusal {
    /// The attempt is not known here: too old, of another browser, or used before.
    Expired,
    /// The person, or the provider, said no.
    Declined,
    /// The provider cannot be reached or is out of order.
    ProviderDown,
    /// The provider does not take what Postroom says it is: an administrator's matter.
    ApplicationWrong,
    /// What the provider says proves nothing.
    Unproven,
    /// A clock is wrong.
    Clock,
    /// The provider does not say which e-mail address it is.
    NoEmail,
    /// The e-mail address is in none of the domains that may come in.
    Domain,
    /// The provider does not say that the e-mail address is really this person's.
    EmailUnverified,
    /// Nobody here has this e-mail address.
    NoAccount,
    /// The account with this e-mail address belongs to somebody else at the provider.
    OtherPerson,
    /// The account is switched off.
    Deactivated,
    /// The provider says nothing that lets this person do anything here.
    NoRole,
}

impl IdentityProviderForm {
    /// What is asked for where nothing else is typed.
    pub const USUAL_SCOPES: &str = "openid email profile";
    /// Longest issuer, client id, client secret or list, in characters.
    pub const MAX_CHARACTERS: usize = 500;
    /// How many rules there may be.
    pub const MAX_RULES: usize = 100;
    /// What follows an issuer in the address of its description, which people paste instead.
    const DESCRIPTION: &str = "/.well-known/openid-configuration";

    /// The same without blanks around, as it is stored.
    #[must_use]
    pub fn tidied(&self) -> Self {
        let issuer = self.issuer.trim();
        let scopes = join(self.scopes());
        Self {
            name: self.name.trim().to_owned(),
            issuer: issuer.strip_suffix(Self::DESCRIPTION).unwrap_or(issuer).to_owned(),
            client_id: self.client_id.trim().to_owned(),
            scopes: if scopes.is_empty() { Self::USUAL_SCOPES.to_owned() } else { scopes },
            domains: join(self.domains()),
            role_claim: self.role_claim.trim().to_owned(),
            ..self.clone()
        }
    }

    /// What is wrong with the form; the same code looks at it in the browser and on the server.
    ///
    /// Whether an issuer without TLS may be asked only the server can tell.
    #[must_use]
    pub fn validate(&self, has_secret: bool) -> Vec<Invalid> {
        let (mut scopes, mut domains) = (self.scopes(), self.domains());
        let scope_fits = |scope: &str| scope.bytes().all(|b| matches!(b, 0x21 | 0x23..=0x5b | 0x5d..=0x7e));
        [
            (Field::Name, validate_name(&self.name)),
            (Field::Issuer, validate_issuer(self.issuer.trim())),
            (Field::ClientId, validate_text(self.client_id.trim())),
            (Field::ClientSecret, (!has_secret).then_some(Reason::Empty)),
            // RFC 6749 3.3.
            (Field::Scopes, too_long(&self.scopes).or((!scopes.all(scope_fits)).then_some(Reason::NotScopes))),
            (Field::Domains, self.validate_domains().or((!domains.all(is_domain)).then_some(Reason::NotDomains))),
            (Field::DefaultRole, (self.needs_default() && self.default_role.is_none()).then_some(Reason::Unchosen)),
            (Field::RoleClaim, self.validate_claim()),
            (Field::RoleRules, self.validate_rules()),
        ]
        .into_iter()
        .filter_map(|(field, reason)| reason.map(|reason| Invalid::new(field, reason)))
        .collect()
    }

    /// What is wrong with a client secret that was typed.
    #[must_use]
    pub fn validate_secret(secret: &str) -> Option<Invalid> {
        validate_text(secret).map(|reason| Invalid::new(Field::ClientSecret, reason))
    }

    /// What is asked for.
    pub fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.split_whitespace()
    }

    /// The domains that may come in, as they are typed.
    pub fn domains(&self) -> impl Iterator<Item = &str> {
        self.domains
            .split([' ', '\t', '\r', '\n', ',', ';'])
            .map(|domain| domain.trim_start_matches('@'))
            .filter(|domain| !domain.is_empty())
    }

    /// What the provider's word makes of somebody with these values of the claim: everything that the rules for them
    /// give, and in each workspace the larger role.
    #[must_use]
    pub fn mapped(&self, values: &[String]) -> Mapped {
        if self.role_claim.is_empty() {
            return Mapped::AsTheyAre;
        }
        let given = self.role_rules.iter().filter(|rule| values.contains(&rule.value)).map(|rule| rule.role);
        let mut memberships: Vec<Membership> = Vec::new();
        for role in given {
            let GrantedRole::Workspace(given) = role else { return Mapped::As(Roles::Account) };
            match memberships.iter_mut().find(|known| known.workspace == given.workspace) {
                Some(known) => known.role = known.role.max(given.role),
                None => memberships.push(given),
            }
        }
        match (memberships.is_empty(), self.refuse_others, self.default_role) {
            (false, ..) => {
                memberships.sort_by_key(|membership| membership.workspace);
                Mapped::As(Roles::Workspaces(memberships))
            }
            (true, false, Some(role)) => Mapped::As(role.into()),
            (true, ..) => Mapped::Nobody,
        }
    }

    /// The workspaces that any of the roles is about.
    #[must_use]
    pub fn workspaces(&self) -> Vec<Membership> {
        let roles = self.role_rules.iter().map(|rule| rule.role).chain(self.default_role);
        roles
            .filter_map(|role| if let GrantedRole::Workspace(membership) = role { Some(membership) } else { None })
            .collect()
    }

    const fn needs_default(&self) -> bool {
        if self.role_claim.is_empty() { self.create_accounts } else { !self.refuse_others }
    }

    fn validate_claim(&self) -> Option<Reason> {
        let claim = self.role_claim.trim();
        if claim.is_empty() {
            return (!self.role_rules.is_empty()).then_some(Reason::Empty);
        }
        validate_text(claim)
    }

    fn validate_rules(&self) -> Option<Reason> {
        let max_characters = Self::MAX_CHARACTERS;
        if self.role_rules.is_empty() && !self.role_claim.trim().is_empty() {
            Some(Reason::Empty)
        } else if self.role_rules.iter().any(|rule| rule.value.chars().count() > max_characters) {
            Some(Reason::TooLong { max_characters })
        } else if self.role_rules.len() > Self::MAX_RULES {
            Some(Reason::TooLong { max_characters: Self::MAX_RULES })
        } else {
            self.role_rules
                .iter()
                .any(|rule| rule.value.chars().any(char::is_control))
                .then_some(Reason::ForbiddenCharacters)
        }
    }

    fn validate_domains(&self) -> Option<Reason> {
        // Trusting a provider for every address in the world would let it name anybody.
        if self.trusted && self.domains().next().is_none() {
            return Some(Reason::TrustedForNothing);
        }
        too_long(&self.domains)
    }
}

fn join<'a>(words: impl Iterator<Item = &'a str>) -> String {
    words.collect::<Vec<_>>().join(" ")
}

fn too_long(text: &str) -> Option<Reason> {
    let max_characters = 4 * IdentityProviderForm::MAX_CHARACTERS;
    (text.chars().count() > max_characters).then_some(Reason::TooLong { max_characters })
}

fn validate_text(text: &str) -> Option<Reason> {
    let max_characters = IdentityProviderForm::MAX_CHARACTERS;
    if text.is_empty() {
        Some(Reason::Empty)
    } else if text.chars().count() > max_characters {
        Some(Reason::TooLong { max_characters })
    } else {
        text.chars().any(|c| c.is_control() || c.is_whitespace()).then_some(Reason::ForbiddenCharacters)
    }
}

/// An issuer is an address without query and fragment (OpenID Connect Core 2).
fn validate_issuer(issuer: &str) -> Option<Reason> {
    if let Some(reason) = validate_text(issuer) {
        return Some(reason);
    }
    let rest = issuer.strip_prefix("https://").or_else(|| issuer.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split('/').next()).filter(|host| !host.is_empty() && !host.contains('@'));
    (host.is_none() || issuer.contains(['?', '#', '\\', '{', '}'])).then_some(Reason::NotAnIssuer)
}

fn is_domain(text: &str) -> bool {
    text.contains('.') && super::address::is_host_name(text)
}

impl From<GrantedRole> for Roles {
    fn from(role: GrantedRole) -> Self {
        match role {
            GrantedRole::Account => Self::Account,
            GrantedRole::Workspace(membership) => Self::Workspaces(vec![membership]),
        }
    }
}

impl fmt::Display for GrantedRole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::Workspace(Membership { workspace, role }) => write!(f, "{}:{workspace}", role.as_str()),
        }
    }
}

impl FromStr for GrantedRole {
    type Err = NotARole;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "account" {
            return Ok(Self::Account);
        }
        let (role, workspace) = text.split_once(':').ok_or(NotARole)?;
        let role = Role::ALL.into_iter().find(|known| known.as_str() == role).ok_or(NotARole)?;
        let workspace: WorkspaceId = workspace.parse().map_err(|_| NotARole)?;
        Ok(Self::Workspace(Membership { workspace, role }))
    }
}

impl TryFrom<String> for GrantedRole {
    type Error = NotARole;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<GrantedRole> for String {
    fn from(role: GrantedRole) -> Self {
        role.to_string()
    }
}

impl SignOnRefusal {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::Expired,
        Self::Declined,
        Self::ProviderDown,
        Self::ApplicationWrong,
        Self::Unproven,
        Self::Clock,
        Self::NoEmail,
        Self::Domain,
        Self::EmailUnverified,
        Self::NoAccount,
        Self::OtherPerson,
        Self::Deactivated,
        Self::NoRole,
    ];

    /// The name in the address of the page to sign in at.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Declined => "declined",
            Self::ProviderDown => "provider_down",
            Self::ApplicationWrong => "application_wrong",
            Self::Unproven => "unproven",
            Self::Clock => "clock",
            Self::NoEmail => "no_email",
            Self::Domain => "domain",
            Self::EmailUnverified => "email_unverified",
            Self::NoAccount => "no_account",
            Self::OtherPerson => "other_person",
            Self::Deactivated => "deactivated",
            Self::NoRole => "no_role",
        }
    }

    /// The refusal with this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|refusal| refusal.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form() -> IdentityProviderForm {
        IdentityProviderForm {
            name: "Staff".to_owned(),
            issuer: "https://login.example.com/realms/staff".to_owned(),
            client_id: "postroom".to_owned(),
            ..IdentityProviderForm::default()
        }
    }

    #[test]
    fn what_providers_show_is_taken() {
        for issuer in [
            "https://accounts.google.com",
            "https://login.microsoftonline.com/6f0c5a3e-9d1b-4c67-8f0a-2b7d4e91c5aa/v2.0",
            "https://login.example.com:8443/realms/staff/",
            "http://localhost:8080/realms/staff",
        ] {
            assert_eq!(IdentityProviderForm { issuer: issuer.to_owned(), ..form() }.validate(true), [], "{issuer}");
        }
    }

    #[test]
    fn the_address_of_the_description_is_taken_for_the_issuer() {
        let pasted = "https://login.example.com/realms/staff/.well-known/openid-configuration";
        let tidied = IdentityProviderForm { issuer: pasted.to_owned(), ..form() }.tidied();
        assert_eq!(tidied.issuer, form().issuer);
    }

    #[test]
    fn each_slip_is_named_at_its_field() {
        let wrong = IdentityProviderForm {
            name: String::new(),
            issuer: "login.example.com".to_owned(),
            client_id: "two words".to_owned(),
            scopes: "openid \"groups\"".to_owned(),
            domains: "example.com, nonsense".to_owned(),
            ..form()
        };
        assert_eq!(
            wrong.validate(false),
            [
                Invalid::new(Field::Name, Reason::Empty),
                Invalid::new(Field::Issuer, Reason::NotAnIssuer),
                Invalid::new(Field::ClientId, Reason::ForbiddenCharacters),
                Invalid::new(Field::ClientSecret, Reason::Empty),
                Invalid::new(Field::Scopes, Reason::NotScopes),
                Invalid::new(Field::Domains, Reason::NotDomains),
            ]
        );
        for issuer in ["https://", "ftp://login.example.com", "https://me@evil.example", "https://a.example/?x=1"] {
            let found = IdentityProviderForm { issuer: issuer.to_owned(), ..form() }.validate(true);
            assert_eq!(found, [Invalid::new(Field::Issuer, Reason::NotAnIssuer)], "{issuer}");
        }
        let many = "https://login.microsoftonline.com/{tenantid}/v2.0".to_owned();
        let found = IdentityProviderForm { issuer: many, ..form() }.validate(true);
        assert_eq!(found, [Invalid::new(Field::Issuer, Reason::NotAnIssuer)]);
    }

    #[test]
    fn nobody_is_trusted_for_every_address_in_the_world() {
        let trusted = IdentityProviderForm { trusted: true, ..form() };
        assert_eq!(trusted.validate(true), [Invalid::new(Field::Domains, Reason::TrustedForNothing)]);
        let with_domain = IdentityProviderForm { domains: "@example.com".to_owned(), ..trusted };
        assert_eq!(with_domain.validate(true), []);
        assert_eq!(with_domain.tidied().domains, "example.com");
    }

    #[test]
    fn a_role_is_read_as_it_is_written() {
        for text in ["account", "administrator:3", "viewer:12"] {
            assert_eq!(text.parse::<GrantedRole>().unwrap().to_string(), text);
        }
        for text in ["", "viewer", "viewer:", "viewer:x", "owner:3", "account:3"] {
            assert_eq!(text.parse::<GrantedRole>(), Err(NotARole), "{text}");
        }
    }

    #[test]
    fn the_larger_of_two_roles_counts_and_whoever_no_rule_knows_gets_the_default() {
        let rule = |value: &str, role: &str| RoleRule { value: value.to_owned(), role: role.parse().unwrap() };
        let rules = vec![
            rule("staff", "viewer:1"),
            rule("it", "administrator:1"),
            rule("hr", "viewer:2"),
            rule("root", "account"),
        ];
        let form = IdentityProviderForm {
            role_claim: "groups".to_owned(),
            role_rules: rules,
            default_role: "viewer:9".parse().ok(),
            ..form()
        };
        let mapped = |form: &IdentityProviderForm, values: &[&str]| {
            form.mapped(&values.iter().map(|&value| value.to_owned()).collect::<Vec<_>>())
        };
        let of = |workspace, role| Membership { workspace: WorkspaceId(workspace), role };
        let both = Roles::Workspaces(vec![of(1, Role::Administrator), of(2, Role::Viewer)]);
        assert_eq!(mapped(&form, &["hr", "staff", "it"]), Mapped::As(both));
        assert_eq!(mapped(&form, &["staff", "root"]), Mapped::As(Roles::Account));
        assert_eq!(mapped(&form, &["Staff"]), Mapped::As(Roles::Workspaces(vec![of(9, Role::Viewer)])));
        let strict = IdentityProviderForm { refuse_others: true, ..form.clone() };
        assert_eq!(mapped(&strict, &["nobody"]), Mapped::Nobody);
        let without = IdentityProviderForm { role_claim: String::new(), ..form };
        assert_eq!(mapped(&without, &["root"]), Mapped::AsTheyAre);
    }

    #[test]
    fn nobody_comes_in_for_nothing() {
        let making = IdentityProviderForm { create_accounts: true, ..form() };
        assert_eq!(making.validate(true), [Invalid::new(Field::DefaultRole, Reason::Unchosen)]);
        let with_role = IdentityProviderForm { default_role: Some(GrantedRole::Account), ..making };
        assert_eq!(with_role.validate(true), []);
        let claim = IdentityProviderForm { role_claim: "groups".to_owned(), refuse_others: true, ..form() };
        assert_eq!(claim.validate(true), [Invalid::new(Field::RoleRules, Reason::Empty)]);
        let rule = RoleRule { value: "it".to_owned(), role: GrantedRole::Account };
        let no_claim = IdentityProviderForm { role_rules: vec![rule], ..form() };
        assert_eq!(no_claim.validate(true), [Invalid::new(Field::RoleClaim, Reason::Empty)]);
    }

    #[test]
    fn every_refusal_is_found_by_its_name() {
        for refusal in SignOnRefusal::ALL {
            assert_eq!(SignOnRefusal::named(refusal.as_str()), Some(refusal));
            assert_eq!(serde_json::to_value(refusal).unwrap(), refusal.as_str());
        }
        assert_eq!(SignOnRefusal::named("<script>"), None);
    }
}
