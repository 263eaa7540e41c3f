//! `postroom serve`: the pages, until told to stop.

use std::{
    net::SocketAddr,
    num::NonZeroU32,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use app::web::{Throttles, metrics, router::router};
use clap::Args;
use postroom_server::{
    activation, alerts, audit,
    config::Config,
    context::Context,
    drafts, inbound, outbox, password_resets, relay, sender_domains, sessions, sign_ins, single_sign_on,
    stop::{Stop, StopSwitch},
    tokens, users, watch,
};
use tokio::{net::TcpListener, task::JoinSet};

use super::Override;

/// How long everything has to finish once it is time to stop.
const GRACE: Duration = Duration::from_secs(20);
/// The looks at mailboxes end a little earlier, so that there is time to give back what is not finished.
const WATCH_GRACE: Duration = Duration::from_secs(15);
/// Mail that is on its way in is finished earlier still: it needs the database.
const INBOUND_GRACE: Duration = Duration::from_secs(15);

#[derive(Args, Default)]
pub struct Arguments {
    /// Where to listen
    #[arg(long, value_name = "ADDRESS:PORT")]
    listen: Option<SocketAddr>,
    /// Where the database and the sealing key live
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Where the files for the browser are [default: `site` beside the program]
    #[arg(long, value_name = "DIR", env = "POSTROOM_SITE_DIR")]
    site_dir: Option<PathBuf>,
}

impl Arguments {
    /// The settings given as flags, by their key.
    pub fn overrides(&self) -> Vec<Override> {
        let listen = self.listen.map(|listen| ("listen", listen.to_string()));
        let data_dir = self.data_dir.as_ref().map(|dir| ("data_dir", dir.display().to_string()));
        listen.into_iter().chain(data_dir).collect()
    }
}

/// Serves until SIGINT or SIGTERM, then lets requests in hand finish.
pub async fn run(config: Config, arguments: Arguments) -> ExitCode {
    start_logging(&config.log);
    match serve(config, arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => super::complain(&*error),
    }
}

async fn serve(config: Config, arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let site = arguments.site_dir.map_or_else(default_site, Ok)?;
    let attempts = NonZeroU32::new(config.sign_in.attempts).ok_or("sign_in.attempts must be at least 1")?;
    let window = NonZeroU32::new(config.sign_in.window_minutes).ok_or("sign_in.window_minutes must be at least 1")?;
    let throttles = Throttles::new(attempts, window);
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(|error| format!("cannot listen on {}: {error}", config.listen))?;
    let address = listener.local_addr()?;
    let ctx = Context::start(Config { listen: address, ..config }).await?;
    let (switch, stop) = StopSwitch::new();
    let mut work = JoinSet::new();
    if let Some(address) = ctx.config.metrics.listen {
        let listener =
            TcpListener::bind(address).await.map_err(|error| format!("cannot listen on {address}: {error}"))?;
        work.spawn(metrics::serve(ctx.clone(), listener, metrics::record()?, stop.clone()));
    }
    if let Some(listener) = inbound::Listener::bind(&ctx).await? {
        announce_mail(listener.local_address());
        work.spawn(listener.run(ctx.clone(), stop.clone(), INBOUND_GRACE));
    }
    announce(&ctx).await?;
    work.spawn(forget_old_things(ctx.clone(), stop.clone()));
    work.spawn(keep_tokens_fresh(ctx.clone(), stop.clone()));
    work.spawn(outbox::run(ctx.clone(), stop.clone()));
    work.spawn(relay::run(ctx.clone(), stop.clone()));
    work.spawn(look_at_sender_domains(ctx.clone(), stop.clone()));
    work.spawn(activation::run(ctx.clone(), stop.clone()));
    work.spawn(password_resets::run(ctx.clone(), stop.clone()));
    work.spawn(alerts::run(ctx.clone(), stop.clone()));
    work.spawn(watch::run(ctx.clone(), stop.clone(), WATCH_GRACE));
    let service = router(ctx.clone(), throttles, stop.clone(), &site);
    let service = service.into_make_service_with_connect_info::<SocketAddr>();
    let mut hears = stop.clone();
    let server = axum::serve(listener, service).with_graceful_shutdown(async move { hears.asked().await });
    let mut server = tokio::spawn(server.into_future());
    tokio::select! {
        ended = &mut server => return Ok(ended??),
        () = told_to_stop() => switch.stop(),
    }
    let finished = async {
        let _ = (&mut server).await;
        while work.join_next().await.is_some() {}
    };
    if tokio::time::timeout(GRACE, finished).await.is_err() {
        tracing::warn!("Not everything was finished in time.");
        server.abort();
        work.shutdown().await;
    }
    // A last request may hold a connection for ever; the database is safe either way.
    let _ = tokio::time::timeout(Duration::from_secs(2), ctx.db.close()).await;
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the newcomer reads the address and the code here")]
async fn announce(ctx: &Context) -> Result<(), postroom_server::Error> {
    let url = ctx.config.base_url();
    println!("Postroom is ready: {url}");
    if let Some(code) = users::setup_code(ctx).await? {
        println!("Nobody can sign in yet. Open the address and make the first administrator.");
        println!("One-time set-up code: {code}");
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the port may be one that the system has picked")]
fn announce_mail(address: SocketAddr) {
    println!("Mail for default mailboxes is taken at {address}");
}

/// `site` beside the program, or `target/site` where the program was just built.
fn default_site() -> Result<PathBuf, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let folder = program.parent().unwrap_or(Path::new("."));
    [folder.join("site"), folder.join("../site")].into_iter().find(|site| site.join("pkg").is_dir()).ok_or_else(|| {
        "the files for the browser are missing; build them with `cargo xtask build` or name them with --site-dir"
            .to_owned()
    })
}

async fn forget_old_things(ctx: Context, mut stop: Stop) {
    let mut hourly = tokio::time::interval(Duration::from_secs(3_600));
    loop {
        tokio::select! {
            _ = hourly.tick() => {}
            () = stop.asked() => return,
        }
        if let Err(error) = sessions::delete_expired(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Old sessions could not be deleted.");
        }
        if let Err(error) = drafts::prune(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Old drafts could not be deleted.");
        }
        if let Err(error) = outbox::prune(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Old mail could not be forgotten.");
        }
        if let Err(error) = sign_ins::prune(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Old sign-ins could not be deleted.");
        }
        if let Err(error) = password_resets::prune(&ctx).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "Old links to new passwords could not be deleted."
            );
        }
        if let Err(error) = single_sign_on::prune(&ctx).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "Old sign-ins through providers could not be deleted."
            );
        }
        if let Err(error) = alerts::prune(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Old alerts could not be forgotten.");
        }
        if let Err(error) = watch::prune(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Old history could not be deleted.");
        }
        if let Err(error) = audit::prune(&ctx).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "The audit log's oldest lines could not be deleted."
            );
        }
        if let Err(error) = inbound::sweep(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Files of mail could not be swept.");
        }
    }
}

