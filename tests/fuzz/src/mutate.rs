//! The mutations: most of them move, change or add whole lines, so that what comes out is nearly a flow again.

use eventflow_tests::random;
use eventflow_tests::seed::Seed;

use crate::derive;

/// The fuzzer's own mutation of bytes: of so many bytes of the data, with room for so many.
pub type OfBytes = fn(&mut [u8], usize, usize) -> usize;

/// Rules of the grammar from which words are derived that may stand for a word.
const WORDS: [&str; 5] = ["expression", "type_expression", "condition", "state", "variable"];

/// Lines that open what a derived line alone cannot: sections, files, comments with a meaning.
const OPENINGS: [&str; 14] = [
    "machine: @payment",
    "scenario: another one",
    "given:",
    "expect:",
    "uses:",
    "queue:",
    "on :begin from @customer (api)",
    "? order is paid",
    "otherwise",
    "// file: order.flow",
    "// file: order.states.flow",
    "// file: order.test.flow",
    "// allow EF0501: it is so",
    "/* a comment */",
];

/// Mutates the first `size` bytes of `data` in place, and gives how many there are then.
pub fn mutate(data: &mut [u8], size: usize, most: usize, seed: u32, of_bytes: OfBytes) -> usize {
    let mut seed = Seed::new(seed.into());
    let text = std::str::from_utf8(&data[..size]).ok().map(str::to_owned);
    let Some(text) = text.filter(|_| !seed.chance(12)) else { return of_bytes(data, size, most) };
    let mut lines: Vec<String> = text.split('\n').map(str::to_owned).collect();
    for _ in 0..seed.between(1, 3) {
        edit(&mut lines, &mut seed);
    }
    let text = lines.join("\n");
    if text.is_empty() || text.len() > most {
        return of_bytes(data, size, most);
    }
    data[..text.len()].copy_from_slice(text.as_bytes());
    text.len()
}

fn edit(lines: &mut Vec<String>, seed: &mut Seed) {
    let at = seed.below(lines.len());
    match seed.weighted(&[18, 8, 8, 10, 8, 8, 8, 16, 8, 8]) {
        0 => {
            let line = derive::line(seed);
            insert(lines, at, &line, seed);
        }
        1 => {
            let row = derive::row(seed);
            insert(lines, at, &row, seed);
        }
        2 => drop(lines.remove(at)),
        3 => {
            let (from, to) = stretch(lines, seed);
            let copied = lines[from..to].to_vec();
            lines.splice(at..at, copied);
        }
        4 => {
            let other = seed.below(lines.len());
            lines.swap(at, other);
        }
        5 => shift(lines, seed),
        6 => {
            let opening = *seed.pick(&OPENINGS);
            insert(lines, at, opening, seed);
        }
        7 => rename(lines, at, seed),
        8 => splice_random_system(lines, at, seed),
        _ => tail(&mut lines[at], seed),
    }
    if lines.is_empty() {
        lines.push(String::new());
    }
}

fn indentation(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Puts a line there, at the level of the line that it pushes down, or one deeper or higher.
fn insert(lines: &mut Vec<String>, at: usize, line: &str, seed: &mut Seed) {
    let level = indentation(&lines[at]);
    let level = *seed.pick(&[level, level, level + 2, level.saturating_sub(2)]);
    lines.insert(at, format!("{}{line}", " ".repeat(level)));
}

fn stretch(lines: &[String], seed: &mut Seed) -> (usize, usize) {
    let from = seed.below(lines.len());
    (from, (from + seed.between(1, 6)).min(lines.len()))
}

/// Moves some lines to the right or to the left.
fn shift(lines: &mut [String], seed: &mut Seed) {
    let (from, to) = stretch(lines, seed);
    let right = seed.chance(50);
    for line in &mut lines[from..to] {
        *line = match (right, line.strip_prefix("  ")) {
            (false, Some(rest)) => rest.to_owned(),
            (false, None) => continue,
            (true, _) => format!("  {line}"),
        };
    }
}

/// Writes another word of the text, or a derived one, in the place of a word.
fn rename(lines: &mut [String], at: usize, seed: &mut Seed) {
    let words: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
    let own: Vec<&str> = lines[at].split_whitespace().collect();
    if own.is_empty() {
        return;
    }
    let old = *seed.pick(&own);
    let same: Vec<&str> = words.iter().copied().filter(|word| word.chars().next() == old.chars().next()).collect();
    let new = match seed.below(4) {
        0 => {
            let rule: &&str = seed.pick(&WORDS);
            derive::derived(rule, seed)
        }
        1 => (*seed.pick(&words)).to_owned(),
        _ => (*seed.pick(&same)).to_owned(),
    };
    lines[at] = lines[at].replacen(old, &new, 1);
}

/// Some lines of a random system that is well typed, as they stand there.
fn splice_random_system(lines: &mut Vec<String>, at: usize, seed: &mut Seed) {
    let system = random::system(seed.below(500) as u64);
    let other: Vec<String> = system.lines().map(str::to_owned).collect();
    let (from, to) = stretch(&other, seed);
    lines.splice(at..at, other[from..to].iter().cloned());
}

/// Gives a line another end.
fn tail(line: &mut String, seed: &mut Seed) {
    let end = match seed.below(6) {
        0 => " with:".to_owned(),
        1 => " (queued api)".to_owned(),
        2 => format!(" {}", derive::derived("payload", seed)),
        3 => format!(" and {}", derive::derived("condition", seed)),
        4 => format!(" // {}", derive::derived("free_text", seed)),
        _ => format!(" + {}", derive::derived("sum", seed)),
    };
    line.push_str(&end);
}
