//! A program of tokio 0.2's documentation, built on this package and run as a process.

use std::env;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::thread;
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);

/// Ends the program with the test, however that ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Program {
    /// Starts the example, which cargo puts beside the tests' directory.
    fn start(address: SocketAddr) -> Program {
        let tests = env::current_exe().unwrap();
        let profile = tests.parent().and_then(|deps| deps.parent()).unwrap();
        let example = profile.join("examples").join(format!("echo{}", env::consts::EXE_SUFFIX));
        if !example.exists() {
            // This test alone was asked for.
            let mut build = Command::new(env::var_os("CARGO").expect("cargo runs the tests"));
            build.args(["build", "--quiet", "--example", "echo", "--manifest-path"]);
            build.arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"));
            build.arg("--target-dir").arg(profile.parent().unwrap());
            if profile.ends_with("release") {
                build.arg("--release");
            }
            assert!(build.status().unwrap().success());
        }
        Program(Command::new(example).arg(address.to_string()).spawn().unwrap())
    }

    /// Connects once the program listens.
    fn connect(&mut self, address: SocketAddr) -> TcpStream {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match TcpStream::connect(address) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(PATIENCE)).unwrap();
                    return stream;
                }
                Err(e) => {
                    let ended = self.0.try_wait().unwrap();
                    assert!(ended.is_none(), "the program ended: {ended:?}");
                    assert!(Instant::now() < deadline, "the program does not listen: {e}");
                    thread::yield_now();
                }
            }
        }
    }
}

#[test]
fn the_echo_program_of_the_documentation_serves_several_connections_at_once() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let mut program = Program::start(address);
    let mut idle = program.connect(address);
    let clients: Vec<_> = (0..4_u32)
        .map(|client| {
            let mut stream = program.connect(address);
            thread::spawn(move || {
                // More than its buffer holds, but no more than a socket's.
                let sent: Vec<u8> = (0..20_000).map(|n| (n + client) as u8).collect();
                stream.write_all(&sent).unwrap();
                stream.shutdown(Shutdown::Write).unwrap();
                let mut back = Vec::new();
                stream.read_to_end(&mut back).unwrap();
                assert!(back == sent, "{} of {} bytes came back", back.len(), sent.len());
            })
        })
        .collect();
    for client in clients {
        client.join().unwrap();
    }
    idle.write_all(b"still there").unwrap();
    let mut back = [0; 11];
    idle.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"still there");
}
