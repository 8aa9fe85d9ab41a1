//! Has a thread copy its registers and its stack, by a signal.
//!
//! Called by `threads`. The handler does what is allowed in one: it claims the request, stores its
//! registers, has the system copy the stack, and finishes. The system copies since it stops, with
//! an error, where nothing is mapped: a task may run on a stack of which nobody here knows the end.
//!
//! The signal is one of the real-time signals that the program leaves alone. The handler is set up
//! when a thread is first to be asked, and stays; without a request it does nothing.
//!
//! Always true: the handler neither allocates nor locks, and leaves `errno` as it was. What it
//! writes to is static; `Request` says whose it is, so that a late answer harms nothing.
//!
//! Why not read the stack from outside? The thread goes on meanwhile, and its registers cannot be
//! had: a process may not trace itself.

use super::{kernel, processor};
use libc::{c_int, c_long, c_void, siginfo_t, ucontext_t};
use std::mem::MaybeUninit;
use std::ptr;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::atomic::{AtomicU64, AtomicUsize};
use std::sync::{Mutex, MutexGuard, TryLockError};
use std::thread;
use std::time::{Duration, Instant};
use tokio_executor::internals::inspect::{Answer, Request};

/// How much of a stack is copied, in words.
const WORDS: usize = 256 * 1024 / 8;

/// How much is copied above the frame that polls the task, whose end is not known.
const SLACK: usize = 4096;

const OTHER_PROC: &str = "/proc has other numbers for threads than this process";
const NO_SIGNAL: &str = "the program has handlers for all real-time signals";
const BLOCKED: &str = "the thread blocks the signal";
const GONE: &str = "the thread has ended";
const REFUSED: &str = "the system refuses to signal the thread";
const NO_ANSWER: &str = "the thread did not answer in time";
const NO_COPY: &str = "the system refuses process_vm_readv";
const IN_USE: &str = "another thread has not finished its answer";

/// How long a thread that computes may have the signal blocked: one that has just answered is in
/// the handler for a moment longer.
const BLOCKED_FOR: Duration = Duration::from_millis(20);

/// The request to a thread.
static REQUEST: Request = Request::new();

/// How far the stack is wanted, as an address.
static WANTED: AtomicUsize = AtomicUsize::new(0);

/// The answer: the program counter, the stack pointer, the frame pointer, the link register.
static REGISTERS: [AtomicU64; 4] = [const { AtomicU64::new(0) }; 4];

/// The answer: the bytes from the stack pointer on.
static STACK: [AtomicU64; WORDS] = [const { AtomicU64::new(0) }; WORDS];

/// How many of them there are.
static COPIED: AtomicUsize = AtomicUsize::new(0);

/// The registers that lead to the calls of a thread.
#[derive(Clone, Copy, Debug)]
pub(super) struct Registers {
    pub(super) pc: u64,
    pub(super) sp: u64,
    pub(super) fp: u64,
    pub(super) lr: u64,
}

/// What a thread has copied.
pub(super) struct Copied {
    pub(super) registers: Registers,
    /// From the stack pointer on.
    stack: Vec<u64>,
    /// Whether more was wanted than there was room for.
    pub(super) is_cut: bool,
}

impl Copied {
    /// The word at that address of the stack.
    pub(super) fn read(&self, address: u64) -> Option<u64> {
        let distance = address.checked_sub(self.registers.sp)?;
        let word = usize::try_from(distance / 8).ok()?;
        self.stack.get(word).copied().filter(|_| distance % 8 == 0)
    }
}

/// What is set up in this process.
#[derive(Default)]
struct Setup {
    /// The signal that has the handler.
    signal: Option<c_int>,
    /// The process that made the last request.
    process: u32,
}

/// Held to ask threads, by one dump at a time; the handler does not.
static SETUP: Mutex<Setup> = Mutex::new(Setup { signal: None, process: 0 });

/// Asks threads, one after the other.
pub(super) struct Asker {
    signal: c_int,
    _setup: MutexGuard<'static, Setup>,
}

