//! A system that is interpreted: its IR, where its lines stand, and the code behind its sentences.

use crate::behavior::Behaviors;
use crate::border;
use crate::caught::caught;
use crate::rule;
use eventflow::description::SystemDescription;
use eventflow::dynamic::Failure;
use eventflow::{Json, Mismatch};
use eventflowc::ir::{MachineId, OriginId, System, Type};
use std::sync::Arc;

/// What all machines of a system share. The same flow may be run with other code, and is not copied for it.
pub(crate) struct Program {
    pub(crate) system: Arc<System>,
    /// `order.flow:17` for each place, by [`OriginId`].
    pub(crate) places: Arc<[String]>,
    pub(crate) description: Arc<SystemDescription>,
    pub(crate) behaviors: Arc<dyn Behaviors>,
}

impl Program {
    /// A place of the flow.
    pub(crate) fn place(&self, origin: OriginId) -> &str {
        self.places.get(origin.index()).map_or("", String::as_str)
    }

    /// Whether a value keeps a rule of a machine that code carries out, by the position of the rule.
    pub(crate) fn keeps_rule(&self, id: MachineId, rule: usize, value: &Json) -> Result<bool, Failure> {
        let machine = self.system.machine(id);
        let unknown = || Mismatch::new("a rule of this machine", &Json::text(&rule.to_string()));
        let rule = machine.custom_rules.get(rule).ok_or_else(unknown)?;
        let sentence = machine.sentence(rule.sentence);
        let origin = sentence.origins.first().copied().unwrap_or(OriginId(0));
        let ty = sentence.parameters.first().map_or(&Type::Json, |parameter| &parameter.ty);
        let value = border::recorded(&self.system, ty, &border::decode(&self.system, ty, value)?)?;
        let arguments = rule::arguments(value, rule);
        let answer = caught(|| self.behaviors.rule(&machine.name, &sentence.name, &arguments));
        let (text, place) = (sentence.text.clone().into(), self.place(origin).to_owned().into());
        match answer {
            Ok(Ok(kept)) => Ok(kept),
            Ok(Err(error)) => Err(Failure::Code { sentence: text, place, error }),
            Err(message) => Err(Failure::Panic { sentence: text, place, message }),
        }
    }
}
