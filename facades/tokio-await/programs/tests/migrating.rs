//! The last step of the migration guide serves real sockets.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::Instant;
use test_support::stress::PATIENCE;

/// Ends the program with the test, however that ends.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_migrated_service_answers_in_capitals() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let binary = env!("CARGO_BIN_EXE_migrating_5_face");
    let mut program = Program(Command::new(binary).arg(address.to_string()).spawn().unwrap());
    let deadline = Instant::now() + PATIENCE;
    let mut stream = loop {
        match TcpStream::connect(address) {
            Ok(stream) => break stream,
            Err(e) => {
                let ended = program.0.try_wait().unwrap();
                assert!(ended.is_none(), "the program ended: {ended:?}");
                assert!(Instant::now() < deadline, "the program does not listen: {e}");
                std::thread::yield_now();
            }
        }
    };
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.write_all(b"hello\nworld\n").unwrap();
    let lines = BufReader::new(stream).lines().take(2);
    assert_eq!(lines.collect::<Result<Vec<_>, _>>().unwrap(), ["HELLO", "WORLD"]);
}
