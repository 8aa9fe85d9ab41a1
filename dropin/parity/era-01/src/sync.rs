//! Channels, semaphores and locks.

use crate::{panics, probe, Loud, Program};
use futures::{Async, AsyncSink, Future, Sink, Stream};
use tokio_sync::lock::Lock;
use tokio_sync::semaphore::{Permit, Semaphore};
use tokio_sync::{mpsc, watch};

pub const PROGRAMS: &[Program] = &[
    ("bounded_steps", bounded_steps),
    ("bounded_try_send", bounded_try_send),
    ("bounded_close", bounded_close),
    ("bounded_drop_receiver", bounded_drop_receiver),
    ("bounded_drop_senders", bounded_drop_senders),
    ("bounded_poll_ready", bounded_poll_ready),
    ("bounded_ready_claims_place", bounded_ready_claims_place),
    ("bounded_clone_of_ready", bounded_clone_of_ready),
    ("bounded_zero", bounded_zero),
    ("bounded_as_sink", bounded_as_sink),
    ("bounded_fairness", bounded_fairness),
    ("bounded_values_dropped", bounded_values_dropped),
    ("unbounded_steps", unbounded_steps),
    ("unbounded_close", unbounded_close),
    ("unbounded_drop", unbounded_drop),
    ("unbounded_many_blocks", unbounded_many_blocks),
    ("words_of_mpsc", words_of_mpsc),
    ("watch_steps", watch_steps),
    ("watch_skips", watch_skips),
    ("watch_closed", watch_closed),
    ("watch_clones", watch_clones),
    ("watch_as_sink", watch_as_sink),
    ("watch_words", watch_words),
    ("semaphore_steps", semaphore_steps),
    ("semaphore_close", semaphore_close),
    ("semaphore_order", semaphore_order),
    ("semaphore_misuse", semaphore_misuse),
    ("semaphore_permit_dropped", semaphore_permit_dropped),
    ("semaphore_words", semaphore_words),
    ("lock_steps", lock_steps),
    ("lock_order", lock_order),
    ("lock_dropped_while_waiting", lock_dropped_while_waiting),
    ("lock_guard_words", lock_guard_words),
    ("lock_across_threads", lock_across_threads),
    ("send_in_drop_of_message", send_in_drop_of_message),
    ("channel_in_thread_local", channel_in_thread_local),
    ("receiver_moves_between_tasks", receiver_moves_between_tasks),
];

fn bounded_steps() {
    let (tx, rx) = mpsc::channel::<u8>(2);
    let mut rx = probe(rx);
    let mut tx = probe(tx);
    println!("{:?}", rx.next());
    println!("{:?}", tx.with(|tx| tx.start_send(1)));
    println!("{}", rx.notified());
    println!("{:?}", tx.with(|tx| tx.start_send(2)));
    println!("{}", rx.notified());
    println!("{:?}", tx.with(|tx| tx.start_send(3)));
    println!("{}", tx.notified());
    println!("{:?}", rx.next());
    println!("{}", tx.notified());
    println!("{:?}", tx.with(|tx| tx.start_send(3)));
    println!("{:?} {:?} {:?}", rx.next(), rx.next(), rx.next());
}

fn bounded_try_send() {
    let (mut tx, rx) = mpsc::channel::<u8>(1);
    println!("{:?}", tx.try_send(1));
    let error = tx.try_send(2).unwrap_err();
    println!("{error:?} | {error} | {} {}", error.is_full(), error.is_closed());
    println!("{}", error.into_inner());
    drop(rx);
    let error = tx.try_send(3).unwrap_err();
    println!("{error:?} | {error} | {} {}", error.is_full(), error.is_closed());
}

fn bounded_close() {
    let (mut tx, rx) = mpsc::channel::<u8>(2);
    let mut rx = probe(rx);
    tx.try_send(1).unwrap();
    rx.get().close();
    println!("{:?}", tx.try_send(2).map_err(|error| error.is_closed()));
    println!("{:?} {:?}", rx.next(), rx.next());
    rx.get().close();
    println!("{:?}", rx.next());
    let mut tx = probe(tx);
    println!("{:?}", tx.with(|tx| tx.poll_ready()).is_err());
    println!("{:?}", tx.with(|tx| tx.start_send(1)).map_err(|error| error.to_string()));
}

fn bounded_drop_receiver() {
    let (tx, rx) = mpsc::channel::<Loud>(1);
    let mut other = tx.clone();
    let mut tx = probe(tx);
    println!("{}", tx.with(|tx| tx.try_send(Loud("queued"))).is_ok());
    println!("{:?}", tx.with(|tx| tx.poll_ready()));
    println!("dropping");
    drop(rx);
    println!("{}", tx.notified());
    println!("{:?}", tx.with(|tx| tx.poll_ready()).is_err());
    println!("{}", other.try_send(Loud("refused")).is_err());
}

