//! A provider over TLS on loopback, and an application registered there.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;

use openidconnect::core::{CoreHmacKey, CoreJsonWebKey, CoreJwsSigningAlgorithm, CoreRsaPrivateSigningKey};
use openidconnect::{JsonWebKeyId, PrivateSigningKey as _};
use postroom_server::model::{OAuthProvider, Problem, Timestamp};
use postroom_server::oauth::{Answer, Application, Client, Deadlines, Endpoints, Exchanged};
use postroom_testing::{Authority, HttpReply, HttpRequest, Https, Leaf, ServerTls};
use secrecy::SecretString;
use serde_json::{Value, json};
use url::Url;

pub const TENANT: &str = "6f0c5a3e-9d1b-4c67-8f0a-2b7d4e91c5aa";
pub const OTHER_TENANT: &str = "0b1c9a77-5f8e-4f5c-9d53-2f3b8a4e6c11";
pub const CLIENT_ID: &str = "d2719f3a-3b0e-4c55-8f3c-64a4f2d8be10";
pub const CLIENT_SECRET: &str = "xyz8Q~the-client-secret-nobody-may-see";
pub const CODE: &str = "0.AXoA-the-code-nobody-may-see";
pub const VERIFIER: &str = "the-verifier-nobody-may-see-0123456789-abcdefghij";
pub const NONCE: &str = "the-nonce-of-this-attempt";
pub const ACCESS: &str = "EwBo-the-access-token-nobody-may-see";
pub const REFRESH: &str = "0.ARoA-the-refresh-token-nobody-may-see";
pub const IMAP_SCOPE: &str = "https://outlook.office.com/IMAP.AccessAsUser.All";
pub const SMTP_SCOPE: &str = "https://outlook.office.com/SMTP.Send";
pub const GMAIL_SCOPE: &str = "https://mail.google.com/";
pub const REDIRECT_URI: &str = "https://desk.example.org/oauth/callback";
/// 23 November 2026, 12:00 UTC.
pub const NOW: Timestamp = Timestamp(1_795_435_200_000);

/// What the provider does at each of its addresses.
#[derive(Clone)]
pub struct Behaviour {
    pub metadata: HttpReply,
    pub keys: HttpReply,
    pub token: HttpReply,
    pub authorize: HttpReply,
    pub revoke: HttpReply,
    pub userinfo: HttpReply,
}

/// A provider, and we who were registered there.
pub struct World {
    pub authority: Authority,
    pub provider: Https,
    pub application: Application,
    pub client: Arc<Client>,
    pub behaviour: Arc<Mutex<Behaviour>>,
}

/// One of the two keys the provider may sign with.
#[derive(Clone, Copy, Debug)]
pub enum Key {
    First,
    Second,
}

impl Key {
    pub fn kid(self) -> &'static str {
        match self {
            Self::First => "first",
            Self::Second => "second",
        }
    }

    /// Read once: checking the primes takes longer than signing.
    fn private(self) -> &'static CoreRsaPrivateSigningKey {
        static FIRST: LazyLock<CoreRsaPrivateSigningKey> = LazyLock::new(|| read(Key::First));
        static SECOND: LazyLock<CoreRsaPrivateSigningKey> = LazyLock::new(|| read(Key::Second));
        match self {
            Self::First => &FIRST,
            Self::Second => &SECOND,
        }
    }

    pub fn public(self) -> Value {
        let key: CoreJsonWebKey = self.private().as_verification_key();
        serde_json::to_value(key).unwrap()
    }

    /// A statement signed with RS256.
    pub fn sign(self, claims: &Value) -> String {
        let text = unsigned(&json!({"typ": "JWT", "alg": "RS256", "kid": self.kid()}), claims);
        let signature = self.private().sign(&CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256, text.as_bytes()).unwrap();
        format!("{text}.{}", base64(&signature))
    }
}

fn read(key: Key) -> CoreRsaPrivateSigningKey {
    let pem = match key {
        Key::First => include_str!("keys/first.pem"),
        Key::Second => include_str!("keys/second.pem"),
    };
    CoreRsaPrivateSigningKey::from_pem(pem, Some(JsonWebKeyId::new(key.kid().to_owned()))).unwrap()
}

