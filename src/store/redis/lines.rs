//! Connections to Redis: one for each runtime that asks, as what drives a connection runs on the runtime that made it.
//! A lost one is made anew when it is next needed.

use super::super::StoreError;
use super::super::bodies::Bodies;
use super::address::{Address, Kind, Login};
use redis::aio::MultiplexedConnection;
use redis::cluster::{ClusterClient, ClusterClientBuilder};
use redis::cluster_async::ClusterConnection;
use redis::io::tcp::TcpSettings;
use redis::sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType};
use redis::{
    AsyncConnectionConfig, Client, Cmd, ConnectionAddr, ConnectionInfo, ErrorKind, FromRedisValue, IntoConnectionInfo,
    Pipeline, RedisConnectionInfo, RedisError, RedisResult, ServerErrorKind, TlsMode,
};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};
use tokio::runtime::{Handle, Id};
use tokio::time::timeout;

/// After a failed attempt to connect, others are told of it for so long instead of trying, too.
const AFTER_FAILURE: Duration = Duration::from_millis(100);
/// Runtimes that are remembered; a program has a few, tests have many.
const MOST_RUNTIMES: usize = 256;

/// The connections to what a URL names.
pub(super) struct Lines {
    servers: Servers,
    shown: String,
    patience: Duration,
    by_runtime: Mutex<HashMap<Id, Arc<Place>>>,
    /// What was written on a connection that was lost may be lost.
    bodies: Arc<Bodies>,
}

enum Servers {
    One(Client),
    Cluster(ClusterClient),
    Sentinel(tokio::sync::Mutex<SentinelClient>),
}

/// A connection of one runtime.
#[derive(Default)]
struct Place {
    line: Mutex<Option<(u64, Line)>>,
    /// Held by whoever connects: the number of connections made, and when and why the last attempt failed.
    connecting: tokio::sync::Mutex<(u64, Option<(Instant, RedisError)>)>,
}

#[derive(Clone)]
pub(super) enum Line {
    One(MultiplexedConnection),
    Cluster(ClusterConnection),
}

/// What can be asked: one command, or several that go out together.
pub(super) trait Question: Sync {
    fn ask<T: FromRedisValue + Send>(&self, line: &mut Line) -> impl Future<Output = RedisResult<T>> + Send;
}

impl Question for Cmd {
    async fn ask<T: FromRedisValue + Send>(&self, line: &mut Line) -> RedisResult<T> {
        match line {
            Line::One(line) => self.query_async(line).await,
            Line::Cluster(line) => self.query_async(line).await,
        }
    }
}

impl Question for Pipeline {
    async fn ask<T: FromRedisValue + Send>(&self, line: &mut Line) -> RedisResult<T> {
        match line {
            Line::One(line) => self.query_async(line).await,
            Line::Cluster(line) => self.query_async(line).await,
        }
    }
}

impl Lines {
    /// Makes ready to connect; nobody is connected to yet.
    pub(super) fn new(address: &Address, bodies: Arc<Bodies>) -> Result<Self, StoreError> {
        install_tls();
        let servers = servers(address).map_err(|error| failed(&address.shown(), &error))?;
        let (shown, patience) = (address.shown(), address.patience);
        Ok(Self { servers, shown, patience, by_runtime: Mutex::default(), bodies })
    }

    /// Whether keys may lie on several nodes.
    pub(super) fn is_cluster(&self) -> bool {
        matches!(self.servers, Servers::Cluster(_))
    }

    /// Where the servers are.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Asks, and once more over a new connection if the old one turns out to be lost: so what is asked must be such that
    /// asking twice does no harm. Takes no longer than connecting and one answer may.
    pub(super) async fn ask<T: FromRedisValue + Send>(&self, question: &impl Question) -> Result<T, RedisError> {
        timeout(self.patience * 2, self.ask_twice(question)).await.unwrap_or_else(|_| Err(too_late()))
    }