fn bounded_drop_senders() {
    let (mut tx, rx) = mpsc::channel::<u8>(4);
    let mut rx = probe(rx);
    tx.try_send(1).unwrap();
    let other = tx.clone();
    drop(tx);
    println!("{:?} {:?}", rx.next(), rx.next());
    drop(other);
    println!("{} {:?} {:?}", rx.notified(), rx.next(), rx.next());
}

fn bounded_poll_ready() {
    let (tx, rx) = mpsc::channel::<u8>(1);
    let mut rx = probe(rx);
    let mut tx = probe(tx);
    println!("{:?}", tx.with(|tx| tx.poll_ready()));
    println!("{:?}", tx.with(|tx| tx.poll_ready()));
    println!("{:?}", tx.with(|tx| tx.try_send(1)));
    println!("{:?}", tx.with(|tx| tx.poll_ready()));
    println!("{:?} {}", rx.next(), tx.notified());
    println!("{:?}", tx.with(|tx| tx.poll_ready()));
}

fn bounded_ready_claims_place() {
    let (tx, rx) = mpsc::channel::<u8>(1);
    let mut second = probe(tx.clone());
    let mut first = probe(tx);
    println!("{:?}", first.with(|tx| tx.poll_ready()));
    println!("{:?}", second.with(|tx| tx.poll_ready()));
    println!("{:?}", second.with(|tx| tx.try_send(1)).is_err());
    drop(first);
    println!("{}", second.notified());
    println!("{:?}", second.with(|tx| tx.poll_ready()));
    println!("{:?}", second.with(|tx| tx.try_send(1)));
    drop(second);
    println!("{:?}", rx.collect().wait().map_err(drop));
}

fn bounded_clone_of_ready() {
    let (tx, _rx) = mpsc::channel::<u8>(1);
    let mut first = probe(tx);
    println!("{:?}", first.with(|tx| tx.poll_ready()));
    let mut clone = first.get().clone();
    println!("{:?}", clone.try_send(1).map_err(|error| error.is_full()));
    println!("{:?}", first.with(|tx| tx.try_send(1)));
}

fn bounded_zero() {
    println!("{}", panics(|| mpsc::channel::<u8>(0)));
    println!("{}", panics(|| mpsc::channel::<u8>(usize::MAX)));
}

fn bounded_as_sink() {
    let (tx, rx) = mpsc::channel::<u8>(1);
    let sent = tx.send_all(futures::stream::iter_ok::<_, mpsc::error::SendError>([1, 2, 3]));
    let thread = std::thread::spawn(move || rx.collect().wait().map_err(drop));
    println!("{}", sent.map(drop).wait().is_ok());
    println!("{:?}", thread.join().map_err(drop));
    let (tx, rx) = mpsc::channel::<u8>(1);
    drop(rx);
    println!("{:?}", tx.send(1).wait().map(drop).map_err(|error| error.to_string()));
    let (tx, _rx) = mpsc::channel::<u8>(1);
    let mut tx = probe(tx);
    println!("{:?}", tx.with(|tx| tx.poll_complete()));
    println!("{:?}", tx.with(|tx| tx.close()));
}

fn bounded_fairness() {
    let (tx, rx) = mpsc::channel::<&'static str>(1);
    let mut rx = probe(rx);
    let mut senders: Vec<_> = (0..3).map(|_| probe(tx.clone())).collect();
    let names = ["a", "b", "c"];
    for (sender, name) in senders.iter_mut().zip(names) {
        println!("{name} {:?}", sender.with(|tx| tx.start_send(name)).is_ok_and(|s| s.is_ready()));
    }
    for _ in 0..3 {
        println!("{:?}", rx.next());
        for (sender, name) in senders.iter_mut().zip(names) {
            if sender.notified() > 0 {
                println!("{name} {:?}", sender.with(|tx| tx.start_send(name)).is_ok());
            }
        }
    }
}

fn bounded_values_dropped() {
    let (mut tx, mut rx) = mpsc::channel(4);
    for name in ["a", "b", "c"] {
        assert!(tx.try_send(Loud(name)).is_ok());
    }
    rx.close();
    println!("closed");
    drop(tx);
    println!("no senders");
    drop(rx);
    println!("no receiver");
}

