//! Children that nobody waits for any more.
//!
//! A child that has ended stays a zombie until its parent collects its exit status. A
//! [`Child`](crate::process::Child) that is dropped must not wait for that, so it leaves it to a
//! thread: the reaper, which is there as long as there are orphans.
//!
//! Always true: an orphan in the list has a reaper that will look at it again: after the
//! next `SIGCHLD`, each of which writes a byte to the reaper's self-pipe, as does each new
//! orphan. One byte may stand for many children, so each has all orphans looked at.
//!
//! Why a thread? A reactor would do, but the last of the runtimes may be gone by then.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

static REAP_QUEUE: Mutex<ReapQueue> =
    Mutex::new(ReapQueue { orphans: Vec::new(), self_pipe: None, has_reaper: false });

/// Held to change it, and for `waitpid` calls that do not block; never in a handler.
struct ReapQueue {
    orphans: Vec<Child>,
    /// Created with the first orphan.
    self_pipe: Option<Arc<SelfPipe>>,
    has_reaper: bool,
}

/// A socket pair that the reaper waits on: written to on every `SIGCHLD`.
struct SelfPipe {
    write_end: UnixStream,
    read_end: UnixStream,
}

/// Takes over `child`, to collect its exit status when it has ended. Does not block.
pub(in crate::process) fn adopt(child: Child) {
    let mut queue = lock();
    queue.orphans.push(child);
    if let Err(error) = queue.notify_reaper() {
        // The next orphan tries again; until then they may stay zombies.
        log::warn!("cannot start a thread that reaps children: {error}");
    }
}

impl ReapQueue {
    fn notify_reaper(&mut self) -> io::Result<()> {
        let pipe = match &self.self_pipe {
            Some(pipe) => pipe.clone(),
            None => self.self_pipe.insert(Arc::new(SelfPipe::new()?)).clone(),
        };
        if self.has_reaper {
            pipe.notify();
        } else {
            let reaper = thread::Builder::new().name("tokio-reaper".into());
            reaper.spawn(move || reap(&pipe))?;
            self.has_reaper = true;
        }
        Ok(())
    }
}

/// The reaper: runs until the last orphan is reaped.
fn reap(pipe: &SelfPipe) {
    loop {
        {
            let mut queue = lock();
            queue.orphans.retain_mut(is_alive);
            if queue.orphans.is_empty() {
                queue.has_reaper = false;
                return;
            }
        }
        pipe.wait();
    }
}

fn is_alive(orphan: &mut Child) -> bool {
    match orphan.try_wait() {
        Ok(Some(_)) => false,
        Ok(None) => true,
        Err(error) => {
            // Somebody else has collected it.
            log::debug!("cannot wait for orphaned child {}: {error}", orphan.id());
            false
        }
    }
}

fn lock() -> MutexGuard<'static, ReapQueue> {
    REAP_QUEUE.lock().unwrap_or_else(|e| e.into_inner())
}

impl SelfPipe {
    fn new() -> io::Result<SelfPipe> {
        let (write_end, read_end) = UnixStream::pair()?;
        write_end.set_nonblocking(true)?;
        super::sys::write_on_child_signal(write_end.try_clone()?)?;
        Ok(SelfPipe { write_end, read_end })
    }

    fn notify(&self) {
        // If it is full, the reaper has not begun to look since.
        let _ = (&self.write_end).write(&[1]);
    }

    /// Returns after a byte that was not there at the last return.
    fn wait(&self) {
        let mut bytes = [0; 64];
        while let Err(error) = (&self.read_end).read(&mut bytes) {
            if error.kind() != io::ErrorKind::Interrupted {
                log::error!("the reaper of children cannot wait: {error}");
                // Better to look too often than never.
                thread::yield_now();
                return;
            }
        }
    }
}