impl Asker {
    /// Sets up the handler, unless it is.
    pub(super) fn start(until: Instant) -> Result<Asker, &'static str> {
        let mut setup = loop {
            match SETUP.try_lock() {
                Ok(setup) => break setup,
                Err(TryLockError::Poisoned(poisoned)) => break poisoned.into_inner(),
                // Not for ever: in a process that was forked meanwhile, it is not given back.
                Err(TryLockError::WouldBlock) if Instant::now() >= until => return Err(IN_USE),
                Err(TryLockError::WouldBlock) => thread::sleep(Duration::from_millis(1)),
            }
        };
        let process = std::process::id();
        // One from outside of a container has; the number of a thread may be that of another here.
        let by_proc = std::fs::read_link("/proc/self").unwrap_or_default();
        if by_proc.to_str() != Some(&process.to_string()) {
            return Err(OTHER_PROC);
        }
        if setup.process != process {
            REQUEST.forget();
            setup.process = process;
        }
        // The program may have taken the signal for itself meanwhile.
        if !setup.signal.is_some_and(is_ours) {
            // The highest ones are those that programs take last.
            setup.signal = (libc::SIGRTMIN()..=libc::SIGRTMAX()).rev().find(|free| take(*free));
        }
        let signal = setup.signal.ok_or(NO_SIGNAL)?;
        Ok(Asker { signal, _setup: setup })
    }

    /// Has the thread of that number copy its stack up to the address `base`, and somewhat beyond.
    pub(super) fn copy(
        &mut self,
        thread: u32,
        base: usize,
        patience: Duration,
    ) -> Result<Copied, &'static str> {
        // It would come later, when nobody waits for it, or even after the thread has become
        // another program.
        let until = Instant::now() + BLOCKED_FOR;
        while kernel::blocks(thread, self.signal) {
            if !kernel::runs(thread) || Instant::now() >= until {
                return Err(BLOCKED);
            }
            thread::sleep(Duration::from_micros(200));
        }
        self.ask(thread, base, patience)
    }

    fn ask(
        &mut self,
        thread: u32,
        base: usize,
        patience: Duration,
    ) -> Result<Copied, &'static str> {
        // Relaxed: the request, which is made next, carries it to the thread; and until then, no
        // thread reads it that answers, for which this would be but another length.
        WANTED.store(base.saturating_add(SLACK), Relaxed);
        let made = REQUEST.begin(thread).ok_or(IN_USE)?;
        // SAFETY: a call of the system; the signal has a handler that may come at any time. A
        // number that is no thread's of this process is refused.
        let sent = unsafe {
            let process = c_long::from(libc::getpid());
            libc::syscall(libc::SYS_tgkill, process, c_long::from(thread), self.signal)
        };
        if sent != 0 {
            let gone = std::io::Error::last_os_error().raw_os_error() == Some(libc::ESRCH);
            let _ = REQUEST.withdraw(made);
            return Err(if gone { GONE } else { REFUSED });
        }
        let until = Instant::now() + patience;
        let mut pause = Duration::from_micros(20);
        while !REQUEST.is_written(&made) && Instant::now() < until {
            thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(2));
        }
        match REQUEST.withdraw(made) {
            Answer::Written => copied(base),
            Answer::None => Err(NO_ANSWER),
            Answer::Unfinished => Err(NO_ANSWER),
        }
    }
}

/// The answer that is there.
fn copied(base: usize) -> Result<Copied, &'static str> {
    // Relaxed, all of them: the request was seen to be written, and carries them.
    let of = |at: usize| REGISTERS[at].load(Relaxed);
    let registers = Registers { pc: of(0), sp: of(1), fp: of(2), lr: of(3) };
    let words = COPIED.load(Relaxed) / 8;
    if words == 0 {
        return Err(NO_COPY);
    }
    let stack = STACK[..words.min(WORDS)].iter().map(|word| word.load(Relaxed)).collect();
    let end = registers.sp.saturating_add(words as u64 * 8);
    Ok(Copied { registers, stack, is_cut: words == WORDS && end <= base as u64 })
}

fn disposition(signal: c_int) -> Option<libc::sigaction> {
    let mut now = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a call of the system, which changes nothing and writes to what it is lent.
    let result = unsafe { libc::sigaction(signal, ptr::null(), now.as_mut_ptr()) };
    // SAFETY: any bytes are a disposition, and these are zeros or what the system wrote.
    (result == 0).then(|| unsafe { now.assume_init() })
}

