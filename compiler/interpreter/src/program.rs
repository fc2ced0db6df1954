//! A system that is interpreted: its IR, where its lines stand, and the code behind its sentences.

use crate::behavior::Behaviors;
use crate::border;
use crate::caught::caught;
use crate::rule;
use eventflow::description::SystemDescription;
use eventflow::dynamic::{BoxError, Failure};
use eventflow::{Json, Mismatch};
use eventflowc::ir::handled::Handled;
use eventflowc::ir::{CustomRule, Machine, MachineId, OriginId, Sentence, System, Type};
use std::sync::Arc;

/// What all machines of a system share. The same flow may be run with other code, and is not copied for it.
pub(crate) struct Program {
    pub(crate) system: Arc<System>,
    /// Which handlers take what, by machine.
    pub(crate) handled: Arc<[Handled]>,
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
        let ty = machine.sentence(rule.sentence).parameters.first().map_or(&Type::Json, |parameter| &parameter.ty);
        let value = border::decode(&self.system, ty, value)?;
        self.judge(machine, rule, border::plain(&self.system, ty, &value))
    }

    /// Whether a value, as code is given it, keeps a rule that code carries out.
    pub(crate) fn judge(&self, machine: &Machine, rule: &CustomRule, value: Json) -> Result<bool, Failure> {
        let sentence = machine.sentence(rule.sentence);
        let arguments = rule::arguments(value, rule);
        let answer = caught(|| self.behaviors.rule(&machine.name, &sentence.name, &arguments));
        self.answered(sentence, rule.origin, answer)
    }

    /// What user code answered, or the failure that names it.
    pub(crate) fn answered<T>(
        &self,
        sentence: &Sentence,
        origin: OriginId,
        answer: Result<Result<T, BoxError>, String>,
    ) -> Result<T, Failure> {
        let (sentence, place) = (sentence.text.clone().into(), self.place(origin).to_owned().into());
        match answer {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(error)) => Err(Failure::Code { sentence, place, error }),
            Err(message) => Err(Failure::Panic { sentence, place, message }),
        }
    }
}
