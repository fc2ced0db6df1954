//! Programs of generated code: written, built and run as a package of their own, whose dependencies are those of this
//! workspace.

use crate::adapter::Answering;
use crate::compiled::compile;
use crate::conformance;
use crate::differential::Verdict;
use crate::{generated, random};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

/// A system that is to be compared.
#[derive(Clone, Debug)]
pub struct Case {
    /// By what it is told apart from the others: letters, digits and underscores.
    pub label: String,
    /// The file that it is compiled as.
    pub file: String,
    /// The flow.
    pub text: String,
    /// What is done to it.
    pub plays: Played,
    /// The module that was generated of the flow, or what a fault made of it.
    pub module: String,
}

/// What is done to a system; see [`Plays`](crate::differential::Plays).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Played {
    /// Random sequences.
    AtRandom,
    /// These steps, and random sequences.
    Steps(String),
    /// This script of the conformance suite.
    Conformance(String),
}

/// How the programs are compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effort {
    /// As the tests are: dependencies that are built already are used as they are.
    Quick,
    /// Everything below the generated code is optimized: for runs that take longer than this takes to build.
    Long,
}

/// A package of programs.
pub struct Package {
    folder: PathBuf,
    programs: usize,
    effort: Effort,
}

/// How many systems go into one program: rustc takes more than twice the time for twice the code.
pub const SYSTEMS: usize = 10;

impl Case {
    /// The random system with a number.
    ///
    /// # Errors
    /// If it does not compile, which is a defect of this package or of the compiler; the report is for people.
    pub fn random(number: u64) -> Result<Self, String> {
        Self::new(&format!("random_{number}"), random::system(number), Played::AtRandom)
    }

    /// All of the conformance suite.
    ///
    /// # Errors
    /// If one does not compile; the report is for people.
    pub fn conformance() -> Result<Vec<Self>, String> {
        let cases = conformance::Case::all().map_err(|error| error.to_string())?;
        let case = |(place, case): (usize, conformance::Case)| {
            let (file, label) = (format!("{}.flow", case.name), format!("conformance_{place}"));
            Self::of_file(&file, &label, case.flow, Played::Conformance(case.script))
        };
        cases.into_iter().enumerate().map(case).collect()
    }

    /// A flow under a label.
    ///
    /// # Errors
    /// If it does not compile; the report is for people.
    pub fn new(label: &str, text: String, plays: Played) -> Result<Self, String> {
        Self::of_file(&format!("{label}.flow"), label, text, plays)
    }

    fn of_file(file: &str, label: &str, text: String, plays: Played) -> Result<Self, String> {
        let compiled = compile(file, &text)?;
        let answering = match plays {
            Played::AtRandom | Played::Steps(_) => Answering::AtRandom,
            Played::Conformance(_) => Answering::AsScripted,
        };
        let module = generated::module(label, &compiled, answering)?;
        Ok(Self { label: label.to_owned(), file: file.to_owned(), text, plays, module })
    }
}

