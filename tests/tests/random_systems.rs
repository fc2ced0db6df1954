//! The random systems of the differential test hold all that a flow can say, and live.

use eventflow_tests::compiled::compile;
use eventflow_tests::drive::{Trace, wander};
use eventflow_tests::interpreted::interpreted;
use eventflow_tests::nodes::{Census, Node};
use eventflow_tests::random;

/// The fixed systems of the differential test.
const SYSTEMS: std::ops::Range<u64> = 0..200;
/// How many sequences of events are looked at here.
const SEQUENCES: u64 = 3;

#[test]
fn every_node_of_the_ir_occurs_in_them_and_turns_emit() {
    let mut census = Census::default();
    let (mut machines, mut turns, mut emitting, mut shares) = (0, 0, 0, 0);
    std::panic::set_hook(Box::new(|_| ()));
    for number in SYSTEMS {
        let text = random::system(number);
        let compiled =
            compile("random.flow", &text).unwrap_or_else(|report| panic!("system {number}: {report}\n{text}"));
        machines += compiled.resolved.system.machines.len();
        census.count(&compiled.resolved.system);
        let driven = interpreted(&compiled);
        let traces: Vec<Trace> = (0..SEQUENCES).map(|sequence| wander(&driven, sequence)).collect();
        let of_system = traces.iter().map(|trace| trace.turns).sum::<usize>();
        let emitting_of_system = traces.iter().map(|trace| trace.emitting).sum::<usize>();
        turns += of_system;
        emitting += emitting_of_system;
        // Some systems never rest and emit all the time: each system counts once.
        shares += 100 * emitting_of_system / of_system.max(1);
    }
    let _ = std::panic::take_hook();
    let missing: Vec<Node> = census.counts().filter(|(_, count)| *count == 0).map(|(node, _)| node).collect();
    assert!(missing.is_empty(), "no random system has {missing:?}\n{:?}", census.counts().collect::<Vec<_>>());
    let systems = SYSTEMS.count();
    assert!(machines >= 3 * systems, "{machines} machines in {systems} systems are few");
    let share = shares / systems;
    assert!(share >= 40, "of a hundred turns of a system {share} emit something ({emitting} of {turns} in all)");
    let sequences = systems * usize::try_from(SEQUENCES).expect("a small number");
    assert!(turns >= 6 * sequences, "{turns} turns in {sequences} sequences are few");
}

#[test]
fn every_comparison_of_the_reference_occurs_in_them() {
    let texts: String = SYSTEMS.map(random::system).collect();
    let forms = comparisons();
    let missing: Vec<&String> = forms.iter().filter(|form| !occurs(&texts, form)).collect();
    assert!(missing.is_empty(), "no random system has {missing:?}");
    assert!(forms.len() > 30, "the reference has its table of comparisons: {forms:?}");
}

/// Whether a comparison stands between two blanks, or at the end of a line.
fn occurs(texts: &str, form: &str) -> bool {
    [" ", "\n"].iter().any(|end| texts.contains(&format!(" {form}{end}")))
}

/// The comparisons that the reference lists, without their operands, and what `is not` makes of those with `is`.
fn comparisons() -> Vec<String> {
    let reference = eventflow_tests::repository::root().join("docs/language.md");
    let reference = std::fs::read_to_string(reference).expect("the reference can be read");
    let table = reference.lines().skip_while(|line| *line != "| comparison | short |").skip(2);
    let mut forms = Vec::new();
    for listed in table.take_while(|line| line.starts_with('|')).flat_map(|line| line.split('`').skip(1).step_by(2)) {
        let words = listed.split(' ').take_while(|word| !["A", "T"].contains(word));
        let form = words.collect::<Vec<_>>().join(" ");
        if let Some(rest) = form.strip_prefix("is ").filter(|rest| !rest.starts_with("not")) {
            forms.push(format!("is not {rest}"));
        }
        forms.push(form);
    }
    forms
}
