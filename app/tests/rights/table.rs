//! Who may do what: one line for every address that the program answers.
//!
//! The test beside this file asks the program itself which addresses there are. One that is missing here fails, and
//! so does a line about one that is gone; every line is tried by everybody.

use Right::{Account, Anybody, Look, Manage, Own, Token};

/// What an address takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    /// Nothing.
    Anybody,
    /// Being signed in: what is asked for is one's own, or only as much as one may see of it.
    Own,
    /// Any role in the workspace.
    Look,
    /// Being an administrator of the workspace.
    Manage,
    /// Being an administrator of the account.
    Account,
    /// The secret of a link, and no role replaces it.
    Token,
}

/// How something is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A server function, by the name behind `/api/`.
    Function,
    /// A page or another address that is read.
    Get,
    /// An address that forms post to.
    Post,
}

/// An address with what is posted there. `{…}` stands for a number or a name of the world that asks.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    pub right: Right,
    pub how: How,
    pub path: &'static str,
    pub body: &'static str,
}

const fn function(right: Right, path: &'static str, body: &'static str) -> Line {
    Line { right, how: How::Function, path, body }
}

const fn get(right: Right, path: &'static str) -> Line {
    Line { right, how: How::Get, path, body: "" }
}

const fn post(right: Right, path: &'static str, body: &'static str) -> Line {
    Line { right, how: How::Post, path, body }
}

/// A server's fields, as the wizard posts them.
macro_rules! server {
    ($name:literal) => {
        concat!(
            $name,
            "[host]=127.0.0.1&",
            $name,
            "[port]=9&",
            $name,
            "[tls_mode]=auto&",
            $name,
            "[method]=login&",
            $name,
            "[email]=help@example.com&",
            $name,
            "[username]=help&",
            $name,
            "[password]=geheim"
        )
    };
}

