//! Why a sign-in at an identity provider came to nothing.

use crate::model::{Problem, ProviderTrouble, ProviderTroubleKind};
use crate::net::{masks::Masks, trace::printable};

/// The longest detail, in bytes.
const MAX_DETAIL_BYTES: usize = 490;

/// What went wrong. The details are for administrators and the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The provider, or what it was told of us: an administrator's matter, whoever signs in.
    Provider(ProviderTrouble),
    /// The person said no, or the provider says no to this person.
    Declined { detail: String },
    /// The provider does not know this attempt any more.
    Expired,
    /// What it says proves nothing.
    Unproven { detail: String },
    /// A clock is wrong.
    Clock { detail: String },
}

impl Fault {
    pub(super) fn provider(kind: ProviderTroubleKind, detail: &str) -> Self {
        Self::Provider(ProviderTrouble { kind, detail: printable(detail, MAX_DETAIL_BYTES) })
    }

    pub(super) fn unavailable(detail: &str) -> Self {
        Self::provider(ProviderTroubleKind::Unavailable, detail)
    }

    pub(super) fn unproven(detail: &str) -> Self {
        Self::Unproven { detail: printable(detail, MAX_DETAIL_BYTES) }
    }

    /// What was seen.
    #[must_use]
    pub fn detail(&self) -> &str {
        match self {
            Self::Provider(trouble) => &trouble.detail,
            Self::Declined { detail } | Self::Unproven { detail } | Self::Clock { detail } => detail,
            Self::Expired => "",
        }
    }

    /// The same as trouble with the provider, where somebody tries it out.
    pub(super) fn as_trouble(&self) -> ProviderTrouble {
        match self {
            Self::Provider(trouble) => trouble.clone(),
            other => ProviderTrouble { kind: ProviderTroubleKind::Refused, detail: other.detail().to_owned() },
        }
    }

    /// The same without anything secret.
    pub(super) fn covered(mut self, masks: &Masks) -> Self {
        match &mut self {
            Self::Provider(ProviderTrouble { detail, .. })
            | Self::Declined { detail }
            | Self::Unproven { detail }
            | Self::Clock { detail } => *detail = masks.cover(detail).into_owned(),
            Self::Expired => {}
        }
        self
    }
}

impl From<Problem> for Fault {
    fn from(problem: Problem) -> Self {
        use ProviderTroubleKind as Kind;
        let kind = match problem {
            Problem::IdentityUnproven { detail } => return Self::unproven(&detail),
            Problem::ClockDiffers { detail } => return Self::Clock { detail },
            Problem::SignInExpired | Problem::SignInRepeated | Problem::GrantRevoked { .. } => return Self::Expired,
            Problem::ConsentDeclined { reply }
            | Problem::AdminConsentNeeded { reply }
            | Problem::AccountNotInTenant { reply }
            | Problem::AppNotAssigned { reply }
            | Problem::InteractionNeeded { reply }
            | Problem::BlockedByPolicy { reply }
            | Problem::AccountDisabled { reply }
            | Problem::PasswordExpired { reply }
            | Problem::BadCredentials { reply } => return Self::Declined { detail: reply },
            Problem::ProviderUnreachable { host, detail } => {
                return Self::provider(Kind::Unreachable, &format!("{host}: {detail}"));
            }
            Problem::AddressNotAllowed { host, address } => {
                return Self::provider(Kind::NotAllowed, &format!("{host}: {address}"));
            }
            Problem::ProviderUnavailable { .. } | Problem::RateLimited { .. } => Kind::Unavailable,
            Problem::TenantUnknown { .. } => Kind::NotAProvider,
            Problem::ClientUnknown { .. } | Problem::ClientKindWrong { .. } | Problem::SingleTenantApp { .. } => {
                Kind::ClientUnknown
            }
            Problem::ClientSecretWrong { .. } | Problem::ClientSecretExpired { .. } => Kind::SecretWrong,
            Problem::RedirectUriMismatch { .. } | Problem::PublicUrlUnsuitable { .. } => Kind::RedirectUnknown,
            _ => Kind::Refused,
        };
        Self::provider(kind, problem.reply().map_or_else(|| problem.to_string(), str::to_owned).as_str())
    }
}