fn is_ours(signal: c_int) -> bool {
    disposition(signal).is_some_and(|now| now.sa_sigaction == handler())
}

fn handler() -> libc::sighandler_t {
    let handler: extern "C" fn(c_int, *mut siginfo_t, *mut c_void) = answer;
    handler as libc::sighandler_t
}

/// Sets up the handler for a signal that nobody handles. False if somebody does, or if the system
/// refuses.
fn take(signal: c_int) -> bool {
    let is_free = |now: &libc::sigaction| now.sa_sigaction == libc::SIG_DFL;
    if !disposition(signal).as_ref().is_some_and(is_free) {
        return false;
    }
    // SAFETY: zeros are a disposition.
    let mut ours: libc::sigaction = unsafe { MaybeUninit::zeroed().assume_init() };
    ours.sa_sigaction = handler();
    // Calls of the system go on, as far as they can, and the stack of the thread may be at its end.
    ours.sa_flags = libc::SA_SIGINFO | libc::SA_RESTART | libc::SA_ONSTACK;
    let mut before = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: a call of the system on two values of this frame; the handler does only what is
    // allowed in one. All signals wait until it is over, so that nothing runs above it.
    let before = unsafe {
        libc::sigfillset(&mut ours.sa_mask);
        if libc::sigaction(signal, &ours, before.as_mut_ptr()) != 0 {
            return false;
        }
        before.assume_init()
    };
    if is_free(&before) {
        return true;
    }
    // SAFETY: as above. The program took it in this moment, and has it back.
    unsafe { libc::sigaction(signal, &before, ptr::null_mut()) };
    false
}

/// The handler.
extern "C" fn answer(_signal: c_int, _info: *mut siginfo_t, context: *mut c_void) {
    // SAFETY: a call of the system without arguments.
    let thread = unsafe { libc::syscall(libc::SYS_gettid) } as u32;
    let Some(claimed) = REQUEST.claim(thread) else { return };
    // SAFETY: the system lends a handler of this kind the context of what it interrupted.
    let registers = processor::registers(unsafe { &*context.cast::<ucontext_t>() });
    let Registers { pc, sp, fp, lr } = registers;
    // Relaxed, all of them: `finish` makes them visible.
    for (place, value) in REGISTERS.iter().zip([pc, sp, fp, lr]) {
        place.store(value, Relaxed);
    }
    let start = sp as usize;
    let length = match WANTED.load(Relaxed).checked_sub(start) {
        Some(length) => length.min(WORDS * 8),
        // Another stack than the one that the poll began on.
        None => WORDS * 8,
    };
    COPIED.store(copy_memory(start, length), Relaxed);
    REQUEST.finish(claimed);
}

