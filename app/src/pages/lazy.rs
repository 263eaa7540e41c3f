//! The pages as the router sees them: their code comes in a few parts, each loaded when it is first wanted.
//!
//! What a newcomer meets first, signing in, carries none of the administration's code. More parts would
//! load less at a time, but pieces that several parts share become files of their own, and with a part for
//! every page there were hundreds of them.

use leptos::{lazy, prelude::*};
use leptos_router::LazyRoute;

use super::{
    account, activate, admin, alerts, application, delete_mailbox, forecast, forgotten, frame, gallery, help, history,
    mailbox, mailboxes, names, outbox, own_account, owner_links, relay, renew, second_factor, sender_domains,
    sign_in_code, sign_in_security, troubleshooting, wizard,
};

/// Declares the pages of one part: a type for each route, and the component behind it.
macro_rules! part {
    ($(#[$doc:meta])* $load:ident, $preload:ident, $kind:ident { $($route:ident => $page:path),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        enum $kind {
            $($route),+
        }

        #[lazy]
        fn $load(page: $kind) -> AnyView {
            match page {
                $($kind::$route => {
                    use $page as Page;
                    view! { <Page /> }.into_any()
                })+
            }
        }

        $(
            #[doc = concat!("Loads the part with [`", stringify!($page), "`] when it is first wanted.")]
            #[derive(Debug)]
            pub struct $route;

            impl LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_this: Self) -> AnyView {
                    $load($kind::$route).await
                }

                async fn preload() {
                    #[cfg(target_arch = "wasm32")]
                    $preload().await;
                }
            }
        )+
    };
}

part! {
    /// Where people come in: the first page, and so the smallest part.
    entrance, __preload_entrance, Entrance {
        SignIn => account::SignInPage,
    }
}

part! {
    /// Seen once in the life of a Postroom, or of an account.
    beginning, __preload_beginning, Beginning {
        Setup => account::SetupPage,
        SecondFactor => second_factor::SecondFactorPage,
    }
}

part! {
    /// Looking and managing.
    administration, __preload_administration, Administration {
        Frame => frame::AdminFrame,
        Admin => admin::AdminPage,
        Workspaces => names::WorkspacesPage,
        Companies => names::CompaniesPage,
        Application => application::ApplicationPage,
        Groups => names::GroupsPage,
        Mailboxes => mailboxes::MailboxesPage,
        Mailbox => mailbox::MailboxPage,
        Outbox => outbox::OutboxPage,
        ThrowAway => outbox::ThrowAwayPage,
        Relay => relay::RelayPage,
        ThrowAwayOwn => outbox::ThrowAwayOwnPage,
        OwnerLinks => owner_links::OwnerLinksPage,
        History => history::HistoryPage,
        Forecast => forecast::ForecastPage,
        Alerts => alerts::AlertsPage,
        OwnAccount => own_account::OwnAccountPage,
        SignInSecurity => sign_in_security::SignInSecurityPage,
        SenderDomains => sender_domains::SenderDomainsPage,
        SenderDomain => sender_domains::SenderDomainPage,
        DeleteMailbox => delete_mailbox::DeleteMailboxPage,
        Problems => help::ProblemsPage,
        Problem => help::ProblemPage,
        Troubleshooting => troubleshooting::TroubleshootingPage,
        Gallery => gallery::GalleryPage,
    }
}

part! {
    /// The wizard.
    setting_up, __preload_setting_up, SettingUp {
        NewMailbox => wizard::NewPage,
        Details => wizard::DetailsPage,
        Server => wizard::ServerPage,
        Connect => wizard::ConnectPage,
    }
}

part! {
    /// For people who have no account here and come once, by a link, and those who do not come in at once.
    visiting, __preload_visiting, Visiting {
        Renew => renew::RenewPage,
        Consent => renew::ConsentPage,
        Activate => activate::ActivatePage,
        Forgotten => forgotten::ForgottenPage,
        Reset => forgotten::ResetPage,
        SignInCode => sign_in_code::SignInCodePage,
    }
}