fn unbounded_steps() {
    let (mut tx, rx) = mpsc::unbounded_channel::<u8>();
    let mut rx = probe(rx);
    println!("{:?}", rx.next());
    println!("{:?} {}", tx.try_send(1), rx.notified());
    println!("{:?} {}", tx.try_send(2), rx.notified());
    println!("{:?} {:?} {:?}", rx.next(), rx.next(), rx.next());
    println!("{:?} {:?}", tx.start_send(3), tx.poll_complete());
    println!("{:?}", tx.close());
    println!("{:?}", rx.next());
    drop(tx);
    println!("{} {:?}", rx.notified(), rx.next());
}

fn unbounded_close() {
    let (mut tx, rx) = mpsc::unbounded_channel::<u8>();
    let mut rx = probe(rx);
    tx.try_send(1).unwrap();
    println!("{:?}", rx.next());
    println!("{:?}", rx.next());
    rx.get().close();
    println!("{}", rx.notified());
    let error = tx.try_send(2).unwrap_err();
    println!("{error:?} | {error}");
    println!("{}", error.into_inner());
    println!("{:?} {:?}", rx.next(), tx.start_send(4).map_err(|error| error.to_string()));
}

fn unbounded_drop() {
    let (mut tx, rx) = mpsc::unbounded_channel();
    tx.try_send(Loud("a")).ok();
    tx.try_send(Loud("b")).ok();
    drop(rx);
    println!("no receiver");
    println!("{}", tx.try_send(Loud("refused")).is_err());
    let (mut tx, rx) = mpsc::unbounded_channel();
    tx.try_send(Loud("c")).ok();
    drop(tx);
    println!("no sender");
    drop(rx);
}

fn unbounded_many_blocks() {
    let (mut tx, rx) = mpsc::unbounded_channel();
    for number in 0..1000u32 {
        tx.try_send(number).unwrap();
    }
    let mut rx = probe(rx);
    let mut sum = 0;
    for _ in 0..500 {
        let Ok(Async::Ready(Some(number))) = rx.next() else { continue };
        sum += number;
    }
    for number in 0..100u32 {
        tx.try_send(number).unwrap();
    }
    drop(tx);
    let rest = rx.inner.into_inner().collect().wait().map_err(drop).unwrap();
    println!("{}", sum + rest.iter().sum::<u32>());
}

fn words_of_mpsc() {
    let (tx, rx) = mpsc::channel::<u8>(1);
    println!(
        "{} {}",
        format!("{tx:?}").starts_with("Sender"),
        format!("{rx:?}").starts_with("Receiver")
    );
    drop(rx);
    let error = tx.send(1).wait().map(drop).unwrap_err();
    println!("{error:?} {error}");
    let (mut tx, rx) = mpsc::unbounded_channel::<u8>();
    drop(rx);
    let error = tx.start_send(1).unwrap_err();
    println!("{error:?} {error}");
}

fn watch_steps() {
    let (mut tx, rx) = watch::channel(1);
    let mut rx = probe(rx);
    println!("{:?}", rx.next());
    println!("{:?}", rx.next());
    println!("{:?}", tx.broadcast(2));
    println!("{} {:?}", rx.notified(), rx.next());
    println!("{:?} {}", rx.next(), *rx.get().get_ref());
    drop(tx);
    println!("{} {:?} {:?}", rx.notified(), rx.next(), rx.next());
}

fn watch_skips() {
    let (mut tx, rx) = watch::channel("a");
    let mut rx = probe(rx);
    tx.broadcast("b").unwrap();
    tx.broadcast("c").unwrap();
    println!("{:?} {:?}", rx.next(), rx.next());
    tx.broadcast("c").unwrap();
    println!("{} {:?}", rx.notified(), rx.next());
    tx.broadcast("d").unwrap();
    drop(tx);
    println!("{:?} {:?}", rx.next(), rx.next());
}

fn watch_closed() {
    let (mut tx, rx) = watch::channel(Loud("first"));
    let mut closing = probe(());
    println!("{:?}", closing.with(|()| tx.poll_close()));
    let other = rx.clone();
    drop(rx);
    println!("{} {:?}", closing.notified(), closing.with(|()| tx.poll_close()));
    drop(other);
    println!("{} {:?}", closing.notified(), closing.with(|()| tx.poll_close()));
    println!("{}", tx.broadcast(Loud("refused")).is_err());
    println!("end");
}

fn watch_clones() {
    let (mut tx, rx) = watch::channel(1);
    let mut first = probe(rx);
    println!("{:?}", first.next());
    let mut second = probe(first.get().clone());
    println!("{:?} {:?}", first.next(), second.next());
    tx.broadcast(2).unwrap();
    println!("{} {}", first.notified(), second.notified());
    let mut third = probe(second.get().clone());
    println!("{:?} {:?} {:?}", first.next(), second.next(), third.next());
}

