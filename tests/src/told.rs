//! Stories that both executors tell. Whoever tells one on interpreted machines keeps it in a folder together with the report;
//! programs of the generated machines then tell it again, and must report the same: with code that is played, and with real
//! code that does what is otherwise assumed.
//!
//! A folder for each unit holds its generated modules, and in `runs` a line for each time that a test of it was told.

pub mod code;

use crate::adapter::{self, Answering};
use crate::code::Schemas;
use crate::package::{Effort, Package, shared_out};
use eventflow::test_kit::plan::Test;
use eventflow::test_kit::{Observer, Options, TestPlan, TestReport, Trace, Troupe, WrittenPlan, run};
use eventflow::{Duration, Timestamp};
use eventflowc::driver::Compilation;
use eventflowc::plan::{StagePlan, TestModulePlan, test_module};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::{fs, io};

/// A unit that is kept, so that its stories can be told again.
#[derive(Clone, Debug)]
pub struct Kept {
    folder: PathBuf,
}

impl Kept {
    /// Keeps a unit in a folder of the folder. None if no Rust can be made of it.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn write(all: &Path, compiled: &mut Compilation) -> io::Result<Option<Self>> {
        let (Some(mut modules), Some(tests), Some(named)) =
            (compiled.generate(), compiled.generate_tests(), named(compiled))
        else {
            return Ok(None);
        };
        let Some(resolved) = &compiled.resolved else { return Ok(None) };
        let mut text = String::new();
        let mut real = String::from("tests::Stage::played()");
        for ((module, machine), on_stage) in modules.iter().zip(&resolved.system.machines).zip(&named.stage) {
            let behavior = adapter::behavior(machine, &module.text, Answering::AsAssumed);
            if behavior.is_empty() {
                continue;
            }
            // Writing to a string cannot fail.
            let (name, plain, setter) = (&module.name, on_stage.field.bare(), &on_stage.setter);
            let _ = writeln!(text, "pub mod code_of_{plain} {{\nuse super::{name}::*;\n{behavior}\n}}");
            let _ =
                write!(real, ".{setter}({{ let code = code.clone(); move |_| code_of_{plain}::Code(code.clone()) }})");
        }
        let with_claims = |claims: &StagePlan| format!(".{}(::eventflow_tests::told::code::claim)", claims.setter);
        let claims = named.claims.as_ref().map(with_claims).unwrap_or_default();
        let _ = writeln!(
            text,
            "pub fn real(code: ::std::sync::Arc<::eventflow_tests::code::Schemas>) -> tests::Stage {{\n{real}{claims}\n}}\n\
             pub fn played() -> tests::Stage {{\ntests::Stage::played(){claims}\n}}"
        );
        let tests_name = tests.name.clone();
        modules.push(tests);
        for module in &modules {
            let _ = writeln!(text, "#[rustfmt::skip]\npub mod {} {{\n{}\n}}", module.name, module.text);
        }
        let _ = writeln!(text, "pub use {tests_name} as tests;");
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        let folder = all.join(format!("unit_{:016x}", hasher.finish()));
        fs::create_dir_all(&folder)?;
        fs::write(folder.join("unit.rs"), text)?;
        Ok(Some(Self { folder }))
    }

    /// Keeps what was heard and reported of the test at a position.
    ///
    /// # Errors
    /// If the folder cannot be written.
    pub fn add(&self, test: usize, options: &Options, heard: &Heard) -> io::Result<()> {
        let Options { strict, seed, start, turns, time, observer: _ } = options;
        let (start, time) = (start.as_micros(), time.as_micros());
        let run = json!({
            "test": test, "strict": strict, "seed": seed, "start": start, "turns": turns, "time": time,
            "report": heard.comparable(),
        });
        let mut file = fs::OpenOptions::new().create(true).append(true).open(self.folder.join("runs"))?;
        // One write each: several tests may tell stories of one unit at a time.
        file.write_all(format!("{run}\n").as_bytes())
    }
}

/// What things are called in the module with the tests.
fn named(compiled: &mut Compilation) -> Option<TestModulePlan> {
    let tests = compiled.test_plan()?.clone();
    Some(test_module::plan(&compiled.plan()?, &tests))
}

/// What came of a test, and what whoever watched it heard meanwhile.
#[derive(Clone, Debug)]
pub struct Heard {
    /// What came of it.
    pub report: TestReport,
    /// What happened, in order.
    traces: Vec<String>,
}

impl Heard {
    /// Runs a test, and listens; whoever the options let watch hears the same.
    #[must_use]
    pub fn run(plan: &TestPlan, test: &Test, troupe: &dyn Troupe, options: &Options) -> Self {
        let ear = Arc::new(Ear { traces: Mutex::default(), next: options.observer.clone() });
        let options = Options { observer: Some(ear.clone()), ..options.clone() };
        let report = run(plan, test, troupe, &options);
        let traces = std::mem::take(&mut *ear.traces.lock().unwrap_or_else(PoisonError::into_inner));
        Self { report, traces }
    }

    /// As data, without what differs from run to run: how long it took.
    fn comparable(&self) -> Value {
        let mut report = serde_json::to_value(&self.report).expect("a report is plain data");
        for step in report["steps"].as_array_mut().into_iter().flatten() {
            step["took"] = Value::Null;
        }
        report["traces"] = json!(self.traces);
        report
    }
}

/// Whoever listens to a test.
struct Ear {
    traces: Mutex<Vec<String>>,
    next: Option<Arc<dyn Observer>>,
}

