//! The fields of one mail server.

use leptos::prelude::*;
use postroom_server::model::{
    AuthMethod, CheckReport, Direction, Endpoint, Field as FormField, Fingerprint, FolderEntry, FolderRole, Invalid,
    Protocol, Security, ServerForm, TlsMode, TrustChoice,
};

use super::search_words::{Origins, certainty};
use super::trust_fields::TrustFields;
use crate::{
    components::{Checkbox, Confide, Field, Fold, Heal, Notice, PasswordField, Select, StatusBadge, StepList, Tone},
    i18n::{Locale, words},
    pages::words::field_error,
    say,
};

/// What is typed into the fields of one server, as signals.
#[derive(Clone, Copy)]
pub struct ServerFields {
    pub direction: Direction,
    pub host: RwSignal<String>,
    pub port: RwSignal<String>,
    /// Somebody typed the port: from then on it no longer follows the tick box.
    port_is_typed: RwSignal<bool>,
    pub tls: RwSignal<bool>,
    pub tls_mode: RwSignal<TlsMode>,
    pub method: RwSignal<AuthMethod>,
    pub email: RwSignal<String>,
    pub username: RwSignal<String>,
    pub folder: RwSignal<String>,
    pub trust: RwSignal<TrustChoice>,
    pub pin: RwSignal<String>,
    /// The host and port that the fingerprint was given for; empty where it was just typed.
    pub pin_for: RwSignal<String>,
    /// A trusted certificate of the host and port that stood here before, which is not trusted for these.
    pub pin_left: RwSignal<Option<Pin>>,
    pub authority: RwSignal<String>,
    pub password: RwSignal<String>,
    /// A password is sealed on the server already.
    pub has_password: RwSignal<bool>,
    /// What the form found wrong.
    pub errors: RwSignal<Vec<Invalid>>,
    /// The field the last check's problem concerns, and its remedy's title.
    pub blamed: RwSignal<Option<(FormField, String)>>,
    /// Something was typed since the last check began.
    pub changed: RwSignal<bool>,
}

/// A trusted certificate, and the host and port it is of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    pub pin: String,
    pub place: String,
}

impl ServerFields {
    #[must_use]
    pub fn new(direction: Direction, form: &ServerForm, has_password: bool) -> Self {
        let left = form.pin_left_behind().map(|place| Pin { pin: form.pin.clone(), place: place.to_owned() });
        let stays = left.is_none();
        let kept = |text: &str| if stays { text.to_owned() } else { String::new() };
        let port_is_usual = form.port == usual_port(direction.protocol(), form.tls, form.tls_mode);
        Self {
            direction,
            host: RwSignal::new(form.host.clone()),
            port: RwSignal::new(form.port.clone()),
            port_is_typed: RwSignal::new(!port_is_usual),
            tls: RwSignal::new(form.tls),
            tls_mode: RwSignal::new(form.tls_mode),
            method: RwSignal::new(form.method),
            email: RwSignal::new(form.email.clone()),
            username: RwSignal::new(form.username.clone()),
            folder: RwSignal::new(form.folder.clone()),
            trust: RwSignal::new(if stays { form.trust } else { TrustChoice::Usual }),
            pin: RwSignal::new(kept(&form.pin)),
            pin_for: RwSignal::new(kept(&form.pin_for)),
            pin_left: RwSignal::new(left),
            authority: RwSignal::new(form.authority.clone()),
            password: RwSignal::new(String::new()),
            has_password: RwSignal::new(has_password),
            errors: RwSignal::new(Vec::new()),
            blamed: RwSignal::new(None),
            changed: RwSignal::new(false),
        }
    }

    /// What is typed, without the password; tracks every field.
    #[must_use]
    pub fn form(self) -> ServerForm {
        ServerForm {
            host: self.host.get(),
            port: self.port.get(),
            tls: self.tls.get(),
            tls_mode: self.tls_mode.get(),
            method: self.method.get(),
            email: self.email.get(),
            username: self.username.get(),
            folder: self.folder.get(),
            trust: self.trust.get(),
            pin: self.pin.get(),
            pin_for: self.pin_for.get(),
            authority: self.authority.get(),
        }
    }

    /// The protection these fields stand for; tracks every field.
    #[must_use]
    pub fn security(self) -> Security {
        self.form().security(self.direction.protocol())
    }

    /// [`Self::security`] of this moment, without tracking.
    #[must_use]
    pub fn security_now(self) -> Security {
        untrack(|| self.security())
    }

