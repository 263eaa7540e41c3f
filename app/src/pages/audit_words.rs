//! What acts are called.

use postroom_server::model::{AuditAct, AuditChapter};

use crate::{i18n::Locale, say};

/// What was done, in a few words.
pub fn act_words(words: Locale, act: AuditAct) -> &'static str {
    match act {
        AuditAct::MailboxCreated => say!(words, audit.act_mailbox_created),
        AuditAct::MailboxChanged => say!(words, audit.act_mailbox_changed),
        AuditAct::MailboxPaused => say!(words, audit.act_mailbox_paused),
        AuditAct::MailboxResumed => say!(words, audit.act_mailbox_resumed),
        AuditAct::MailboxMadePrimary => say!(words, audit.act_mailbox_made_primary),
        AuditAct::MailboxActivated => say!(words, audit.act_mailbox_activated),
        AuditAct::MailboxDeleted => say!(words, audit.act_mailbox_deleted),
        AuditAct::MailboxSignedIn => say!(words, audit.act_mailbox_signed_in),
        AuditAct::MailboxSignInRefused => say!(words, audit.act_mailbox_sign_in_refused),
        AuditAct::OwnerLinkMade => say!(words, audit.act_owner_link_made),
        AuditAct::OwnerLinkRevoked => say!(words, audit.act_owner_link_revoked),
        AuditAct::TestMailSent => say!(words, audit.act_test_mail_sent),
        AuditAct::DeliveryRetried => say!(words, audit.act_delivery_retried),
        AuditAct::DeliveryThrownAway => say!(words, audit.act_delivery_thrown_away),
        AuditAct::GroupCreated => say!(words, audit.act_group_created),
        AuditAct::GroupChanged => say!(words, audit.act_group_changed),
        AuditAct::WorkspaceCreated => say!(words, audit.act_workspace_created),
        AuditAct::WorkspaceChanged => say!(words, audit.act_workspace_changed),
        AuditAct::CompanyCreated => say!(words, audit.act_company_created),
        AuditAct::CompanyChanged => say!(words, audit.act_company_changed),
        AuditAct::SignedIn => say!(words, audit.act_signed_in),
        AuditAct::SignInRefused => say!(words, audit.act_sign_in_refused),
        AuditAct::SignedOut => say!(words, audit.act_signed_out),
        AuditAct::SessionRevoked => say!(words, audit.act_session_revoked),
        AuditAct::PasswordChanged => say!(words, audit.act_password_changed),
        AuditAct::PasswordForgotten => say!(words, audit.act_password_forgotten),
        AuditAct::SecondFactorSwitchedOn => say!(words, audit.act_second_factor_on),
        AuditAct::SecondFactorSwitchedOff => say!(words, audit.act_second_factor_off),
        AuditAct::AccessRefused => say!(words, audit.act_access_refused),
        AuditAct::PersonInvited => say!(words, audit.act_person_invited),
        AuditAct::InvitationRevoked => say!(words, audit.act_invitation_revoked),
        AuditAct::PersonJoined => say!(words, audit.act_person_joined),
        AuditAct::PersonChanged => say!(words, audit.act_person_changed),
        AuditAct::PersonDeactivated => say!(words, audit.act_person_deactivated),
        AuditAct::PersonReactivated => say!(words, audit.act_person_reactivated),
        AuditAct::ApplicationChanged => say!(words, audit.act_application_changed),
        AuditAct::ApplicationRemoved => say!(words, audit.act_application_removed),
        AuditAct::RelayChanged => say!(words, audit.act_relay_changed),
        AuditAct::RelayRemoved => say!(words, audit.act_relay_removed),
        AuditAct::AlertsChanged => say!(words, audit.act_alerts_changed),
        AuditAct::IdentityProviderChanged => say!(words, audit.act_identity_provider_changed),
        AuditAct::IdentityProviderRemoved => say!(words, audit.act_identity_provider_removed),
        AuditAct::SwitchChanged => say!(words, audit.act_switch_changed),
        AuditAct::KeyRotated => say!(words, audit.act_key_rotated),
        AuditAct::BackupMade => say!(words, audit.act_backup_made),
    }
}

/// What a switch is called on its page; one that is not known keeps its name.
pub fn switch_words(words: Locale, name: String) -> String {
    match name.as_str() {
        "msp" => say!(words, audit.switch_msp).to_owned(),
        "second_factor_required" => say!(words, audit.switch_second_factor).to_owned(),
        "sign_on_at_once" => say!(words, audit.switch_at_once).to_owned(),
        "local_login" => say!(words, audit.switch_local_login).to_owned(),
        _ => name,
    }
}

/// What acts are grouped by.
pub fn chapter_words(words: Locale, chapter: AuditChapter) -> &'static str {
    match chapter {
        AuditChapter::Mailboxes => say!(words, audit.chapter_mailboxes),
        AuditChapter::Workspaces => say!(words, audit.chapter_workspaces),
        AuditChapter::SignIns => say!(words, audit.chapter_sign_ins),
        AuditChapter::People => say!(words, audit.chapter_people),
        AuditChapter::Account => say!(words, audit.chapter_account),
    }
}
