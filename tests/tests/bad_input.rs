//! Input that nobody means: too deep, too long, too much, in circles, gone while it is read. What holds of all of it: an
//! answer in words, in time, and no panic.

use std::cell::Cell;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eventflowc::driver::{Compilation, Request, compile};
use eventflowc::load::{Disk, Files, Memory};
use eventflowc::render_diagnostic::short;

/// How long anything here may take, on a busy machine and without optimization.
const PATIENCE: Duration = Duration::from_secs(60);

fn compiled(root: &str, files: &dyn Files) -> Compilation {
    let began = Instant::now();
    let request = Request { root: Some(root.into()), ..Request::default() };
    let mut compilation = compile(&request, files).expect("a root is named");
    compilation.generate();
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
    compilation
}

/// What is found, one line each.
fn found(compilation: &Compilation) -> Vec<String> {
    compilation.findings().iter().map(|finding| short(finding, &compilation.sources)).collect()
}

fn found_in(text: &str) -> Vec<String> {
    found(&compiled("order.flow", &Memory::new().with("order.flow", text)))
}

fn body(lines: &str) -> String {
    format!("machine: @order\n\non :place from @customer (api)\n{lines}\n")
}

/// The codes of all findings.
fn codes(lines: &[String]) -> Vec<&str> {
    lines.iter().filter_map(|line| Some(line.split_once('[')?.1.split_once(']')?.0)).collect()
}

#[test]
fn whatever_nests_is_limited() {
    for (name, lines) in [
        ("brackets", format!("  $x becomes {}1{}", "(".repeat(20_000), ")".repeat(20_000))),
        ("open brackets", format!("  $x becomes {}", "[".repeat(9_000))),
        ("guards", (0..200).map(|level| format!("{}? a\n", " ".repeat(level + 2))).collect()),
        ("preconditions", "  ? a\n\n".repeat(5_000)),
        ("operands", format!("  $x becomes 1{}", " + 1".repeat(2_500))),
        ("types", format!("  $x: {}number becomes 1", "array of ".repeat(1_000))),
    ] {
        let found = found_in(&body(&lines));
        assert!(found.iter().any(|line| line.contains("EF0004") || line.contains("EF0005")), "{name}: {found:?}");
    }
}

#[test]
fn what_is_long_but_flat_is_none_of_its_business() {
    let connected = format!("  ? $a > 1{}\n    log it", " and $a > 1".repeat(800));
    assert_eq!(codes(&found_in(&body(&connected))), Vec::<&str>::new());
    let arms = "  ? $a > 1\n    log it\n".repeat(2_000);
    let found = found_in(&body(&arms));
    assert!(codes(&found).iter().all(|code| *code == "EF0505"), "{:?}", found.first());
}

#[test]
fn a_file_of_a_hundred_thousand_lines_is_a_file() {
    let mut text = String::from("machine: @order\n");
    for number in 0..1_000 {
        let _ = write!(text, "\non :event_{number} from @customer (api)\n{}", "  $count increases by 1\n".repeat(98));
    }
    assert!(text.lines().count() > 100_000);
    let began = Instant::now();
    let request = Request { root: Some("order.flow".into()), ..Request::default() };
    let compilation = compile(&request, &Memory::new().with("order.flow", text)).expect("a root is named");
    assert_eq!(found(&compilation), Vec::<String>::new());
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
}

#[test]
fn a_hundred_thousand_lines_of_mistakes_are_all_found() {
    let text = body(&"  emit pay\n".repeat(100_000));
    let request = Request { root: Some("order.flow".into()), ..Request::default() };
    let began = Instant::now();
    let compilation = compile(&request, &Memory::new().with("order.flow", text)).expect("a root is named");
    assert_eq!(compilation.findings().len(), 100_000);
    assert!(began.elapsed() < PATIENCE, "it took {:?}", began.elapsed());
}

/// A file that imports the next one, up to the last, which has the machine.
fn chain(length: usize) -> Memory {
    let import =
        |number: usize| format!("system: part {number}\n\nuses:\n  next from \"./part_{}.flow\"\n", number + 1);
    let files =
        (0..length).fold(Memory::new(), |files, number| files.with(format!("part_{number}.flow"), import(number)));
    files.with(format!("part_{length}.flow"), body("  order moves to #placed"))
}

#[test]
fn imports_may_be_long_chains_but_not_endless_ones() {
    assert_eq!(found(&compiled("part_0.flow", &chain(40))), Vec::<String>::new());
    let found = found(&compiled("part_0.flow", &chain(10_000)));
    assert_eq!(codes(&found), ["EF0210"], "{found:?}");
}

