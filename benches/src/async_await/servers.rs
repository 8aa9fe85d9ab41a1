//! What the load generator talks to.

use super::super::in_place;
use super::engine::pass_turn;
use super::rt;
use super::rt::io::{copy_bidirectional, AsyncReadExt, AsyncWriteExt};
use super::rt::net::{TcpListener, TcpStream};
use crate::load::{announce, Occupation, Service, MESSAGE};
use crate::measured::spin;
use crate::sys;
use std::net::SocketAddr;
use std::time::Duration;
use std::{io, thread};

/// Serves for ever.
pub async fn serve(service: Service, workers: usize) {
    if let Service::Busy(occupation) = service {
        (1..workers).for_each(|_| drop(rt::spawn(keep_busy(occupation))));
    }
    let listener = sys::listen().expect("cannot listen");
    announce(&listener);
    let mut listener = TcpListener::from_std(listener).expect("cannot listen");
    loop {
        let (socket, _) = listener.accept().await.expect("cannot accept");
        // A client may go away as it likes: errors end its task, and nothing else.
        match service {
            Service::Echo | Service::Busy(_) => rt::spawn(echo(socket)),
            Service::Answer => rt::spawn(answer(socket)),
            Service::Proxy(backend) => rt::spawn(proxy(socket, backend)),
        };
    }
}

async fn keep_busy(occupation: Occupation) -> io::Result<()> {
    loop {
        match occupation {
            Occupation::LongPoll => spin(Duration::from_millis(10)),
            Occupation::Ready => spin(Duration::from_micros(5)),
            Occupation::Blocking => in_place(|| thread::sleep(Duration::from_millis(10))).await,
        }
        pass_turn().await;
    }
}

async fn echo(mut socket: TcpStream) -> io::Result<()> {
    let mut buf = vec![0; 1024];
    loop {
        match socket.read(&mut buf).await? {
            0 => return Ok(()),
            n => socket.write_all(&buf[..n]).await?,
        }
    }
}

/// One message there and back, then closes.
async fn answer(mut socket: TcpStream) -> io::Result<()> {
    let mut message = [0; MESSAGE];
    socket.read_exact(&mut message).await?;
    socket.write_all(&message).await
}

async fn proxy(mut client: TcpStream, backend: SocketAddr) -> io::Result<()> {
    let mut server = TcpStream::connect(backend).await?;
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
