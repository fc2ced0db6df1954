//! Texts that look like slips, and words that do nothing yet.

use super::Subject;
use crate::catalog::flow;
use crate::diagnostic::Diagnostics;
use crate::ir::{ExpressionKind, Machine, Party, Queue, Sentence, SentenceKind, SetBy, System, Target, VariableId};
use crate::nearest::is_one_slip;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Two free texts of one kind that differ only in spelling: probably one was meant.
pub(super) fn spelling_variants(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        let mut earlier = Earlier::default();
        for later in &machine.sentences {
            let spelling = Spelling::of(later);
            if let Some(twin) = earlier.twin(&spelling) {
                diagnostics.warning(flow::spelling_variants(subject.origins, &machine.sentences[twin], later));
            }
            earlier.add(spelling);
        }
    }
}

/// A text as it is compared: numbers tell texts apart on purpose, so that only texts with the same ones can be twins.
struct Spelling {
    kind: SentenceKind,
    digits: String,
    letters: Vec<char>,
}

impl Spelling {
    fn of(sentence: &Sentence) -> Self {
        let letters: Vec<char> = sentence.name.chars().filter(|letter| *letter != '_').collect();
        Self { kind: sentence.kind, digits: digits(&sentence.name), letters }
    }

    /// Whether one edit, or two in a long text, makes one of the other.
    fn is_nearly(&self, other: &Self) -> bool {
        let longest = self.letters.len().max(other.letters.len());
        let allowed = if longest < LONG { 1 } else { MOST_EDITS };
        longest >= SHORTEST && self.digits == other.digits && edits_up_to(&self.letters, &other.letters, allowed)
    }

    /// The thirds of the text, by number, each with its letters: an edit falls into one of them.
    fn thirds(&self) -> [Part; MOST_EDITS + 1] {
        let length = self.letters.len();
        std::array::from_fn(|third| {
            let (start, end) = (length * third / (MOST_EDITS + 1), length * (third + 1) / (MOST_EDITS + 1));
            self.part(length, third, start..end)
        })
    }

    fn part(&self, length: usize, third: usize, letters: Range<usize>) -> Part {
        let text = self.letters.get(letters).map(|letters| letters.iter().collect());
        Part { kind: self.kind, digits: self.digits.clone(), length, third, text: text.unwrap_or_default() }
    }
}

/// How short a text may be that is compared, from which length on it is long, and how many edits a long one may have.
const SHORTEST: usize = 8;
const LONG: usize = 16;
const MOST_EDITS: usize = 2;

/// A third of a text of this length.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Part {
    kind: SentenceKind,
    digits: String,
    length: usize,
    third: usize,
    text: String,
}

/// The texts so far, found by their thirds: of a text that is two edits away, one third is left as it was, moved by no more
/// than two letters. So nobody compares every text with every other.
#[derive(Default)]
struct Earlier {
    spellings: Vec<Spelling>,
    by_part: BTreeMap<Part, Vec<usize>>,
}

impl Earlier {
    fn add(&mut self, spelling: Spelling) {
        for part in spelling.thirds() {
            self.by_part.entry(part).or_default().push(self.spellings.len());
        }
        self.spellings.push(spelling);
    }

    /// The first text that differs from this one only in spelling, by its place among those that were added.
    fn twin(&self, later: &Spelling) -> Option<usize> {
        let length = later.letters.len();
        let mut candidates = BTreeSet::new();
        for other in length.saturating_sub(MOST_EDITS)..=length + MOST_EDITS {
            for third in 0..=MOST_EDITS {
                let (start, end) = (other * third / (MOST_EDITS + 1), other * (third + 1) / (MOST_EDITS + 1));
                for moved in start.saturating_sub(MOST_EDITS)..=start + MOST_EDITS {
                    let part = later.part(other, third, moved..moved + end - start);
                    candidates.extend(self.by_part.get(&part).into_iter().flatten().copied());
                }
            }
        }
        candidates.into_iter().find(|place| self.spellings[*place].is_nearly(later))
    }
}

/// Whether the edit distance (insertions, deletions, substitutions) is at most `limit`.
fn edits_up_to(left: &[char], right: &[char], limit: usize) -> bool {
    if left.len().abs_diff(right.len()) > limit {
        return false;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (above, from) in left.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = above + 1;
        for (column, to) in right.iter().enumerate() {
            let substituted = diagonal + usize::from(from != to);
            diagonal = row[column + 1];
            row[column + 1] = substituted.min(diagonal + 1).min(row[column] + 1);
        }
    }
    row[right.len()] <= limit
}

/// An external actor that is named once, a slip away from a machine or from an actor that is named more often.
pub(super) fn misspelled_actor(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    let System { machines, actors, .. } = subject.system;
    let uses = uses_of_actors(subject.system);
    let (once, often): (Vec<_>, Vec<_>) = actors.iter().zip(uses).partition(|(_, times)| *times == 1);
    for (actor, _) in once {
        let machines = machines.iter().map(|machine| machine.name.as_str());
        let mut known = machines.chain(often.iter().map(|(other, _)| other.name.as_str()));
        if let Some(meant) = known.find(|known| is_misspelled(&actor.name, known)) {
            diagnostics.warning(flow::misspelled_actor(subject.origins, actor, meant));
        }
    }
}

/// Numbers tell names apart on purpose, and short names are near each other by chance.
fn is_misspelled(name: &str, known: &str) -> bool {
    let shortest = name.chars().count().min(known.chars().count());
    shortest >= SHORTEST_NAME && digits(name) == digits(known) && is_one_slip(name, known)
}

