//! Free texts that bind to code: their names, their parameters, and which of them are one.

use super::expressions::Lowered;
use super::lower::{Lowering, Scope, untyped};
use super::named::Named;
use super::types::{Shape, TypeVar};
use crate::ast::{FreeText, Piece, PieceKind, normal_number};
use crate::catalog::names as catalog;
use crate::ir::{self, CustomRule, CustomRuleId, OriginId, RuleArgument, SentenceCall, SentenceId, SentenceKind};
use crate::source::Span;
use std::collections::BTreeSet;

/// The free texts of a machine, in order of first occurrence.
#[derive(Default)]
pub(super) struct Sentences {
    pub(super) list: Named<SentenceDraft>,
}

/// A free text, while its types are being found.
pub(super) struct SentenceDraft {
    pub(super) kind: SentenceKind,
    pub(super) name: String,
    pub(super) text: String,
    pub(super) parameters: Vec<(String, TypeVar)>,
    pub(super) returns: Option<TypeVar>,
    pub(super) origins: Vec<OriginId>,
    span: Span,
}

/// A parameter where a text is used.
struct Argument {
    name: String,
    value: Lowered,
}

impl Lowering<'_, '_> {
    /// The call of a text's sentence, with its arguments here. None if an error was reported.
    pub(super) fn sentence(&mut self, kind: SentenceKind, text: &FreeText, scope: &Scope) -> Option<SentenceCall> {
        let arguments = self.arguments(text, scope);
        let (sentence, arguments) = self.bind(kind, text, arguments)?;
        let origin = self.origin(text.span);
        let name = self.sentences.list[sentence.index()].name.clone();
        let place = self.call_place(scope, &name);
        Some(SentenceCall { sentence, arguments, origin, place })
    }

    /// The place of a call in its handler: the event, what is called, and which of the calls of it this is.
    pub(super) fn call_place(&mut self, scope: &Scope, called: &str) -> String {
        let outline = self.outline();
        let event = &outline.events[outline.handlers[scope.handler].event.index()].name;
        let name = format!("{event}/{called}");
        let ordinal = self.calls.entry((scope.handler, called.to_owned())).or_insert(0_usize);
        *ordinal += 1;
        format!("{name}/{ordinal}")
    }

    /// A rule that looks at a value of type `value`; it reads nothing else.
    pub(super) fn custom_rule(&mut self, text: &FreeText, value: TypeVar) -> Option<CustomRuleId> {
        let scope = Scope::default();
        for piece in &text.pieces {
            if let PieceKind::Variable(path) = &piece.kind {
                self.diagnostics.error(crate::catalog::types::variable_in_rule(piece.span, &path.root.text));
                return None;
            }
        }
        let mut arguments = vec![Argument {
            name: "value".to_owned(),
            value: Lowered {
                expression: untyped(ir::ExpressionKind::Null),
                ty: value,
                span: text.span,
                slots: Vec::new(),
            },
        }];
        arguments.extend(self.arguments(text, &scope));
        let (sentence, _) = self.bind(SentenceKind::Rule, text, arguments)?;
        let arguments = text.pieces.iter().filter_map(rule_argument).collect();
        let origin = self.origin(text.span);
        self.custom_rules.push(CustomRule { origin, sentence, arguments, text: text.to_text() });
        Some(CustomRuleId::at(self.custom_rules.len() - 1))
    }

    /// `^name`: makes the body of a reply.
    pub(super) fn transformer(&mut self, name: &crate::ast::Name, scope: &Scope) -> Option<SentenceCall> {
        let text = FreeText::of_word(name.span, &name.text);
        self.sentence(SentenceKind::Transformer, &text, scope)
    }

    fn bind(
        &mut self,
        kind: SentenceKind,
        text: &FreeText,
        arguments: Vec<Argument>,
    ) -> Option<(SentenceId, Vec<ir::Expression>)> {
        let name = text.method();
        if name.is_empty() {
            self.diagnostics.error(catalog::no_word(text.span));
            return None;
        }
        let origin = self.origin(text.span);
        let known = self.sentences.list.place(&name);
        let index = match known {
            Some(index) => {
                let sentence = &mut self.sentences.list[index];
                if sentence.kind != kind {
                    let clash = catalog::sentence_kinds(text.span, kind, sentence.span, sentence.kind, &name);
                    self.diagnostics.error(clash);
                    return None;
                }
                if sentence.parameters.len() != arguments.len() {
                    self.diagnostics.error(catalog::sentence_parameters(text.span, sentence.span, &name));
                    return None;
                }
                sentence.origins.push(origin);
                index
            }
            None => self.new_sentence(kind, name, text, &arguments, origin),
        };
        let parameters: Vec<TypeVar> = self.sentences.list[index].parameters.iter().map(|(_, ty)| *ty).collect();
        for (parameter, argument) in parameters.iter().zip(&arguments) {
            self.types.unite(*parameter, argument.value.ty, argument.value.span, self.diagnostics);
        }
        let values = arguments.into_iter().map(|argument| argument.value.expression).collect();
        Some((SentenceId::at(index), values))
    }

