//! Free texts of tests that name a sentence of the flow: `charge {any} to card`.

use super::Lowering;
use super::names::{Scope, Told};
use crate::ast::{FreeText, Name, Piece, PieceKind, normal_number};
use crate::catalog::story as catalog;
use crate::catalog::story::Known;
use crate::ir::{Sentence, SentenceKind};
use crate::test_plan::Value;

/// A sentence that a test names.
pub(super) struct Meant<'a> {
    /// The machines that have it.
    pub(super) machines: Vec<usize>,
    pub(super) sentence: &'a Sentence,
    /// What stands in the text in place of parameters.
    pub(super) literals: Vec<(String, Value)>,
}

/// A text with `{any}` and `*` taken out.
struct Pattern {
    method: String,
    /// What stands in place of each parameter; none: anything.
    slots: Vec<Option<Value>>,
}

/// Which sentences may be meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// What answers yes or no.
    Guard,
    /// What acts, or makes a value.
    Action,
}

impl Wanted {
    fn takes(self, kind: SentenceKind) -> bool {
        match kind {
            SentenceKind::Guard | SentenceKind::Rule => self == Self::Guard,
            SentenceKind::Action | SentenceKind::Transformer => self == Self::Action,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Guard => "guard",
            Self::Action => "action",
        }
    }
}

impl<'n> Lowering<'n, '_> {
    /// The machine that stands in front of a sentence (`@payment.charge card`), or those that may be meant.
    pub(super) fn speakers(&mut self, prefix: Option<&Name>, scope: Scope) -> Option<Vec<usize>> {
        let Some(prefix) = prefix else { return Some(self.names.cast(scope)) };
        let machine = self.named_machine(prefix)?;
        if scope.alone && machine != scope.machine {
            let help = "test the machine itself, or the system: `test: system NAME`";
            self.diagnostics.error(catalog::out_of_place(prefix.span, "this machine is played here", help));
            return None;
        }
        Some(vec![machine])
    }

    /// The machine of a name. None if an error was reported.
    pub(super) fn named_machine(&mut self, name: &Name) -> Option<usize> {
        let machine = self.names.machine_named(&name.text);
        if machine.is_none() {
            let names = self.names.machine_names();
            let known = Known { sigil: "@", names: &names, otherwise: "there is no machine" };
            self.diagnostics.error(catalog::unknown_machine(name.span, &name.text, &known));
        }
        machine
    }

    /// The sentence that a text names. None if an error was reported.
    pub(super) fn sentence(&mut self, text: &FreeText, wanted: Wanted, speakers: &[usize]) -> Option<Meant<'n>> {
        let pattern = Pattern::of(text);
        let told = |machine: &usize| &self.names.machines[*machine];
        let has = |machine: &&usize| told(machine).sentence(&pattern.method).is_some();
        let having: Vec<usize> = speakers.iter().filter(has).copied().collect();
        let found = having.iter().filter_map(|machine| told(machine).sentence(&pattern.method));
        let (fitting, other): (Vec<&Sentence>, Vec<&Sentence>) =
            found.partition(|sentence| wanted.takes(sentence.kind));
        let Some(sentence) = fitting.first().copied() else {
            let shown = text.to_text();
            self.diagnostics.error(match other.first() {
                Some(other) => {
                    let is = kind_words(other.kind);
                    catalog::other_sentence(
                        text.span,
                        &shown,
                        is,
                        &format!("an {}", wanted.words()).replace("an g", "a g"),
                    )
                }
                None => {
                    let all = speakers.iter().flat_map(|machine| &self.names.machines[*machine].ir.sentences);
                    let texts: Vec<&str> =
                        all.filter(|known| wanted.takes(known.kind)).map(|known| known.text.as_str()).collect();
                    let otherwise = format!("the flow has no {} here", wanted.words());
                    let known = Known { sigil: "", names: &texts, otherwise: &otherwise };
                    catalog::unknown_sentence(text.span, wanted.words(), &shown, &known)
                }
            });
            return None;
        };
        let parameters = asked(sentence);
        if parameters.len() != pattern.slots.len() {
            let diagnostic = catalog::parameter_count(text.span, &sentence.text, pattern.slots.len(), parameters.len());
            self.diagnostics.error(diagnostic);
            return None;
        }
        let takes = |machine: &usize| told(machine).sentence(&pattern.method).is_some_and(|one| wanted.takes(one.kind));
        let machines = having.iter().copied().filter(takes).collect();
        let literals = parameters.iter().zip(pattern.slots);
        let literals = literals.filter_map(|(name, slot)| Some(((*name).to_owned(), slot?))).collect();
        Some(Meant { machines, sentence, literals })
    }

    /// The type of a parameter. None if an error was reported.
    pub(super) fn parameter(&mut self, sentence: &'n Sentence, name: &Name) -> Option<&'n crate::ir::Type> {
        let found = sentence.parameters.iter().find(|parameter| parameter.name == name.text);
        if found.is_none() {
            let names = asked(sentence);
            let known = Known { sigil: "", names: &names, otherwise: "it has no parameter" };
            self.diagnostics.error(catalog::unknown_parameter(name.span, &name.text, &sentence.text, &known));
        }
        found.map(|parameter| &parameter.ty)
    }
}

/// The parameters that stand in a sentence's text: of a rule all but the value under test.
fn asked(sentence: &Sentence) -> Vec<&str> {
    let under_test = usize::from(sentence.kind == SentenceKind::Rule);
    sentence.parameters.iter().skip(under_test).map(|parameter| parameter.name.as_str()).collect()
}

fn kind_words(kind: SentenceKind) -> &'static str {
    match kind {
        SentenceKind::Guard => "a guard",
        SentenceKind::Action => "an action",
        SentenceKind::Transformer => "a transformer",
        SentenceKind::Rule => "a rule",
    }
}

/// Whether a text is `*` alone.
pub(super) fn is_everything(text: &FreeText) -> bool {
    matches!(text.pieces.as_slice(), [Piece { kind: PieceKind::Mark, written, .. }] if written == "*")
}

impl Pattern {
    fn of(text: &FreeText) -> Self {
        let mut words = Vec::new();
        let mut slots = Vec::new();
        let mut rest = text.pieces.as_slice();
        while let Some((piece, behind)) = rest.split_first() {
            rest = behind;
            match &piece.kind {
                PieceKind::Mark if piece.written == "{" && is_any(behind) => {
                    slots.push(None);
                    rest = &behind[2..];
                }
                PieceKind::Variable(_) => slots.push(None),
                PieceKind::Number => slots.push(normal_number(&piece.written).map(Value::Number)),
                PieceKind::Text(text) => slots.push(Some(Value::Text(text.clone()))),
                PieceKind::Word | PieceKind::Actor(_) | PieceKind::Event(_) | PieceKind::State(_) | PieceKind::Mark => {
                    words.push(piece.clone())
                }
            }
        }
        Self { method: FreeText { span: text.span, pieces: words }.method(), slots }
    }
}

/// Whether `any}` follows.
fn is_any(pieces: &[Piece]) -> bool {
    matches!(pieces, [any, close, ..] if any.written == "any" && close.written == "}")
}

/// The guard that a text of `given:` names, if a machine has one.
pub(super) fn guard_method<'a>(machine: &Told<'a>, method: &str) -> Option<&'a str> {
    machine.guard(method).map(|guard| guard.name.as_str())
}
