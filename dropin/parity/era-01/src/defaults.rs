//! The default executor of a thread.

use crate::executors::say;
use crate::{panic_of, panics, Program};
use futures::future::{self, lazy, Executor as _};
use futures::Future;
use tokio_current_thread::{block_on_all, TaskExecutor};
use tokio_executor::{enter, DefaultExecutor, Executor, SpawnError, TypedExecutor};

pub const PROGRAMS: &[Program] = &[
    ("task_executor_outside", task_executor_outside),
    ("task_executor_inside", task_executor_inside),
    ("spawn_outside", spawn_outside),
    ("default_executor_outside", default_executor_outside),
    ("default_executor_inside_one", default_executor_inside_one),
    ("default_of_ones_own", default_of_ones_own),
    ("set_default_nests", set_default_nests),
    ("with_default_in_default", with_default_in_default),
];

fn task_executor_outside() {
    let mut executor = TaskExecutor::current();
    println!("{:?}", Executor::status(&executor));
    let error = executor.spawn_local(Box::new(say("never"))).unwrap_err();
    println!("{error:?} {}", error.is_shutdown());
    println!("{}", executor.execute(say("never")).is_err());
    println!("{:?}", TypedExecutor::spawn(&mut executor, say("never")));
}

fn task_executor_inside() {
    block_on_all(lazy(|| {
        let mut executor = TaskExecutor::current();
        println!("{:?}", Executor::status(&executor));
        println!("{:?}", executor.spawn_local(Box::new(say("local"))));
        println!("{:?}", executor.execute(say("executed")).is_ok());
        println!("{:?}", Executor::spawn(&mut executor, Box::new(say("boxed"))));
        println!("{:?}", TypedExecutor::spawn(&mut executor, say("typed")));
        Ok::<_, ()>(())
    }))
    .unwrap();
}

fn spawn_outside() {
    println!("{}", panics(|| tokio_current_thread::spawn(say("never"))));
    println!("{}", panics(|| tokio_executor::spawn(say("never"))));
    println!("{}", panics(|| tokio::spawn(say("never"))));
    println!("{}", panics(|| tokio::executor::spawn(say("never"))));
}

fn default_executor_outside() {
    let mut executor = DefaultExecutor::current();
    let error = Executor::status(&executor).unwrap_err();
    println!("{error:?} {} {}", error.is_shutdown(), error.is_at_capacity());
    println!("{:?}", Executor::spawn(&mut executor, Box::new(say("never"))));
    println!("{:?}", TypedExecutor::spawn(&mut executor, say("never")));
    println!("{:?}", executor.execute(say("never")).map_err(|error| error.kind()));
    println!("{:?}", TypedExecutor::<future::Empty<(), ()>>::status(&executor));
}

fn default_executor_inside_one() {
    block_on_all(lazy(|| {
        let mut executor = DefaultExecutor::current();
        println!("{:?}", Executor::status(&executor));
        println!("{:?}", Executor::spawn(&mut executor, Box::new(say("boxed"))));
        println!("{}", panics(|| tokio_executor::spawn(say("spawned"))));
        std::thread::spawn(move || println!("{:?}", Executor::status(&executor))).join().unwrap();
        Ok::<_, ()>(())
    }))
    .unwrap();
    println!("{:?}", Executor::status(&DefaultExecutor::current()));
}

/// Says what it is asked.
struct Talks(&'static str, Result<(), fn() -> SpawnError>);

impl Executor for Talks {
    fn spawn(
        &mut self,
        mut future: Box<dyn Future<Item = (), Error = ()> + Send>,
    ) -> Result<(), SpawnError> {
        println!("{} spawns", self.0);
        self.1.map_err(|error| error())?;
        println!("{:?}", future.poll());
        Ok(())
    }

    fn status(&self) -> Result<(), SpawnError> {
        println!("{} status", self.0);
        self.1.map_err(|error| error())
    }
}

impl Drop for Talks {
    fn drop(&mut self) {
        println!("{} dropped", self.0);
    }
}

fn default_of_ones_own() {
    let mut entered = enter().unwrap();
    let mut talks = Talks("good", Ok(()));
    tokio_executor::with_default(&mut talks, &mut entered, |_| {
        tokio_executor::spawn(say("ran"));
        println!("{:?}", Executor::status(&DefaultExecutor::current()));
        println!("{}", DefaultExecutor::current().execute(say("executed")).is_ok());
    });
    drop(talks);
    let mut full = Talks("full", Err(SpawnError::at_capacity));
    tokio_executor::with_default(&mut full, &mut entered, |_| {
        println!("{}", panics(|| tokio_executor::spawn(say("never"))));
        println!("{:?}", DefaultExecutor::current().execute(say("no")).map_err(|e| e.kind()));
        println!("{:?}", Executor::status(&DefaultExecutor::current()));
    });
    let mut boxed: Box<dyn Executor> = Box::new(Talks("boxed", Err(SpawnError::shutdown)));
    println!("{:?}", Executor::spawn(&mut boxed, Box::new(say("no"))));
    println!("{:?}", Executor::status(&boxed));
}

fn set_default_nests() {
    let outer = tokio_executor::set_default(Talks("outer", Ok(())));
    tokio_executor::spawn(say("1"));
    println!("{}", panic_of(|| tokio_executor::set_default(Talks("inner", Ok(())))));
    tokio_executor::spawn(say("2"));
    drop(outer);
    println!("{:?}", Executor::status(&DefaultExecutor::current()));
    let again = tokio_executor::set_default(Talks("again", Ok(())));
    tokio_executor::spawn(say("3"));
    drop(again);
}

fn with_default_in_default() {
    let mut entered = enter().unwrap();
    tokio_executor::with_default(&mut Talks("outer", Ok(())), &mut entered, |entered| {
        let mut inner = Talks("inner", Ok(()));
        let text =
            panic_of(|| tokio_executor::with_default(&mut inner, entered, |_| println!("inside")));
        println!("{text}");
        tokio_executor::spawn(say("who"));
    });
    // A spawn while spawning.
    struct Nests;
    impl Executor for Nests {
        fn spawn(
            &mut self,
            _: Box<dyn Future<Item = (), Error = ()> + Send>,
        ) -> Result<(), SpawnError> {
            println!("{:?}", Executor::status(&DefaultExecutor::current()));
            println!("{:?}", DefaultExecutor::current().execute(say("no")).map_err(|e| e.kind()));
            Ok(())
        }
    }
    tokio_executor::with_default(&mut Nests, &mut entered, |_| tokio_executor::spawn(say("x")));
}