fn watch_as_sink() {
    let (mut tx, rx) = watch::channel(1);
    println!("{:?} {:?}", tx.start_send(2), tx.poll_complete());
    let mut rx = probe(rx);
    println!("{:?}", rx.next());
    drop(rx);
    println!("{:?}", tx.start_send(3).map_err(|error| error.to_string()));
}

fn watch_words() {
    let (mut tx, rx) = watch::channel(1);
    println!("{}", *rx.get_ref());
    drop(rx);
    let error = tx.broadcast(7).unwrap_err();
    println!("{error:?} {error}");
}

fn semaphore_steps() {
    let semaphore = Semaphore::new(1);
    println!("{}", semaphore.available_permits());
    let mut first = probe(Permit::new());
    let mut second = probe(Permit::new());
    println!("{:?}", first.with(|permit| permit.poll_acquire(&semaphore)));
    println!("{} {}", first.get().is_acquired(), semaphore.available_permits());
    println!("{:?}", second.with(|permit| permit.poll_acquire(&semaphore)));
    println!("{}", second.with(|permit| permit.try_acquire(&semaphore)).is_err());
    first.get().release(&semaphore);
    println!("{} {}", second.notified(), semaphore.available_permits());
    println!("{:?}", second.with(|permit| permit.poll_acquire(&semaphore)));
    second.get().forget();
    println!("{}", semaphore.available_permits());
    semaphore.add_permits(2);
    println!("{}", semaphore.available_permits());
}

fn semaphore_close() {
    let semaphore = Semaphore::new(0);
    let mut permit = probe(Permit::new());
    println!("{:?}", permit.with(|permit| permit.poll_acquire(&semaphore)));
    semaphore.close();
    println!("{}", permit.notified());
    let error = permit.with(|permit| permit.poll_acquire(&semaphore)).unwrap_err();
    println!("{error}");
    println!("{:?}", Permit::new().try_acquire(&semaphore).map_err(|error| error.is_closed()));
    semaphore.add_permits(1);
    println!("{}", semaphore.available_permits());
    println!("{:?}", Permit::new().try_acquire(&semaphore).is_err());
}

fn semaphore_order() {
    let semaphore = Semaphore::new(0);
    let mut permits: Vec<_> = (0..4).map(|_| probe(Permit::new())).collect();
    for permit in &mut permits {
        println!("{:?}", permit.with(|permit| permit.poll_acquire(&semaphore)));
    }
    semaphore.add_permits(2);
    println!("{:?}", permits.iter().map(|permit| permit.notified()).collect::<Vec<_>>());
    println!("{}", semaphore.available_permits());
    println!("{:?}", Permit::new().try_acquire(&semaphore).map_err(|error| error.is_no_permits()));
    for permit in &mut permits {
        println!("{:?}", permit.with(|permit| permit.poll_acquire(&semaphore)));
    }
    for permit in &mut permits {
        println!("{}", permit.get().is_acquired());
    }
}

fn semaphore_misuse() {
    let semaphore = Semaphore::new(1);
    println!("{}", panics(|| Permit::new().release(&semaphore)));
    println!("{}", panics(|| Permit::new().forget()));
    println!("{}", semaphore.available_permits());
    let mut permit = probe(Permit::new());
    println!("{:?}", permit.with(|permit| permit.poll_acquire(&semaphore)));
    println!("{}", panics(|| permit.with(|permit| permit.poll_acquire(&semaphore))));
    println!("{}", panics(|| Semaphore::new(usize::MAX)));
}

fn semaphore_permit_dropped() {
    let semaphore = Semaphore::new(0);
    let mut first = probe(Permit::new());
    let mut second = probe(Permit::new());
    println!("{:?}", first.with(|permit| permit.poll_acquire(&semaphore)));
    println!("{:?}", second.with(|permit| permit.poll_acquire(&semaphore)));
    drop(first);
    semaphore.add_permits(1);
    semaphore.add_permits(1);
    println!("{:?}", second.with(|permit| permit.poll_acquire(&semaphore)));
}

fn semaphore_words() {
    let semaphore = Semaphore::new(0);
    println!("{}", format!("{semaphore:?}").starts_with("Semaphore"));
    let error = Permit::new().try_acquire(&semaphore).unwrap_err();
    println!("{error} {} {}", error.is_closed(), error.is_no_permits());
    semaphore.close();
    let error = Permit::new().try_acquire(&semaphore).unwrap_err();
    println!("{error} {} {}", error.is_closed(), error.is_no_permits());
}

