//! The pages as the router sees them: each one's code is loaded when somebody first goes there.
//!
//! The first page a newcomer meets, signing in, carries none of the administration's code.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

/// Declares one lazy page: a type for the route, and the component behind it.
macro_rules! lazy_page {
    ($route:ident, $page:path) => {
        #[doc = concat!("Loads [`", stringify!($page), "`] when it is first wanted.")]
        #[derive(Debug)]
        pub struct $route;

        #[lazy_route]
        impl LazyRoute for $route {
            fn data() -> Self {
                Self
            }

            fn view(_this: Self) -> AnyView {
                use $page as Page;
                view! { <Page /> }.into_any()
            }
        }
    };
}

lazy_page!(Frame, super::frame::AdminFrame);
lazy_page!(Setup, super::account::SetupPage);
lazy_page!(SignIn, super::account::SignInPage);
lazy_page!(Problems, super::help::ProblemsPage);
lazy_page!(Gallery, super::gallery::GalleryPage);
lazy_page!(Admin, super::admin::AdminPage);
lazy_page!(Workspaces, super::names::WorkspacesPage);
lazy_page!(Companies, super::names::CompaniesPage);
lazy_page!(Groups, super::names::GroupsPage);
lazy_page!(Mailboxes, super::mailboxes::MailboxesPage);
lazy_page!(Mailbox, super::mailbox::MailboxPage);
lazy_page!(DeleteMailbox, super::delete_mailbox::DeleteMailboxPage);
lazy_page!(NewMailbox, super::wizard::NewPage);
lazy_page!(Details, super::wizard::DetailsPage);
lazy_page!(Server, super::wizard::ServerPage);
lazy_page!(Connect, super::wizard::ConnectPage);