/// A statement sealed with the client secret, which we know as well as the provider.
pub fn seal(claims: &Value) -> String {
    let text = unsigned(&json!({"typ": "JWT", "alg": "HS256"}), claims);
    let signature =
        CoreHmacKey::new(CLIENT_SECRET.as_bytes()).sign(&CoreJwsSigningAlgorithm::HmacSha256, text.as_bytes()).unwrap();
    format!("{text}.{}", base64(&signature))
}

/// Header and payload (RFC 7515 5.1).
pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}", base64(header.to_string().as_bytes()), base64(claims.to_string().as_bytes()))
}

fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

pub fn json(status: u16, body: &Value) -> HttpReply {
    HttpReply::of(status, "application/json; charset=utf-8", body.to_string())
}

pub fn html(status: u16, body: &str) -> HttpReply {
    HttpReply::of(status, "text/html; charset=utf-8", body)
}

pub fn redirect(to: &str) -> HttpReply {
    html(302, "").with("Location", to)
}

/// A refusal of the token endpoint (RFC 6749 5.2).
pub fn refusal(error: &str, description: &str) -> HttpReply {
    json(400, &json!({"error": error, "error_description": description}))
}

pub fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

pub fn answer() -> Answer {
    Answer { code: Some(CODE.to_owned()), ..Answer::default() }
}

impl World {
    /// Microsoft: `tenant` as it stands in addresses, described as one of many unless it is an id.
    pub async fn microsoft(tenant: &str) -> Self {
        let mut world = Self::start(OAuthProvider::Microsoft, tenant).await;
        let issuer = match tenant {
            TENANT => format!("{}/{TENANT}/v2.0", world.base()),
            _ => format!("{}/{{tenantid}}/v2.0", world.base()),
        };
        let base = world.base();
        world.describe(|metadata| {
            metadata["issuer"] = json!(issuer);
            metadata["authorization_endpoint"] = json!(format!("{base}/{tenant}/oauth2/v2.0/authorize"));
        });
        world.grant(|_| {});
        world.application.endpoints.mail_scopes = vec![IMAP_SCOPE.to_owned(), SMTP_SCOPE.to_owned()];
        world
    }

    pub async fn google() -> Self {
        let mut world = Self::start(OAuthProvider::Google, "").await;
        let base = world.base();
        world.describe(|metadata| {
            metadata["issuer"] = json!(base);
            metadata["revocation_endpoint"] = json!(format!("{base}/revoke"));
        });
        world.grant(|response| response["scope"] = json!(format!("openid email profile {GMAIL_SCOPE}")));
        world.application.endpoints.mail_scopes = vec![GMAIL_SCOPE.to_owned()];
        world
    }

    async fn start(provider: OAuthProvider, tenant: &str) -> Self {
        let authority = Authority::new("Provider");
        let nothing = || html(404, "");
        let behaviour = Arc::new(Mutex::new(Behaviour {
            metadata: nothing(),
            keys: json(200, &json!({"keys": [Key::First.public()]})),
            token: nothing(),
            authorize: redirect(&format!("{REDIRECT_URI}?error=login_required&state=s")),
            revoke: json(200, &json!({})),
            userinfo: nothing(),
        }));
        let shared = Arc::clone(&behaviour);
        let tls = ServerTls::of(&authority.issue(&Leaf::default()));
        let server = Https::serve(tls, move |request| {
            let behaviour = shared.lock().unwrap().clone();
            let path = request.target.split('?').next().unwrap_or_default();
            match path.rsplit('/').next().unwrap_or_default() {
                "openid-configuration" => behaviour.metadata,
                "keys" => behaviour.keys,
                "token" => behaviour.token,
                "authorize" => behaviour.authorize,
                "revoke" => behaviour.revoke,
                "userinfo" => behaviour.userinfo,
                _ => html(404, "not here"),
            }
        })
        .await;
        let base = Url::parse(&format!("https://127.0.0.1:{}", server.port())).unwrap();
        let application = Application {
            provider,
            client_id: CLIENT_ID.to_owned(),
            client_secret: secret(CLIENT_SECRET),
            tenant: tenant.to_owned(),
            endpoints: Endpoints { base, mail_scopes: Vec::new() },
            redirect_uri: Url::parse(REDIRECT_URI).unwrap(),
        };
        let client = Arc::new(Client::new(&[authority.root()]).unwrap());
        Self { authority, provider: server, application, client, behaviour }
    }