fn lock_steps() {
    let lock = Lock::new(1);
    let mut first = probe(lock.clone());
    let mut second = probe(lock);
    let Async::Ready(mut guard) = first.with(|lock| lock.poll_lock()) else { panic!() };
    *guard += 1;
    println!("{}", second.with(|lock| lock.poll_lock()).is_ready());
    drop(guard);
    println!("{}", second.notified());
    let Async::Ready(guard) = second.with(|lock| lock.poll_lock()) else { panic!() };
    println!("{}", *guard);
    println!("{}", first.with(|lock| lock.poll_lock()).is_ready());
}

fn lock_order() {
    let lock = Lock::new(());
    let mut all: Vec<_> = (0..3).map(|_| probe(lock.clone())).collect();
    let mut held = lock.clone();
    let guard = probe(()).with(|()| held.poll_lock());
    for one in &mut all {
        println!("{}", one.with(|lock| lock.poll_lock()).is_ready());
    }
    drop(guard);
    for _ in 0..3 {
        let told: Vec<_> = all.iter().map(|one| one.notified()).collect();
        println!("{told:?}");
        let Some(next) = told.iter().position(|count| *count > 0) else { break };
        println!("{}", all[next].with(|lock| lock.poll_lock()).is_ready());
    }
}

fn lock_dropped_while_waiting() {
    let lock = Lock::new(());
    let mut holder = probe(lock.clone());
    let mut first = probe(lock.clone());
    let mut second = probe(lock);
    let guard = holder.with(|lock| lock.poll_lock());
    println!("{}", first.with(|lock| lock.poll_lock()).is_ready());
    println!("{}", second.with(|lock| lock.poll_lock()).is_ready());
    drop(first);
    drop(guard);
    println!("{}", second.notified());
    println!("{}", second.with(|lock| lock.poll_lock()).is_ready());
}

fn lock_guard_words() {
    let mut lock = Lock::from(5);
    let Async::Ready(guard) = probe(()).with(|()| lock.poll_lock()) else { panic!() };
    println!("{guard} {}", *guard + 1);
    drop(guard);
    let mut lock = Lock::<u8>::default();
    println!("{}", probe(()).with(|()| lock.poll_lock()).is_ready());
}

fn lock_across_threads() {
    let lock = Lock::new(0);
    let threads: Vec<_> = (0..4)
        .map(|_| {
            let mut lock = lock.clone();
            std::thread::spawn(move || {
                for _ in 0..100 {
                    let mut guard =
                        futures::future::poll_fn(|| Ok::<_, ()>(lock.poll_lock())).wait().unwrap();
                    *guard += 1;
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let mut lock = lock;
    let Async::Ready(guard) = probe(()).with(|()| lock.poll_lock()) else { panic!() };
    println!("{}", *guard);
}

struct SendsInDrop(mpsc::UnboundedSender<Option<SendsInDrop>>);

impl Drop for SendsInDrop {
    fn drop(&mut self) {
        println!("a message sends: {}", self.0.try_send(None).is_ok());
    }
}

fn send_in_drop_of_message() {
    let (mut tx, rx) = mpsc::unbounded_channel();
    let message = SendsInDrop(tx.clone());
    tx.try_send(Some(message)).ok();
    let mut rx = probe(rx);
    if let Ok(Async::Ready(Some(message))) = rx.next() {
        drop(message);
    }
    println!("{}", matches!(rx.next(), Ok(Async::Ready(Some(None)))));
    let message = SendsInDrop(tx.clone());
    tx.try_send(Some(message)).ok();
    drop(rx);
    println!("end");
}

thread_local! {
    static KEPT: std::cell::RefCell<Option<(mpsc::Sender<Loud>, mpsc::Receiver<Loud>)>> = const { std::cell::RefCell::new(None) };
}

fn channel_in_thread_local() {
    std::thread::spawn(|| {
        let (mut tx, rx) = mpsc::channel(1);
        tx.try_send(Loud("in the channel")).ok();
        KEPT.with(|kept| *kept.borrow_mut() = Some((tx, rx)));
    })
    .join()
    .unwrap();
    println!("end");
}

fn receiver_moves_between_tasks() {
    let (mut tx, rx) = mpsc::channel::<u8>(1);
    let mut first = probe(rx);
    println!("{:?}", first.next());
    let count = first.count.clone();
    let mut second = probe(first.inner.into_inner());
    println!("{:?}", second.next());
    tx.try_send(1).unwrap();
    println!("{} {}", count.take(), second.notified());
    let full = second.with(|_| matches!(tx.start_send(2), Ok(AsyncSink::NotReady(2))));
    println!("{full}");
}
