//! Every public type of `tokio::sync` goes to other threads exactly when upstream's does.
#![cfg(all(feature = "sync", not(loom)))]

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::MutexGuard;
use tokio::sync::{
    atomic_task, broadcast, lock, mpsc, mutex, notify, oneshot, rwlock, semaphore, watch, Acquire,
};

/// Neither `Send` nor `Sync`.
type Neither = *const ();
/// `Send`, not `Sync`.
type OnlySend = Cell<u8>;
/// `Sync`, not `Send`.
type OnlySync = MutexGuard<'static, u8>;
type Both = u8;

/// What a type answers unless an inherent constant answers first.
trait No {
    const SEND: bool = false;
    const SYNC: bool = false;
}
impl<T: ?Sized> No for T {}

struct IsSend<T: ?Sized>(PhantomData<T>);
impl<T: ?Sized + Send> IsSend<T> {
    const SEND: bool = true;
}
struct IsSync<T: ?Sized>(PhantomData<T>);
impl<T: ?Sized + Sync> IsSync<T> {
    const SYNC: bool = true;
}

macro_rules! is {
    ($type:ty, $send:expr, $sync:expr) => {
        assert_eq!(
            (IsSend::<$type>::SEND, IsSync::<$type>::SYNC),
            ($send, $sync),
            "(Send, Sync) of {}",
            stringify!($type),
        );
    };
}

/// Asserts `Send` and `Sync` for arguments that are both, only `Send`, only `Sync`, and
/// neither.
macro_rules! of {
    ($($ty:ident)::+ $(<$lt:lifetime>)?, $both:expr, $send:expr, $sync:expr, $neither:expr) => {
        is!($($ty)::+<$($lt,)? Both>, $both.0, $both.1);
        is!($($ty)::+<$($lt,)? OnlySend>, $send.0, $send.1);
        is!($($ty)::+<$($lt,)? OnlySync>, $sync.0, $sync.1);
        is!($($ty)::+<$($lt,)? Neither>, $neither.0, $neither.1);
    };
}

const YES: (bool, bool) = (true, true);
const NO: (bool, bool) = (false, false);

#[test]
fn fault_y13_handles_of_a_value_that_is_handed_over_need_it_to_be_send() {
    of!(lock::Lock, YES, YES, NO, NO);
    of!(mutex::Mutex, YES, YES, NO, NO);
    of!(mpsc::Sender, YES, YES, NO, NO);
    of!(mpsc::Receiver, YES, YES, NO, NO);
    of!(mpsc::UnboundedSender, YES, YES, NO, NO);
    of!(mpsc::UnboundedReceiver, YES, YES, NO, NO);
    of!(oneshot::Sender, YES, YES, NO, NO);
    of!(oneshot::Receiver, YES, YES, NO, NO);
}

#[test]
fn fault_y13_handles_of_a_value_that_is_shared_need_it_to_be_both() {
    of!(watch::Sender, YES, NO, NO, NO);
    of!(watch::Receiver, YES, NO, NO, NO);
    of!(rwlock::RwLock, YES, (true, false), NO, NO);
}

/// Values of a broadcast are cloned by one receiver at a time.
#[test]
fn fault_y11_a_value_that_is_never_cloned_in_parallel_need_not_be_sync() {
    of!(broadcast::Sender, YES, YES, NO, NO);
    of!(broadcast::WeakSender, YES, YES, NO, NO);
    of!(broadcast::Receiver, YES, YES, NO, NO);
    of!(broadcast::Recv<'static>, YES, YES, NO, NO);
}

#[test]
fn fault_y13_guards_lend_to_other_threads_only_what_these_may_see() {
    of!(lock::LockGuard, YES, (true, false), NO, NO);
    of!(watch::Ref<'static>, (false, true), NO, (false, true), NO);
    of!(mutex::MutexGuard<'static>, YES, (true, false), NO, NO);
    of!(mutex::OwnedMutexGuard, YES, (true, false), NO, NO);
    of!(mutex::MappedMutexGuard<'static>, YES, (true, false), (false, true), NO);
    of!(mutex::OwnedMappedMutexGuard, YES, (true, false), NO, NO);
    // Read on another thread, and given back there.
    of!(rwlock::RwLockReadGuard<'static>, YES, NO, (true, false), NO);
    of!(rwlock::RwLockWriteGuard<'static>, YES, NO, NO, NO);
    of!(rwlock::RwLockMappedWriteGuard<'static>, YES, NO, NO, NO);
    of!(rwlock::OwnedRwLockMappedWriteGuard, YES, NO, NO, NO);
    of!(rwlock::OwnedRwLockReadGuard, YES, NO, NO, NO);
    of!(rwlock::OwnedRwLockWriteGuard, YES, NO, NO, NO);
    is!(Acquire<mutex::MutexGuard<'static, Both>>, true, true);
    is!(Acquire<mutex::MutexGuard<'static, OnlySync>>, false, false);
    is!(Acquire<rwlock::RwLockReadGuard<'static, OnlySend>>, false, false);
    is!(Acquire<rwlock::OwnedRwLockWriteGuard<OnlySync>>, false, false);
}

#[test]
fn fault_y13_errors_with_a_value_are_as_the_value() {
    of!(mpsc::error::TrySendError, YES, (true, false), (false, true), NO);
    of!(mpsc::error::UnboundedTrySendError, YES, (true, false), (false, true), NO);
    of!(watch::error::SendError, YES, (true, false), (false, true), NO);
}

#[test]
fn fault_y13_what_has_no_value_goes_everywhere() {
    is!(semaphore::Semaphore, true, true);
    is!(semaphore::Permit, true, true);
    is!(semaphore::SemaphorePermit<'static>, true, true);
    is!(semaphore::OwnedSemaphorePermit, true, true);
    is!(notify::Notify, true, true);
    is!(notify::Notified<'static>, true, true);
    is!(notify::OwnedNotified, true, true);
    is!(mutex::TryLockError, true, true);
    is!(semaphore::AcquireError, true, true);
    is!(semaphore::TryAcquireError, true, true);
    is!(atomic_task::AtomicTask, true, true);
    is!(mpsc::error::RecvError, true, true);
    is!(mpsc::error::SendError, true, true);
    is!(mpsc::error::UnboundedRecvError, true, true);
    is!(mpsc::error::UnboundedSendError, true, true);
    is!(oneshot::error::RecvError, true, true);
    is!(oneshot::error::TryRecvError, true, true);
    is!(watch::error::RecvError, true, true);
}
