//! Two calls to the operating system: a wait for the end of a process, and a pipe's end that
//! the reactor can watch.
//!
//! `exit` and `pipe` call it.
//!
//! Always true: the address that the system calls with is that of a [`CallbackWait`], which sees
//! to it that what is there is freed once, by the last to use it.
//!
//! Why not wait in `WaitForSingleObject`? It would take a thread for each child.

use mio1::windows::NamedPipe;
use std::ffi::c_void;
use std::io;
use std::os::windows::io::{
    AsHandle, AsRawHandle, FromRawHandle, IntoRawHandle, OwnedHandle, RawHandle,
};
use std::process::Child;
use std::ptr;
use std::sync::Arc;
use tokio_executor::internals::CallbackWait;
use tokio_executor::task::Context;

const INFINITE: u32 = u32::MAX;
const WT_EXECUTEONLYONCE: u32 = 8;

type Callback = unsafe extern "system" fn(*mut c_void, u8);

#[link(name = "kernel32")]
unsafe extern "system" {
    fn RegisterWaitForSingleObject(
        wait: *mut RawHandle,
        object: RawHandle,
        callback: Callback,
        context: *mut c_void,
        milliseconds: u32,
        flags: u32,
    ) -> i32;
    fn UnregisterWait(wait: RawHandle) -> i32;
}

/// A wait for the end of a process.
///
/// # Dropping
///
/// Ends the wait. Does not block.
#[derive(Debug)]
pub(super) struct ProcessWait {
    wait: RawHandle,
    shared: Arc<CallbackWait>,
    /// Must stay open as long as the system waits for it.
    _process: OwnedHandle,
}

// SAFETY: the handle of a wait may be used by any thread; it is used by the drop only.
unsafe impl Send for ProcessWait {}
// SAFETY: as above.
unsafe impl Sync for ProcessWait {}

impl ProcessWait {
    pub(super) fn begin(child: &Child) -> io::Result<ProcessWait> {
        let process = child.as_handle().try_clone_to_owned()?;
        let shared = CallbackWait::new();
        let context = CallbackWait::address(&shared);
        let mut wait = ptr::null_mut();
        // SAFETY: the process is open until the wait has ended, and `callback` takes what
        // `address` gave.
        let registered = unsafe {
            RegisterWaitForSingleObject(
                &mut wait,
                process.as_raw_handle(),
                callback,
                context.cast_mut().cast(),
                INFINITE,
                WT_EXECUTEONLYONCE,
            )
        };
        if registered == 0 {
            let error = io::Error::last_os_error();
            // SAFETY: from `address`, and the system did not take it.
            unsafe { CallbackWait::refused(context) };
            return Err(error);
        }
        Ok(ProcessWait { wait, shared, _process: process })
    }

    /// Has the task woken when the process ends.
    pub(super) fn register(&self, cx: &Context<'_>) {
        self.shared.register(cx);
    }
}

impl Drop for ProcessWait {
    fn drop(&mut self) {
        // SAFETY: the wait was registered, and is ended here only.
        let runs_not = unsafe { UnregisterWait(self.wait) } != 0;
        // SAFETY: as above.
        unsafe { CallbackWait::end(&self.shared, runs_not) };
    }
}

/// Called by the system when the process has ended, on a thread of its pool.
unsafe extern "system" fn callback(context: *mut c_void, _: u8) {
    // SAFETY: the address came from `address`; the system calls once, and not after a wait of which
    // it said that nothing ran.
    unsafe { CallbackWait::call(context.cast()) };
}

/// The end of a pipe, for the reactor.
pub(super) fn named_pipe(end: OwnedHandle) -> NamedPipe {
    // SAFETY: nobody else owns the handle. If it is none for overlapped I/O, as std makes them,
    // the reactor refuses it.
    unsafe { NamedPipe::from_raw_handle(end.into_raw_handle()) }
}
