//! Texts that look like slips, and words that do nothing yet.

use super::Subject;
use crate::catalog::flow;
use crate::diagnostic::Diagnostics;
use crate::ir::{ExpressionKind, Machine, Queue, SentenceKind, SetBy, VariableId};
use std::collections::BTreeSet;

/// Two free texts of one kind that differ only in spelling: probably one was meant.
pub(super) fn spelling_variants(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    for machine in &subject.system.machines {
        for (index, later) in machine.sentences.iter().enumerate() {
            let twin = machine.sentences[..index]
                .iter()
                .find(|earlier| earlier.kind == later.kind && differ_in_spelling(&earlier.name, &later.name));
            if let Some(earlier) = twin {
                diagnostics.warning(flow::spelling_variants(subject.origins, earlier, later));
            }
        }
    }
}

/// Whether one edit, or two in a long text, makes one name of the other. Numbers tell texts apart on purpose.
fn differ_in_spelling(left: &str, right: &str) -> bool {
    let letters = |name: &str| -> Vec<char> { name.chars().filter(|c| *c != '_').collect() };
    let (left, right) = (letters(left), letters(right));
    let digits = |name: &[char]| -> String { name.iter().filter(|c| c.is_ascii_digit()).collect() };
    let longest = left.len().max(right.len());
    if longest < 8 || digits(&left) != digits(&right) {
        return false;
    }
    let allowed = if longest < 16 { 1 } else { 2 };
    edits_up_to(&left, &right, allowed)
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

/// `(priority …)` and the parts of `queue:` that the runtime does not act on yet.
pub(super) fn without_effect_yet(subject: Subject<'_>, diagnostics: &mut Diagnostics) {
    let usual = Queue::default();
    for machine in &subject.system.machines {
        if machine.queue != usual {
            diagnostics.warning(flow::queue_without_effect(subject.origins, machine));
        }
        for handler in machine.handlers.iter().filter(|handler| handler.priority.is_some()) {
            diagnostics.warning(flow::priority_without_effect(subject.origins, handler));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    }
}
