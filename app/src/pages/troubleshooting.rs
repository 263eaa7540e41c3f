//! What to look at when a mailbox does not connect: short first, the details folded, links into the catalogue.

use leptos::prelude::*;
use leptos_meta::Title;

use super::help::Head;
use crate::{
    components::{Card, Fold, Page, PageHead, PageWidth},
    i18n::words,
    say,
};

/// `/help/troubleshooting`.
#[component]
pub fn TroubleshootingPage() -> impl IntoView {
    let words = words();
    view! {
        <Title text=say!(words, help.trouble_title) />
        <Page width=PageWidth::Narrow>
            <Head />
            <PageHead title=say!(words, help.trouble_title) text=say!(words, help.trouble_lead).to_owned() />
            <div class="stack">
                <Card title=say!(words, help.microsoft_title).to_owned()>
                    <p>{say!(words, help.microsoft_text)}</p>
                    <Fold summary=say!(words, help.step_by_step).to_owned()>
                        <ol>
                            <li>{say!(words, help.microsoft_1)}</li>
                            <li>{say!(words, help.microsoft_2)}</li>
                            <li>{say!(words, help.microsoft_3)}</li>
                            <li>{say!(words, help.microsoft_4)}</li>
                            <li>{say!(words, help.microsoft_5)}</li>
                        </ol>
                    </Fold>
                    <Related kinds=vec![
                        ("imap_disabled", Some("microsoft"), say!(words, help.link_imap_off)),
                        ("smtp_auth_disabled", None, say!(words, help.link_smtp_off)),
                        ("authenticated_but_not_connected", None, say!(words, help.link_not_connected)),
                        ("admin_consent_needed", None, say!(words, help.link_consent)),
                    ] />
                </Card>
                <Card title=say!(words, help.others_title).to_owned()>
                    <p>{say!(words, help.others_text)}</p>
                    <Fold summary=say!(words, help.step_by_step).to_owned()>
                        <ol>
                            <li>{say!(words, help.others_1)}</li>
                            <li>{say!(words, help.others_2)}</li>
                            <li>{say!(words, help.others_3)}</li>
                        </ol>
                    </Fold>
                    <Related kinds=vec![
                        ("imap_disabled", Some("google"), say!(words, help.link_google_imap)),
                        ("imap_disabled", Some("naver"), say!(words, help.link_naver_imap)),
                        ("app_password_needed", None, say!(words, help.link_app_password)),
                        ("bad_credentials", None, say!(words, help.link_password)),
                    ] />
                </Card>
                <Card title=say!(words, help.again_title).to_owned()>
                    <p>{say!(words, help.again_text)}</p>
                    <Fold summary=say!(words, help.step_by_step).to_owned()>
                        <ol>
                            <li>{say!(words, help.again_1)}</li>
                            <li>{say!(words, help.again_2)}</li>
                            <li>{say!(words, help.again_3)}</li>
                        </ol>
                    </Fold>
                    <Related kinds=vec![
                        ("grant_revoked", None, say!(words, help.link_revoked)),
                        ("wrong_account", None, say!(words, help.link_wrong_account)),
                        ("token_rejected", None, say!(words, help.link_token)),
                    ] />
                </Card>
                <Card title=say!(words, help.network_title).to_owned()>
                    <p>{say!(words, help.network_text)}</p>
                    <Fold summary=say!(words, help.step_by_step).to_owned()>
                        <ol>
                            <li>{say!(words, help.network_1)}</li>
                            <li>{say!(words, help.network_2)}</li>
                            <li>{say!(words, help.network_3)}</li>
                        </ol>
                    </Fold>
                    <Related kinds=vec![
                        ("connect_timed_out", None, say!(words, help.link_no_answer)),
                        ("certificate_inspected", None, say!(words, help.link_inspected)),
                        ("certificate_untrusted", None, say!(words, help.link_untrusted)),
                    ] />
                </Card>
                <p><a href="/help/problems">{say!(words, help.all)}</a></p>
            </div>
        </Page>
    }
}

/// Links to problems of the catalogue: kind, mail service, words.
#[component]
fn Related(kinds: Vec<(&'static str, Option<&'static str>, &'static str)>) -> impl IntoView {
    let links = kinds.into_iter().map(|(kind, service, text)| {
        let service = service.map(|service| format!("?provider={service}")).unwrap_or_default();
        view! { <li><a href=format!("/help/problems/{kind}{service}")>{text}</a></li> }
    });
    view! { <ul class="help-related">{links.collect_view()}</ul> }
}
