//! A session that is signed in and looks at a folder.

use super::{
    capabilities::Capabilities,
    conversation::Conversation,
    folder::{Folder, Look},
};
use crate::{model::Problem, net::Wire};

/// An opened IMAP session: signed in, one folder examined, IDLE running where the server has it.
#[derive(Debug)]
pub struct Session {
    conversation: Box<Conversation>,
    capabilities: Capabilities,
    folder: Folder,
    idling: bool,
}

impl Session {
    pub(super) fn new(conversation: Conversation, capabilities: Capabilities, look: Look) -> Self {
        let idling = look.is_idling();
        Self { conversation: Box::new(conversation), capabilities, folder: look.into_folder(), idling }
    }

    /// What the server can do for somebody who is signed in.
    #[must_use]
    pub const fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    /// The folder as it was when the session was opened.
    #[must_use]
    pub const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// True while the server tells us of new mail by itself.
    #[must_use]
    pub const fn is_idling(&self) -> bool {
        self.idling
    }

    pub(super) fn conversation(&mut self) -> &mut Conversation {
        &mut self.conversation
    }

    /// Ends IDLE where it runs, so that commands can be said.
    pub(super) async fn leave_idle(&mut self) -> Result<(), Problem> {
        self.idling = false;
        self.conversation.leave_idle().await
    }

    /// Ends IDLE and hands the connection over to whoever works in the mailbox.
    ///
    /// # Errors
    /// The connection broke while IDLE was ended.
    pub async fn into_wire(mut self) -> Result<Wire, Problem> {
        self.conversation.leave_idle().await?;
        Ok(self.conversation.take_wire())
    }

    /// Ends IDLE and the session politely (RFC 9051 6.1.3), and closes within a second.
    pub async fn close(self) {
        self.conversation.close().await;
    }
}
