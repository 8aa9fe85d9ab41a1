//! What the load generator talks to.

use super::super::blocking;
use super::engine::Engine;
use super::rt::io::{self, AsyncRead};
use super::rt::net::{TcpListener, TcpStream};
use super::rt::reactor::Handle;
use crate::load::{announce, Occupation, Service, MESSAGE};
use crate::measured::spin;
use crate::settings::Settings;
use crate::sys;
use futures::future::{empty, lazy, loop_fn, ok, poll_fn, Either, Loop};
use futures::{task, try_ready, Async, Future, Stream};
use std::net::SocketAddr;
use std::thread;
use std::time::Duration;

/// Serves for ever.
pub fn serve<E: Engine>(service: Service, settings: &Settings) {
    let mut engine = E::start(settings.workers);
    let occupied = settings.workers - 1;
    engine.run(lazy(move || {
        if let Service::Busy(occupation) = service {
            (0..occupied).for_each(|_| E::spawn(keep_busy(occupation)));
        }
        let listener = sys::listen().expect("cannot listen");
        announce(&listener);
        let listener = TcpListener::from_std(listener, &Handle::default()).expect("cannot listen");
        let sockets = listener.incoming().map_err(|e| panic!("cannot accept: {e}"));
        sockets
            .for_each(move |socket| {
                match service {
                    Service::Echo | Service::Busy(_) => E::spawn(echo(socket)),
                    Service::Answer => E::spawn(answer(socket)),
                    Service::Proxy(backend) => E::spawn(proxy(socket, backend)),
                }
                Ok(())
            })
            .and_then(|()| empty())
    }));
}

fn keep_busy(occupation: Occupation) -> impl Future<Item = (), Error = ()> + Send {
    poll_fn(move || {
        match occupation {
            Occupation::LongPoll => spin(Duration::from_millis(10)),
            Occupation::Ready => spin(Duration::from_micros(5)),
            Occupation::Blocking => {
                try_ready!(blocking(|| thread::sleep(Duration::from_millis(10))).map_err(drop))
            }
        }
        task::current().notify();
        Ok(Async::NotReady)
    })
}

/// The part of a buffer that was read.
struct Filled {
    buf: Vec<u8>,
    len: usize,
}

impl AsRef<[u8]> for Filled {
    fn as_ref(&self) -> &[u8] {
        &self.buf[..self.len]
    }
}

fn echo(socket: TcpStream) -> impl Future<Item = (), Error = ()> + Send {
    let echoing = loop_fn((socket, vec![0; 1024]), |(socket, buf)| {
        io::read(socket, buf).and_then(|(socket, buf, len)| match len {
            0 => Either::A(ok(Loop::Break(()))),
            _ => Either::B(
                io::write_all(socket, Filled { buf, len })
                    .map(|(socket, filled)| Loop::Continue((socket, filled.buf))),
            ),
        })
    });
    // A client may go away as it likes.
    echoing.map_err(drop)
}

/// One message there and back, then closes.
fn answer(socket: TcpStream) -> impl Future<Item = (), Error = ()> + Send {
    io::read_exact(socket, [0; MESSAGE])
        .and_then(|(socket, message)| io::write_all(socket, message))
        .map(drop)
        .map_err(drop)
}

fn proxy(client: TcpStream, backend: SocketAddr) -> impl Future<Item = (), Error = ()> + Send {
    let proxying = TcpStream::connect(&backend).and_then(|server| {
        let (from_client, to_client) = client.split();
        let (from_server, to_server) = server.split();
        let there = io::copy(from_client, to_server).and_then(|(_, _, w)| io::shutdown(w));
        let back = io::copy(from_server, to_client).and_then(|(_, _, w)| io::shutdown(w));
        there.join(back)
    });
    proxying.map(drop).map_err(drop)
}