/// Copies up to `length` bytes from `start` on to `STACK`, and returns how many; as many as are
/// mapped. No more than that is read of memory that others write.
fn copy_memory(start: usize, length: usize) -> usize {
    let to =
        libc::iovec { iov_base: STACK.as_ptr().cast_mut().cast(), iov_len: length.min(WORDS * 8) };
    let from = libc::iovec { iov_base: ptr::without_provenance_mut(start), iov_len: length };
    // SAFETY: a call of the system, without effect on anything but `errno` and `STACK`, whose words
    // may change at any time, and which has room for so much.
    unsafe {
        let errno = libc::__errno_location();
        let before = *errno;
        let process = c_long::from(libc::getpid());
        let one: c_long = 1;
        let none: c_long = 0;
        let copied = libc::syscall(libc::SYS_process_vm_readv, process, &to, one, &from, one, none);
        *errno = before;
        usize::try_from(copied).unwrap_or(0)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::mpsc;
    use test_support::stress::PATIENCE as LONG;

    fn asker() -> Asker {
        Asker::start(Instant::now() + LONG).ok().unwrap()
    }

    fn thread_id() -> u32 {
        // SAFETY: a call of the system without arguments.
        unsafe { libc::syscall(libc::SYS_gettid) as u32 }
    }

    fn mask_all(how: c_int) {
        // SAFETY: calls of the system on a set of this frame, for this thread.
        unsafe {
            let mut all = MaybeUninit::uninit();
            libc::sigfillset(all.as_mut_ptr());
            libc::pthread_sigmask(how, all.as_ptr(), ptr::null_mut());
        }
    }

    /// What a thread does between two messages.
    fn thread_of(
        body: impl FnOnce(u32, usize, &mpsc::Sender<(u32, usize)>, &mpsc::Receiver<()>) + Send + 'static,
    ) -> (thread::JoinHandle<()>, mpsc::Receiver<(u32, usize)>, mpsc::Sender<()>) {
        let (says, said) = mpsc::channel();
        let (goes_on, gone_on) = mpsc::channel();
        let thread = thread::spawn(move || {
            let in_this_frame = 0_u8;
            body(thread_id(), ptr::from_ref(&in_this_frame).addr(), &says, &gone_on);
        });
        (thread, said, goes_on)
    }

    #[test]
    fn a_late_answer_changes_nothing_and_the_next_one_comes() {
        let (thread, said, goes_on) = thread_of(|thread, base, says, gone_on| {
            mask_all(libc::SIG_BLOCK);
            says.send((thread, base)).unwrap();
            gone_on.recv().unwrap();
            mask_all(libc::SIG_UNBLOCK);
            says.send((thread, base)).unwrap();
            let _ = gone_on.recv();
        });
        let (id, base) = said.recv().unwrap();
        let mut asker = asker();
        assert_eq!(asker.copy(id, base, LONG).err(), Some(BLOCKED));
        // As if it had blocked the signal in between.
        let short = Duration::from_millis(5);
        assert_eq!(asker.ask(id, base, short).err(), Some(NO_ANSWER));
        REGISTERS[1].store(7, Relaxed);
        goes_on.send(()).unwrap();
        assert_eq!(said.recv().unwrap(), (id, base), "the signal has come by now");
        assert_eq!(REGISTERS[1].load(Relaxed), 7, "to nobody");
        let copied = asker.copy(id, base, LONG).ok().unwrap();
        let sp = copied.registers.sp;
        assert!((1..=base as u64).contains(&sp) && copied.read(sp).is_some(), "{sp:#x}");
        assert_eq!(copied.read(sp - 8), None);
        assert_eq!(copied.read(sp + 1), None, "no word begins there");
        drop(asker);
        drop(goes_on);
        thread.join().unwrap();
    }

    /// As long as it is on a processor, it may be about to end that.
    #[test]
    fn a_thread_that_computes_with_the_signal_blocked_is_waited_for() {
        use std::sync::atomic::AtomicBool;
        static BLOCKS: AtomicBool = AtomicBool::new(true);
        let (thread, said, _goes_on) = thread_of(|thread, base, says, _| {
            mask_all(libc::SIG_BLOCK);
            says.send((thread, base)).unwrap();
            while BLOCKS.load(Relaxed) {
                std::hint::spin_loop();
            }
            mask_all(libc::SIG_UNBLOCK);
            while !BLOCKS.load(Relaxed) {
                std::hint::spin_loop();
            }
        });
        let (id, base) = said.recv().unwrap();
        let mut asker = asker();
        let start = Instant::now();
        assert_eq!(asker.copy(id, base, LONG).err(), Some(BLOCKED), "not for ever");
        assert!(start.elapsed() >= BLOCKED_FOR);
        BLOCKS.store(false, Relaxed);
        while asker.copy(id, base, LONG).is_err() {}
        BLOCKS.store(true, Relaxed);
        thread.join().unwrap();
    }

    #[test]
    fn a_thread_that_has_ended_is_told_from_one_that_does_not_answer() {
        let (thread, said, _goes_on) = thread_of(|thread, base, says, _| {
            says.send((thread, base)).unwrap();
        });
        thread.join().unwrap();
        let (id, base) = said.recv().unwrap();
        assert_eq!(asker().copy(id, base, LONG).err(), Some(GONE));
        // No thread of this process.
        assert_eq!(asker().copy(1 << 30, base, LONG).err(), Some(GONE));
    }

    #[test]
    fn this_thread_answers_itself() {
        let in_this_frame = 0_u8;
        let base = ptr::from_ref(&in_this_frame).addr();
        let copied = asker().copy(thread_id(), base, LONG).ok().unwrap();
        assert!(copied.registers.sp <= base as u64 && !copied.is_cut);
        assert!(copied.read(base as u64 & !7).is_some());
    }
}
