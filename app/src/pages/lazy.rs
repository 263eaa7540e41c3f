//! The pages as the router sees them: their code comes in a few parts, each loaded when it is first wanted.
//!
//! What a newcomer meets first, signing in, carries none of the administration's code. More parts would
//! load less at a time, but pieces that several parts share become files of their own: with a part for every page there
//! were hundreds of them, and with nine parts instead of five signing in already took 25 files and 13 kB more.

use leptos::{lazy, prelude::*};
use leptos_router::ChooseView;

use super::{
    account, activate, admin, alerts, application, audit, companies, delete_mailbox, forecast, forgotten, frame,
    gallery, help, history, invitation, mailbox, mailboxes, names, outbox, own_account, owner_links, people, primary,
    relay, renew, second_factor, sender_domains, sign_in_code, sign_in_security, single_sign_on, troubleshooting,
    wizard, workspaces,
};

/// Declares the pages of one part, and the component behind each. Pages `for_admins` tell everybody else who they are
/// for.
///
/// A part is a list of values and no type for each page: the router is made for every type it meets once more, in what
/// browsers load first.
macro_rules! part {
    (@view $page:path) => {{
        use $page as Page;
        view! { <Page /> }.into_any()
    }};
    (@view $page:path, for_admins) => {{
        use $page as Page;
        frame::for_admins(|| view! { <Page /> }).into_any()
    }};
    (
        $(#[$doc:meta])* $load:ident, $preload:ident, $part:ident
        { $($name:ident => $page:path $(, $whom:ident)?);+ $(;)? }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub enum $part {
            $(#[doc = concat!("See `", stringify!($page), "`.")] $name),+
        }

        #[lazy]
        fn $load(page: $part) -> AnyView {
            match page {
                $($part::$name => part!(@view $page $(, $whom)?),)+
            }
        }

        impl ChooseView for $part {
            async fn choose(self) -> AnyView {
                $load(self).await
            }

            async fn preload(&self) {
                #[cfg(target_arch = "wasm32")]
                $preload().await;
            }
        }
    };
}

part! {
    /// Where people come in: the first page, and so the smallest part.
    entrance, __preload_entrance, Entrance {
        SignIn => account::SignInPage;
    }
}

part! {
    /// Seen once in the life of a Postroom, or of an account.
    beginning, __preload_beginning, Beginning {
        Setup => account::SetupPage;
        SecondFactor => second_factor::SecondFactorPage;
    }
}

part! {
    /// Looking and managing.
    administration, __preload_administration, Administration {
        Home => frame::HomePage;
        Frame => frame::AdminFrame;
        Admin => admin::AdminPage;
        Workspaces => workspaces::WorkspacesPage;
        ArchiveWorkspace => workspaces::ArchiveWorkspacePage, for_admins;
        Companies => companies::CompaniesPage, for_admins;
        Company => companies::CompanyPage, for_admins;
        Primary => primary::PrimaryPage;
        Application => application::ApplicationPage, for_admins;
        Groups => names::GroupsPage;
        Mailboxes => mailboxes::MailboxesPage;
        Mailbox => mailbox::MailboxPage;
        Outbox => outbox::OutboxPage;
        ThrowAway => outbox::ThrowAwayPage;
        Relay => relay::RelayPage, for_admins;
        ThrowAwayOwn => outbox::ThrowAwayOwnPage, for_admins;
        OwnerLinks => owner_links::OwnerLinksPage;
        History => history::HistoryPage;
        Forecast => forecast::ForecastPage;
        People => people::PeoplePage, for_admins;
        Person => people::PersonPage, for_admins;
        Alerts => alerts::AlertsPage, for_admins;
        OwnAccount => own_account::OwnAccountPage;
        SignInSecurity => sign_in_security::SignInSecurityPage, for_admins;
        AuditLog => audit::AuditLogPage, for_admins;
        SenderDomains => sender_domains::SenderDomainsPage, for_admins;
        SenderDomain => sender_domains::SenderDomainPage, for_admins;
        SingleSignOn => single_sign_on::SingleSignOnPage, for_admins;
        NewProvider => single_sign_on::provider::NewProviderPage, for_admins;
        IdentityProvider => single_sign_on::provider::ProviderPage, for_admins;
        DeleteMailbox => delete_mailbox::DeleteMailboxPage;
        Problems => help::ProblemsPage;
        Problem => help::ProblemPage;
        Troubleshooting => troubleshooting::TroubleshootingPage;
        Gallery => gallery::GalleryPage;
    }
}

part! {
    /// The wizard.
    setting_up, __preload_setting_up, SettingUp {
        NewMailbox => wizard::NewPage;
        Details => wizard::DetailsPage;
        Server => wizard::ServerPage;
        Connect => wizard::ConnectPage;
    }
}

part! {
    /// For people who have no account here and come once, by a link, and those who do not come in at once.
    visiting, __preload_visiting, Visiting {
        Renew => renew::RenewPage;
        Consent => renew::ConsentPage;
        Activate => activate::ActivatePage;
        Invitation => invitation::InvitationPage;
        Forgotten => forgotten::ForgottenPage;
        Reset => forgotten::ResetPage;
        SignInCode => sign_in_code::SignInCodePage;
    }
}