impl Observer for Ear {
    fn notice(&self, trace: &Trace<'_>) {
        // Of guards only the interpreter tells.
        if !matches!(trace, Trace::Guard { .. }) {
            self.traces.lock().unwrap_or_else(PoisonError::into_inner).push(format!("{trace:?}"));
        }
        if let Some(next) = &self.next {
            next.notice(trace);
        }
    }
}

/// Builds programs of the machines of all units in a folder that have been told, has them tell the stories again, and says how
/// many runs were compared, and where the reports differ.
///
/// # Errors
/// If the programs cannot be written, built or run; the report is for people.
pub fn tell_again(name: &str, all: &Path) -> Result<(usize, Vec<String>), String> {
    let text = |error: io::Error| error.to_string();
    let mut units = BTreeSet::new();
    for entry in fs::read_dir(all).map_err(text)? {
        let folder = entry.map_err(text)?.path();
        if folder.join("runs").exists() {
            units.insert(folder);
        }
    }
    let units: Vec<PathBuf> = units.into_iter().collect();
    let programs = shared_out(&units).iter().map(|units| program(units)).collect::<io::Result<Vec<_>>>();
    let package = Package::of_programs(name, &programs.map_err(text)?, Effort::Quick).map_err(text)?;
    package.build()?;
    let lines = package.output(&all.to_string_lossy())?;
    let (told, differing): (Vec<String>, Vec<String>) = lines.into_iter().partition(|line| line == SAME);
    Ok((told.len() + differing.len(), differing))
}

/// What a program writes of a run in which nothing differs.
const SAME: &str = "same";

/// The text of a program with the machines of some units.
fn program(units: &[&PathBuf]) -> io::Result<String> {
    let mut text = String::from("#![allow(warnings)]\n");
    let mut table = String::new();
    for folder in units {
        let label = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let unit = fs::read_to_string(folder.join("unit.rs"))?;
        let _ = writeln!(text, "pub mod {label} {{\n{unit}\n}}");
        let _ = writeln!(
            table,
            "        eventflow_tests::told::Generated {{ label: {label:?}, plan: &{label}::tests::PLAN, \
             played: || Box::new({label}::played()), real: |code| Box::new({label}::real(code)) }},"
        );
    }
    Ok(text + "fn main() {\n    eventflow_tests::told::main(&[\n" + &table + "    ]);\n}\n")
}

/// A unit of generated machines.
pub struct Generated {
    /// The folder in which it is kept.
    pub label: &'static str,
    /// Its test plan.
    pub plan: &'static WrittenPlan,
    /// The machines, with code that is played.
    pub played: fn() -> Box<dyn Troupe>,
    /// The machines, with code that does what is otherwise assumed.
    pub real: fn(Arc<Schemas>) -> Box<dyn Troupe>,
}

/// The main function of a program: tells every kept story of the units, and writes a line about each.
///
/// # Panics
/// If the folder that its argument names cannot be read.
#[expect(clippy::print_stdout, reason = "what a program of this package finds is read from its output")]
pub fn main(units: &[Generated]) {
    let all = PathBuf::from(std::env::args().nth(1).expect("the folder is named"));
    for unit in units {
        let plan = unit.plan.read().expect("the test kit reads what the compiler writes");
        let (played, real) = ((unit.played)(), (unit.real)(Arc::new(Schemas::of_plan(plan))));
        let runs = fs::read_to_string(all.join(unit.label).join("runs")).expect("the unit is kept");
        for line in runs.lines() {
            let kept: Value = serde_json::from_str(line).expect("a run is JSON");
            let told_by = |troupe: &dyn Troupe, behind| difference((unit.label, behind), plan, troupe, &kept);
            let played = told_by(&*played, Behind::Cast);
            let differs = played.or_else(|| if kept["strict"] == true { None } else { told_by(&*real, Behind::Code) });
            println!("{}", differs.unwrap_or_else(|| SAME.to_owned()));
        }
    }
}

/// What stands behind the sentences of generated machines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Behind {
    /// A cast that plays it.
    Cast,
    /// Real code: nothing is assumed of it. (So a strict run, which fails what is assumed, is another one.)
    Code,
}

/// In what the generated machines tell something else, on one line.
fn difference((label, behind): (&str, Behind), plan: &TestPlan, troupe: &dyn Troupe, kept: &Value) -> Option<String> {
    let number = |name: &str| kept[name].as_i64().unwrap_or_default();
    let options = Options {
        strict: kept["strict"] == true,
        seed: kept["seed"].as_u64().unwrap_or_default(),
        start: Timestamp::from_micros(number("start")).unwrap_or_default(),
        turns: usize::try_from(number("turns")).unwrap_or_default(),
        time: Duration::from_micros(number("time")),
        observer: None,
    };
    let test = &plan.tests[usize::try_from(number("test")).unwrap_or(usize::MAX)];
    let report = Heard::run(plan, test, troupe, &options).comparable();
    let expected = &kept["report"];
    let differs = |part: &&String| {
        let is_compared = behind == Behind::Cast || *part != "assumed";
        is_compared && report[part.as_str()] != expected[part.as_str()]
    };
    let part = report.as_object()?.keys().find(differs)?.clone();
    let (interpreted, generated) = (&expected[&part], &report[&part]);
    Some(format!("{label}, `{}`, {behind:?}: {part}: interpreted {interpreted}, generated {generated}", test.title))
}
