//! The library's types as Postroom uses them, at providers of mailboxes and at those of people alike.
//!
//! `Claims` are what an id token says besides who it is, `Beside` what comes beside the tokens, and `More` what a
//! description says besides OpenID Connect Discovery 1.0.

use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
    CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm, CoreJweKeyManagementAlgorithm,
    CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken, CoreRevocationErrorResponse,
    CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    EndpointNotSet, EndpointSet, IdTokenFields, ProviderMetadata, RequestTokenError, StandardErrorResponse,
    StandardTokenResponse,
};

use crate::model::Problem;

/// The answer of a token endpoint.
pub(crate) type Tokens<Claims, Beside> = StandardTokenResponse<
    IdTokenFields<Claims, Beside, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>,
    CoreTokenType,
>;

/// Why there is no such answer.
pub(crate) type TokenError = RequestTokenError<Problem, StandardErrorResponse<CoreErrorResponseType>>;

/// The view of an application at a provider.
pub(crate) type RelyingParty<Claims, Beside> = openidconnect::Client<
    Claims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens<Claims, Beside>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
    EndpointNotSet,
>;

/// How a provider describes itself.
pub(crate) type Metadata<More> = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;
