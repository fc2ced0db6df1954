//! What `eventflow build` writes compiles as it is: outside of every workspace and inside this one, as a whole system and as
//! one machine alone.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const LOAN: &str = "machine: @loan

on :borrow from @member (api) with:
  | book | string | required |
  ? book is on the shelf
    $title becomes $book
    loan moves to #out
    emit :lent to @member with $title
";

/// The folder of the workspace.
fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the workspace is there")
}

/// Runs the command in a folder; what it said if it did not end well.
fn eventflow(folder: &Path, arguments: &[&str]) -> Result<(), String> {
    printed(folder, arguments).map(drop)
}

/// Runs the command in a folder; what it printed, or what it said if it did not end well.
fn printed(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_eventflow"));
    let output = command.args(arguments).current_dir(folder).output().expect("the command runs");
    let [printed, said] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    if output.status.success() { Ok(printed) } else { Err(printed + &said) }
}

/// Checks a crate as its owner would; warnings are errors. What is built stays for the next time.
fn compiles(folder: &Path) {
    compiles_with(folder, "-D warnings");
}

/// Cargo in a folder. What is built stays for the next time.
fn cargo(folder: &Path, command: &str) -> Command {
    let mut cargo = Command::new(env!("CARGO"));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("written-crates");
    cargo.args([command, "--offline"]).current_dir(folder).env("CARGO_TARGET_DIR", target);
    cargo
}