    /// Takes over port and protection that a check has found open, as if they had been typed.
    pub fn take(self, offer: &Endpoint) {
        let mut form = untrack(|| self.form());
        form.take(offer);
        self.port_is_typed.set(form.port != usual_port(self.direction.protocol(), form.tls, form.tls_mode));
        self.port.set(form.port);
        self.tls.set(form.tls);
        self.tls_mode.set(form.tls_mode);
        self.blamed.set(None);
        self.follow_place();
    }

    /// Takes over whom a form trusts, as if it had been typed.
    pub fn take_trust(self, form: &ServerForm) {
        self.trust.set(form.trust);
        self.pin.set(form.pin.clone());
        self.pin_for.set(form.pin_for.clone());
        self.pin_left.set(None);
        self.blamed.set(None);
    }

    /// What was typed has been kept: the fingerprint belongs to this host and port from now on.
    pub fn settle(self) {
        let form = untrack(|| self.form());
        self.pin_for.set(form.settled(&form).pin_for);
    }

    /// A trusted certificate stays with its host and port: it goes when they change, and comes back with them.
    fn follow_place(self) {
        let form = untrack(|| self.form());
        let place = form.place();
        if let Some(left) = form.pin_left_behind().map(str::to_owned) {
            self.pin_left.set(Some(Pin { pin: form.pin, place: left }));
            self.trust.set(TrustChoice::Usual);
            self.pin.set(String::new());
            self.pin_for.set(String::new());
        } else if let Some(left) = self.pin_left.get_untracked().filter(|left| Some(&left.place) == place.as_ref()) {
            self.pin_left.set(None);
            self.trust.set(TrustChoice::Certificate);
            self.pin.set(left.pin);
            self.pin_for.set(left.place);
        }
    }

    /// True where no server and no password was typed yet, so that one that is found overwrites nothing; tracks nothing.
    #[must_use]
    pub fn is_blank(self) -> bool {
        let untyped = !self.has_password.get_untracked() && self.password.with_untracked(String::is_empty);
        untyped && untrack(|| self.form().is_blank(self.direction.protocol()))
    }

    /// Takes over a server that was found, as if it had been typed; the password stays.
    pub fn fill(self, form: &ServerForm) {
        let usual = usual_port(self.direction.protocol(), form.tls, form.tls_mode);
        self.port_is_typed.set(form.port != usual);
        self.host.set(form.host.clone());
        self.port.set(form.port.clone());
        self.tls.set(form.tls);
        self.tls_mode.set(form.tls_mode);
        self.method.set(form.method);
        self.email.set(form.email.clone());
        self.username.set(form.username.clone());
        self.folder.set(form.folder.clone());
        self.errors.set(Vec::new());
        self.blamed.set(None);
        self.follow_place();
        self.changed.set(true);
    }

    fn follow_tick_box(self) {
        if !self.port_is_typed.get_untracked() {
            let usual = usual_port(self.direction.protocol(), self.tls.get_untracked(), self.tls_mode.get_untracked());
            self.port.set(usual);
        }
    }
}

/// The registered port for what the tick box and its mode say.
fn usual_port(protocol: Protocol, tls: bool, mode: TlsMode) -> String {
    let security = match (tls, mode) {
        (false, _) => Security::None,
        (true, TlsMode::StartTls) => Security::StartTls,
        (true, TlsMode::Auto | TlsMode::Implicit) => Security::Tls,
    };
    protocol.default_port(security).to_string()
}

/// The sentence below the tick box.
fn security_sentence(words: Locale, security: Security) -> &'static str {
    match security {
        Security::Tls => say!(words, wizard.tls_implicit),
        Security::StartTls => say!(words, wizard.tls_starttls),
        Security::None => say!(words, wizard.tls_none),
    }
}

/// The id of a field of this server; the form's names are `incoming[host]` and so on.
#[must_use]
pub fn field_id(direction: Direction, field: FormField) -> String {
    let part = match field {
        FormField::Port => "port",
        FormField::Security => "tls",
        FormField::AuthMethod => "method",
        FormField::Address => "email",
        FormField::Username => "username",
        FormField::Password => "password",
        FormField::Folder => "folder",
        FormField::Pin => "pin",
        FormField::Authority => "authority",
        _ => "host",
    };
    format!("{}-{part}", direction.as_str())
}

