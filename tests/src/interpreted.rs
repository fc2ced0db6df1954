//! A system on the interpreter, with the code of [`crate::code`] behind its sentences.

use crate::code::{self, Schemas};
use crate::compiled::Compiled;
use crate::drive::{Answers, Driven};
use crate::schema::schema;
use eventflow::dynamic::{BoxError, BoxFuture};
use eventflow::schema::Schema;
use eventflow::{Encoder, Json};
use eventflow_interpreter::{Acted, Asked, Behaviors, interpret};
use eventflowc::ir::System;
use std::sync::Arc;

/// The system, ready to be driven.
#[must_use]
pub fn interpreted(compiled: &Compiled) -> Driven {
    let Compiled { sources, resolved } = compiled;
    let code = Arc::new(Code(Schemas::new(&resolved.system)));
    let answers = answers(&resolved.system);
    let interpretation = interpret(resolved.system.clone(), &resolved.origins, sources, code);
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
struct Code(Schemas);

impl Code {
    fn number(asked: &Asked<'_>) -> u64 {
        let arguments: Vec<String> = asked.arguments.iter().map(|argument| Encoder::encode(argument)).collect();
        code::asked(asked.sentence, &arguments, Some((asked.meta, asked.key)))
    }

    fn act(&self, asked: &Asked<'_>) -> Result<Acted, BoxError> {
        let number = Self::number(asked);
        code::works(number)?;
        let settable = self.0.settables(asked.machine).iter().enumerate();
        let set = settable.filter_map(|(place, (name, schema))| {
            code::setting(number, place, schema).map(|value| (name.clone(), value))
        });
        let value = || code::value(number, self.0.value(asked.machine, asked.sentence));
        let taken = self.0.has_value(asked.machine, asked.sentence);
        Ok(Acted { value: taken.then(value), set: set.collect() })
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
