//! The two echo programs, unchanged, serve real sockets.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Where both programs listen: it is written in them.
const ADDRESS: &str = "127.0.0.1:8080";

/// Ends the program with the test, however that ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Connects once the program listens.
fn connect(program: &mut Program) -> TcpStream {
    let deadline = Instant::now() + Duration::from_secs(20);
    loop {
        match TcpStream::connect(ADDRESS) {
            Ok(stream) => return stream,
            Err(e) => {
                let ended = program.0.try_wait().unwrap();
                assert!(ended.is_none(), "the program ended: {ended:?}");
                assert!(Instant::now() < deadline, "the program does not listen: {e}");
                std::thread::yield_now();
            }
        }
    }
}

fn echoes(binary: &str) {
    drop(TcpListener::bind(ADDRESS).expect("the programs need port 8080, which is taken"));
    let mut program = Program(Command::new(binary).spawn().unwrap());
    let mut first = connect(&mut program);
    let mut second = connect(&mut program);
    for stream in [&first, &second] {
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    }

    // Two connections at once, each longer than the program's buffer.
    let long: Vec<u8> = (0..40_000_u32).map(|n| n as u8).collect();
    second.write_all(b"second").unwrap();
    let sender = std::thread::spawn({
        let (mut first, long) = (first.try_clone().unwrap(), long.clone());
        move || {
            first.write_all(&long).unwrap();
            first.shutdown(Shutdown::Write).unwrap();
        }
    });
    let mut back = Vec::new();
    first.read_to_end(&mut back).unwrap();
    sender.join().unwrap();
    assert_eq!(back, long);

    let mut back = [0; 6];
    second.read_exact(&mut back).unwrap();
    assert_eq!(&back, b"second");
}

/// One after the other: both want the same port.
#[test]
fn the_echo_programs_of_today_and_of_0_2_run_unchanged() {
    echoes(env!("CARGO_BIN_EXE_echo"));
    echoes(env!("CARGO_BIN_EXE_echo_02"));
}