/// The name of a field as the form shows it.
#[must_use]
pub fn field_label(words: Locale, field: FormField) -> &'static str {
    match field {
        FormField::Port => say!(words, wizard.port),
        FormField::Security => say!(words, wizard.tls),
        FormField::AuthMethod => say!(words, wizard.method),
        FormField::Address => say!(words, wizard.email),
        FormField::Username => say!(words, wizard.username),
        FormField::Password => say!(words, wizard.password),
        FormField::Folder => say!(words, wizard.folder),
        FormField::Pin => say!(words, wizard.pin),
        FormField::Authority => say!(words, wizard.authority),
        _ => say!(words, wizard.host),
    }
}

/// Host, port, encryption, method, address, user name, password, and whom to trust.
#[component]
pub fn ServerFieldset(
    fields: ServerFields,
    /// The relay may ask for no sign-in.
    #[prop(optional)]
    for_relay: bool,
    /// The last check, which knows the folders there are.
    #[prop(optional, into)]
    report: Signal<Option<CheckReport>>,
    /// Who has told the values that stand in the fields, where they were found.
    #[prop(optional, into)]
    origins: Signal<Option<Origins>>,
) -> impl IntoView {
    let words = words();
    let direction = fields.direction;
    // A password belongs to a host: it is asked for once the host is there to be read. Without WASM both are typed at
    // once, one below the other.
    let live = RwSignal::new(false);
    Effect::new(move |_| live.set(true));
    let hostless = Memo::new(move |_| {
        let missed = fields.errors.with(|errors| errors.iter().any(|one| one.field == FormField::Password));
        live.get() && !missed && fields.host.with(|host| host.trim().is_empty())
    });
    let username_hint = Signal::derive(move || origins.with(|origins| Some(origins.as_ref()?.username.clone())));
    let method_hint = Signal::derive(move || {
        let told = origins.with(|origins| origins.as_ref()?.method.clone());
        Some(told.unwrap_or_else(|| say!(words, wizard.method_hint).to_owned()))
    });
    let name = move |part: &str| format!("{}[{part}]", direction.as_str());
    let id = move |field| field_id(direction, field);
    let error = move |field: FormField| {
        Signal::derive(move || {
            fields.errors.with(|errors| field_error(words, errors, field)).or_else(|| {
                fields
                    .blamed
                    .with(|blamed| blamed.as_ref().filter(|blamed| blamed.0 == field).map(|blamed| blamed.1.clone()))
            })
        })
    };
    // A field that is typed in is no longer known to be wrong, and the last check no longer fits.
    let typing = move |field: FormField, signal: RwSignal<String>| {
        Callback::new(move |text: String| {
            if signal.with_untracked(|before| *before != text) {
                signal.set(text);
                touched(fields, field);
                fields.follow_place();
            }
        })
    };
    let host_hint = match direction {
        Direction::Incoming => say!(words, wizard.host_hint_imap),
        Direction::Outgoing => say!(words, wizard.host_hint_smtp),
    };
    let on_port = Callback::new(move |text: String| {
        if fields.port.with_untracked(|before| *before != text) {
            fields.port_is_typed.set(!text.is_empty());
            fields.port.set(text);
            touched(fields, FormField::Port);
            fields.follow_place();
        }
    });
    let on_tls = Callback::new(move |ticked: bool| {
        fields.tls.set(ticked);
        fields.follow_tick_box();
        touched(fields, FormField::Security);
    });
    let on_mode = Callback::new(move |value: String| {
        fields.tls_mode.set(match value.as_str() {
            "implicit" => TlsMode::Implicit,
            "starttls" => TlsMode::StartTls,
            _ => TlsMode::Auto,
        });
        fields.follow_tick_box();
        touched(fields, FormField::Security);
    });
    let on_method = Callback::new(move |value: String| {
        fields.method.set(match value.as_str() {
            "login" => AuthMethod::Login,
            "none" if for_relay => AuthMethod::None,
            _ => AuthMethod::Plain,
        });
        touched(fields, FormField::AuthMethod);
    });
    let mut methods = vec![
        ("plain".to_owned(), say!(words, wizard.method_plain).to_owned()),
        ("login".to_owned(), say!(words, wizard.method_login).to_owned()),
    ];
    if for_relay {
        methods.push(("none".to_owned(), say!(words, relay.method_none).to_owned()));
    }
    let email_label = if for_relay { say!(words, relay.email) } else { say!(words, wizard.email) };
    let modes = vec![
        ("auto".to_owned(), say!(words, wizard.tls_mode_auto).to_owned()),
        ("implicit".to_owned(), say!(words, wizard.tls_mode_implicit).to_owned()),
        ("starttls".to_owned(), say!(words, wizard.tls_mode_starttls).to_owned()),
    ];
    let method_value = Signal::derive(move || {
        match fields.method.get() {
            AuthMethod::Login => "login",
            AuthMethod::None => "none",
            AuthMethod::Plain | AuthMethod::XOAuth2 | AuthMethod::OAuthBearer => "plain",
        }
        .to_owned()
    });
    let mode_value = Signal::derive(move || {
        match fields.tls_mode.get() {
            TlsMode::Auto => "auto",
            TlsMode::Implicit => "implicit",
            TlsMode::StartTls => "starttls",
        }
        .to_owned()
    });
    let sentence = Signal::derive(move || Some(security_sentence(words, fields.security()).to_owned()));
    let password_hint = Signal::derive(move || {
        // What stands in the field is what counts; only an empty one means *keep it*.
        let hint = if fields.has_password.get() && fields.password.with(String::is_empty) {
            say!(words, wizard.password_unchanged)
        } else {
            say!(words, wizard.password_hint)
        };
        Some(hint.to_owned())
    });
    let folded_matters = fields.username.with_untracked(|name| !name.is_empty())
        || fields.tls_mode.get_untracked() != TlsMode::Auto
        || fields.trust.get_untracked() != TrustChoice::Usual;
    let left = move || {
        fields.pin_left.get().map(|Pin { pin, place }| {
            let pin = Fingerprint::parse(&pin).map_or(pin, |pin| pin.short());
            view! { <Notice tone=Tone::Warning>{say!(words, wizard.pin_left, pin = pin, place = place)}</Notice> }
        })
    };
    view! {
        <div class="form">
            <div class="field-row">
                <Field
                    label=say!(words, wizard.host) name=name("host") id=id(FormField::Host) value=fields.host placeholder=host_hint
                    error=error(FormField::Host) inputmode="url" autocomplete="off" required=true maxlength=300
                    on_input=typing(FormField::Host, fields.host)
                />
                <Field
                    label=say!(words, wizard.port) name=name("port") id=id(FormField::Port) value=fields.port
                    error=error(FormField::Port) inputmode="numeric" autocomplete="off" required=true maxlength=10 on_input=on_port
                />
            </div>
            {left}
            {move || origins.get().map(|origins| view! { <OriginLine origins /> })}
            <Checkbox
                label=say!(words, wizard.tls) name=name("tls") id=id(FormField::Security) checked=fields.tls hint=sentence
                error=error(FormField::Security) on_change=on_tls
            />
            <Select
                label=say!(words, wizard.method) name=name("method") id=id(FormField::AuthMethod) options=methods value=method_value
                hint=method_hint error=error(FormField::AuthMethod) on_change=on_method
            />
            <Field
                label=email_label name=name("email") id=id(FormField::Address) value=fields.email inputmode="email"
                error=error(FormField::Address) autocomplete="off" required=true maxlength=320
                on_input=typing(FormField::Address, fields.email)
            />
            <div class="form" hidden=move || fields.method.get() == AuthMethod::None || hostless.get()>
                <PasswordField
                    label=say!(words, wizard.password) name=name("password") id=id(FormField::Password) value=fields.password
                    unchanged=fields.has_password hint=password_hint error=error(FormField::Password)
                    on_input=typing(FormField::Password, fields.password)
                />
            </div>
            {(direction == Direction::Incoming).then(|| view! {
                <FolderField
                    name=name("folder") value=fields.folder report error=error(FormField::Folder)
                    on_input=typing(FormField::Folder, fields.folder)
                />
            })}
            <Fold summary=say!(words, wizard.more) open=folded_matters>
                <div class="form">
                    <Field
                        label=say!(words, wizard.username) name=name("username") id=id(FormField::Username) value=fields.username
                        hint=username_hint error=error(FormField::Username) inputmode="email" autocomplete="off" maxlength=400
                        on_input=typing(FormField::Username, fields.username)
                    />
                    <Select
                        label=say!(words, wizard.tls_mode) name=name("tls_mode") id=format!("{}-mode", direction.as_str()) options=modes
                        value=mode_value on_change=on_mode
                    />
                    <TrustFields fields pin_error=error(FormField::Pin) authority_error=error(FormField::Authority) />
                </div>
            </Fold>
        </div>
    }
}

