//! Children that nobody waits for any more.
//!
//! A child that has ended stays a zombie until its parent collects its exit status. A
//! [`Child`](super::Child) that is dropped must not wait for that, so it leaves it to a
//! thread: the reaper, which is there as long as there are orphans.
//!
//! Always true: an orphan in the list has a reaper that will look at it again: after the
//! next `SIGCHLD`, each of which rings the reaper up, as does each new orphan. One ring
//! may stand for many ends, so every ring has all orphans looked at.
//!
//! Why a thread? A reactor would do, but the last of the runtimes may be gone by then.

use std::io::{self, Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Child;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;

static ORPHANAGE: Mutex<Orphanage> =
    Mutex::new(Orphanage { orphans: Vec::new(), bell: None, has_reaper: false });

/// Held to change it, and for `waitpid` calls that do not block; never in a handler.
struct Orphanage {
    orphans: Vec<Child>,
    /// Hung when the first orphan comes.
    bell: Option<Arc<Bell>>,
    has_reaper: bool,
}

/// A socket pair that the reaper waits on: written to on every `SIGCHLD`.
struct Bell {
    clapper: UnixStream,
    ear: UnixStream,
}

/// Takes over `child`, to collect its exit status when it has ended. Does not block.
pub(super) fn adopt(child: Child) {
    let mut orphanage = lock();
    orphanage.orphans.push(child);
    if let Err(error) = orphanage.call_reaper() {
        // The next orphan tries again; until then they may stay zombies.
        log::warn!("cannot start a thread that reaps children: {error}");
    }
}

impl Orphanage {
    fn call_reaper(&mut self) -> io::Result<()> {
        let bell = match &self.bell {
            Some(bell) => bell.clone(),
            None => self.bell.insert(Arc::new(Bell::hang()?)).clone(),
        };
        if self.has_reaper {
            bell.ring();
        } else {
            let reaper = thread::Builder::new().name("tokio-reaper".into());
            reaper.spawn(move || reap(&bell))?;
            self.has_reaper = true;
        }
        Ok(())
    }
}

/// The reaper: runs until the last orphan is reaped.
fn reap(bell: &Bell) {
    loop {
        {
            let mut orphanage = lock();
            orphanage.orphans.retain_mut(is_alive);
            if orphanage.orphans.is_empty() {
                orphanage.has_reaper = false;
                return;
            }
        }
        bell.wait();
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

fn lock() -> MutexGuard<'static, Orphanage> {
    ORPHANAGE.lock().unwrap_or_else(|e| e.into_inner())
}

impl Bell {
    fn hang() -> io::Result<Bell> {
        let (clapper, ear) = UnixStream::pair()?;
        clapper.set_nonblocking(true)?;
        super::sys::write_on_child_signal(clapper.try_clone()?)?;
        Ok(Bell { clapper, ear })
    }

    fn ring(&self) {
        // If it is full, the reaper has not begun to look since.
        let _ = (&self.clapper).write(&[1]);
    }

    /// Returns after a ring that was not there at the last return.
    fn wait(&self) {
        let mut rings = [0; 64];
        while let Err(error) = (&self.ear).read(&mut rings) {
            if error.kind() != io::ErrorKind::Interrupted {
                log::error!("the reaper of children cannot wait: {error}");
                // Better to look too often than never.
                thread::yield_now();
                return;
            }
        }
    }
}
