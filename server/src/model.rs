//! The words of the product as plain data, the same on the server and in the browser.
//!
//! Nothing here opens a connection, reads a clock or holds a secret.

pub mod activation;
pub mod address;
pub mod alert;
pub mod audit;
pub mod company;
pub mod discovery;
pub mod draft;
pub mod endpoint;
pub mod finding;
pub mod folder;
pub mod forecast;
pub mod forwarding;
pub mod health;
pub mod ids;
pub mod invalid;
pub mod language;
pub mod mailbox;
pub mod oauth;
pub mod outbox;
pub mod password;
pub mod person;
pub mod problem;
pub mod provider;
pub mod received;
pub mod relay;
pub mod remedy;
pub mod report;
pub mod rule;
pub mod second_factor;
pub mod sender_domain;
pub mod server_form;
pub mod session;
pub mod single_sign_on;
pub mod step;
pub mod test_mail;
pub mod timestamp;
pub mod trust;
pub mod user;
pub mod workspace;

pub use activation::{ActivatedMailbox, Activation, ActivationLink, ActivationStage, Proof, ProvenBy};
pub use address::EmailAddress;
pub use alert::{Alert, AlertEnding, AlertKind, AlertMail, Recipient, Told};
pub use audit::{AuditAct, AuditActor, AuditChange, AuditChapter, AuditEntry, AuditFilter};
pub use company::{Companies, CompanyDetails, CompanyMailbox, CompanySummary, PrimaryOf, Serving};
pub use discovery::{
    Because, Candidate, Certainty, Discovery, Need, NeedKind, Progress, Recognised, SignInWay, Source, SourceOutcome,
    SourceReport, Sourced, Trouble, UsernameForm,
};
pub use draft::{Draft, PublishAs};
pub use endpoint::{AuthMethod, Endpoint, Protocol, Security};
pub use finding::{Certificate, Finding, Presented};
pub use folder::{FolderEntry, FolderRole};
pub use forecast::{Ending, Ends, Severity};
pub use forwarding::{ForwardingCheck, ForwardingConfirmation, ForwardingStage};
pub use health::{Cause, HappenedTo, Health, HealthEvent, Incident, Stopped};
pub use ids::{
    AlertId, AuditEntryId, CompanyId, DeliveryId, DraftId, GrantId, GroupId, IdentityId, IdentityProviderId,
    InvitationId, MailboxId, OwnerLinkId, ReceivedId, SessionId, UserId, WorkspaceId,
};
pub use invalid::{Invalid, Reason};
pub use language::Language;
pub use mailbox::{Direction, DirectionStatus, MailboxDetails, MailboxForm, MailboxState, MailboxSummary, ServerKind};
pub use oauth::{
    ApplicationForm, ApplicationStatus, Cloud, ConsentState, GrantStatus, OAuthProvider, OwnerLink, OwnerLinkState,
    PublicUrl, SignInState, TrialStep,
};
pub use outbox::{Backlog, Delivery, DeliveryState, Purpose, SentFrom};
pub use password::NewPassword;
pub use person::{AcceptForm, Invitation, InvitationForm, Membership, PersonListed, Role, Roles};
pub use problem::{Field, Problem, Weakness};
pub use provider::Provider;
pub use received::{MessageText, ReceivedMail};
pub use relay::Relay;
pub use remedy::{Remedy, Who};
pub use report::{CheckReport, Event, Line, Outcome, Party, StepReport, StepState};
pub use rule::Rule;
pub use second_factor::{SecondFactor, SecretToShow, Squares};
pub use sender_domain::{
    DkimVerdict, DmarcVerdict, DomainReport, Keeper, MxVerdict, Part, Policy, Publish, SenderDomain, SpfVerdict,
    Standing, Verdict,
};
pub use server_form::{ServerForm, ServerSettings, TlsMode};
pub use session::{OwnSession, SignedInBy};
pub use single_sign_on::{
    GrantedRole, IdentityProvider, IdentityProviderForm, LinkedPerson, LocalLogin, Mapped, ProviderButton,
    ProviderStep, ProviderTrial, ProviderTrouble, ProviderTroubleKind, RoleRule, SignOnRefusal, WaysIn,
};
pub use step::Step;
pub use test_mail::{TestMail, TestResult, TestStage, Tidied};
pub use timestamp::Timestamp;
pub use trust::{Fingerprint, Trust, TrustChoice};
pub use user::{SetupForm, User};
pub use workspace::{Around, Company, Group, NameForm, Workspace, WorkspacePage, WorkspaceRest};
