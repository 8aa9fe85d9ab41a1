//! What children need of Unix.

mod exit;
mod orphans;
mod pipe;

#[expect(unsafe_code, reason = "asks the operating system for what std has no call for")]
mod sys;

pub(super) use self::exit::Exit;
pub(super) use self::orphans::adopt;
pub(super) use self::pipe::Pipe;