/// Who has told host, port and encryption, and what that is worth.
#[component]
fn OriginLine(origins: Origins) -> impl IntoView {
    let (tone, text) = certainty(words(), origins.certainty);
    view! {
        <p class="origin">
            <StatusBadge tone text />
            <span>{origins.server}</span>
        </p>
    }
}

/// The folder that is watched: typed, or picked from those the last check has seen.
#[component]
pub fn FolderField(
    #[prop(into)] name: String,
    #[prop(into)] value: Signal<String>,
    #[prop(into)] report: Signal<Option<CheckReport>>,
    #[prop(optional, into)] error: Signal<Option<String>>,
    #[prop(optional, into)] on_input: Option<Callback<String>>,
) -> impl IntoView {
    let words = words();
    let suggestions = Memo::new(move |_| report.with(|report| report.as_ref().map(folders).unwrap_or_default()));
    let suggested = Signal::derive(move || {
        let one = |folder: FolderEntry| (folder.name, role_words(words, folder.role).unwrap_or_default().to_owned());
        suggestions.get().into_iter().map(one).collect::<Vec<_>>()
    });
    let hint = Signal::derive(move || {
        let count = suggestions.with(Vec::len);
        let hint = if count == 0 {
            say!(words, wizard.folder_hint).to_owned()
        } else {
            say!(words, wizard.folder_hint_known, count = count)
        };
        Some(hint)
    });
    view! {
        <Field
            label=say!(words, wizard.folder) name id=field_id(Direction::Incoming, FormField::Folder) value=value hint
            placeholder="INBOX" error autocomplete="off" maxlength=300 suggestions=suggested
            on_input=on_input.unwrap_or_else(|| Callback::new(|_| ()))
        />
    }
}

