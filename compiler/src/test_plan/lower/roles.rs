//! What code would carry out, for the driver to play.

use crate::ir::{self, RecordId, SetBy, System, Target};
use crate::test_plan::{Answer, Parameter, Role, Sentence, SentenceKind, Type};

/// The roles of all machines.
pub(super) fn roles(system: &System) -> Vec<Role> {
    system
        .machines
        .iter()
        .map(|machine| Role {
            machine: machine.name.clone(),
            sentences: machine.sentences.iter().map(|sentence| role_sentence(system, sentence)).collect(),
            settable: machine
                .variables
                .iter()
                .filter(|variable| variable.set_by == SetBy::Actions)
                .map(|variable| variable.name.clone())
                .collect(),
        })
        .collect()
}

/// What is called, and the types of the values that this gives.
pub(super) fn answers(system: &System) -> Vec<Answer> {
    let mut answers: Vec<Answer> = Vec::new();
    for message in system.machines.iter().flat_map(|machine| &machine.messages) {
        let by = match &message.target {
            Target::Machine { machine, .. } => &system.machine(*machine).name,
            Target::Actor { actor, .. } => &system.actor(*actor).name,
            // A call to itself runs the machine's own handler, and one to many is no call.
            Target::Itself(_) | Target::Every { .. } => continue,
        };
        let Some(answer) = &message.answer else { continue };
        if !answers.iter().any(|known| known.by == *by && known.event == message.event) {
            let returns = written_out(system, answer, &mut Vec::new());
            answers.push(Answer { by: by.clone(), event: message.event.clone(), returns });
        }
    }
    answers
}

fn role_sentence(system: &System, sentence: &ir::Sentence) -> Sentence {
    Sentence {
        kind: match sentence.kind {
            ir::SentenceKind::Guard => SentenceKind::Guard,
            ir::SentenceKind::Action => SentenceKind::Action,
            ir::SentenceKind::Transformer => SentenceKind::Transformer,
            ir::SentenceKind::Rule => SentenceKind::Rule,
        },
        name: sentence.name.clone(),
        text: sentence.text.clone(),
        parameters: sentence.parameters.iter().map(|parameter| role_parameter(system, parameter)).collect(),
        returns: sentence.returns.as_ref().map(|ty| written_out(system, ty, &mut Vec::new())),
    }
}

fn role_parameter(system: &System, parameter: &ir::Parameter) -> Parameter {
    Parameter { name: parameter.name.clone(), ty: written_out(system, &parameter.ty, &mut Vec::new()) }
}

/// A type with its fields written out; a record within itself is anything.
fn written_out(system: &System, ty: &ir::Type, open: &mut Vec<RecordId>) -> Type {
    match ty {
        ir::Type::String => Type::String,
        ir::Type::Number => Type::Number,
        ir::Type::Integer => Type::Integer,
        ir::Type::Boolean => Type::Boolean,
        ir::Type::Time => Type::Time,
        ir::Type::Duration => Type::Duration,
        ir::Type::List(element) => Type::List(Box::new(written_out(system, element, open))),
        ir::Type::Object => Type::Object,
        ir::Type::Record(id) if open.contains(id) => Type::Json,
        ir::Type::Record(id) => {
            open.push(*id);
            let fields = system.record(*id).fields.iter();
            let fields = fields.map(|field| (field.name.clone(), written_out(system, &field.ty, open))).collect();
            open.pop();
            Type::Record(fields)
        }
        ir::Type::Json => Type::Json,
    }
}
