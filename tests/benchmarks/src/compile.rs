//! Compiling: systems of 10, 100 and 1,000 machines of about twenty lines, stage by stage and as a whole.
//!
//! `cargo run --release --bin compile` prints two tables. The first is what users wait for: the time to check (what an
//! editor does), the time to generate, the lines in and out, what a generated line costs, the growth exponent against the
//! size before (1.0 is linear), what a build takes that finds its files as it left them, and the memory that the process has
//! needed so far. The second says in which stage that time goes.
//!
//! Times are medians of what the thread had of a processor: other programs on the same cores do not count. Other sizes may
//! be given, for a profiler: `compile 300`.

mod synthetic;

use cpu_time::ThreadTime;
use eventflowc::ast::FileKind;
use eventflowc::check::{Known, check};
use eventflowc::diagnostic::Diagnostics;
use eventflowc::driver::{Request, compile};
use eventflowc::load::{Disk, Loaded, load};
use eventflowc::output::{self, Neighbors, OutputFile, Stamp};
use eventflowc::parse::parse;
use eventflowc::plan::{self, plan};
use eventflowc::render::{Module, render};
use eventflowc::resolve::{self, resolve};
use eventflowc::source::Sources;
use std::path::{Path, PathBuf};

fn main() {
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|size| size.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![10, 100, 1_000] } else { given };
    let systems: Vec<System> = sizes.into_iter().map(System::written).collect();
    wholes(&systems);
    stages(&systems);
    for system in systems {
        std::fs::remove_dir_all(&system.folder).expect("the folder was made here");
    }
}

/// A synthetic system on disk.
struct System {
    machines: usize,
    lines: usize,
    folder: PathBuf,
    root: PathBuf,
}

impl System {
    /// Writes one of this many machines.
    fn written(machines: usize) -> Self {
        let folder = std::env::temp_dir().join(format!("eventflow-compile-{}-{machines}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let files = synthetic::system(machines);
        for (name, text) in &files {
            std::fs::write(folder.join(name), text).expect("a file");
        }
        let lines = files.iter().map(|(_, text)| text.lines().count()).sum();
        Self { machines, lines, root: folder.join("system.flow"), folder }
    }

    fn request(&self) -> Request {
        Request { root: Some(self.root.clone()), folder: self.folder.clone(), ..Request::default() }
    }
}

/// What users wait for.
fn wholes(systems: &[System]) {
    println!(
        "{:>8} {:>9} {:>10} {:>9} {:>12} {:>9} {:>11} {:>10} {:>9} {:>9}",
        "machines",
        "lines in",
        "check ms",
        "growth",
        "generate ms",
        "growth",
        "lines out",
        "µs a line",
        "again ms",
        "peak MB"
    );
    let mut before: Option<(usize, f64, f64)> = None;
    for system in systems {
        let request = system.request();
        let (check, mut compilation) = timed(|| compile(&request, &Disk).expect("a root is named"));
        assert!(!compilation.failed(), "{:#?}", compilation.findings());
        let (generate, modules) = timed(|| compilation.generate().expect("it has no errors"));
        let out: usize = modules.iter().map(|module| module.text.lines().count()).sum();
        let again = again(system, modules);
        let growth = |now: f64, then: fn(&(usize, f64, f64)) -> f64| {
            before.map_or(String::from("-"), |before| {
                let exponent = (now / then(&before)).ln() / (system.machines as f64 / before.0 as f64).ln();
                format!("{exponent:.2}")
            })
        };
        println!(
            "{:>8} {:>9} {:>10.1} {:>9} {:>12.1} {:>9} {out:>11} {:>10.1} {:>9.1} {:>9}",
            system.machines,
            system.lines,
            check * 1e3,
            growth(check, |before| before.1),
            generate * 1e3,
            growth(generate, |before| before.2),
            generate * 1e6 / out as f64,
            again * 1e3,
            peak_megabytes().map_or(String::from("-"), |peak| peak.to_string()),
        );
        before = Some((system.machines, check, generate));
    }
}

/// A build that finds the files of these modules as it left them.
fn again(system: &System, modules: Vec<Module>) -> f64 {
    let (out, place) = (system.folder.join("out"), system.folder.join("stamp"));
    let file = |module: Module| OutputFile { path: format!("{}.rs", module.name).into(), text: module.text };
    let files: Vec<OutputFile> = modules.into_iter().map(file).collect();
    let stamp = || {
        let mut compilation = compile(&system.request(), &Disk).expect("a root is named");
        let made_from = compilation.fingerprint().expect("it has no errors");
        Stamp::new(place.clone(), &[&made_from]).expect("this program can be read")
    };
    output::write(&files, &out, &output::Disk).expect("they can be written");
    stamp().note(&files);
    let (time, fresh) = timed(|| stamp().fresh(&out, Neighbors::Go));
    assert_eq!(fresh, Some(files.len()), "nothing has changed");
    time
}

/// Where the time goes.
fn stages(systems: &[System]) {
    println!();
    println!(
        "{:>8} {:>10} {:>12} {:>10} {:>10} {:>10} {:>10}",
        "machines", "parse ms", "read+parse", "resolve", "check", "plan", "render"
    );
    for system in systems {
        let (read_and_parse, (loaded, sources)) = timed(|| loaded(&system.root));
        let (parse_alone, _) = timed(|| parsed(&sources));
        let silent = &mut Diagnostics::new();
        let (resolving, resolved) = timed(|| resolve(&loaded, &sources, &resolve::Options::default(), silent));
        let (checking, ()) = timed(|| check(&resolved.system, &resolved.origins, Known::Whole, silent));
        let options = plan::Options { root: "system.flow".to_owned(), ..plan::Options::default() };
        let (planning, plan) =
            timed(|| plan(&resolved.system, &resolved.origins, &sources, &options, silent).expect("no name collides"));
        let (rendering, _) = timed(|| render(&plan, silent).expect("it is Rust"));
        println!(
            "{:>8} {:>10.1} {:>12.1} {:>10.1} {:>10.1} {:>10.1} {:>10.1}",
            system.machines,
            parse_alone * 1e3,
            read_and_parse * 1e3,
            resolving * 1e3,
            checking * 1e3,
            planning * 1e3,
            rendering * 1e3,
        );
    }
}

fn loaded(root: &Path) -> (Loaded, Sources) {
    let mut sources = Sources::new();
    let read = |file, kind, text: &str, diagnostics: &mut Diagnostics| parse(file, text, kind, diagnostics);
    let loaded = load(root, &Disk, &read, &mut sources, &mut Diagnostics::new());
    (loaded, sources)
}

/// Parses every text again, without reading any: what the parser alone takes.
fn parsed(sources: &Sources) -> usize {
    let silent = &mut Diagnostics::new();
    let parsed = sources
        .iter()
        .map(|(file, source)| parse(file, source.text(), FileKind::of_name(source.name()), silent).blank_lines.len());
    parsed.sum()
}

/// The median of five runs in seconds, and what the last one gave.
fn timed<T>(mut run: impl FnMut() -> T) -> (f64, T) {
    let mut times = Vec::new();
    let mut last = None;
    for _ in 0..5 {
        drop(last.take());
        let start = ThreadTime::now();
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
