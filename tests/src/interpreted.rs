//! A system on the interpreter, with the code of [`crate::code`] behind its sentences.

use crate::code;
use crate::drive::{Answers, Driven};
use crate::schema::schema;
use eventflow::dynamic::{BoxError, BoxFuture};
use eventflow::schema::Schema;
use eventflow::{Encoder, Json};
use eventflow_interpreter::{Acted, Asked, Behaviors, interpret};
use eventflowc::ir::{Origins, SetBy, System};
use eventflowc::source::Sources;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The system, ready to be driven.
#[must_use]
pub fn interpreted(system: System, origins: &Origins, sources: &Sources) -> Driven {
    let code = Arc::new(Code::new(&system));
    let answers = answers(&system);
    let interpretation = interpret(system, origins, sources, code);
    Driven { system: interpretation.description().clone(), machines: interpretation.machines(), answers }
}

/// What the external actors of a system answer.
#[must_use]
pub fn answers(system: &System) -> Answers {
    let mut answers = Answers::new();
    for actor in &system.actors {
        for port in &actor.hears {
            if let Some(answer) = &port.answer {
                answers.push((actor.name.clone(), port.name.clone(), schema(system, answer)));
            }
        }
    }
    answers
}

/// The code behind the sentences of all machines.
struct Code {
    /// The values of actions, by machine and sentence.
    values: BTreeMap<(String, String), Schema>,
    /// What actions may set, by machine, in the order of the context.
    settable: BTreeMap<String, Vec<(String, Schema)>>,
}

impl Code {
    fn new(system: &System) -> Self {
        let mut values = BTreeMap::new();
        let mut settable: BTreeMap<String, Vec<(String, Schema)>> = BTreeMap::new();
        for machine in &system.machines {
            for sentence in &machine.sentences {
                if let Some(ty) = &sentence.returns {
                    values.insert((machine.name.clone(), sentence.name.clone()), schema(system, ty));
                }
            }
            let set = machine.variables.iter().filter(|variable| variable.set_by == SetBy::Actions);
            let set = set.map(|variable| (variable.name.clone(), schema(system, &variable.ty)));
            settable.insert(machine.name.clone(), set.collect());
        }
        Self { values, settable }
    }

    fn number(asked: &Asked<'_>) -> u64 {
        let arguments: Vec<String> = asked.arguments.iter().map(|argument| Encoder::encode(argument)).collect();
        code::asked(asked.sentence, &arguments, Some(&asked.meta.message))
    }

    fn act(&self, asked: &Asked<'_>) -> Result<Acted, BoxError> {
        let number = Self::number(asked);
        code::works(number)?;
        let schema = self.values.get(&(asked.machine.to_owned(), asked.sentence.to_owned()));
        let settable = self.settable.get(asked.machine).map(Vec::as_slice).unwrap_or_default();
        let set = settable.iter().enumerate().filter_map(|(place, (name, schema))| {
            code::setting(number, place, schema).map(|value| (name.clone(), value))
        });
        Ok(Acted { value: schema.map(|schema| code::value(number, schema)), set: set.collect() })
    }
}

impl Behaviors for Code {
    fn guard<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<bool, BoxError>> {
        let answer = code::guard(Self::number(&asked));
        Box::pin(std::future::ready(answer))
    }

    fn action<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Acted, BoxError>> {
        let acted = self.act(&asked);
        Box::pin(std::future::ready(acted))
    }

    fn transformer<'a>(&'a self, asked: Asked<'a>) -> BoxFuture<'a, Result<Json, BoxError>> {
        let number = Self::number(&asked);
        let made = code::works(number).map(|()| code::value(number, &Schema::Json));
        Box::pin(std::future::ready(made))
    }

    fn rule(&self, _: &str, sentence: &str, arguments: &[Json]) -> Result<bool, BoxError> {
        let arguments: Vec<String> = arguments.iter().map(|argument| Encoder::encode(argument)).collect();
        code::rule(code::asked(sentence, &arguments, None))
    }
}