    async fn ask_twice<T: FromRedisValue + Send>(&self, question: &impl Question) -> Result<T, RedisError> {
        let place = self.place();
        let mut tries = 0;
        loop {
            let (number, mut line) = self.line(&place).await?;
            let answer = question.ask(&mut line).await;
            tries += 1;
            match answer {
                Err(error) if is_lost(&error) => {
                    place.drop_line(number);
                    if tries > 1 || !error.is_connection_dropped() {
                        return Err(error);
                    }
                }
                answer => return answer,
            }
        }
    }

    /// What went wrong, by whether it may pass.
    pub(super) fn failed(&self, error: &RedisError) -> StoreError {
        failed(&self.shown, error)
    }

    fn place(&self) -> Arc<Place> {
        let mut places = self.by_runtime.lock().unwrap_or_else(PoisonError::into_inner);
        let runtime = Handle::current().id();
        if places.len() >= MOST_RUNTIMES && !places.contains_key(&runtime) {
            places.clear();
        }
        Arc::clone(places.entry(runtime).or_default())
    }

    /// The connection of a runtime; one of those that need it makes it, the others wait.
    async fn line(&self, place: &Place) -> Result<(u64, Line), RedisError> {
        if let Some(line) = place.current() {
            return Ok(line);
        }
        let mut connecting = place.connecting.lock().await;
        if let Some(line) = place.current() {
            return Ok(line);
        }
        if let Some((at, error)) = &connecting.1
            && at.elapsed() < AFTER_FAILURE
        {
            return Err(error.clone());
        }
        let connected = timeout(self.patience, self.connect()).await.unwrap_or_else(|_| Err(too_late()));
        match connected {
            Ok(line) => {
                *connecting = (connecting.0 + 1, None);
                self.bodies.doubt();
                *place.line.lock().unwrap_or_else(PoisonError::into_inner) = Some((connecting.0, line.clone()));
                Ok((connecting.0, line))
            }
            Err(error) => {
                connecting.1 = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    async fn connect(&self) -> RedisResult<Line> {
        let config = AsyncConnectionConfig::new()
            .set_connection_timeout(Some(self.patience))
            .set_response_timeout(Some(self.patience))
            .set_pipeline_buffer_size(1_024);
        match &self.servers {
            Servers::One(client) => client.get_multiplexed_async_connection_with_config(&config).await.map(Line::One),
            Servers::Cluster(client) => client.get_async_connection().await.map(Line::Cluster),
            Servers::Sentinel(client) => {
                client.lock().await.get_async_connection_with_config(&config).await.map(Line::One)
            }
        }
    }
}

impl Place {
    fn current(&self) -> Option<(u64, Line)> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whoever finds a connection lost takes it away, unless another one stands there already.
    fn drop_line(&self, number: u64) {
        let mut line = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        if line.as_ref().is_some_and(|(current, _)| *current == number) {
            *line = None;
        }
    }
}

impl std::fmt::Debug for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lines").field("to", &self.shown).finish_non_exhaustive()
    }
}

fn servers(address: &Address) -> RedisResult<Servers> {
    let nodes = address.hosts.iter().map(|(host, port)| addr(host, *port, address.tls));
    match &address.kind {
        Kind::One => {
            let nodes = nodes.map(|node| info(node, &address.login, address.db)).collect::<RedisResult<Vec<_>>>()?;
            let one = nodes.into_iter().next().ok_or((ErrorKind::InvalidClientConfig, "there is no host"))?;
            Client::open(one).map(Servers::One)
        }
        Kind::Cluster => {
            let nodes = nodes.map(|node| info(node, &address.login, 0)).collect::<RedisResult<Vec<_>>>()?;
            let client = ClusterClientBuilder::new(nodes)
                .connection_timeout(address.patience)
                .response_timeout(address.patience)
                .tcp_settings(tcp());
            client.build().map(Servers::Cluster)
        }
        Kind::Sentinel { master } => {
            let client = SentinelClientBuilder::new(nodes, master, SentinelServerType::Master)?;
            let client = sentinel(client, address).build()?;
            Ok(Servers::Sentinel(tokio::sync::Mutex::new(client)))
        }
    }
}

fn addr(host: &str, port: u16, tls: bool) -> ConnectionAddr {
    let host = host.to_owned();
    if tls {
        ConnectionAddr::TcpTls { host, port, insecure: false, tls_params: None }
    } else {
        ConnectionAddr::Tcp(host, port)
    }
}

fn info(addr: ConnectionAddr, login: &Login, db: i64) -> RedisResult<ConnectionInfo> {
    let mut settings = RedisConnectionInfo::default().set_db(db);
    if let Some(username) = &login.username {
        settings = settings.set_username(username);
    }
    if let Some(password) = &login.password {
        settings = settings.set_password(&password.0);
    }
    Ok(addr.into_connection_info()?.set_redis_settings(settings).set_tcp_settings(tcp()))
}

fn sentinel(mut client: SentinelClientBuilder, address: &Address) -> SentinelClientBuilder {
    client = client.set_client_to_redis_db(address.db);
    client = client.set_client_to_redis_tcp_settings(tcp()).set_client_to_sentinel_tcp_settings(tcp());
    if address.tls {
        client = client.set_client_to_redis_tls_mode(TlsMode::Secure).set_client_to_sentinel_tls_mode(TlsMode::Secure);
    }
    if let Some(username) = &address.login.username {
        client = client.set_client_to_redis_username(username);
    }
    if let Some(password) = &address.login.password {
        client = client.set_client_to_redis_password(&password.0);
    }
    if let Some(username) = &address.sentinel_login.username {
        client = client.set_client_to_sentinel_username(username);
    }
    if let Some(password) = &address.sentinel_login.password {
        client = client.set_client_to_sentinel_password(&password.0);
    }
    client
}

/// Small writes go out at once.
fn tcp() -> TcpSettings {
    TcpSettings::default().set_nodelay(true)
}

/// rustls is built without a provider of its own choice; ring serves the whole process.
fn install_tls() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // Fails only if a provider is installed already, which then serves as well.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
}

