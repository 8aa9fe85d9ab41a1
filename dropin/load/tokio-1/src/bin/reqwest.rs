//! Asks a server over and over, with reqwest 0.13 and so many requests at once, for so long.
//!
//!     reqwest URL REQUESTS_AT_ONCE SECONDS
//!
//! Started by `bench`. Prints what it did in wrk's words, which `bench` reads: requests a second,
//! the 99th percentile of the latency, and failed requests.

use load_1::{fail, HELLO};
use std::time::{Duration, Instant};

#[tokio::main]
async fn main() {
    let [url, at_once, secs] = std::env::args()
        .skip(1)
        .collect::<Vec<_>>()
        .try_into()
        .unwrap_or_else(|_| fail("usage: reqwest URL REQUESTS_AT_ONCE SECONDS"));
    let number = |text: &str| text.parse::<u64>().unwrap_or_else(|e| fail(&format!("{text}: {e}")));
    let (at_once, secs) = (number(&at_once), Duration::from_secs(number(&secs)));
    let client = reqwest::Client::new();
    let start = Instant::now();
    let tasks: Vec<_> = (0..at_once)
        .map(|_| tokio::spawn(ask(client.clone(), url.clone(), start + secs)))
        .collect();
    let (mut latencies, mut failed) = (Vec::new(), 0);
    for task in tasks {
        let (took, errors) = task.await.unwrap_or_else(|e| fail(&e.to_string()));
        latencies.extend(took);
        failed += errors;
    }
    latencies.sort_unstable();
    let p99 = latencies.get(latencies.len() * 99 / 100).copied().unwrap_or_default();
    println!("    99% {:.3}us", p99.as_secs_f64() * 1e6);
    println!("Requests/sec: {:.2}", latencies.len() as f64 / start.elapsed().as_secs_f64());
    println!("Non-2xx or 3xx responses: {failed}");
}

/// One request after the other until `end`: how long each took, and how many failed.
async fn ask(client: reqwest::Client, url: String, end: Instant) -> (Vec<Duration>, u64) {
    let (mut took, mut failed) = (Vec::new(), 0);
    while Instant::now() < end {
        let start = Instant::now();
        let text = match client.get(&url).send().await {
            Ok(response) => response.text().await.ok(),
            Err(_) => None,
        };
        if text.as_deref() == Some(HELLO) {
            took.push(start.elapsed());
        } else {
            failed += 1;
        }
    }
    (took, failed)
}
