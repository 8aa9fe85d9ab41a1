//! What is different on x86-64: registers, and the system calls that other processors lack.

use super::signal::Registers;
use framehop::UnwindRegsNative;
use libc::{c_long, ucontext_t};

/// The registers that an interrupted thread had.
pub(super) fn registers(context: &ucontext_t) -> Registers {
    let of = |register: i32| context.uc_mcontext.gregs[register as usize] as u64;
    Registers {
        pc: of(libc::REG_RIP),
        sp: of(libc::REG_RSP),
        fp: of(libc::REG_RBP),
        // A return address is on the stack.
        lr: 0,
    }
}

/// The same for the unwinder.
pub(super) fn to_unwind(registers: &Registers) -> UnwindRegsNative {
    UnwindRegsNative::new(registers.pc, registers.sp, registers.fp)
}

/// System calls in which a thread may wait.
pub(super) const SYSTEM_CALLS: [(c_long, &str); 11] = [
    (libc::SYS_accept, "accept"),
    (libc::SYS_epoll_wait, "epoll_wait"),
    (libc::SYS_lstat, "lstat"),
    (libc::SYS_open, "open"),
    (libc::SYS_pause, "pause"),
    (libc::SYS_poll, "poll"),
    (libc::SYS_rename, "rename"),
    (libc::SYS_select, "select"),
    (libc::SYS_stat, "stat"),
    (libc::SYS_unlink, "unlink"),
    (libc::SYS_vfork, "vfork"),
];