fn too_late() -> RedisError {
    std::io::Error::from(std::io::ErrorKind::TimedOut).into()
}

/// Whether the connection is of no more use: it is broken, or says nothing, or leads to a server that is no master any
/// more.
fn is_lost(error: &RedisError) -> bool {
    error.is_io_error()
        || error.is_unrecoverable_error()
        || matches!(error.kind(), ErrorKind::Server(ServerErrorKind::ReadOnly | ServerErrorKind::MasterDown))
}

fn failed(shown: &str, error: &RedisError) -> StoreError {
    // An unknown command is quoted with its arguments, which are what callers said.
    let text = error.to_string();
    let text = text.split(", with args").next().unwrap_or_default();
    // Of several commands the first that failed says why.
    let servers = error.clone().into_server_errors();
    let code = servers.as_ref().and_then(|errors| errors.first()).map(|(_, error)| error.code());
    let passes = match error.kind() {
        ErrorKind::Io
        | ErrorKind::Parse
        | ErrorKind::ClusterConnectionNotFound
        | ErrorKind::MasterNameNotFoundBySentinel
        | ErrorKind::NoValidReplicasFoundBySentinel => true,
        ErrorKind::Server(kind) => {
            !matches!(kind, ServerErrorKind::ResponseError | ServerErrorKind::CrossSlot | ServerErrorKind::NoPerm)
        }
        _ => matches!(code, Some("OOM" | "MISCONF" | "NOREPLICAS" | "BUSY" | "UNKILLABLE")),
    };
    if passes {
        return StoreError::Unreachable(format!("Redis at {shown}: {text}"));
    }
    let refused = matches!(code, Some("NOAUTH" | "WRONGPASS" | "NOPERM"));
    let help = if refused || error.kind() == ErrorKind::AuthenticationFailed {
        "; see user, password and rights in the URL of the store"
    } else {
        ""
    };
    StoreError::Broken(format!("Redis at {shown} refuses: {text}{help}"))
}
