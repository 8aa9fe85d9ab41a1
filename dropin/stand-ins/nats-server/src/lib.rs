//! Starts NATS servers for the tests of async-nats.
//!
//! Called by those tests; calls the program `nats-server`, which must be in PATH. The interface
//! is what the tests use and no more.
//!
//! Always true: a server that a test has is ready to be connected to, and it is ended and its
//! files are removed when its `Server` is dropped.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

const START_LIMIT: Duration = Duration::from_secs(30);
const CLUSTER_SIZE: usize = 3;

/// A running server.
pub struct Server {
    process: Child,
    arguments: Vec<String>,
    /// Its storage, its log, and the file that names its ports.
    folder: PathBuf,
    address: Address,
}

struct Address {
    scheme: String,
    port: u16,
}

/// Servers that share their streams.
pub struct Cluster {
    servers: Vec<Server>,
}

/// Starts a server without a configuration, at a port that is free.
pub fn run_basic_server() -> Server {
    run_server("")
}

/// Starts a server with the configuration of a file, at a port that is free.
pub fn run_server(config: &str) -> Server {
    run_server_with_port(config, None)
}

/// Starts a server at one port. An empty `config` stands for none.
pub fn run_server_with_port(config: &str, port: Option<&str>) -> Server {
    Server::start(config, port, &[])
}

/// Starts three servers with the configuration of a file.
pub fn run_cluster(config: &str) -> Cluster {
    // Each is open until all are chosen, so that no two are equal.
    let free: Vec<_> =
        (0..CLUSTER_SIZE).map(|_| TcpListener::bind("127.0.0.1:0").expect("a free port")).collect();
    let routes: Vec<_> = free
        .iter()
        .map(|listener| format!("nats://{}", listener.local_addr().expect("an address")))
        .collect();
    drop(free);
    let servers = routes.iter().enumerate().map(|(number, own)| {
        let name = format!("server-{number}");
        let routes = routes.join(",");
        let more = ["--cluster_name", "cluster", "--server_name", &name, "--cluster", own];
        Server::start(config, None, &[&more[..], &["--routes", &routes]].concat())
    });
    Cluster { servers: servers.collect() }
}

/// Has a server send its clients away.
pub fn set_lame_duck_mode(server: &Server) {
    let signal = format!("ldm={}", server.process.id());
    let status = Command::new("nats-server").args(["--signal", &signal]).status();
    assert!(status.expect("nats-server runs").success(), "{signal} is not taken");
}

impl Server {
    fn start(config: &str, port: Option<&str>, more: &[&str]) -> Server {
        static STARTED: AtomicUsize = AtomicUsize::new(0);
        let name = format!("nats-server-{}-{}", process::id(), STARTED.fetch_add(1, Relaxed));
        let folder = env::temp_dir().join(name);
        fs::create_dir_all(&folder).expect("a folder for the server");
        let mut arguments: Vec<_> = more.iter().map(|&word| word.to_owned()).collect();
        if !config.is_empty() {
            arguments.extend(["--config".to_owned(), config.to_owned()]);
        }
        let process = spawn(&arguments, port.unwrap_or("-1"), &folder);
        let mut server = Server {
            process,
            arguments,
            folder,
            address: Address { scheme: String::new(), port: 0 },
        };
        server.address = server.wait_for_address();
        server
    }

    /// Returns the address for clients. Its host has a certificate in the tests' configurations.
    pub fn client_url(&self) -> String {
        format!("{}://localhost:{}", self.address.scheme, self.address.port)
    }

    /// Returns the port for clients.
    pub fn client_port(&self) -> u16 {
        self.address.port
    }

    /// Ends the server and starts it anew, at its port and with its storage.
    pub fn restart(&mut self) {
        self.end();
        self.process = spawn(&self.arguments, &self.address.port.to_string(), &self.folder);
        self.wait_for_address();
    }

    /// The server writes the file that this reads when its ports are open.
    fn wait_for_address(&mut self) -> Address {
        let file = self.folder.join(format!("nats-server_{}.ports", self.process.id()));
        let started = Instant::now();
        loop {
            if let Some(address) = fs::read_to_string(&file).ok().as_deref().and_then(address_in) {
                return address;
            }
            let ended = self.process.try_wait().expect("the state of a child");
            if ended.is_some() || started.elapsed() > START_LIMIT {
                let log = fs::read_to_string(self.folder.join("log")).unwrap_or_default();
                panic!("nats-server does not start: {ended:?}\n{log}");
            }
            thread::sleep(Duration::from_millis(10));
        }
    }

    fn end(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

impl Cluster {
    /// Returns the address of one of the servers.
    pub fn client_url(&self) -> String {
        self.servers[0].client_url()
    }
}

fn spawn(arguments: &[String], port: &str, folder: &Path) -> Child {
    let log = fs::File::options().append(true).create(true).open(folder.join("log"));
    let log = log.expect("a log");
    let mut command = Command::new("nats-server");
    command.args(arguments).args(["--port", port]);
    command.arg("--ports_file_dir").arg(folder).arg("--store_dir").arg(folder.join("store"));
    command.stdout(log.try_clone().expect("a descriptor")).stderr(log);
    command.spawn().expect("nats-server is in PATH")
}

/// The first address for clients in a file like `{"nats":["tls://127.0.0.1:4222"],..}`.
fn address_in(ports: &str) -> Option<Address> {
    let (_, rest) = ports.split_once(r#""nats":[""#)?;
    let (url, _) = rest.split_once('"')?;
    let (scheme, host) = url.split_once("://")?;
    let (_, port) = host.rsplit_once(':')?;
    Some(Address { scheme: scheme.to_owned(), port: port.parse().ok()? })
}
