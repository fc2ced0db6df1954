//! Free texts that bind to code: their names, their parameters, and which of them are one.

use super::expressions::{Lowered, normal_number};
use super::lower::{Lowering, Scope, untyped};
use super::types::{Shape, TypeVar};
use crate::ast::{FreeText, Piece, PieceKind};
use crate::catalog::names as catalog;
use crate::ir::{self, OriginId, SentenceId, SentenceKind};
use crate::source::Span;
use std::collections::BTreeSet;

/// The free texts of a machine, in order of first occurrence.
#[derive(Default)]
pub(super) struct Sentences {
    pub(super) list: Vec<SentenceDraft>,
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

/// The arguments of a use of a sentence, as they go into the IR.
pub(super) type Arguments = Vec<ir::Expression>;

impl Lowering<'_, '_> {
    /// The sentence of a text and its arguments here. None if an error was reported.
    pub(super) fn sentence(
        &mut self,
        kind: SentenceKind,
        text: &FreeText,
        scope: &Scope,
    ) -> Option<(SentenceId, Arguments, Option<TypeVar>)> {
        let arguments = self.arguments(text, scope);
        self.bind(kind, text, arguments)
    }

    /// A rule that looks at a value of type `value`; it reads nothing else.
    pub(super) fn rule_sentence(&mut self, text: &FreeText, value: TypeVar) -> Option<SentenceId> {
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
        self.bind(SentenceKind::Rule, text, arguments).map(|(sentence, ..)| sentence)
    }

    /// `^name`: makes the body of a reply.
    pub(super) fn transformer(&mut self, name: &crate::ast::Name) -> Option<SentenceId> {
        let text = FreeText::of_word(name.span, &name.text);
        self.bind(SentenceKind::Transformer, &text, Vec::new()).map(|(sentence, ..)| sentence)
    }

    fn bind(
        &mut self,
        kind: SentenceKind,
        text: &FreeText,
        arguments: Vec<Argument>,
    ) -> Option<(SentenceId, Arguments, Option<TypeVar>)> {
        let name = spelled(&text.pieces);
        if name.is_empty() {
            self.diagnostics.error(catalog::no_word(text.span));
            return None;
        }
        let origin = self.origin(text.span);
        let known = self.sentences.list.iter().position(|sentence| sentence.name == name);
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
        let returns = self.sentences.list[index].returns;
        let values = arguments.into_iter().map(|argument| argument.value.expression).collect();
        Some((SentenceId::at(index), values, returns))
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
        self.sentences.list.push(SentenceDraft {
            kind,
            name,
            text: shown,
            parameters,
            returns: None,
            origins: vec![origin],
            span: text.span,
        });
        self.sentences.list.len() - 1
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

/// The name of the method of a text: its words, and its marks where they say something.
pub(super) fn spelled(pieces: &[Piece]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut index = 0;
    while let Some(piece) = pieces.get(index) {
        index += 1;
        match &piece.kind {
            PieceKind::Word => push_word(&piece.written, &mut words),
            PieceKind::Actor(name) | PieceKind::Event(name) | PieceKind::State(name) => {
                push_word(&name.text, &mut words)
            }
            PieceKind::Variable(_) | PieceKind::Number | PieceKind::Text(_) => {}
            PieceKind::Mark => {
                let next = pieces.get(index).filter(|next| next.kind == PieceKind::Mark && !next.spaced);
                let pair = next.map(|next| format!("{}{}", piece.written, next.written));
                if let Some(word) = pair.as_deref().and_then(spelled_mark) {
                    index += 1;
                    words.push(word.to_owned());
                } else if let Some(word) = spelled_mark(&piece.written) {
                    words.push(word.to_owned());
                }
            }
        }
    }
    words.join("_")
}

/// Adds a word in small letters; what is neither letter, digit nor underscore separates.
fn push_word(word: &str, words: &mut Vec<String>) {
    let plain: String = word
        .chars()
        .filter(|letter| !matches!(letter, '\'' | '\u{2019}'))
        .flat_map(char::to_lowercase)
        .map(|letter| if letter.is_alphanumeric() || letter == '_' { letter } else { ' ' })
        .collect();
    words.extend(plain.split([' ', '_']).filter(|part| !part.is_empty()).map(str::to_owned));
}

fn spelled_mark(mark: &str) -> Option<&'static str> {
    Some(match mark {
        ">" => "greater_than",
        "<" => "less_than",
        ">=" => "at_least",
        "<=" => "at_most",
        "=" | "==" => "equals",
        "!=" => "not_equals",
        "%" => "percent",
        "+" => "plus",
        "*" => "times",
        "&" => "and",
        "€" => "euro",
        "£" => "pound",
        "°" => "degrees",
        _ => return None,
    })
}