/// The digits of a name: what tells it apart on purpose.
fn digits(name: &str) -> String {
    name.chars().filter(char::is_ascii_digit).collect()
}

/// How short a name may be that is compared.
const SHORTEST_NAME: usize = 4;

/// How often each actor is named, by a handler that admits it or an emit to it.
fn uses_of_actors(system: &System) -> Vec<usize> {
    let mut uses = vec![0; system.actors.len()];
    for machine in &system.machines {
        for handler in &machine.handlers {
            if let Some(Party::Actor(actor)) = handler.from {
                uses[actor.index()] += 1;
            }
        }
        machine.each_statement(&mut |statement| {
            let target = statement.emit().map(|emit| &machine.message(emit.message).target);
            if let Some(Target::Actor { actor, .. }) = target {
                uses[actor.index()] += 1;
            }
        });
    }
    uses
}

/// A variable that is read and that no statement sets, in a machine without actions that could.
pub(super) fn never_set(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        if machine.sentences.iter().any(|sentence| sentence.kind == SentenceKind::Action) {
            continue;
        }
        for id in variables_read(machine) {
            let variable = machine.variable(id);
            if variable.set_by == SetBy::Actions {
                diagnostics.warning(flow::never_set(subject.origins, variable));
            }
        }
    }
}

fn variables_read(machine: &Machine) -> BTreeSet<VariableId> {
    let mut read = BTreeSet::new();
    for handler in &machine.handlers {
        handler.each_expression(&mut |expression| {
            if let ExpressionKind::Context(variable) = expression.kind {
                read.insert(variable);
            }
        });
    }
    read
}

/// The parts of `queue:` that the runtime does not act on yet, and priorities in a queue that does not go by them.
pub(super) fn without_effect(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        let Queue { by_priority, workers, limit, .. } = machine.queue;
        for (setting, is_set) in [("workers", workers.is_some()), ("limit", limit.is_some())] {
            if is_set {
                diagnostics.warning(flow::queue_without_effect(subject.origins, machine, setting));
            }
        }
        if by_priority {
            continue;
        }
        for handler in machine.handlers.iter().filter(|handler| handler.priority.is_some()) {
            diagnostics.warning(flow::priority_without_effect(subject.origins, machine, handler));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelling(name: &str) -> Spelling {
        let letters: Vec<char> = name.chars().filter(|letter| *letter != '_').collect();
        Spelling { kind: SentenceKind::Action, digits: digits(name), letters }
    }

    /// Whether the second text is found beside the first, and so the first beside the second.
    fn differ_in_spelling(left: &str, right: &str) -> bool {
        let [found, back] = [(left, right), (right, left)].map(|(first, second)| {
            let mut earlier = Earlier::default();
            earlier.add(spelling(first));
            earlier.twin(&spelling(second)).is_some()
        });
        assert_eq!(found, back, "{left} {right}");
        found
    }

    #[test]
    fn one_slip_in_a_short_text_two_in_a_long_one() {
        assert!(differ_in_spelling("card_is_valid", "cart_is_valid"));
        assert!(differ_in_spelling("card_isvalid", "card_is_valid"));
        assert!(!differ_in_spelling("send_reciept", "send_receipt"));
        assert!(differ_in_spelling("send_confirmation_email", "send_confirmatoin_email"));
        assert!(!differ_in_spelling("send_email_1", "send_email_2"));
        assert!(!differ_in_spelling("pay", "say"));
        assert!(!differ_in_spelling("send_it", "sent_it"));
        assert!(differ_in_spelling("send_bill", "sent_bill"));
    }

    #[test]
    fn what_is_put_in_left_out_or_changed_is_a_slip_each() {
        let within = |left: &str, right: &str| {
            let letters = |text: &str| -> Vec<char> { text.chars().collect() };
            (0..9).find(|limit| edits_up_to(&letters(left), &letters(right), *limit))
        };
        assert_eq!(within("stock", "stock"), Some(0));
        assert_eq!(within("", "stock"), Some(5));
        assert_eq!(within("stock", ""), Some(5));
        assert_eq!(within("stock", "stocks"), Some(1));
        assert_eq!(within("stock", "tock"), Some(1));
        assert_eq!(within("stock", "stack"), Some(1));
        assert_eq!(within("stock", "sotck"), Some(2));
        assert_eq!(within("order", "older_one"), Some(5));
        assert_eq!(within("kitten", "sitting"), Some(3));
        assert_eq!(within("xab", "abx"), Some(2));
        assert_eq!(within("abx", "xab"), Some(2));
    }

    #[test]
    fn a_slip_is_found_wherever_it_is() {
        let name = "sendconfirmationemail";
        for at in 0..=name.len() {
            let (before, after) = name.split_at(at);
            assert!(differ_in_spelling(name, &format!("{before}xy{after}")), "two more at {at}");
            assert!(!differ_in_spelling(name, &format!("{before}xyz{after}")), "three more at {at}");
            for other in at..name.len() {
                let mut letters: Vec<char> = name.chars().collect();
                letters.remove(other);
                letters.insert(at, 'x');
                assert!(
                    differ_in_spelling(name, &letters.iter().collect::<String>()),
                    "one for another at {at}, {other}"
                );
            }
        }
    }

    #[test]
    fn the_first_of_several_is_the_twin() {
        let mut earlier = Earlier::default();
        for name in ["something_else", "card_is_vali", "card_is_valid", "card_is_valide"] {
            earlier.add(spelling(name));
        }
        assert_eq!(earlier.twin(&spelling("cart_is_valid")), Some(2));
        assert_eq!(earlier.twin(&spelling("card_is_valid")), Some(1));
    }
}
