//! Build scripts as Cargo runs them: they run again when a file changes that was read or looked for, and for nothing
//! else; what is wrong in a flow stands in Cargo's output at its place.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, SystemTime};

/// A package in a folder of its own. What Cargo builds stays in it for the next time, as in any package.
struct Package(PathBuf);

impl Package {
    /// A package whose build script says this.
    fn with(script: &str) -> Self {
        let package = Self(Path::new(env!("CARGO_TARGET_TMPDIR")).join("outside"));
        fs::create_dir_all(&package.0).expect("a folder can be made");
        for entry in fs::read_dir(&package.0).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_file() {
                fs::remove_file(path).expect("a file can be removed");
            } else if !path.ends_with("target") {
                fs::remove_dir_all(path).expect("a folder can be removed");
            }
        }
        let compiler = Path::new(env!("CARGO_MANIFEST_DIR")).join("../compiler").canonicalize().expect("it is there");
        let manifest = format!(
            "[package]\nname = \"shop\"\nedition = \"2024\"\n\n[workspace]\n\n\
             [build-dependencies]\neventflowc = {{ path = '{}' }}\n",
            compiler.display()
        );
        package.write("Cargo.toml", &manifest);
        package.write("build.rs", &format!("fn main() {{\n    {script}\n}}\n"));
        package
            .write("src/lib.rs", "pub const TEXT: &str = include_str!(concat!(env!(\"OUT_DIR\"), \"/order.rs\"));\n");
        package
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().expect("a path in the package")).expect("a folder can be made");
        fs::write(path, text).expect("a file can be written");
    }

    fn remove(&self, path: &str) {
        fs::remove_file(self.path(path)).expect("a file can be removed");
    }

    /// Checks the package; gives what Cargo said, and whether all went well.
    fn check(&self, arguments: &[&str]) -> (String, bool) {
        let output = Command::new(env!("CARGO"))
            .args(["check", "--offline"])
            .args(arguments)
            .current_dir(&self.0)
            .env_remove("CARGO_TARGET_DIR")
            .env("CARGO_TERM_COLOR", "never")
            .output()
            .expect("cargo runs");
        (String::from_utf8_lossy(&output.stderr).into_owned(), output.status.success())
    }

    /// Checks the package; whether the build script ran.
    fn runs(&self) -> bool {
        let (said, well) = self.check(&["--verbose"]);
        assert!(well, "{said}");
        said.lines().any(|line| line.contains("Running `") && line.ends_with("build-script-build`"))
    }

    /// Checks that what happened makes the build script run once, and not once more.
    fn reruns_after(&self, what: &str) {
        assert!(self.runs(), "runs again after: {what}");
        assert!(!self.runs(), "runs only once after: {what}");
    }
}

const ORDER: &str = "machine: @order\n\non :go from @customer (api)\n  order moves to #paid\n";
const STATES: &str = "machine: @order\n\n#idle\n#paid\n";

/// Everything that may happen around a flow in a folder, `flows/` or the package itself.
fn exactly_what_was_looked_for_counts(folder: &str) {
    let package = Package::with(&format!("eventflowc::build(\"{folder}order.flow\");"));
    package.write(&format!("{folder}order.flow"), ORDER);
    package.runs();
    assert!(!package.runs(), "nothing has changed");

    package.write(&format!("{folder}notes.txt"), "call the printer");
    package.write(&format!("{folder}other.flow"), "machine: @other\n");
    package.write("README.md", "# A shop");
    assert!(!package.runs(), "nobody looked for these");

    let states = format!("{folder}order.states.flow");
    package.write(&states, STATES);
    package.reruns_after("declared states appear");
    package.remove(&states);
    package.reruns_after("declared states disappear");

    package.write("eventflow.toml", "[lints]\nwarnings = \"allow\"\n");
    package.reruns_after("a project file appears");
    package.write("eventflow.toml", "[lints]\nwarnings = \"warn\"\n");
    package.reruns_after("the project file changes");
    package.remove("eventflow.toml");
    package.reruns_after("the project file disappears");

    package.write("old.toml", "[lints]\nwarnings = \"allow\"\n");
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    File::options()
        .write(true)
        .open(package.path("old.toml"))
        .and_then(|file| file.set_modified(long_ago))
        .expect("a date");
    fs::rename(package.path("old.toml"), package.path("eventflow.toml")).expect("a file can be moved");
    package.reruns_after("a project file of long ago is moved here");

    package.write(&format!("{folder}order.flow"), &ORDER.replace("paid", "ready"));
    package.reruns_after("the flow changes");
}

#[test]
fn build_scripts_run_again_exactly_when_they_must() {
    exactly_what_was_looked_for_counts("flows/");
    exactly_what_was_looked_for_counts("");
    an_import_counts_too();
    errors_stand_in_cargos_output();
    wrong_sentences_stand_in_cargos_output();
}

fn an_import_counts_too() {
    let package = Package::with("eventflowc::Build::new(\"a/order.flow\").also(\"b/system.flow\").run();");
    package.write("a/order.flow", ORDER);
    package.write("b/system.flow", "system: the stall\n\nuses:\n  @stall from \"./parts/stall.flow\"\n");
    package.write("b/parts/stall.flow", "machine: @stall\n\non :open from @seller (api)\n  ...\n");
    package.runs();
    assert!(!package.runs(), "nothing has changed");
    package.write("b/parts/stall.flow", "machine: @stall\n\non :close from @seller (api)\n  ...\n");
    package.reruns_after("an imported flow changes");
    package.write("b/parts/stall.states.flow", "machine: @stall\n\n#idle\n");
    package.reruns_after("states appear beside an imported flow");
}

fn errors_stand_in_cargos_output() {
    let package = Package::with("eventflowc::build(\"flows/order.flow\");");
    package.write("flows/order.flow", "machine: @order\n\non :go\n  emit nothing\n");
    let (said, well) = package.check(&[]);
    assert!(!well, "{said}");
    let errors: Vec<&str> = said.lines().filter(|line| line.starts_with("error")).collect();
    let wanted = [
        "error: shop@0.0.0: flows/order.flow:4:8: error[EF0101]: this emit cannot be read",
        "error: shop@0.0.0:   |",
        "error: shop@0.0.0: 4 |   emit nothing",
        "error: shop@0.0.0:   |        ^^^^^^^ expected an event (`:name`)",
        "error: shop@0.0.0:   |",
        "error: shop@0.0.0:   = help: write `emit [async] :event [to @actor] [with $a, field: VALUE]`",
        "error: build script logged errors",
    ];
    assert_eq!(errors, wanted, "{said}");
}

fn wrong_sentences_stand_in_cargos_output() {
    let package =
        Package::with("eventflowc::Build::new(\"flows/order.flow\").asynchronous(\"order\", \"card is vaild\").run();");
    package.write("flows/order.flow", "machine: @order\n\non :go\n  ? card is valid\n    print receipt\n");
    package.write("eventflow.toml", "[machines.order]\nsync = [\"print recipt\"]\n");
    let (said, well) = package.check(&[]);
    assert!(!well, "{said}");
    let errors: Vec<&str> = said.lines().filter(|line| line.contains("[EF0810]")).collect();
    let wanted = [
        "error: shop@0.0.0: error[EF0810]: `@order` has no sentence `card is vaild`",
        "error: shop@0.0.0: eventflow.toml:2:9: error[EF0810]: `@order` has no sentence `print recipt`",
    ];
    assert_eq!(errors, wanted, "{said}");
}