/// Server functions.
#[rustfmt::skip]
pub const FUNCTIONS: &[Line] = &[
    // Coming in and going out.
    function(Anybody, "setup_needed", ""),
    // The page to sign in at shows them.
    function(Anybody, "ways_in", ""),
    function(Anybody, "set_up", "code=0000-0000-0000&name=Eve&email=eve@example.com&password=correct+horse+battery&password_again=correct+horse+battery&workspace=HR"),
    function(Anybody, "sign_in", "email=nobody@example.com&password=wrong"),
    function(Anybody, "sign_out", ""),
    function(Anybody, "enter_code", "code=000000"),
    function(Anybody, "code_awaited", ""),
    function(Anybody, "forgot_password", "email=nobody@example.com"),
    function(Anybody, "open_password_reset", "token=nonsense"),
    function(Token, "reset_password", "token=nonsense&password=correct+horse+battery&password_again=correct+horse+battery"),
    function(Own, "overview", ""),
    // One's own account.
    function(Own, "own_account", ""),
    function(Own, "rename_me", "name=Eve"),
    function(Own, "change_password", "current=correct+horse+battery&password=another+good+password&password_again=another+good+password"),
    function(Own, "end_session", "id=1"),
    function(Own, "end_other_sessions", ""),
    function(Own, "second_factor", ""),
    function(Own, "begin_second_factor", ""),
    function(Own, "confirm_second_factor", "code=000000"),
    function(Own, "fresh_recovery_codes", ""),
    function(Own, "new_recovery_codes", "current=correct+horse+battery"),
    function(Own, "turn_off_second_factor", "current=correct+horse+battery&code=000000"),
    // What stands in a pasted text is its own.
    function(Own, "read_authority", "pem=nonsense"),
    // What is seen across workspaces, as far as one may see it.
    function(Own, "alarms", ""),
    function(Own, "list_workspaces", "wanted=&page=1"),
    function(Own, "find_workspaces", "wanted=i"),
    function(Own, "endings", ""),
    // Links, which are right enough.
    function(Token, "open_owner_link", "token=nonsense"),
    function(Token, "open_invitation", "token=nonsense"),
    function(Token, "accept_invitation", "token=nonsense&name=Eve&password=correct+horse+battery&password_again=correct+horse+battery"),
    function(Anybody, "open_activation", "token=nonsense"),
    function(Anybody, "activate_mailbox", "token=nonsense"),
    // Help.
    function(Anybody, "catalogue", ""),
    function(Anybody, "problem", "kind=bad_credentials"),
    // Looking at a workspace.
    function(Look, "list_mailboxes", "workspace={workspace}"),
    function(Look, "mailbox", "workspace={workspace}&mailbox={mailbox}"),
    function(Look, "mailbox_history", "workspace={workspace}&mailbox={mailbox}"),
    function(Look, "activation", "workspace={workspace}&mailbox={mailbox}"),
    function(Look, "last_test_mail", "workspace={workspace}&mailbox={mailbox}"),
    function(Look, "outbox", "workspace={workspace}"),
    function(Look, "one_delivery", "workspace={workspace}&delivery={delivery}"),
    // Changing a workspace.
    function(Manage, "pause_mailbox", "workspace={workspace}&mailbox={mailbox}&paused=true"),
    function(Manage, "make_primary", "workspace={workspace}&mailbox={mailbox}&of=workspace"),
    function(Manage, "delete_mailbox", "workspace={workspace}&mailbox={mailbox}"),
    function(Manage, "check_mailbox", "workspace={workspace}&mailbox={mailbox}"),
    function(Manage, "send_activation", "workspace={workspace}&mailbox={mailbox}"),
    function(Manage, "send_test_mail", "workspace={workspace}&mailbox={primary}"),
    function(Manage, "forwarding", "workspace={workspace}&mailbox={primary}"),
    function(Manage, "check_forwarding", "workspace={workspace}&mailbox={primary}"),
    function(Manage, "retry_delivery", "workspace={workspace}&delivery={delivery}"),
    function(Manage, "throw_away_delivery", "workspace={workspace}&delivery={delivery}"),
    function(Manage, "sign_in_state", "workspace={workspace}&of[draft]={draft}"),
    function(Manage, "sign_in_state", "workspace={workspace}&of[mailbox]={mailbox}"),
    function(Manage, "owner_links", "workspace={workspace}&mailbox={mailbox}"),
    function(Manage, "create_owner_link", "workspace={workspace}&mailbox={mailbox}"),
    function(Manage, "new_owner_link", "workspace={workspace}&mailbox={mailbox}"),
    function(Manage, "revoke_owner_link", "workspace={workspace}&mailbox={mailbox}&link={link}"),
    function(Manage, "watch_check", "workspace={workspace}&whose[draft]={typed_draft}&direction=incoming"),
    function(Manage, "watch_check", "workspace={workspace}&whose[mailbox]={mailbox}&direction=outgoing"),
    // The wizard.
    function(Manage, "edit_mailbox", "workspace={workspace}&mailbox={mailbox}"),
    function(Manage, "draft", "workspace={workspace}&draft={draft}"),
    function(Manage, "draft_errors", "workspace={workspace}&draft={draft}"),
    function(Manage, "save_details", "workspace={workspace}&draft={draft}&name=Other&address=other@example.com"),
    function(Manage, "save_details", "workspace={workspace}&name=Other&address=other@example.com"),
    function(Manage, "save_kind", "workspace={workspace}&draft={draft}&kind=custom"),
    function(Manage, "submit_servers", concat!("workspace={workspace}&draft={typed_draft}&intent=keep&", server!("incoming"), "&", server!("outgoing"))),
    function(Manage, "watch_search", "workspace={workspace}&address=help@example.invalid&again=false"),
    function(Manage, "search_servers", "workspace={workspace}&draft={draft}&page=server"),
    function(Manage, "found_servers", "workspace={workspace}&draft={draft}"),
    function(Manage, "discard_draft", "workspace={workspace}&draft={draft}"),
    // Groups.
    function(Manage, "list_groups", "workspace={workspace}"),
    function(Manage, "create_group", "workspace={workspace}&name=Second"),
    function(Manage, "rename_group", "workspace={workspace}&id={group}&name=Renamed"),
    function(Manage, "archive_group", "workspace={workspace}&id={group}&archived=true"),
    function(Manage, "companies_in_use", "workspace={workspace}"),
    // The account.
    function(Account, "audit_log", "query[q]=nobody"),
    function(Account, "workspace_at_rest", "workspace={workspace}"),
    function(Account, "create_workspace", "name=Sales"),
    function(Account, "rename_workspace", "id={workspace_id}&name=Renamed"),
    function(Account, "archive_workspace", "id={workspace_id}&archived=true"),
    function(Account, "list_companies", ""),
    function(Account, "one_company", "id={company}"),
    function(Account, "create_company", "name=Other"),
    function(Account, "add_domain", "id={company}&domain=example.org"),
    function(Account, "remove_domain", "id={company}&domain={company_domain}"),
    function(Account, "make_primary", "workspace={workspace}&mailbox={mailbox}&of=account"),
    function(Account, "rename_company", "id={company}&name=Renamed"),
    function(Account, "archive_company", "id={company}&archived=true"),
    function(Account, "set_msp", "msp=true"),
    function(Account, "people", ""),
    function(Account, "invite_person", "email=new@example.com&scope=workspaces&roles[{workspace_id}]=viewer"),
    function(Account, "send_invitation_again", "id={invitation}"),
    function(Account, "new_invitation", ""),
    function(Account, "revoke_invitation", "id={invitation}"),
    function(Account, "set_roles", "person={person}&scope=account"),
    function(Account, "deactivate_person", "person={person}"),
    function(Account, "reactivate_person", "person={deactivated}"),
    function(Account, "load_alerts", ""),
    function(Account, "choose_alert_recipients", ""),
    function(Account, "send_test_alert", ""),
    function(Account, "relay", ""),
    function(Account, "save_relay", server!("outgoing")),
    function(Account, "remove_relay", ""),
    function(Account, "send_relay_test", "to=ada@example.com"),
    function(Account, "watch_check", "workspace=&whose=relay&direction=outgoing"),
    function(Account, "outbox", "workspace="),
    function(Account, "one_delivery", "workspace=&delivery={own_delivery}"),
    function(Account, "retry_delivery", "workspace=&delivery={own_delivery}"),
    function(Account, "throw_away_delivery", "workspace=&delivery={own_delivery}"),
    function(Account, "applications", ""),
    function(Account, "application_troubles", ""),
    function(Account, "secret_days_left", "provider=microsoft"),
    function(Account, "save_application", "provider=google&client_id=1-a.apps.googleusercontent.com&client_secret=geheim"),
    function(Account, "remove_application", "provider=google"),
    function(Account, "try_application", "provider=google"),
    function(Account, "sender_domains", ""),
    function(Account, "sender_domain", "domain={domain}"),
    function(Account, "look_up_sender_domain", "domain={domain}"),
    function(Account, "sign_in_security", ""),
    function(Account, "require_second_factor", "required=true"),
    function(Account, "reset_second_factor", "user={person}"),
    function(Account, "single_sign_on", ""),
    function(Account, "identity_provider", "id={identity_provider}"),
    function(Account, "save_identity_provider", "name=Partners&issuer=https://login.example.com&client_id=desk&client_secret=geheim&scopes=openid"),
    function(Account, "remove_identity_provider", "id={identity_provider}"),
    function(Account, "unlink_identity", "id={identity_provider}&identity=1"),
    function(Account, "try_identity_provider", "id={identity_provider}"),
    function(Account, "set_sign_on_at_once", "at_once=true"),
    function(Account, "switch_local_login", "on=true"),
];

