//! A Postroom whose mail server listens on loopback.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use postroom_server::config::InboundConfig;
use postroom_server::inbound::{self, Limits, Listener, Store};
use postroom_server::model::{MailboxForm, MailboxId, PublishAs, ReceivedMail, ServerKind, Workspace};
use postroom_server::stop::StopSwitch;
use postroom_server::{Config, drafts, mailboxes};
use tokio::task::JoinHandle;

use crate::client::Client;
use crate::world::World;

pub const MESSAGE: &str = "From: Ada <ada@example.com>\r\nSubject: Printer\r\nMessage-ID: <1@example.com>\r\n\r\nHelp!";

pub struct Desk {
    pub world: World,
    pub address: SocketAddr,
    pub switch: StopSwitch,
    pub task: JoinHandle<()>,
}

impl Desk {
    pub async fn new(world: World) -> Self {
        Self::with(world, |_| {}).await
    }

    pub async fn on_sqlite() -> Self {
        Self::new(World::on_sqlite().await).await
    }

    /// With other limits.
    pub async fn with(world: World, change: impl FnOnce(&mut Limits)) -> Self {
        Self::start(world, change, |store| store, |_| {}).await
    }

    pub async fn start(
        mut world: World,
        change: impl FnOnce(&mut Limits),
        store: impl FnOnce(Store) -> Store,
        configure: impl FnOnce(&mut InboundConfig),
    ) -> Self {
        let mut config = Config::clone(&world.ctx.config);
        config.inbound.listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        config.inbound.messages_per_minute = 100_000;
        configure(&mut config.inbound);
        world.ctx.config = Arc::new(config);
        let mut limits = Limits::of(&world.ctx.config.inbound);
        limits.linger = Duration::from_millis(200);
        change(&mut limits);
        let store = store(Store::open(&world.ctx).await.unwrap());
        let listener = Listener::bind(&world.ctx).await.unwrap().unwrap().with_limits(limits).with_store(store);
        let address = listener.local_address();
        let (switch, stop) = StopSwitch::new();
        let task = tokio::spawn(listener.run(world.ctx.clone(), stop, Duration::from_secs(10)));
        Self { world, address, switch, task }
    }

    pub async fn client(&self) -> Client {
        Client::ready(self.address).await
    }

    /// The mailbox that the workspace has from the start, and its address.
    pub async fn primary(&self) -> (MailboxId, String) {
        self.primary_of(&self.world.workspace).await
    }

    pub async fn primary_of(&self, workspace: &Workspace) -> (MailboxId, String) {
        let manager = self.world.manager_of(workspace).await;
        let mailbox = mailboxes::list(&self.world.ctx, &manager).await.unwrap().remove(0);
        (mailbox.id, mailbox.address.as_str().to_owned())
    }

    pub async fn forwarding_address(&self, mailbox: MailboxId) -> String {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        inbound::forwarding_address(ctx, manager, mailbox).await.unwrap().as_str().to_owned()
    }

    /// Another mailbox on the default server.
    pub async fn default_mailbox(&self, address: &str, publish_as: PublishAs) -> MailboxId {
        let (ctx, manager) = (&self.world.ctx, &self.world.manager);
        let draft = drafts::begin(ctx, manager, None).await.unwrap();
        let form = MailboxForm { kind: Some(ServerKind::Default), ..self.world.details(address) };
        assert_eq!(drafts::save_details(ctx, manager, draft.id, &form).await.unwrap(), []);
        self.world.publish(&draft, publish_as).await.unwrap()
    }

    /// What a mailbox has received, the oldest first.
    pub async fn received(&self, mailbox: MailboxId) -> Vec<ReceivedMail> {
        self.received_in(&self.world.workspace, mailbox).await
    }

    pub async fn received_in(&self, workspace: &Workspace, mailbox: MailboxId) -> Vec<ReceivedMail> {
        let (ctx, manager) = (&self.world.ctx, self.world.manager_of(workspace).await);
        let mut all = inbound::last_received(ctx, &manager, mailbox, 10_000).await.unwrap();
        all.reverse();
        all
    }

    /// The files of messages, whole and half.
    pub fn files(&self) -> Vec<PathBuf> {
        let folders = fs::read_dir(self.world.folder().join("received")).unwrap();
        let files = folders.flat_map(|folder| fs::read_dir(folder.unwrap().path()).unwrap());
        files.map(|file| file.unwrap().path()).collect()
    }

    /// The only file there is, as text.
    pub fn file(&self) -> String {
        let files = self.files();
        assert_eq!(files.len(), 1, "{files:?}");
        assert!(files[0].extension().unwrap() == "eml", "{files:?}");
        fs::read_to_string(&files[0]).unwrap()
    }

    /// Nothing was taken, and nothing half taken has stayed behind.
    pub async fn has_nothing(&self) {
        let (mailbox, _) = self.primary().await;
        assert_eq!(self.received(mailbox).await, []);
        assert_eq!(self.files(), Vec::<PathBuf>::new());
    }
}
