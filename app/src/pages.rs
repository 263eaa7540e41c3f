//! One file per address, or per step of the wizard.

mod account;
mod admin;
mod application;
mod begin_form;
mod delete_mailbox;
mod frame;
mod gallery;
mod help;
mod hindrance;
pub mod lazy;
mod live_check;
mod loaded;
mod mailbox;
mod mailbox_sign_in;
mod mailboxes;
mod mailto;
mod names;
mod outbox;
mod owner_links;
mod renew;
mod repair;
mod test_mail;
pub mod wizard;
mod words;

pub use account::{SetupPage, SignInPage};
pub use admin::AdminPage;
pub use delete_mailbox::DeleteMailboxPage;
pub use frame::{AdminFrame, HomePage, NotFoundPage};
pub use gallery::GalleryPage;
pub use help::ProblemsPage;
pub use mailbox::MailboxPage;
pub use mailboxes::MailboxesPage;
pub use names::{CompaniesPage, GroupsPage, WorkspacesPage};
pub use owner_links::OwnerLinksPage;
pub use renew::{ConsentPage, RenewPage};
pub use words::reason;
