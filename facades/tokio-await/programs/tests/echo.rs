//! The echo programs of three eras, unchanged, serve real sockets side by side: that of
//! tokio 0.1 (`examples/echo.rs` of this workspace), that of 0.2, and today's.

use std::env;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;
use test_support::stress::PATIENCE;
use test_support::until;

/// Where the program of 0.1 listens, and where the two others do: it is written in them.
const ADDRESS_01: &str = "127.0.0.1:12345";
const ADDRESS: &str = "127.0.0.1:8080";

/// Held by the one run of this test that has those: there may be others on the machine.
const TURN: &str = "127.0.0.1:12344";

/// Ends the program with the test, however that ends.
struct Program {
    child: Child,
    address: &'static str,
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Program {
    fn start(binary: impl AsRef<Path>, address: &'static str) -> Program {
        let free = TcpListener::bind(address);
        drop(free.unwrap_or_else(|e| panic!("the programs need {address}: {e}")));
        let child = Command::new(binary.as_ref()).stdout(Stdio::null()).spawn().unwrap();
        Program { child, address }
    }

    /// Connects once the program listens.
    fn connect(&mut self) -> TcpStream {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match TcpStream::connect(self.address) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(PATIENCE)).unwrap();
                    return stream;
                }
                Err(e) => {
                    let ended = self.child.try_wait().unwrap();
                    assert!(ended.is_none(), "the program ended: {ended:?}");
                    assert!(Instant::now() < deadline, "the program does not listen: {e}");
                    thread::yield_now();
                }
            }
        }
    }
}

/// The program of 0.1 is an example of another package: cargo puts it here, and builds it
/// along with the tests of the workspace. Alone, this test has it built.
fn program_of_0_1() -> PathBuf {
    let today = Path::new(env!("CARGO_BIN_EXE_echo"));
    let profile = today.parent().expect("programs are in the profile's directory");
    let program = profile.join("examples").join(format!("echo{}", env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut build = Command::new(env::var_os("CARGO").expect("cargo runs the tests"));
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../Cargo.toml");
        build.args(["build", "--quiet", "--example", "echo", "--manifest-path"]).arg(manifest);
        build.arg("--target-dir").arg(profile.parent().expect("profiles have a directory"));
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().expect("cargo can be run").success());
    }
    program
}

fn echoes(stream: &mut TcpStream, text: &[u8]) {
    stream.write_all(text).unwrap();
    let mut back = vec![0; text.len()];
    stream.read_exact(&mut back).unwrap();
    assert_eq!(back, text);
}

/// More than the program's buffer holds, until the end.
fn echoes_at_length(mut stream: TcpStream) {
    let long: Vec<u8> = (0..40_000_u32).map(|n| n as u8).collect();
    let sender = thread::spawn({
        let (mut stream, long) = (stream.try_clone().unwrap(), long.clone());
        move || {
            stream.write_all(&long).unwrap();
            stream.shutdown(Shutdown::Write).unwrap();
        }
    });
    let mut back = Vec::new();
    stream.read_to_end(&mut back).unwrap();
    sender.join().unwrap();
    assert!(back == long, "{} of {} bytes came back", back.len(), long.len());
}

/// That of 0.2 and today's come one after the other, for both want the same port; that of
/// 0.1 serves beside either.
#[test]
fn the_echo_programs_of_0_1_of_0_2_and_of_today_run_unchanged_side_by_side() {
    let _turn = until("the end of another run of this test", || TcpListener::bind(TURN).ok());
    let mut first = Program::start(program_of_0_1(), ADDRESS_01);
    let mut throughout = first.connect();
    for binary in [env!("CARGO_BIN_EXE_echo_02"), env!("CARGO_BIN_EXE_echo")] {
        let mut second = Program::start(binary, ADDRESS);
        // Several connections at once, to both.
        let mut open = [first.connect(), second.connect()];
        let long = [first.connect(), second.connect()];
        let long = long.map(|stream| thread::spawn(move || echoes_at_length(stream)));
        for round in 0..10_u8 {
            for stream in &mut open {
                echoes(stream, &[round; 6]);
            }
        }
        for thread in long {
            thread.join().unwrap();
        }
        echoes(&mut throughout, b"still there");
    }
}
