//! What belongs to a mailbox that works, item by item: what is done, what is not, and the next step.
//!
//! A list of items is told from facts by whoever knows them. Here they are shown: the first one that is not done has
//! its next step beside it, and a list on which everything is done is folded to one line.

use leptos::{either::Either, prelude::*};
use postroom_server::model::{
    DirectionStatus, Field, MailboxDetails, MailboxId, MailboxState, Problem, Security, ServerSettings, TestResult,
};

use crate::{
    api::{activation::ActivationShown, drafts::EditMailbox, test_mail::TestMailShown},
    components::{Button, ButtonSize, Card, Fold, Icon, LinkButton, Picture},
    i18n::{Locale, words},
    say,
};

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub title: String,
    pub state: ItemState,
    /// What is known, or what is missing.
    pub text: String,
    /// What to do about it where it is not done.
    pub next: Option<Next>,
}

/// Whether an item is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemState {
    Done,
    /// Nobody has done it yet, or it is under way.
    Open,
    /// It was tried, and did not work out.
    Failed,
}

/// The next step of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Somewhere on this page, or another one.
    Link { href: String, label: String },
    /// The settings, to be edited.
    Edit { workspace: String, mailbox: MailboxId },
}

/// The list.
#[component]
pub fn Checklist(#[prop(into)] items: Signal<Vec<Item>>) -> impl IntoView {
    let words = words();
    move || {
        let items = items.get();
        let done = items.iter().filter(|item| item.state == ItemState::Done).count();
        let total = items.len();
        let lines = move || {
            let mut waiting = true;
            items
                .clone()
                .into_iter()
                .map(|item| {
                    let first = item.state != ItemState::Done && std::mem::take(&mut waiting);
                    view! { <Line item first /> }
                })
                .collect_view()
        };
        if done == total {
            Either::Left(view! {
                <div class="checklist-done">
                    <Fold summary=say!(words, activation.all_done)>
                        <ol class="checklist">{lines()}</ol>
                    </Fold>
                </div>
            })
        } else {
            let title = say!(words, activation.checklist).to_owned();
            let text = say!(words, activation.done_of, done = done, total = total);
            Either::Right(view! { <Card title text><ol class="checklist">{lines()}</ol></Card> })
        }
    }
}

#[component]
fn Line(item: Item, first: bool) -> impl IntoView {
    let words = words();
    let Item { title, state, text, next } = item;
    let (name, picture, spoken) = match state {
        ItemState::Done => ("done", Picture::Check, say!(words, activation.state_done)),
        ItemState::Open => ("open", Picture::Turning, say!(words, activation.state_open)),
        ItemState::Failed => ("failed", Picture::Alert, say!(words, activation.state_failed)),
    };
    let next = next.filter(|_| first).map(|next| match next {
        Next::Link { href, label } => {
            Either::Left(view! { <LinkButton href size=ButtonSize::Small>{label}</LinkButton> })
        }
        Next::Edit { workspace, mailbox } => {
            let edit = ServerAction::<EditMailbox>::new();
            Either::Right(view! {
                <ActionForm action=edit>
                    <input type="hidden" name="workspace" value=workspace />
                    <input type="hidden" name="mailbox" value=mailbox.0 />
                    <Button size=ButtonSize::Small busy=edit.pending()>{say!(words, activation.next_edit)}</Button>
                </ActionForm>
            })
        }
    });
    view! {
        <li data-state=name>
            <Icon picture />
            <div>
                <strong>{title}</strong>
                <span class="visually-hidden">{format!(" ({spoken})")}</span>
                <span class="reason">{text}</span>
            </div>
            {next}
        </li>
    }
}

/// What a mailbox on a server of its own needs.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    pub workspace: &'a str,
    pub details: &'a MailboxDetails,
    /// As the last check left them.
    pub incoming: &'a DirectionStatus,
    pub outgoing: &'a DirectionStatus,
    pub activation: &'a ActivationShown,
    pub test: &'a TestMailShown,
    /// The kind of server, in words.
    pub kind: &'a str,
}

