//! `select!`, `join!`, `try_join!`, `#[test]` and `#[main]`.

use std::future::{pending, ready, Ready};
use tokio_await as tokio;

#[tokio::test(crate = "tokio_await")]
async fn select_takes_the_first_that_is_ready() {
    let n = tokio::select! {
        n = ready(1) => n,
        _ = pending::<()>() => 2,
    };
    assert_eq!(n, 1);
}

#[tokio::test(crate = "tokio_await")]
async fn select_goes_on_when_a_pattern_does_not_match() {
    let (tx, mut rx) = tokio::sync::mpsc::channel::<u32>(1);
    drop(tx);
    let n = tokio::select! {
        Some(n) = rx.recv() => n,
        Ok(n) = async { tokio::task::yield_now().await; Ok::<u32, ()>(2) } => n,
    };
    assert_eq!(n, 2);
}

#[tokio::test(crate = "tokio_await")]
async fn select_runs_else_when_all_branches_are_out() {
    let never = false;
    let n = tokio::select! {
        Some(n) = ready(None::<u32>) => n,
        n = ready(1), if never => n,
        else => 3,
    };
    assert_eq!(n, 3);
}

#[test]
#[should_panic(expected = "all branches are disabled and there is no else branch")]
fn select_without_else_panics_when_all_branches_are_out() {
    tokio::runtime::Runtime::new().unwrap().block_on(async {
        tokio::select! {
            Some(()) = ready(None::<()>) => {}
        }
    });
}

#[tokio::test(crate = "tokio_await")]
async fn select_biased_keeps_the_order() {
    for _ in 0..100 {
        let n = tokio::select! {
            biased;
            n = ready(1) => n,
            n = ready(2) => n,
        };
        assert_eq!(n, 1);
    }
}

/// Otherwise a branch that is always ready would keep the others from being looked at.
#[tokio::test(crate = "tokio_await")]
async fn select_gives_each_branch_its_chance() {
    let mut counts = [0_u32; 2];
    for _ in 0..1000 {
        tokio::select! {
            _ = ready(()) => counts[0] += 1,
            _ = ready(()) => { counts[1] += 1 }
        }
    }
    assert!(counts.iter().all(|n| *n > 100), "{counts:?}");
}

/// A handler may break, return, await, and use what the futures borrowed.
#[tokio::test(crate = "tokio_await")]
async fn select_handlers_are_code_of_the_function_around() {
    async fn first_even(mut numbers: tokio::sync::mpsc::Receiver<u32>) -> Result<u32, String> {
        let mut seen = Vec::new();
        loop {
            tokio::select! {
                number = numbers.recv() => match number {
                    Some(n) if n % 2 == 0 => break Ok(n),
                    Some(n) => {
                        seen.push(n);
                        tokio::task::yield_now().await;
                        numbers.close();
                        continue;
                    }
                    None => return Err(format!("{seen:?}")),
                },
                _ = pending::<()>() => {}
            }
        }
    }

    let (tx, rx) = tokio::sync::mpsc::channel(4);
    tx.send(1).await.unwrap();
    tx.send(4).await.unwrap();
    assert_eq!(first_even(rx).await, Ok(4));
    let (tx, rx) = tokio::sync::mpsc::channel(4);
    tx.send(3).await.unwrap();
    drop(tx);
    assert_eq!(first_even(rx).await, Err("[3]".to_owned()));
}

#[tokio::test(crate = "tokio_await")]
async fn select_takes_patterns_with_mut_and_ranges() {
    let text = tokio::select! {
        (mut text, 1..=9) = ready((String::from("a"), 5)) => {
            text.push('b');
            text
        }
        else => String::new(),
    };
    assert_eq!(text, "ab");
}

/// The future of a branch that did not win goes on if it was lent.
#[tokio::test(crate = "tokio_await")]
async fn select_leaves_a_lent_future_where_it_was() {
    let (tx, mut rx) = tokio::sync::oneshot::channel::<u32>();
    for round in 0..3 {
        tokio::select! {
            biased;
            got = &mut rx => {
                panic!("{got:?} in round {round}: nothing was sent yet");
            }
            _ = tokio::task::yield_now() => {}
        }
    }
    tx.send(7).unwrap();
    assert_eq!(rx.await.unwrap(), 7);
}

#[tokio::test(crate = "tokio_await")]
async fn join_waits_for_all_in_one_task() {
    let (tx, rx) = tokio::sync::oneshot::channel();
    let (a, b, ()) = tokio::join!(
        rx,
        async {
            tokio::task::yield_now().await;
            "b"
        },
        async move { tx.send("a").unwrap() },
    );
    assert_eq!((a.unwrap(), b), ("a", "b"));
}

/// A pointer to the futures, and whose turn it is.
#[test]
fn a_join_adds_two_words_to_its_futures() {
    fn future() -> Ready<Result<[u64; 16], ()>> {
        ready(Ok([0; 16]))
    }

    let room = 2 * (size_of_val(&future()) + size_of::<u64>());
    let words = size_of::<[usize; 2]>() + align_of::<usize>();
    let all = [
        size_of_val(&async { tokio::join!(future(), future()) }),
        size_of_val(&async { tokio::join!(biased; future(), future()) }),
        size_of_val(&async { tokio::try_join!(future(), future()) }),
        size_of_val(&async { tokio::try_join!(biased; future(), future()) }),
    ];
    for size in all {
        assert!(size <= room + words, "{all:?}, of which {room} are the futures");
    }
}

#[tokio::test(crate = "tokio_await")]
async fn try_join_ends_with_the_first_error() {
    let result = tokio::try_join!(pending::<Result<(), &str>>(), ready(Err::<(), _>("early")));
    assert_eq!(result, Err("early"));
    let result: Result<_, ()> = tokio::try_join!(ready(Ok(1)), ready(Ok("x")));
    assert_eq!(result, Ok((1, "x")));
}

#[tokio::test(crate = "tokio_await", flavor = "multi_thread", worker_threads = 2)]
async fn a_test_may_return_a_result() -> Result<(), Box<dyn std::error::Error>> {
    let seven = tokio::spawn(async { 7 }).await?;
    assert_eq!(seven, "7".parse::<i32>()?);
    // Not `Send`: the body stays on the thread of the test.
    let local = std::rc::Rc::new(seven);
    tokio::task::yield_now().await;
    assert_eq!(*local, 7);
    Ok(())
}

/// Nothing says what the future of the branch that is out would give.
#[tokio::test(crate = "tokio_await")]
async fn a_branch_may_have_an_output_of_no_known_type() {
    let out = std::future::poll_fn(|_| panic!("it is out"));
    tokio_await::select! {
        _ = out, if false => unreachable!(),
        () = async {} => (),
    }
}
