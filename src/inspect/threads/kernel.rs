//! What the system says of a thread in its files below `/proc/self/task`.
//!
//! Called by `threads`, before a thread is interrupted.
//!
//! Always true: the thread is not disturbed. What is said held at some moment of the call.

use super::processor;
use libc::c_long;
use std::fs;

/// System calls in which a thread may wait, but for those that are of one processor.
const SYSTEM_CALLS: [(c_long, &str); 56] = [
    (libc::SYS_accept4, "accept4"),
    (libc::SYS_clock_nanosleep, "clock_nanosleep"),
    (libc::SYS_clone, "clone"),
    (libc::SYS_clone3, "clone3"),
    (libc::SYS_close, "close"),
    (libc::SYS_connect, "connect"),
    (libc::SYS_copy_file_range, "copy_file_range"),
    (libc::SYS_epoll_pwait, "epoll_pwait"),
    (libc::SYS_execve, "execve"),
    (libc::SYS_exit_group, "exit_group"),
    (libc::SYS_fallocate, "fallocate"),
    (libc::SYS_fcntl, "fcntl"),
    (libc::SYS_fdatasync, "fdatasync"),
    (libc::SYS_flock, "flock"),
    (libc::SYS_fstat, "fstat"),
    (libc::SYS_fsync, "fsync"),
    (libc::SYS_ftruncate, "ftruncate"),
    (libc::SYS_futex, "futex"),
    (libc::SYS_getdents64, "getdents64"),
    (libc::SYS_getrandom, "getrandom"),
    (libc::SYS_io_getevents, "io_getevents"),
    (libc::SYS_io_uring_enter, "io_uring_enter"),
    (libc::SYS_ioctl, "ioctl"),
    (libc::SYS_madvise, "madvise"),
    (libc::SYS_mmap, "mmap"),
    (libc::SYS_mprotect, "mprotect"),
    (libc::SYS_msgrcv, "msgrcv"),
    (libc::SYS_msync, "msync"),
    (libc::SYS_munmap, "munmap"),
    (libc::SYS_nanosleep, "nanosleep"),
    (libc::SYS_newfstatat, "newfstatat"),
    (libc::SYS_openat, "openat"),
    (libc::SYS_ppoll, "ppoll"),
    (libc::SYS_pread64, "pread64"),
    (libc::SYS_pselect6, "pselect6"),
    (libc::SYS_pwrite64, "pwrite64"),
    (libc::SYS_read, "read"),
    (libc::SYS_readv, "readv"),
    (libc::SYS_recvfrom, "recvfrom"),
    (libc::SYS_recvmmsg, "recvmmsg"),
    (libc::SYS_recvmsg, "recvmsg"),
    (libc::SYS_renameat2, "renameat2"),
    (libc::SYS_restart_syscall, "a call that a signal interrupted"),
    (libc::SYS_rt_sigtimedwait, "rt_sigtimedwait"),
    (libc::SYS_sched_yield, "sched_yield"),
    (libc::SYS_semtimedop, "semtimedop"),
    (libc::SYS_sendfile, "sendfile"),
    (libc::SYS_sendmsg, "sendmsg"),
    (libc::SYS_sendto, "sendto"),
    (libc::SYS_splice, "splice"),
    (libc::SYS_statx, "statx"),
    (libc::SYS_unlinkat, "unlinkat"),
    (libc::SYS_wait4, "wait4"),
    (libc::SYS_waitid, "waitid"),
    (libc::SYS_write, "write"),
    (libc::SYS_writev, "writev"),
];

/// What the thread of that number does, as `in futex`. None if the system does not say.
pub(super) fn state(thread: u32) -> Option<String> {
    let stat = fs::read_to_string(format!("/proc/self/task/{thread}/stat")).ok()?;
    let call = fs::read_to_string(format!("/proc/self/task/{thread}/syscall"));
    describe(letter(&stat)?, call.as_deref().unwrap_or(""))
}

/// Whether the thread of that number runs, or waits for a processor only.
pub(super) fn runs(thread: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/self/task/{thread}/stat"));
    stat.is_ok_and(|stat| letter(&stat) == Some('R'))
}

/// The state in a line of `stat`. The name before it, in brackets, may have brackets in it.
fn letter(stat: &str) -> Option<char> {
    stat.rsplit_once(") ")?.1.chars().next()
}

fn describe(letter: char, call: &str) -> Option<String> {
    match letter {
        'R' => Some("on a processor".to_owned()),
        'T' | 't' => Some("stopped".to_owned()),
        'S' | 'D' => {
            // A thread that waits for memory is in no call: -1.
            let number: c_long = call.split_whitespace().next()?.parse().ok()?;
            let mut all = SYSTEM_CALLS.iter().chain(&processor::SYSTEM_CALLS);
            let name = match all.find(|(known, _)| *known == number) {
                Some((_, name)) => (*name).to_owned(),
                None if number < 0 => "a fault of memory".to_owned(),
                None => format!("system call {number}"),
            };
            let how = if letter == 'D' { ", which cannot be interrupted" } else { "" };
            Some(format!("in {name}{how}"))
        }
        _ => None,
    }
}

/// Whether the thread of that number has the signal blocked. False if the system does not say.
pub(super) fn blocks(thread: u32, signal: i32) -> bool {
    let status = fs::read_to_string(format!("/proc/self/task/{thread}/status"));
    status.is_ok_and(|status| is_in_mask(&status, "SigBlk:", signal))
}

fn is_in_mask(status: &str, which: &str, signal: i32) -> bool {
    let mask = status.lines().find_map(|line| line.strip_prefix(which));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;

    #[test]
    fn what_the_system_writes_is_understood() {
        assert_eq!(letter("12 (a) R (b) S 1 2\n"), Some('S'));
        assert_eq!(letter(""), None);
        let futex = format!("{} 0x1 0x0 0x7ff 0x8\n", libc::SYS_futex);
        assert_eq!(describe('S', &futex).as_deref(), Some("in futex"));
        assert_eq!(describe('D', &futex).as_deref(), Some("in futex, which cannot be interrupted"));
        assert_eq!(describe('S', "99999 0x1\n").as_deref(), Some("in system call 99999"));
        assert_eq!(describe('S', "-1 0x7ff 0x8\n").as_deref(), Some("in a fault of memory"));
        assert_eq!(describe('R', "running\n").as_deref(), Some("on a processor"));
        assert_eq!(describe('S', "running\n"), None, "it has gone on meanwhile");
        assert_eq!(describe('Z', ""), None);
        let status = "Name:\tx\nSigPnd:\tffffffffffffffff\nSigBlk:\t8000000000000001\n";
        assert!(is_in_mask(status, "SigBlk:", 64) && is_in_mask(status, "SigBlk:", 1));
        assert!(!is_in_mask(status, "SigBlk:", 63) && !is_in_mask("", "SigBlk:", 1));
    }
}
