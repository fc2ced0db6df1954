//! Compiling: systems of 10, 100 and 1,000 machines of about twenty lines, checked and generated.
//!
//! `cargo run --release --bin compile` prints, for each size, the time to check, the time to generate, the lines in and
//! out, what a generated line costs, the growth exponent against the size before (1.0 is linear), and the memory that the
//! process has needed so far.

mod synthetic;

use eventflowc::driver::{Request, compile};
use eventflowc::load::Disk;
use std::path::PathBuf;
use std::time::Instant;

fn main() {
    println!(
        "{:>8} {:>9} {:>10} {:>9} {:>12} {:>11} {:>10} {:>9}",
        "machines", "lines in", "check ms", "growth", "generate ms", "lines out", "µs a line", "peak MB"
    );
    let mut before: Option<(usize, f64)> = None;
    for machines in [10, 100, 1_000] {
        let folder = std::env::temp_dir().join(format!("eventflow-compile-{}-{machines}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let files = synthetic::system(machines);
        let lines: usize = files.iter().map(|(_, text)| text.lines().count()).sum();
        for (name, text) in &files {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        let request = Request { root: Some(folder.join("system.flow")), folder: folder.clone(), ..Request::default() };
        let (check, mut compilation) = timed(|| compile(&request, &Disk).expect("a root is named"));
        assert!(!compilation.failed(), "{:#?}", compilation.findings());
        let (generate, modules) = timed(|| compilation.generate().expect("it has no errors"));
        let out: usize = modules.iter().map(|module| module.text.lines().count()).sum();
        let growth = before.map_or(String::from("-"), |(fewer, faster)| {
            let exponent = (check / faster).ln() / (machines as f64 / fewer as f64).ln();
            format!("{exponent:.2}")
        });
        println!(
            "{machines:>8} {lines:>9} {:>10.1} {growth:>9} {:>12.1} {out:>11} {:>10.1} {:>9}",
            check * 1e3,
            generate * 1e3,
            generate * 1e6 / out as f64,
            peak_megabytes().map_or(String::from("-"), |peak| peak.to_string()),
        );
        before = Some((machines, check));
        std::fs::remove_dir_all(&folder).expect("the folder was made here");
    }
}

/// The median of five runs, and what the last one gave.
fn timed<T>(mut run: impl FnMut() -> T) -> (f64, T) {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..5 {
        let start = Instant::now();
        last = Some(run());
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    (times[2], last.expect("it ran five times"))
}

/// The most memory that this process has had, where the system tells.
fn peak_megabytes() -> Option<u64> {
    let status = std::fs::read_to_string(PathBuf::from("/proc/self/status")).ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kilobytes| kilobytes / 1024)
}
