//! Sets of tasks.

use super::rt;

const FAILED: &str = "a task failed";

/// A set of tasks whose results are taken as they come.
pub async fn join_set(children: u64, n: u64) {
    for _ in 0..n {
        let mut set = rt::task::JoinSet::new();
        for child in 0..children {
            set.spawn(async move { child });
        }
        let mut sum = 0;
        while let Some(child) = set.join_next().await {
            sum += child.expect(FAILED);
        }
        assert_eq!(sum, children * (children - 1) / 2);
    }
}