/// Pages.
#[rustfmt::skip]
pub const PAGES: &[Line] = &[
    get(Own, "/"),
    get(Anybody, "/setup"),
    get(Anybody, "/sign-in"),
    get(Anybody, "/sign-in/code"),
    get(Anybody, "/forgotten"),
    get(Token, "/reset/:token"),
    get(Own, "/second-factor"),
    get(Anybody, "/help/problems"),
    get(Anybody, "/help/problems/:kind"),
    get(Anybody, "/help/troubleshooting"),
    get(Token, "/renew/:token"),
    get(Token, "/activate/:token"),
    get(Token, "/invitation/:token"),
    get(Anybody, "/consent/:outcome"),
    get(Anybody, "/gallery"),
    get(Own, "/account/me"),
    get(Account, "/account/security"),
    get(Own, "/account/workspaces"),
    get(Account, "/account/workspaces/:workspace/archive"),
    get(Account, "/account/companies"),
    get(Account, "/account/companies/:company"),
    get(Own, "/account/forecast"),
    get(Account, "/account/people"),
    get(Account, "/account/people/:person"),
    get(Account, "/account/alerts"),
    get(Account, "/account/audit"),
    get(Account, "/account/sender-domains"),
    get(Account, "/account/sender-domains/:domain"),
    get(Account, "/account/relay"),
    get(Account, "/account/relay/:delivery/delete"),
    get(Account, "/account/sign-in/:provider"),
    get(Account, "/account/single-sign-on"),
    get(Account, "/account/single-sign-on/new"),
    get(Account, "/account/single-sign-on/:identity_provider"),
    get(Look, "/admin/:workspace"),
    get(Manage, "/admin/:workspace/groups"),
    get(Look, "/admin/:workspace/channels/email/mailboxes"),
    get(Manage, "/admin/:workspace/channels/email/mailboxes/new"),
    get(Look, "/admin/:workspace/channels/email/mailboxes/:mailbox"),
    get(Look, "/admin/:workspace/channels/email/mailboxes/:mailbox/history"),
    get(Manage, "/admin/:workspace/channels/email/mailboxes/:mailbox/link"),
    get(Manage, "/admin/:workspace/channels/email/mailboxes/:mailbox/delete"),
    get(Manage, "/admin/:workspace/channels/email/mailboxes/:mailbox/primary/:of"),
    get(Look, "/admin/:workspace/channels/email/outbox"),
    get(Manage, "/admin/:workspace/channels/email/outbox/:delivery/delete"),
    get(Manage, "/admin/:workspace/channels/email/drafts/:draft/details"),
    get(Manage, "/admin/:workspace/channels/email/drafts/:draft/server"),
    get(Manage, "/admin/:workspace/channels/email/drafts/:draft/connect"),
];