impl Package {
    /// Writes a package of the cases into a folder; what was there before is gone.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write(name: &str, cases: &[Case], effort: Effort) -> io::Result<Self> {
        let flows = folder(name).join("flows");
        empty(&flows)?;
        for case in cases {
            fs::write(flows.join(format!("{}.flow", case.label)), &case.text)?;
            match &case.plays {
                Played::AtRandom => {}
                Played::Steps(script) | Played::Conformance(script) => {
                    fs::write(flows.join(format!("{}.script", case.label)), script)?;
                }
            }
        }
        let programs: Vec<String> = shared_out(cases).iter().map(|cases| program_text(cases)).collect();
        Self::of_programs(name, &programs, effort)
    }

    /// Writes a package of programs, given as the texts of their main files, into a folder.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn of_programs(name: &str, texts: &[String], effort: Effort) -> io::Result<Self> {
        let folder = folder(name);
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."));
        let programs = folder.join("src").join("bin");
        empty(&programs)?;
        fs::write(folder.join("Cargo.toml"), manifest(name, root, effort))?;
        fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        for (number, text) in texts.iter().enumerate() {
            fs::write(programs.join(format!("{name}_{number}.rs")), text)?;
        }
        Ok(Self { folder, programs: texts.len(), effort })
    }

    /// Builds the programs.
    ///
    /// # Errors
    /// What rustc says.
    pub fn build(&self) -> Result<(), String> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--offline", "--quiet", "--manifest-path"])
            .arg(self.folder.join("Cargo.toml"))
            .args(["--profile", self.effort.profile()])
            .arg("--target-dir")
            .arg(target())
            .output()
            .map_err(|error| error.to_string())?;
        if built.status.success() { Ok(()) } else { Err(String::from_utf8_lossy(&built.stderr).into_owned()) }
    }

    /// Runs the programs, each system over so many random sequences.
    ///
    /// # Errors
    /// What a program says that does not end well.
    pub fn run(&self, sequences: u64) -> Result<Vec<Verdict>, String> {
        self.output(&sequences.to_string())?.iter().map(|line| Verdict::read(line)).collect()
    }

    /// Runs the programs with an argument, and gives the lines that they write.
    ///
    /// # Errors
    /// What a program says that does not end well.
    pub fn output(&self, argument: &str) -> Result<Vec<String>, String> {
        let mut lines = Vec::new();
        for program in 0..self.programs {
            let path = target().join(self.effort.folder()).join(format!("{}_{program}", self.name()));
            let ran = Command::new(&path).arg(argument).output().map_err(|error| error.to_string())?;
            if !ran.status.success() {
                return Err(format!("{}: {}", path.display(), String::from_utf8_lossy(&ran.stderr)));
            }
            lines.extend(String::from_utf8_lossy(&ran.stdout).lines().map(str::to_owned));
        }
        Ok(lines)
    }

    fn name(&self) -> String {
        self.folder.file_name().unwrap_or_default().to_string_lossy().into_owned()
    }
}

impl Effort {
    const fn profile(self) -> &'static str {
        match self {
            Self::Quick => "dev",
            Self::Long => "campaign",
        }
    }

    const fn folder(self) -> &'static str {
        match self {
            Self::Quick => "debug",
            Self::Long => "campaign",
        }
    }
}

/// What goes into one program each: as little as possible to each, in as few programs as that needs.
#[must_use]
pub fn shared_out<T>(all: &[T]) -> Vec<Vec<&T>> {
    let count = all.len().div_ceil(SYSTEMS);
    (0..count).map(|program| all.iter().skip(program).step_by(count).collect()).collect()
}

fn folder(name: &str) -> PathBuf {
    target().join("tmp").join(name)
}

fn empty(folder: &Path) -> io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)
}

/// The target directory that the running program lies in.
///
/// # Panics
/// If it was moved elsewhere.
#[must_use]
pub fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a running program has a path");
    let built = program.ancestors().find(|folder| folder.join(".cargo-lock").exists());
    built.and_then(Path::parent).expect("a test runs where cargo built it").to_owned()
}

/// The manifest: what is not generated is built as in this workspace, and so only once.
fn manifest(name: &str, root: &Path, effort: Effort) -> String {
    let long = match effort {
        Effort::Quick => String::new(),
        Effort::Long => format!(
            "[profile.campaign]\ninherits = \"dev\"\n\n[profile.campaign.package.\"*\"]\nopt-level = 2\n\n\
             [profile.campaign.package.{name}]\ndebug = false\ncodegen-units = 1\n"
        ),
    };
    format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dependencies]\neventflow = {{ path = {:?}, features = [\"engine\"] }}\neventflow-tests = {{ path = {:?} }}\n\n\
         [profile.dev]\ndebug = \"line-tables-only\"\nincremental = false\n\n\
         [profile.dev.package.{name}]\ndebug = false\ncodegen-units = 1\n\n{long}",
        root.join("runtime-support"),
        root.join("tests"),
    )
}

fn program_text(cases: &[&Case]) -> String {
    let mut text = String::from("#![allow(warnings)]\n");
    let mut table = String::new();
    for case in cases {
        text.push_str(&case.module);
        let (label, file) = (&case.label, &case.file);
        let script = format!("(include_str!(\"../../flows/{label}.script\"))");
        let plays = match case.plays {
            Played::AtRandom => "AtRandom".to_owned(),
            Played::Steps(_) => format!("Steps{script}"),
            Played::Conformance(_) => format!("Conformance{script}"),
        };
        let _ = writeln!(
            table,
            "        eventflow_tests::differential::Generated {{ label: {label:?}, file: {file:?}, \
             text: include_str!(\"../../flows/{label}.flow\"), plays: eventflow_tests::differential::Plays::{plays}, parts: {label}::parts }},"
        );
    }
    text + "fn main() {\n    eventflow_tests::differential::main(&[\n" + &table + "    ]);\n}\n"
}