/// The folders a check has seen, those where nobody would watch for new mail last.
fn folders(report: &CheckReport) -> Vec<FolderEntry> {
    let mut list = report.folders().to_vec();
    list.sort_by_key(|folder| match folder.role {
        Some(FolderRole::Inbox) => 0,
        None => 1,
        Some(FolderRole::All | FolderRole::Archive) => 2,
        Some(FolderRole::Drafts | FolderRole::Junk | FolderRole::Sent | FolderRole::Trash) => 3,
    });
    list
}

/// What a folder is for, beside its name.
fn role_words(words: Locale, role: Option<FolderRole>) -> Option<&'static str> {
    Some(match role? {
        FolderRole::Inbox => say!(words, wizard.folder_inbox),
        FolderRole::All => say!(words, wizard.folder_all),
        FolderRole::Archive => say!(words, wizard.folder_archive),
        FolderRole::Drafts => say!(words, wizard.folder_drafts),
        FolderRole::Junk => say!(words, wizard.folder_junk),
        FolderRole::Sent => say!(words, wizard.folder_sent),
        FolderRole::Trash => say!(words, wizard.folder_trash),
    })
}

pub(super) fn touched(fields: ServerFields, field: FormField) {
    fields.changed.set(true);
    fields.errors.update(|errors| errors.retain(|invalid| invalid.field != field));
    fields.blamed.update(|blamed| {
        if blamed.as_ref().is_some_and(|blamed| blamed.0 == field) {
            *blamed = None;
        }
    });
}

/// What the last check of a server said, and whether its fields have changed since.
#[component]
pub fn LastCheck(
    fields: ServerFields,
    /// `None` where there was no check.
    #[prop(into)]
    report: Signal<Option<CheckReport>>,
    /// The report to draw, or the ladder ahead.
    #[prop(into)]
    shown: Signal<CheckReport>,
    /// The words where there was no check.
    unchecked: &'static str,
    /// What the button posts that takes over what the check has found open: its name and its value.
    posts: (&'static str, &'static str),
    /// What the button posts that trusts the certificate the check was shown.
    trusts: (&'static str, &'static str),
) -> impl IntoView {
    let words = words();
    // An offer is for the host that was checked, not for another that has been typed since.
    let fits = Signal::derive(move || {
        let form = fields.form();
        report.with(|report| {
            report.as_ref().is_some_and(|report| report.offers.first().is_some_and(|offer| form.is_for(&offer.host)))
        })
    });
    let heal = Heal { posts, fits };
    // So is a certificate, and for the port.
    let place = Signal::derive(move || fields.form().place().filter(|_| !fields.changed.get()));
    let confide = Confide { posts: trusts, fields: fields.direction.as_str(), place };
    view! {
        <Show
            when=move || report.with(Option::is_some)
            fallback=move || view! { <p class="soft small">{unchecked}</p> }
        >
            <Show when=move || fields.changed.get()>
                <Notice tone=Tone::Warning>{say!(words, wizard.changed_since)}</Notice>
            </Show>
            <StepList report=shown heal confide />
        </Show>
    }
}
