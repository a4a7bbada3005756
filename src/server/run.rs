use super::config::{Config, ConfigError};
use super::{Patience, Rejection, Site, admin, backoffice, front, health, media, pages, twilio};
use crate::backoffice::{Backoffice, Rules};
use crate::calls::{Clock, Host, Limits, Options, system_clock};
use crate::store::{self, Keep, StoreError};
use axum::Router;
use axum::routing::get;
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// Turns in flight have so long to finish once the server was told to stop; Twilio gives up after 15 s itself.
const LAST_TURNS: Duration = Duration::from_secs(15);

/// How long a load balancer has to see that the server will stop.
const SEEN_RED: Duration = Duration::from_secs(2);

/// A webhook server that listens but does not answer yet.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    site: Arc<Site>,
    patience: Patience,
}

/// Why a server cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The configuration will not do.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}; stop what listens there, or set server.listen or VOXBRIDGE_LISTEN")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        error: std::io::Error,
    },
    /// The store cannot be opened.
    #[error("{0}; see store.url or VOXBRIDGE_STORE")]
    Store(StoreError),
    /// The worker threads cannot be started.
    #[error("the worker threads cannot be started: {0}")]
    Workers(std::io::Error),
}

impl Server {
    /// Sets up the applications and starts to listen.
    ///
    /// # Errors
    /// [`ServerError`] with what to do.
    pub async fn bind(config: &Config) -> Result<Self, ServerError> {
        Self::bind_with(config, system_clock(), Limits::from(&config.limits)).await
    }

    /// The same by another clock and under other limits than the configuration's.
    ///
    /// # Errors
    /// [`ServerError`] with what to do.
    pub async fn bind_with(config: &Config, clock: Clock, limits: Limits) -> Result<Self, ServerError> {
        config.check()?;
        // What is wrong with an application is told before a store is opened.
        config.apps()?;
        let store = store::open(&config.store.url, &config.origin.folder, Keep::from(config));
        let store = store.map_err(ServerError::Store)?;
        let rules = Rules::from(&config.backoffice.reservations);
        let office = Arc::new(Backoffice::new(Arc::clone(&store), Arc::clone(&clock), rules));
        let apps = config.apps_with(&office)?;
        if let Err(error) = store.check().await {
            tracing::warn!(%error, "the store does not answer yet; calls are taken once it does");
        }
        let host = Host::new(Options { apps: apps.clone(), workers: config.server.workers, store, clock, limits });
        let host = host.map_err(ServerError::Workers)?;
        let wrong = |error| ServerError::Listen { address: config.server.listen, error };
        let listener = TcpListener::bind(config.server.listen).await.map_err(wrong)?;
        let address = listener.local_addr().map_err(wrong)?;
        let idle = Duration::from_secs(config.server.keep_alive_seconds);
        let patience = Patience { idle, ..Patience::default() };
        let site = Site::new(config, host, apps).with_backoffice(office);
        Ok(Self { listener, address, site: Arc::new(site), patience })
    }

    /// The same with another patience for slow clients than the usual one.
    #[must_use]
    pub fn patient(self, patience: Patience) -> Self {
        Self { patience, ..self }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its routes share.
    pub fn site(&self) -> &Arc<Site> {
        &self.site
    }

    /// The applications and their webhook URLs, as text.
    pub fn overview(&self) -> String {
        let base = self.site.base_url(&axum::http::HeaderMap::new());
        pages::overview(&self.site, &base.unwrap_or_else(|| format!("http://{}", self.address)))
    }

    /// Answers until `shutdown` is ready, then finishes the turns in flight.
    ///
    /// # Errors
    /// None so far: what fails concerns one connection, or will pass.
    pub async fn run(self, shutdown: impl Future<Output = ()> + Send + 'static) -> std::io::Result<()> {
        let Self { listener, site, patience, .. } = self;
        let (stop, stopping) = watch::channel(false);
        let routes = routes(Arc::clone(&site));
        let last_call = async {
            shutdown.await;
            site.drain();
            // Nobody listens any more if there was nothing left to stop.
            let _ = stop.send(true);
            tokio::time::sleep(LAST_TURNS).await;
        };
        let served = async {
            front::serve(listener, Arc::clone(&site), routes, patience, stopping).await;
            // Turns whose platform was sent round, and entries the store was not there for.
            site.host.settle(LAST_TURNS).await;
        };
        tokio::select! {
            () = served => {}
            () = last_call => tracing::warn!("some turns did not finish in time"),
        }
        Ok(())
    }
}

/// Begins to watch for the signals that stop a process, at once; what comes back is ready when one came. After SIGTERM a
/// moment passes, so that a load balancer sees `/readyz` red while the server still answers.
pub fn shutdown_signal(site: Arc<Site>) -> impl Future<Output = ()> + Send {
    let (interrupt, terminate) = (signals::interrupt(), signals::terminate());
    async move {
        tokio::select! {
            () = interrupt => {}
            () = terminate => {
                site.drain();
                tokio::time::sleep(SEEN_RED).await;
            }
        }
        tracing::info!("stopping: no new calls, turns in flight finish");
    }
}

#[cfg(unix)]
mod signals {
    use std::future::Future;
    use tokio::signal::unix::{SignalKind, signal};

    pub(super) fn interrupt() -> impl Future<Output = ()> + Send {
        watch(SignalKind::interrupt())
    }

    pub(super) fn terminate() -> impl Future<Output = ()> + Send {
        watch(SignalKind::terminate())
    }

    fn watch(kind: SignalKind) -> impl Future<Output = ()> + Send {
        let signal = signal(kind);
        async {
            match signal {
                Ok(mut signal) => {
                    signal.recv().await;
                }
                // A signal that cannot be watched ends the process as it always does.
                Err(_) => std::future::pending().await,
            }
        }
    }
}

#[cfg(not(unix))]
mod signals {
    pub(super) async fn interrupt() {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    pub(super) async fn terminate() {
        std::future::pending().await
    }
}

/// Twilio posts, unless it is configured to GET.
fn routes(site: Arc<Site>) -> Router {
    Router::new()
        .route("/", get(pages::index))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/twilio/voice", get(twilio::voice_by_number).post(twilio::voice_by_number))
        .route("/twilio/voice/{app}", get(twilio::voice_of_app).post(twilio::voice_of_app))
        .route("/twilio/turn/{call}/{turn}", get(twilio::turn).post(twilio::turn))
        .route("/twilio/fallback/{app}", get(twilio::fallback).post(twilio::fallback))
        .route("/twilio/status", get(twilio::status).post(twilio::status))
        .route("/media/{app}/{*path}", get(media::file))
        .route("/recordings/{app}", get(media::recording))
        .merge(admin::routes())
        .merge(backoffice::routes())
        .fallback(pages::nothing)
        .method_not_allowed_fallback(|| async { Rejection::NoPage })
        .with_state(site)
}