/// Looks up what is due, some every hour: each domain about once a day.
async fn look_at_sender_domains(ctx: Context, mut stop: Stop) {
    let mut hourly = tokio::time::interval(Duration::from_secs(3_600));
    loop {
        tokio::select! {
            _ = hourly.tick() => {}
            () = stop.asked() => return,
        }
        // What is cut off has only asked; the next hour asks again.
        tokio::select! {
            looked = sender_domains::look_due(&ctx) => if let Err(error) = looked {
                tracing::warn!(error = &error as &dyn std::error::Error, "Sender domains could not be looked up.");
            },
            () = stop.asked() => return,
        }
    }
}

/// Fetches new access tokens before the old ones end. A round is finished before it stops: a provider that rotates
/// refresh tokens has forgotten the old one.
async fn keep_tokens_fresh(ctx: Context, mut stop: Stop) {
    let mut round = tokio::time::interval(Duration::from_secs(20));
    round.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            _ = round.tick() => {}
            () = stop.asked() => return,
        }
        if let Err(error) = tokens::renew_due(&ctx).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "Access tokens could not be renewed.");
        }
    }
}

async fn told_to_stop() {
    let terminated = async {
        if let Ok(mut signal) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            signal.recv().await;
        } else {
            std::future::pending::<()>().await;
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
    tracing::info!("Told to stop; finishing what is in hand.");
}

fn start_logging(filter: &str) {
    let filter = tracing_subscriber::EnvFilter::try_new(filter).unwrap_or_else(|_| "info".into());
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
}
