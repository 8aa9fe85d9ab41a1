//! Everything that can be measured runs, on whoever offers it. What comes of it is not
//! looked at: these are sizes that say nothing.

use std::process::Command;

/// Runs the benchmarks and returns what they print.
fn run(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_tokio-benches"))
        .args(arguments)
        .output()
        .expect("it was built");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {}: {stderr}", output.status);
    String::from_utf8(output.stdout).expect("it prints text")
}

/// The workloads of a section.
fn workloads(section: &str) -> Vec<String> {
    let list = run(&["list"]);
    let mut lines = list.lines().skip_while(|line| !line.starts_with(&format!("{section}:")));
    let of_it = lines.nth(2).and_then(|line| line.trim().strip_prefix("workloads: "));
    of_it.expect("it is listed").split(' ').map(String::from).collect()
}

fn rows<'a>(table: &'a str, workload: &str) -> Vec<Vec<&'a str>> {
    let cells = |line: &'a str| line.split('|').map(str::trim).collect::<Vec<_>>();
    table.lines().map(cells).filter(|cells| cells.get(1) == Some(&workload)).collect()
}

#[test]
fn each_workload_of_a_runtime_has_a_figure_for_time() {
    for section in [
        "pool",
        "single",
        "sync",
        "sync_single",
        "futures",
        "futures_single",
        "crossings",
        "pool_02",
        "single_02",
    ] {
        let table = run(&["quick", "divisor=1000", &format!("sections={section}")]);
        for workload in workloads(section) {
            // Blocking wants a pool.
            if section.starts_with("single") && workload == "blocking_in_place" {
                continue;
            }
            let rows = rows(&table, &workload);
            assert_eq!(rows.first().map(|row| row[2]), Some("wall, ns"), "{workload}: {table}");
        }
    }
}

#[test]
fn what_is_offered_by_both_interfaces_is_measured_on_all_four_peers() {
    let table = run(&["quick", "divisor=1000", "sections=pool", "only=yield,mpsc,timer,fan"]);
    for row in table.lines().filter(|line| line.contains("wall, ns")) {
        assert!(!row.contains('–'), "{row}");
    }
}

#[test]
fn servers_are_loaded_and_measured() {
    for section in ["servers", "servers_single", "servers_02"] {
        let sections = format!("sections={section}");
        let table = run(&["quick", "window_ms=50", &sections, "only=echo_64,churn,proxy"]);
        for (workload, figures) in [("echo_64", 5), ("churn_64", 2), ("proxy_64", 2)] {
            let rows = rows(&table, workload);
            assert_eq!(rows.len(), figures, "{table}");
            for row in rows {
                assert!(!row.contains(&"–"), "{row:?}");
            }
        }
    }
}

#[test]
fn latencies_and_memory_are_measured_on_all_four_peers() {
    let table = run(&["quick", "divisor=1000", "sections=latency,size"]);
    for (workload, figures) in [("burst_60", 3), ("trickle_under_flood", 3), ("spawn_10m", 4)] {
        let rows = rows(&table, workload);
        assert_eq!(rows.len(), figures, "{table}");
        assert!(rows.iter().all(|row| !row.contains(&"–")), "{table}");
    }
    let table = run(&["quick", "window_ms=50", "sections=latency_echo"]);
    for workload in workloads("latency_echo") {
        assert!(rows(&table, &workload).iter().all(|row| row.len() > 8), "{table}");
    }
}

#[test]
fn the_page_is_what_was_recorded() {
    run(&["page-check"]);
}

#[test]
fn names_that_nothing_has_are_refused() {
    for argument in ["sections=pol", "peers=tokio2", "rep=5", "reps=0", "fast"] {
        let output = Command::new(env!("CARGO_BIN_EXE_tokio-benches"))
            .arg(argument)
            .output()
            .expect("it was built");
        assert!(!output.status.success(), "{argument}");
        assert!(!output.stderr.is_empty(), "{argument}");
    }
}
