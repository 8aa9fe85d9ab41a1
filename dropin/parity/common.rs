//! What the programs of every era have in common.
#![allow(dead_code, reason = "no era needs all of it")]

/// A program and its name.
pub type Program = (&'static str, fn());

/// Runs the program that is named on the command line, or prints the names of all.
pub fn run(all: &[Program]) {
    let Some(name) = std::env::args().nth(1) else {
        all.iter().for_each(|(name, _)| println!("{name}"));
        return;
    };
    let (_, program) = all.iter().find(|(other, _)| *other == name).expect("no such program");
    std::panic::set_hook(Box::new(|_| ()));
    program();
}

/// Says when it is dropped.
pub struct Loud(pub &'static str);

impl Drop for Loud {
    fn drop(&mut self) {
        println!("drop {}", self.0);
    }
}

/// What a panic says.
pub fn panic_of<R>(f: impl FnOnce() -> R) -> String {
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)) {
        Ok(_) => String::from("no panic"),
        Err(payload) => match payload.downcast::<String>() {
            Ok(text) => *text,
            Err(payload) => payload.downcast::<&str>().map_or("?".into(), |text| text.to_string()),
        },
    }
}

/// Whether it panics, where the words are ours.
pub fn panics<R>(f: impl FnOnce() -> R) -> bool {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(f)).is_err()
}