#[test]
fn records_may_hold_each_other_in_long_chains() {
    let mut text = String::new();
    for number in 0..2_000 {
        let _ = write!(text, "type: t{number}\n  | inner | t{} |\n\n", number + 1);
    }
    text.push_str("type: t2000\n  | last | string |\n\nmachine: @order\n\non :go from @customer (api) with:\n  | x | t0 | required |\n  log $x\n");
    assert_eq!(found(&compiled("order.flow", &Memory::new().with("order.flow", text))), Vec::<String>::new());
}

#[test]
fn two_machines_with_one_name_in_rust_are_told() {
    let machine = |name: &str| format!("machine: @{name}\n\non :go from @customer (api)\n  {name} moves to #gone\n\n");
    let found = found_in(&format!("{}{}", machine("a_b"), machine("a__b")));
    assert!(!found.is_empty() && codes(&found).iter().all(|code| *code == "EF0701"), "{found:?}");
    assert!(found.iter().all(|line| line.contains("a__b")), "the later one is to blame: {found:?}");
}

#[test]
fn a_folder_in_place_of_a_file_is_told_by_its_path() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    let folder = outside.path();
    let make = |name: &str| std::fs::create_dir_all(folder.join(name)).expect("a folder can be made");
    let put = |name: &str, text: &str| std::fs::write(folder.join(name), text).expect("a file can be written");
    make("parts.flow");
    put("system.flow", "system: shop\n\nuses:\n  @order from \"./parts.flow\"\n");
    put("order.flow", &body("  order moves to #placed"));
    make("order.states.flow");
    for (root, named) in
        [("parts.flow", "parts.flow"), ("system.flow", "parts.flow"), ("order.flow", "order.states.flow")]
    {
        let found = found(&compiled(&folder.join(root).to_string_lossy(), &Disk));
        assert_eq!(codes(&found), ["EF0201"], "{found:?}");
        assert!(found[0].contains(named) && found[0].contains("folder"), "{found:?}");
    }
    make("eventflow.toml");
    let found = found(&compiled(&folder.join("order.flow").to_string_lossy(), &Disk));
    assert!(codes(&found).contains(&"EF0809"), "{found:?}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_without_end_is_not_read_to_its_end() {
    let found = found(&compiled("/dev/zero", &Disk));
    assert_eq!(codes(&found), ["EF0201"], "{found:?}");
    assert!(found[0].contains("longer than a flow can be"), "{found:?}");
}

/// Files that somebody edits while they are read: each reading gives another text, or none.
struct Restless {
    readings: Cell<usize>,
    texts: Vec<io::Result<Vec<u8>>>,
}

impl Restless {
    fn with(texts: Vec<io::Result<Vec<u8>>>) -> Self {
        Self { readings: Cell::new(0), texts }
    }
}

impl Files for Restless {
    fn read(&self, _: &Path) -> io::Result<Vec<u8>> {
        let reading = self.readings.replace(self.readings.get() + 1);
        match self.texts.get(reading) {
            Some(Ok(text)) => Ok(text.clone()),
            Some(Err(error)) => Err(error.kind().into()),
            None => panic!("a file is read once"),
        }
    }

    fn canonical(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }

    fn exists(&self, path: &Path) -> bool {
        path == Path::new("order.flow")
    }
}

#[test]
fn a_flow_that_is_edited_while_it_is_read_is_read_once() {
    let whole = body("  order moves to #placed");
    let files = Restless::with(vec![Ok(whole.clone().into_bytes())]);
    let compilation = compiled("order.flow", &files);
    assert_eq!(found(&compilation), Vec::<String>::new());
    assert_eq!(compilation.sources.iter().next().map(|(_, source)| source.text()), Some(whole.as_str()));
    for (name, text) in [
        ("gone", Err(io::ErrorKind::NotFound.into())),
        ("forbidden", Err(io::ErrorKind::PermissionDenied.into())),
        ("cut within a letter", Ok("machine: @order\n// Grü".as_bytes()[..22].to_vec())),
        ("torn off", Err(io::ErrorKind::Interrupted.into())),
    ] {
        let found = found(&compiled("order.flow", &Restless::with(vec![text])));
        assert_eq!(codes(&found), ["EF0201"], "{name}: {found:?}");
        assert!(found[0].contains("order.flow"), "{name}: {found:?}");
    }
    for end in 0..whole.len() {
        found(&compiled("order.flow", &Restless::with(vec![Ok(whole.as_bytes()[..end].to_vec())])));
    }
}