fn compiles_with(folder: &Path, flags: &str) {
    let output = cargo(folder, "check").arg("--quiet").env("RUSTFLAGS", flags).output().expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Writes crates into a folder, compiles them, and sees that they are fresh until the flow changes.
fn writes_crates(place: &Path) {
    fs::write(place.join("loan.flow"), LOAN).expect("a file can be written");
    fs::write(place.join("match.flow"), "machine: @match\n\non :go (api)\n  ...\n").expect("a file can be written");
    let builds: [&[&str]; 3] = [
        &["build", "loan.flow", "--out", "system"],
        &["build", "loan.flow", "--standalone", "--out", "alone"],
        &["build", "match.flow", "--out", "keyword", "--allow", "warnings"],
    ];
    for build in builds {
        assert_eq!(eventflow(place, build), Ok(()));
        let folder = build.iter().skip_while(|word| **word != "--out").nth(1).expect("it says where to");
        compiles(&place.join(folder));
        let check: Vec<&str> = build.iter().copied().chain(["--check"]).collect();
        assert_eq!(eventflow(place, &check), Ok(()), "what was compiled is still fresh");
    }
    fs::write(place.join("loan.flow"), LOAN.replace("#out", "#lent")).expect("a file can be written");
    for build in &builds[..2] {
        let check: Vec<&str> = build.iter().copied().chain(["--check"]).collect();
        let difference = eventflow(place, &check).expect_err("the flow says something else");
        assert!(difference.contains("\n-    Out,"), "{difference}");
    }
}

#[test]
fn crates_outside_of_every_workspace_compile() {
    let place = tempfile::tempdir().expect("a temporary folder");
    assert!(!place.path().starts_with(workspace()), "it lies outside");
    writes_crates(place.path());
    let manifest = fs::read_to_string(place.path().join("system/Cargo.toml")).expect("a manifest");
    assert!(!manifest.contains("[workspace]"), "it is in nobody's workspace: {manifest}");
}

#[test]
fn crates_inside_this_workspace_compile() {
    let target = workspace().join("target");
    fs::create_dir_all(&target).expect("a folder can be made");
    let place = tempfile::tempdir_in(&target).expect("a temporary folder");
    writes_crates(place.path());
    let manifest = fs::read_to_string(place.path().join("system/Cargo.toml")).expect("a manifest");
    assert!(manifest.contains("[workspace]") && manifest.contains("/runtime-support"), "{manifest}");
    assert!(!manifest.contains(&*workspace().to_string_lossy()), "the way to the runtime is relative: {manifest}");
}

/// Sentences of every kind with parameters of many types, and actors that hear and answer.
const EVERYTHING: &str = "system: parcels

machine: @order

type: line_item
  | sku   | string  |
  | count | integer |

on :place from @customer (api) with:
  | items | array of line_item | required |
  | zip   | string | required, secret, known in \"DE\" and 7 other lands |
  | when  | time |
  | wait  | duration |
  | whole | object |
  | sure  | boolean |
  $order_id becomes uuid()
  ? card of $zip is valid
  ?? crate type self fn $sure beside $wait
    $total: number becomes price of $items since $when
    charge $total to card \"x\" for 30 days
    größe prüfen für $whole
    $rate: number becomes emit :rate_asked to @bank with $total
    order moves to #placed
    emit :ship to @carrier with $items, $rate
  reply 201 with ^summary

on :delivered from @carrier
  note $reference
  emit :mail to @carrier

machine: @match

on :delivered from @order
  say it
";

/// A machine that is called like what the stage of the tests has for claims in free text.
const CLAIMS: &str = "system: insurance

uses:
  @claims from \"./claims.flow\"
  @claims_machine from \"./claims_machine.flow\"
";

const OF_CLAIMS: &str = "machine: @claims

scenario: Größe prüfen
  on :report from @member (api) with:
    | loss | integer | required |
    ? the loss $loss is covered
      claims moves to #open
    otherwise
      claims moves to #refused

  expect:
    = claims is in #open

scenario: größe, prüfen
  on :again from @member (api)
    claims moves to #again

  expect:
    = claims is in #again
";

/// Each setter of the stage takes code of its own: that of another one has another type.
const ON_STAGE: &str = "
#[test]
fn all_on_stage() {
    insurance_tests::Stage::played()
        .with_claims(|claim| Some(Ok(claim.name == \"the_member_is_content\")))
        .with_claims_machine(|cast| insurance_tests::claims::Played::new(cast))
        .with_claims_machine_machine(|cast| insurance_tests::claims_machine::Played::new(cast))
        .check_all();
}
";

const OF_THEIR_CASES: &str = "test: @claims

for scenario: Größe prüfen
  for :report:
    as it is told:
      = claims is in #open
      = the member is content
    a:
      = claims is in #open
    A!:
      = claims is in #open
    a 2:
      = claims is in #open
    a2:
      = claims is in #open
    заявка отклонена:
      assume:
        ? the loss $loss is covered = false
      = claims is in #refused
    match:
      = claims is in #open
    3 m²:
      = claims is in #open
    §:
      = claims is in #open
";

#[test]
fn generated_tests_have_names_whatever_their_titles_are() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let machine = OF_CLAIMS.split("scenario: größe, prüfen").next().unwrap_or_default();
    let texts = [
        ("insurance.flow", CLAIMS.to_owned()),
        ("claims.flow", OF_CLAIMS.to_owned()),
        ("claims.test.flow", OF_THEIR_CASES.to_owned()),
        ("claims_machine.flow", machine.replace("@claims", "@claims_machine").replace("claims ", "claims_machine ")),
    ];
    for (name, text) in texts {
        fs::write(place.path().join(name), text).expect("a file can be written");
    }
    let built =
        eventflow(place.path(), &["build", "insurance.flow", "--tests", "--out", "crate", "--allow", "warnings"]);
    assert_eq!(built, Ok(()));
    let folder = place.path().join("crate");
    let root = folder.join("src/lib.rs");
    let text = fs::read_to_string(&root).expect("a crate has a root");
    fs::write(&root, text + ON_STAGE).expect("a file can be written");
    let output = cargo(&folder, "test").env("RUSTFLAGS", "-D warnings").output().expect("cargo runs");
    let [printed, said] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    let mut passed: Vec<&str> =
        printed.lines().filter_map(|line| line.strip_prefix("test ")?.strip_suffix(" ... ok")).collect();
    passed.sort();
    let expected = [
        "all_on_stage",
        "insurance_tests::claims::größe_prüfen2::as_it_is_told",
        "insurance_tests::claims::größe_prüfen::a",
        "insurance_tests::claims::größe_prüfen::a2",
        "insurance_tests::claims::größe_prüfen::a22",
        "insurance_tests::claims::größe_prüfen::a_2",
        "insurance_tests::claims::größe_prüfen::as_it_is_told",
        "insurance_tests::claims::größe_prüfen::as_it_is_told2",
        "insurance_tests::claims::größe_prüfen::n3_m",
        "insurance_tests::claims::größe_prüfen::r#match",
        "insurance_tests::claims::größe_prüfen::unnamed",
        "insurance_tests::claims::größe_prüfen::заявка_отклонена",
        "insurance_tests::claims_machine::größe_prüfen::as_it_is_told",
    ];
    assert_eq!(passed, expected, "{printed}{said}");
}

#[test]
fn what_bindings_prints_compiles_where_it_is_pasted() {
    let place = tempfile::tempdir().expect("a temporary folder");
    let place = place.path();
    fs::write(place.join("parcels.flow"), EVERYTHING).expect("a file can be written");
    let settings = "[machines.order]\nsync = [\"note $reference\"]\nasync = [\"summary\", \"card of $zip is valid\"]\n";
    fs::write(place.join("eventflow.toml"), settings).expect("a file can be written");
    assert_eq!(eventflow(place, &["build", "parcels.flow", "--out", "pasted"]), Ok(()));
    let bindings = printed(place, &["bindings", "parcels.flow"]).expect("the flow is fine");
    assert!(bindings.contains("impl r#match::Behavior for MatchBehavior"), "{bindings}");
    let root = place.join("pasted/src/lib.rs");
    let text = fs::read_to_string(&root).expect("a crate has a root");
    fs::write(&root, format!("{text}\n{bindings}")).expect("a file can be written");
    // Nobody uses it, and its bodies use nothing yet; everything else that rustc could have against it counts.
    compiles_with(&place.join("pasted"), "-D warnings -A dead_code -A unused_variables");
}