    pub fn base(&self) -> String {
        self.application.endpoints.base.as_str().trim_end_matches('/').to_owned()
    }

    pub fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.behaviour.lock().unwrap());
    }

    /// Describes the provider; `change` says in what way otherwise than usual.
    pub fn describe(&self, change: impl FnOnce(&mut Value)) {
        let base = self.base();
        let mut metadata = json!({
            "issuer": base,
            "authorization_endpoint": format!("{base}/authorize"),
            "token_endpoint": format!("{base}/token"),
            "jwks_uri": format!("{base}/keys"),
            "response_types_supported": ["code", "id_token"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
            "tenant_region_scope": null,
            "cloud_instance_name": "microsoftonline.com",
        });
        change(&mut metadata);
        self.behave(|behaviour| behaviour.metadata = json(200, &metadata));
    }

    /// What a good statement claims.
    pub fn claims(&self) -> Value {
        let issuer = match self.application.provider {
            OAuthProvider::Microsoft => format!("{}/{TENANT}/v2.0", self.base()),
            OAuthProvider::Google => self.base(),
        };
        let seconds = NOW.0 / 1_000;
        let mut claims = json!({
            "iss": issuer,
            "aud": CLIENT_ID,
            "sub": "AAAA-pairwise",
            "iat": seconds - 2,
            "exp": seconds + 3_600,
            "nonce": NONCE,
            "name": "Ada Lovelace",
            "email": "ada@example.org",
        });
        if self.application.provider == OAuthProvider::Microsoft {
            claims["nbf"] = json!(seconds - 2);
            claims["tid"] = json!(TENANT);
            claims["oid"] = json!("00000000-1111-2222-3333-444444444444");
            claims["preferred_username"] = json!("ada@contoso.onmicrosoft.com");
        }
        claims
    }

    /// Gives good tokens; `change` says in what way otherwise than usual.
    pub fn grant(&self, change: impl FnOnce(&mut Value)) {
        let mut response = json!({
            "token_type": "Bearer",
            "scope": format!("openid profile email {IMAP_SCOPE} {SMTP_SCOPE}"),
            "expires_in": 4_271,
            "ext_expires_in": 4_271,
            "access_token": ACCESS,
            "refresh_token": REFRESH,
            "id_token": Key::First.sign(&self.claims()),
        });
        change(&mut response);
        self.behave(|behaviour| behaviour.token = json(200, &response));
    }

    /// Gives good tokens with a statement that claims something else.
    pub fn claim(&self, change: impl FnOnce(&mut Value)) {
        let mut claims = self.claims();
        change(&mut claims);
        self.state(&Key::First.sign(&claims));
    }

    /// Gives good tokens with this statement.
    pub fn state(&self, statement: &str) {
        let google = self.application.provider == OAuthProvider::Google;
        self.grant(|response| {
            response["id_token"] = json!(statement);
            if google {
                response["scope"] = json!(GMAIL_SCOPE);
            }
        });
    }

    pub async fn exchange(&self) -> Result<Exchanged, Problem> {
        self.exchange_of(&answer()).await
    }

    pub async fn exchange_of(&self, answer: &Answer) -> Result<Exchanged, Problem> {
        self.client.exchange(&self.application, answer, &secret(VERIFIER), &secret(NONCE), NOW).await
    }

    /// The requests to the address that ends with `name`.
    pub fn asked(&self, name: &str) -> Vec<HttpRequest> {
        let is_there =
            |request: &HttpRequest| request.target.split('?').next().unwrap_or_default().ends_with(&format!("/{name}"));
        self.provider.asked().into_iter().filter(is_there).collect()
    }

    /// The parameters of the last request for tokens, sorted.
    pub fn token_parameters(&self) -> Vec<(String, String)> {
        let request = self.asked("token").pop().unwrap();
        let mut parameters: Vec<_> = url::form_urlencoded::parse(request.body.as_bytes()).into_owned().collect();
        parameters.sort();
        parameters
    }
}

/// A client that does not wait long.
pub fn impatient(authority: &Authority) -> Client {
    let deadlines = Deadlines { connect: Duration::from_millis(300), total: Duration::from_millis(300) };
    Client::with_deadlines(&[authority.root()], deadlines).unwrap()
}
