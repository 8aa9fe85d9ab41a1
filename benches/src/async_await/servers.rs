//! What the load generator talks to.

use super::rt;
use super::rt::io::{copy_bidirectional, AsyncReadExt, AsyncWriteExt};
use super::rt::net::{TcpListener, TcpStream};
use crate::load::{announce, Service, MESSAGE};
use crate::sys;
use std::io;
use std::net::SocketAddr;

/// Serves for ever.
pub async fn serve(service: Service) {
    let listener = sys::listen().expect("cannot listen");
    announce(&listener);
    let listener = TcpListener::from_std(listener).expect("cannot listen");
    loop {
        let (socket, _) = listener.accept().await.expect("cannot accept");
        // A client may go away as it likes: errors end its task, and nothing else.
        match service {
            Service::Echo => rt::spawn(echo(socket)),
            Service::Answer => rt::spawn(answer(socket)),
            Service::Proxy(backend) => rt::spawn(proxy(socket, backend)),
        };
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