impl Facts<'_> {
    /// The list, in the order in which things are done.
    #[must_use]
    pub fn items(&self, words: Locale) -> Vec<Item> {
        vec![
            Item {
                title: say!(words, activation.item_server).to_owned(),
                state: ItemState::Done,
                text: self.kind.to_owned(),
                next: None,
            },
            self.credentials(words),
            self.encryption(words),
            self.activation(words),
            self.connection(words),
            self.test_mail(words),
        ]
    }

    fn credentials(&self, words: Locale) -> Item {
        let refused = |status: &DirectionStatus| {
            status.problem.as_ref().is_some_and(|problem: &Problem| {
                matches!(problem.field(), Field::Username | Field::Password | Field::AuthMethod)
            })
        };
        let sign_in_again = self.details.summary.grant.as_ref().is_some_and(|grant| grant.problem.is_some());
        let (state, text, next) = if sign_in_again {
            let next = link("#sign-in", say!(words, activation.next_sign_in));
            (ItemState::Failed, say!(words, activation.sign_in_again), Some(next))
        } else if refused(self.incoming) || refused(self.outgoing) {
            (ItemState::Failed, say!(words, activation.credentials_refused), Some(self.edit()))
        } else if self.settings().is_some() {
            (ItemState::Done, say!(words, activation.credentials_set), None)
        } else {
            (ItemState::Open, say!(words, activation.credentials_missing), Some(self.edit()))
        };
        Item { title: say!(words, activation.item_credentials).to_owned(), state, text: text.to_owned(), next }
    }

    fn encryption(&self, words: Locale) -> Item {
        let (state, text) = match self.settings() {
            None => (ItemState::Open, say!(words, activation.credentials_missing)),
            Some(both) if both.iter().all(|one| one.endpoint.security != Security::None) => {
                (ItemState::Done, say!(words, activation.encrypted))
            }
            Some(_) => (ItemState::Failed, say!(words, activation.not_encrypted)),
        };
        let next = (state != ItemState::Done).then(|| self.edit());
        Item { title: say!(words, activation.item_encryption).to_owned(), state, text: text.to_owned(), next }
    }

    fn activation(&self, words: Locale) -> Item {
        let title = say!(words, activation.item_activation).to_owned();
        let at_work = self.details.summary.state == MailboxState::Active;
        let proven = self.activation.activation.as_ref().is_some_and(|one| one.proof.is_some());
        let (state, text) = match &self.activation.activation {
            _ if proven => (ItemState::Done, say!(words, activation.address_proven)),
            None if at_work => (ItemState::Done, say!(words, activation.from_before)),
            Some(one) if at_work && !one.is_under_way() => (ItemState::Failed, say!(words, activation.not_activated)),
            Some(_) if at_work => (ItemState::Open, say!(words, activation.on_its_way)),
            _ => (ItemState::Open, say!(words, activation.when_at_work)),
        };
        let next = (state != ItemState::Done && at_work).then(|| link("#activation", say!(words, activation.next_see)));
        Item { title, state, text: text.to_owned(), next }
    }

    fn connection(&self, words: Locale) -> Item {
        let both = [self.incoming, self.outgoing];
        let (state, text) = if both.iter().any(|status| status.problem.is_some()) {
            (ItemState::Failed, say!(words, activation.connection_failed))
        } else if both.iter().all(|status| status.last_ok_at.is_some()) {
            (ItemState::Done, say!(words, activation.connection_passed))
        } else {
            (ItemState::Open, say!(words, activation.connection_open))
        };
        let next = (state != ItemState::Done).then(|| match self.settings() {
            Some(_) => link("#servers", say!(words, mailboxes.check_again)),
            None => self.edit(),
        });
        Item { title: say!(words, activation.item_connection).to_owned(), state, text: text.to_owned(), next }
    }

    fn test_mail(&self, words: Locale) -> Item {
        let result = self.test.last.as_ref().and_then(|last| last.result());
        let (state, text) = match result {
            Some(TestResult::Arrived { .. } | TestResult::InJunk { .. }) => {
                (ItemState::Done, say!(words, activation.test_arrived))
            }
            Some(TestResult::NotSent { .. } | TestResult::NotReceived { .. } | TestResult::NotSeen { .. }) => {
                (ItemState::Failed, say!(words, activation.test_failed))
            }
            Some(TestResult::Sent { .. } | TestResult::Interrupted) | None => {
                (ItemState::Open, say!(words, activation.test_open))
            }
        };
        let next = (state != ItemState::Done && self.settings().is_some())
            .then(|| link("#test-mail", say!(words, activation.next_test)));
        Item { title: say!(words, activation.item_test).to_owned(), state, text: text.to_owned(), next }
    }

    fn settings(&self) -> Option<[&ServerSettings; 2]> {
        self.details.incoming_settings.as_ref().zip(self.details.outgoing_settings.as_ref()).map(<[_; 2]>::from)
    }

    fn edit(&self) -> Next {
        Next::Edit { workspace: self.workspace.to_owned(), mailbox: self.details.summary.id }
    }
}

fn link(href: &str, label: &str) -> Next {
    Next::Link { href: href.to_owned(), label: label.to_owned() }
}

#[cfg(test)]
mod tests {
    use postroom_server::model::Language;

    use super::*;
    use crate::components::html_of;

    fn item(title: &str, state: ItemState) -> Item {
        let next = Some(link("#there", &format!("Do {title}")));
        Item { title: title.to_owned(), state, text: String::new(), next }
    }

    fn html(items: Vec<Item>) -> String {
        html_of(Language::En, move || view! { <Checklist items=Signal::stored(items) /> })
    }

    #[test]
    fn only_the_first_open_item_has_its_next_step() {
        let all = [("one", ItemState::Done), ("two", ItemState::Failed), ("three", ItemState::Open)];
        let html = html(all.map(|(title, state)| item(title, state)).to_vec());
        assert!(html.contains("Do two") && !html.contains("Do one") && !html.contains("Do three"), "{html}");
        assert!(html.contains("1 of 3"), "{html}");
    }

    #[test]
    fn a_list_on_which_everything_is_done_is_one_line() {
        let html = html(vec![item("one", ItemState::Done)]);
        assert!(html.contains("<details") && html.contains("Everything is set up"), "{html}");
    }
}
