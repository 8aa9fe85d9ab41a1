//! The `poll_*_cx` methods under a task of std's: what they answer, and that a task that finds
//! nothing is woken. Their twins for futures 0.1 are tested where their type is.
#![cfg(all(feature = "fs", feature = "rt-full", feature = "tcp", feature = "udp"))]

use std::future::poll_fn;
use std::net::{self, SocketAddr};
use tokio::fs;
use tokio::net::{TcpListener, UdpSocket};
use tokio::runtime::Runtime;
use tokio_executor::task::Context;

/// Runs `future` in a task of a pool, where a poll may block.
fn in_task<F>(future: F) -> F::Output
where
    F: std::future::Future + Send + 'static,
    F::Output: Send,
{
    let mut runtime = Runtime::new().unwrap();
    let handle = runtime.spawn_handle_std(future);
    let result = runtime.block_on_std(handle).unwrap();
    tokio::prelude::Future::wait(runtime.shutdown_on_idle()).unwrap();
    result
}

fn here() -> SocketAddr {
    "127.0.0.1:0".parse().unwrap()
}

#[test]
fn an_entry_of_a_directory_says_what_it_is() {
    let folder = std::env::temp_dir().join(format!("tokio-entries-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("sub")).unwrap();
    let path = folder.clone();
    let (kind, metadata) = in_task(async move {
        let mut entries = fs::read_dir(path).await.unwrap();
        let entry = poll_fn(|cx| entries.poll_next_cx(&Context::from(cx))).await;
        let entry = entry.unwrap().expect("there is a folder in it");
        let kind = poll_fn(|cx| entry.poll_file_type_cx(&Context::from(cx))).await.unwrap();
        let metadata = poll_fn(|cx| entry.poll_metadata_cx(&Context::from(cx))).await.unwrap();
        (kind, metadata)
    });
    std::fs::remove_dir_all(&folder).unwrap();
    assert!(kind.is_dir());
    assert!(metadata.is_dir());
}

#[test]
fn an_open_file_says_how_long_it_is() {
    let path = std::env::temp_dir().join(format!("tokio-length-{}", std::process::id()));
    std::fs::write(&path, "12345").unwrap();
    let open = path.clone();
    let length = in_task(async move {
        let mut file = fs::File::open(open).await.unwrap();
        poll_fn(|cx| file.poll_metadata_cx(&Context::from(cx))).await.unwrap().len()
    });
    std::fs::remove_file(&path).unwrap();
    assert_eq!(length, 5);
}

#[test]
fn a_connection_is_accepted_as_std_s() {
    let (accepted, connected) = in_task(async {
        let listener = TcpListener::bind(&here()).unwrap();
        let address = listener.local_addr().unwrap();
        let connected = std::thread::spawn(move || {
            net::TcpStream::connect(address).unwrap().local_addr().unwrap()
        });
        let (_, peer) =
            poll_fn(|cx| listener.poll_accept_std_cx(&Context::from(cx))).await.unwrap();
        (peer, connected.join().unwrap())
    });
    assert_eq!(accepted, connected);
}

#[test]
fn datagrams_go_to_a_peer_and_to_an_address() {
    let (first, second) = in_task(async {
        let receiver = UdpSocket::bind(&here()).unwrap();
        let sender = UdpSocket::bind(&here()).unwrap();
        let to = receiver.local_addr().unwrap();
        let from = sender.local_addr().unwrap();
        let sent = poll_fn(|cx| sender.poll_send_to_cx(&Context::from(cx), b"one", &to)).await;
        assert_eq!(sent.unwrap(), 3);
        sender.connect(&to).unwrap();
        let sent = poll_fn(|cx| sender.poll_send_cx(&Context::from(cx), b"four")).await;
        assert_eq!(sent.unwrap(), 4);
        let mut got = Vec::new();
        for _ in 0..2 {
            let mut buf = [0; 8];
            let receive = poll_fn(|cx| receiver.poll_recv_from_cx(&Context::from(cx), &mut buf));
            let (length, sender) = receive.await.unwrap();
            assert_eq!(sender, from);
            got.push(buf[..length].to_vec());
        }
        (got.remove(0), got.remove(0))
    });
    assert_eq!((&first[..], &second[..]), (&b"one"[..], &b"four"[..]));
}

#[cfg(all(feature = "uds", unix))]
mod unix {
    use super::*;
    use std::os::unix::net::UnixStream;
    use tokio::net::{UnixDatagram, UnixListener};

    #[test]
    fn unix_datagrams_go_to_a_peer_and_to_a_path() {
        let path = std::env::temp_dir().join(format!("tokio-datagrams-{}", std::process::id()));
        let at = path.clone();
        let got = in_task(async move {
            let receiver = UnixDatagram::bind(&at).unwrap();
            let sender = UnixDatagram::unbound().unwrap();
            let sent = poll_fn(|cx| sender.poll_send_to_cx(&Context::from(cx), b"one", &at)).await;
            assert_eq!(sent.unwrap(), 3);
            sender.connect(&at).unwrap();
            let sent = poll_fn(|cx| sender.poll_send_cx(&Context::from(cx), b"four")).await;
            assert_eq!(sent.unwrap(), 4);
            let mut got = Vec::new();
            for _ in 0..2 {
                let mut buf = [0; 8];
                let receive =
                    poll_fn(|cx| receiver.poll_recv_from_cx(&Context::from(cx), &mut buf));
                let (length, _) = receive.await.unwrap();
                got.push(buf[..length].to_vec());
            }
            got
        });
        std::fs::remove_file(&path).unwrap();
        assert_eq!(got, [&b"one"[..], b"four"]);
    }

    #[test]
    fn a_unix_connection_is_accepted_as_std_s() {
        let path = std::env::temp_dir().join(format!("tokio-accept-{}", std::process::id()));
        let at = path.clone();
        in_task(async move {
            let listener = UnixListener::bind(&at).unwrap();
            let connected = std::thread::spawn(move || UnixStream::connect(at).unwrap());
            let accepted = poll_fn(|cx| listener.poll_accept_std_cx(&Context::from(cx))).await;
            assert!(accepted.unwrap().1.is_unnamed());
            connected.join().unwrap();
        });
        std::fs::remove_file(&path).unwrap();
    }
}
