//! Messages from tasks to a task.

use super::rt;
use super::rt::sync::mpsc;

const CLOSED: &str = "the receiver is there";

pub async fn unbounded(senders: u64, each: u64) {
    let (tx, mut rx) = mpsc::unbounded_channel::<u64>();
    for _ in 0..senders {
        let tx = tx.clone();
        rt::spawn(async move {
            for n in 0..each {
                tx.send(n).expect(CLOSED);
            }
        });
    }
    drop(tx);
    let mut count = 0;
    while rx.recv().await.is_some() {
        count += 1;
    }
    assert_eq!(count, senders * each);
}

pub async fn bounded(senders: u64, each: u64) {
    let (tx, mut rx) = mpsc::channel::<u64>(128);
    for _ in 0..senders {
        let mut tx = tx.clone();
        rt::spawn(async move {
            for n in 0..each {
                tx.send(n).await.expect(CLOSED);
            }
        });
    }
    drop(tx);
    let mut count = 0;
    while rx.recv().await.is_some() {
        count += 1;
    }
    assert_eq!(count, senders * each);
}