    fn new_sentence(
        &mut self,
        kind: SentenceKind,
        name: String,
        text: &FreeText,
        arguments: &[Argument],
        origin: OriginId,
    ) -> usize {
        let names = parameter_names(arguments);
        let under_test = usize::from(kind == SentenceKind::Rule);
        let shown = shown(&text.pieces, &names[under_test.min(names.len())..]);
        let parameters = names.into_iter().map(|name| (name, self.types.unknown())).collect();
        let draft = SentenceDraft {
            kind,
            name: name.clone(),
            text: shown,
            parameters,
            returns: None,
            origins: vec![origin],
            span: text.span,
        };
        self.sentences.list.add(name, draft)
    }

    /// The variables, numbers and quoted texts of a free text.
    fn arguments(&mut self, text: &FreeText, scope: &Scope) -> Vec<Argument> {
        let mut arguments = Vec::new();
        for piece in &text.pieces {
            match &piece.kind {
                PieceKind::Variable(path) => {
                    let name = path.fields.last().unwrap_or(&path.root).text.clone();
                    arguments.push(Argument { name, value: self.path(path, scope) });
                }
                PieceKind::Number => {
                    let ty = self.types.of(Shape::Number, piece.span);
                    let number = normal_number(&piece.written).unwrap_or_else(|| "0".to_owned());
                    if normal_number(&piece.written).is_none() {
                        self.diagnostics.error(crate::catalog::types::long_number(piece.span, 28));
                    }
                    let expression = untyped(ir::ExpressionKind::Number(number));
                    let value = Lowered { expression, ty, span: piece.span, slots: Vec::new() };
                    arguments.push(Argument { name: "number".to_owned(), value });
                }
                PieceKind::Text(text) => {
                    let value = Lowered::string(self.types, ir::ExpressionKind::Text(text.clone()), piece.span);
                    arguments.push(Argument { name: "text".to_owned(), value });
                }
                PieceKind::Word | PieceKind::Actor(_) | PieceKind::Event(_) | PieceKind::State(_) | PieceKind::Mark => {
                }
            }
        }
        arguments
    }
}

/// What a piece of a rule says beside words. Numbers that are none were reported where the arguments were found.
fn rule_argument(piece: &Piece) -> Option<RuleArgument> {
    match &piece.kind {
        PieceKind::Number => Some(RuleArgument::Number(normal_number(&piece.written)?)),
        PieceKind::Text(text) => Some(RuleArgument::Text(text.clone())),
        PieceKind::Variable(_)
        | PieceKind::Word
        | PieceKind::Actor(_)
        | PieceKind::Event(_)
        | PieceKind::State(_)
        | PieceKind::Mark => None,
    }
}

/// The names of parameters; one that is taken gets its position behind it.
fn parameter_names(arguments: &[Argument]) -> Vec<String> {
    let mut taken = BTreeSet::new();
    let mut names = Vec::new();
    for (index, argument) in arguments.iter().enumerate() {
        let mut name = argument.name.clone();
        if taken.contains(&name) {
            name = format!("{}_{}", argument.name, index + 1);
        }
        while !taken.insert(name.clone()) {
            name.push('_');
        }
        names.push(name);
    }
    names
}

/// The text with its parameters by their names.
fn shown(pieces: &[Piece], names: &[String]) -> String {
    let mut names = names.iter();
    let mut text = String::new();
    for (index, piece) in pieces.iter().enumerate() {
        if index > 0 && piece.spaced {
            text.push(' ');
        }
        match &piece.kind {
            PieceKind::Variable(_) | PieceKind::Number | PieceKind::Text(_) => {
                text.push('$');
                text.push_str(names.next().map_or("", String::as_str));
            }
            PieceKind::Word | PieceKind::Actor(_) | PieceKind::Event(_) | PieceKind::State(_) | PieceKind::Mark => {
                text.push_str(&piece.written);
            }
        }
    }
    text
}
