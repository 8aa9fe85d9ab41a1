//! What UDP sockets and the datagram sockets of Unix have in common.
//!
//! `$of` makes an address of what a call of the system returned for one.
//!
//! `udp` and `unix::datagram` expand the macro, each for its socket.
//!
//! Always true: a call is tried first and waits only after a "would block"; a future that is
//! dropped while pending has taken no datagram.
//!
//! Why a macro? The sockets share no trait, and their addresses are of different types.

macro_rules! datagrams {
    ($socket:ident, $address:ty, $of:path) => {
        impl $socket {
            /// Sends a datagram to the address that the socket is connected to.
            ///
            /// # Errors
            ///
            /// Those of the system.
            ///
            /// # Dropping
            ///
            /// Nothing is sent.
            pub async fn send(&self, buf: &[u8]) -> io::Result<usize> {
                map_shutdown(
                    self.evented().async_io(Interest::WRITABLE, |socket| socket.send(buf)).await,
                )
            }

            /// Sends a datagram to the address that the socket is connected to, or else the
            /// task is woken once there is room.
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn poll_send(&self, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
                poll_map_shutdown(
                    self.evented().poll_write_io(&cx.into(), |socket| socket.send(buf)),
                )
            }

            /// Sends a datagram to the address that the socket is connected to, if there is
            /// room.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if there is none; those of the system.
            pub fn try_send(&self, buf: &[u8]) -> io::Result<usize> {
                map_shutdown(self.evented().try_io(Interest::WRITABLE, |socket| socket.send(buf)))
            }

            /// Receives a datagram from the address that the socket is connected to. What does
            /// not fit into `buf` is lost.
            ///
            /// # Errors
            ///
            /// Those of the system.
            ///
            /// # Dropping
            ///
            /// Loses no datagram.
            pub async fn recv(&self, buf: &mut [u8]) -> io::Result<usize> {
                let recv = |socket: &_| into_slice(Recv(SockRef::from(socket)), buf);
                map_shutdown(self.evented().async_io(Interest::READABLE, recv).await)
                    .map(|(n, ())| n)
            }

            /// Works like [`recv`](Self::recv), into the free part of `buf`, which is moved on.
            ///
            /// # Errors
            ///
            /// Those of the system.
            ///
            /// # Dropping
            ///
            /// Loses no datagram.
            pub async fn recv_buf<B: BufMut>(&self, buf: &mut B) -> io::Result<usize> {
                let recv = |socket: &_| into_buf(Recv(SockRef::from(socket)), buf);
                map_shutdown(self.evented().async_io(Interest::READABLE, recv).await)
                    .map(|(n, ())| n)
            }

            /// Receives a datagram, or else the task is woken once there is one.
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn poll_recv(
                &self,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<()>> {
                let recv = |free: &mut [MaybeUninit<u8>]| {
                    let recv = |socket: &_| SockRef::from(socket).recv(free).map(|n| (n, ()));
                    self.evented().poll_read_io(&cx.into(), recv)
                };
                // SAFETY: `recv` says how many bytes the system wrote, and nobody else
                // writes.
                poll_map_shutdown(unsafe { poll_into(buf, recv) }).map_ok(drop)
            }

            /// Receives a datagram if there is one.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if there is none; those of the system.
            pub fn try_recv(&self, buf: &mut [u8]) -> io::Result<usize> {
                let recv = |socket: &_| into_slice(Recv(SockRef::from(socket)), buf);
                map_shutdown(self.evented().try_io(Interest::READABLE, recv)).map(|(n, ())| n)
            }

            /// Works like [`try_recv`](Self::try_recv), into the free part of `buf`, which is moved
            /// on.
            ///
            /// # Errors
            ///
            /// As for [`try_recv`](Self::try_recv).
            pub fn try_recv_buf<B: BufMut>(&self, buf: &mut B) -> io::Result<usize> {
                let recv = |socket: &_| into_buf(Recv(SockRef::from(socket)), buf);
                map_shutdown(self.evented().try_io(Interest::READABLE, recv)).map(|(n, ())| n)
            }

            /// Receives a datagram; returns its length and where it came from. What does not
            /// fit into `buf` is lost.
            ///
            /// # Errors
            ///
            /// Those of the system.
            ///
            /// # Dropping
            ///
            /// Loses no datagram.
            pub async fn recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, $address)> {
                let recv = |socket: &_| {
                    let (n, from) = into_slice(RecvFrom(SockRef::from(socket)), buf)?;
                    Ok((n, $of(&from)?))
                };
                map_shutdown(self.evented().async_io(Interest::READABLE, recv).await)
            }

            /// Works like [`recv_from`](Self::recv_from), into the free part of `buf`, which is
            /// moved on.
            ///
            /// # Errors
            ///
            /// Those of the system.
            ///
            /// # Dropping
            ///
            /// Loses no datagram.
            pub async fn recv_buf_from<B: BufMut>(
                &self,
                buf: &mut B,
            ) -> io::Result<(usize, $address)> {
                let recv = |socket: &_| {
                    let (n, from) = into_buf(RecvFrom(SockRef::from(socket)), buf)?;
                    Ok((n, $of(&from)?))
                };
                map_shutdown(self.evented().async_io(Interest::READABLE, recv).await)
            }

            /// Receives a datagram, or else the task is woken once there is one; returns where
            /// it came from.
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn poll_recv_from(
                &self,
                cx: &mut Context<'_>,
                buf: &mut ReadBuf<'_>,
            ) -> Poll<io::Result<$address>> {
                let recv = |free: &mut [MaybeUninit<u8>]| {
                    let recv = |socket: &_| {
                        let (n, from) = SockRef::from(socket).recv_from(free)?;
                        Ok((n, $of(&from)?))
                    };
                    self.evented().poll_read_io(&cx.into(), recv)
                };
                // SAFETY: as in `poll_recv`.
                poll_map_shutdown(unsafe { poll_into(buf, recv) }).map_ok(|(_, from)| from)
            }

            /// Receives a datagram if there is one; returns its length and where it came from.
            ///
            /// # Errors
            ///
            /// `WouldBlock` if there is none; those of the system.
            pub fn try_recv_from(&self, buf: &mut [u8]) -> io::Result<(usize, $address)> {
                let recv = |socket: &_| {
                    let (n, from) = into_slice(RecvFrom(SockRef::from(socket)), buf)?;
                    Ok((n, $of(&from)?))
                };
                map_shutdown(self.evented().try_io(Interest::READABLE, recv))
            }

            /// Works like [`try_recv_from`](Self::try_recv_from), into the free part of `buf`,
            /// which is moved on.
            ///
            /// # Errors
            ///
            /// As for [`try_recv_from`](Self::try_recv_from).
            pub fn try_recv_buf_from<B: BufMut>(
                &self,
                buf: &mut B,
            ) -> io::Result<(usize, $address)> {
                let recv = |socket: &_| {
                    let (n, from) = into_buf(RecvFrom(SockRef::from(socket)), buf)?;
                    Ok((n, $of(&from)?))
                };
                map_shutdown(self.evented().try_io(Interest::READABLE, recv))
            }

            /// Returns the error that the network has reported since the last call, if any.
            ///
            /// # Errors
            ///
            /// Those of the system.
            pub fn take_error(&self) -> io::Result<Option<io::Error>> {
                self.evented().get_ref().take_error()
            }
        }
    };
}

pub(super) use datagrams;
