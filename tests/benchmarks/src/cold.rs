//! Cold builds: what a user waits for. CPU seconds, user and system, of everything that cargo starts.
//!
//! `cargo run --release --bin cold` builds two things with nothing built before. First, in debug, a crate of one generated
//! machine on the runtime's core (no feature), step by step: the libraries that the core uses, the core, the machine.
//! Then, in release, the own crate of `examples/checkout`, its dependencies built before. Incremental compilation is off,
//! as it is for crates from a registry. Each number is the least of three runs: what else the computer does adds to
//! it and takes nothing away.

use eventflowc::driver::{Request, compile};
use eventflowc::load::Disk;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const FLOW: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/flows/order.flow");
const RUNTIME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../runtime-support");
const CHECKOUT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/checkout/Cargo.toml");

fn main() {
    let folder = std::env::temp_dir().join(format!("eventflow-cold-{}", std::process::id()));
    println!("{:<50} {:>11}", "cold build", "CPU seconds");
    machine(&folder);
    checkout(&folder);
    fs::remove_dir_all(&folder).expect("the folder was made here");
}

const RUNS: usize = 3;

/// A crate of one machine, in debug.
fn machine(folder: &Path) {
    let manifest = write_crate(folder);
    let mut steps = [("what the core uses", f64::MAX), ("the core", f64::MAX), ("a crate of one machine", f64::MAX)];
    for run in 0..RUNS {
        let build = Build { manifest: &manifest, target: &folder.join(format!("machine-{run}")) };
        build.run(&["fetch"]);
        let libraries = build.libraries();
        let mut arguments = vec!["build"];
        arguments.extend(libraries.iter().flat_map(|library| ["--package", library]));
        for ((_, least), arguments) in
            steps.iter_mut().zip([arguments.as_slice(), &["build", "--package", "eventflow"], &["build"]])
        {
            *least = least.min(build.run(arguments));
        }
    }
    for (step, seconds) in &steps {
        report(&format!("debug: {step}"), *seconds);
    }
    report("debug: all of it", steps.iter().map(|(_, seconds)| seconds).sum());
}

/// The own crate of the checkout example, in release.
fn checkout(folder: &Path) {
    let build = Build { manifest: Path::new(CHECKOUT), target: &folder.join("checkout") };
    build.run(&["build", "--release"]);
    let mut least = f64::MAX;
    for _ in 0..RUNS {
        build.run(&["clean", "--release", "--package", "checkout"]);
        least = least.min(build.run(&["build", "--release"]));
    }
    report("release: the own crate of the example `checkout`", least);
}

fn report(what: &str, seconds: f64) {
    println!("{what:<50} {seconds:>11.2}");
}

/// Writes the crate that `eventflow build` would write, and gives the path of its manifest.
fn write_crate(folder: &Path) -> PathBuf {
    let sources = folder.join("order/src");
    fs::create_dir_all(&sources).expect("a folder");
    let request = Request { root: Some(FLOW.into()), ..Request::default() };
    let mut compilation = compile(&request, &Disk).expect("a root is named");
    let mut library = String::new();
    for module in compilation.generate().expect("it has no errors") {
        library.push_str(&format!("pub mod {};\n", module.name));
        fs::write(sources.join(format!("{}.rs", module.name)), module.text).expect("a file");
    }
    fs::write(sources.join("lib.rs"), library).expect("a file");
    let manifest = folder.join("order/Cargo.toml");
    let text = format!(
        "[package]\nname = \"order\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         eventflow = {{ path = {RUNTIME:?}, default-features = false }}\n"
    );
    fs::write(&manifest, text).expect("a file");
    manifest
}

/// A package that is built into a folder of its own.
struct Build<'a> {
    manifest: &'a Path,
    target: &'a Path,
}

impl Build<'_> {
    fn cargo(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        let mut command = Command::new(env!("CARGO"));
        command.args(arguments).arg("--manifest-path").arg(self.manifest);
        command.env("CARGO_TARGET_DIR", self.target).env("CARGO_INCREMENTAL", "0");
        command
    }

    /// Runs cargo and gives the CPU seconds that it and all its children took.
    fn run(&self, arguments: &[&str]) -> f64 {
        let before = seconds_of_children();
        let output = self.cargo(arguments).output().expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        seconds_of_children() - before
    }

    /// What the core uses directly.
    fn libraries(&self) -> Vec<String> {
        let arguments = ["tree", "--package", "eventflow", "--depth", "1", "--prefix", "none", "--format", "{lib}"];
        let output = self.cargo(&arguments).output().expect("cargo runs");
        let tree = String::from_utf8_lossy(&output.stdout).into_owned();
        tree.lines().map(str::to_owned).filter(|library| library != "eventflow").collect()
    }
}

/// CPU seconds, user and system, of all children that have ended.
fn seconds_of_children() -> f64 {
    const TICKS_A_SECOND: f64 = 100.0;
    let status = fs::read_to_string("/proc/self/stat").expect("Linux tells");
    // The second field is the program's name in parentheses, which may hold anything; the third comes behind it.
    let (_, fields) = status.rsplit_once(')').expect("a name in parentheses");
    let ticks = fields.split_whitespace().skip(13).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / TICKS_A_SECOND
}