/// Addresses that are neither pages nor server functions, as `web/router.rs` writes them.
#[rustfmt::skip]
pub const OTHERS: &[Line] = &[
    post(Anybody, "/language", "language=ko&back=/"),
    // A button of the wizard.
    post(Manage, "/oauth/begin", "workspace={workspace}&draft={draft}"),
    post(Manage, "/oauth/begin", "workspace={workspace}&mailbox={mailbox}"),
    // What comes back from a provider is known by its state and its browser.
    get(Anybody, "/oauth/callback"),
    // The same for signing in to Postroom itself.
    post(Anybody, "/sso/begin", "provider={identity_provider}"),
    get(Anybody, "/sso/callback"),
    get(Look, "/admin/{workspace}/channels/email/mailboxes/{mailbox}/support.txt"),
    get(Manage, "/admin/{workspace}/channels/email/drafts/{draft}/support.txt"),
    get(Account, "/account/relay/support.txt"),
    get(Account, "/account/audit/export/{format}"),
    // Server functions: each has its own line.
    get(Anybody, "/api/{*function}"),
    get(Anybody, "/health/live"),
    get(Anybody, "/health/ready"),
    get(Anybody, "/pkg"),
    get(Anybody, "/favicon.svg"),
    get(Anybody, "/favicon.ico"),
];
