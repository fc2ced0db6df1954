//! What goes out: emits, calls and replies.

use crate::border::{self, Recorded};
use crate::rule;
use crate::scene::{Frame, Scene};
use crate::turn::Turn;
use crate::value::Maybe;
use eventflow::Json;
use eventflow::dynamic::{self, Call, Effect, Failure};
use eventflow::request::Refusal;
use eventflow::rules::{self, Violation};
use eventflow::schema::UnknownFields;
use eventflow::{Encoder, Mismatch};
use eventflowc::ir::{Constraint, Emit, EventId, PayloadField, Reply, ReplyBody, Target, Type, VariableId, Way};
use std::borrow::Cow;

impl<'a> Turn<'a> {
    /// `emit …`
    pub(crate) fn emit(&mut self, emit: &Emit) -> Result<(), Failure> {
        let data = self.scene.checked_payload(emit)?;
        let way = match emit.way {
            Way::Bare => dynamic::Way::Bare,
            Way::Async | Way::Broadcast | Way::Call => dynamic::Way::Async,
        };
        let event = self.scene.machine().message(emit.message).event.clone().into();
        self.effects.push(Effect::Emit { way, target: self.scene.target(&emit.target), event, data });
        Ok(())
    }

    /// `$x becomes emit …`: the answer, as the variable takes it.
    pub(crate) async fn call(
        &mut self,
        (emit, place): (&'a Emit, &'a str),
        variable: VariableId,
    ) -> Result<Maybe, Failure> {
        let data = self.scene.checked_payload(emit)?;
        let message = self.scene.machine().message(emit.message);
        let event: String = message.event.clone();
        let target = self.scene.target(&emit.target);
        let answer = match &emit.target {
            Target::Itself(own) => self.call_self((*own, place), &data, &event).await?,
            Target::Machine { .. } | Target::Every { .. } | Target::Actor { .. } => {
                let index = self.effects.next_index();
                let call = Call { index, target: target.clone(), event: &event, data: &data };
                self.caller.call(call).await?
            }
        };
        let text = Encoder::encode(&answer);
        self.effects.push(Effect::Called { target, event: event.clone().into(), data, answer: text });
        let system = self.scene.system();
        let ty = &self.scene.machine().variable(variable).ty;
        let wrong = |wrong: Mismatch| Failure::Call { event: event.into(), why: format!("the answer: {wrong}") };
        border::decode(system, ty, &answer).map_err(wrong)
    }

    /// Runs a handler of the own machine within this turn; its answer, in the form that a recorded one has.
    async fn call_self(&mut self, (event, place): (EventId, &'a str), data: &str, name: &str) -> Result<Json, Failure> {
        let machine = self.scene.machine();
        let Some(handler) = self.scene.program.handled[self.scene.id.index()].own_call(event) else {
            let why = "no handler of the machine accepts it".to_owned();
            return Err(Failure::Call { event: name.to_owned().into(), why });
        };
        let system = self.scene.system();
        let data = border::parsed(data)?;
        let violations = self.scene.violations(handler.index(), &data)?;
        if !violations.is_empty() {
            return Ok(refused(&Refusal::Invalid { violations }.to_string()));
        }
        let frame = Frame::new(system, machine, machine.handler(handler), Cow::Owned(data))?;
        let (accepted, returned) = self.nested(frame, place).await?;
        if !accepted {
            return Ok(refused("ignored"));
        }
        match returned {
            Some(returned) => Ok(border::recorded(system, &returned.ty, &returned.value)?),
            None => Ok(Json::Null),
        }
    }

    /// `reply …`; a handler that is called by its own machine answers nobody.
    pub(crate) async fn give_reply(&mut self, reply: &Reply, promises: Option<&String>) -> Result<(), Failure> {
        if self.scene.frame.handler.queued {
            return Ok(());
        }
        let body = match &reply.body {
            ReplyBody::Empty => None,
            ReplyBody::Fields { fields, .. } => Some(self.scene.payload(fields)?),
            ReplyBody::Transformer(call) => Some(self.transform(call).await?),
        };
        self.reply = Some(dynamic::Reply {
            status: reply.status,
            phrase: reply.phrase.clone().map(Into::into),
            body,
            promises: promises.cloned().map(Into::into),
        });
        Ok(())
    }

    /// Checks variables against their constraints; the first that is broken fails the turn.
    pub(crate) fn constrain(&mut self, constraints: &[Constraint]) -> Result<(), Failure> {
        let (system, machine) = (self.scene.system(), self.scene.machine());
        for constraint in constraints {
            let variable = machine.variable(constraint.variable);
            let value = self.scene.working.get(constraint.variable);
            let broken = if value.is_none() {
                constraint.required.then(|| "required".to_owned())
            } else {
                self.scene.first_broken(&constraint.rules, &variable.ty, value)?
            };
            if let Some(rule) = broken {
                return Err(Failure::Constraint {
                    variable: variable.name.clone().into(),
                    rule: rule.into(),
                    value: value.is_some().then(|| border::record_form(system, &variable.ty, value)),
                });
            }
        }
        Ok(())
    }
}

impl Scene<'_> {
    /// What is wrong with a payload for a handler of the machine, by its position.
    fn violations(&self, handler: usize, data: &Json) -> Result<Vec<Violation>, Failure> {
        let described = &self.program.description.machines[self.id.index()];
        let handler = &described.handlers[handler];
        let fields = &described.events[handler.event].fields;
        let keeps_custom = |rule: usize, value: &Json| self.program.keeps_rule(self.id, rule, value);
        rules::validate(fields, &handler.checks, data, UnknownFields::Keep, &keeps_custom)
    }

    /// The JSON text of a payload, in written order. A value that is needed and unset fails the turn; an optional one
    /// is left out.
    pub(crate) fn payload(&self, fields: &[PayloadField]) -> Result<String, Failure> {
        let values = self.values(fields)?;
        Ok(self.written(fields, &values))
    }

    fn values(&self, fields: &[PayloadField]) -> Result<Vec<Maybe>, Failure> {
        let value = |field: &PayloadField| {
            let value = self.evaluate(&field.value)?;
            if value.is_none() && field.required { Err(self.unset(&field.value)) } else { Ok(value) }
        };
        fields.iter().map(value).collect()
    }

    fn written(&self, fields: &[PayloadField], values: &[Maybe]) -> String {
        let mut encoder = Encoder::new();
        let mut object = encoder.object();
        for (field, value) in fields.iter().zip(values) {
            object.optional(&field.name, &Recorded { system: self.system(), ty: &field.value.ty, value });
        }
        object.end();
        encoder.finish()
    }

    /// A payload as its kind of message has it: its fields in the order of all that is said in such messages.
    fn said(&self, emit: &Emit, values: &[Maybe]) -> String {
        let mut encoder = Encoder::new();
        let mut object = encoder.object();
        for declared in &self.machine().message(emit.message).fields {
            let given = emit.payload.iter().zip(values).find(|(field, _)| field.name == declared.name);
            if let Some((field, value)) = given {
                object.optional(&declared.name, &Recorded { system: self.system(), ty: &field.value.ty, value });
            }
        }
        object.end();
        encoder.finish()
    }

    /// A payload whose values keep the rules of its table.
    fn checked_payload(&self, emit: &Emit) -> Result<String, Failure> {
        let values = self.values(&emit.payload)?;
        let mut violations: Vec<Violation> = Vec::new();
        for check in &emit.checks {
            let (field, value) = (&emit.payload[check.field.index()], &values[check.field.index()]);
            if value.is_none() {
                if check.required {
                    violations.push(Violation::missing(&field.name));
                }
                continue;
            }
            for of in &check.rules {
                if !self.keeps(of, &field.value.ty, value)? {
                    violations.push(rule::described(self.machine(), of).violation(&field.name));
                    if check.bail {
                        break;
                    }
                }
            }
        }
        if violations.is_empty() {
            return Ok(self.said(emit, &values));
        }
        Err(Failure::Invalid { event: self.machine().message(emit.message).event.clone().into(), violations })
    }

    fn first_broken(
        &self,
        rules: &[eventflowc::ir::Rule],
        ty: &Type,
        value: &Maybe,
    ) -> Result<Option<String>, Failure> {
        for of in rules {
            if !self.keeps(of, ty, value)? {
                return Ok(Some(rule::described(self.machine(), of).to_string()));
            }
        }
        Ok(None)
    }

    fn keeps(&self, of: &eventflowc::ir::Rule, ty: &Type, value: &Maybe) -> Result<bool, Failure> {
        if let eventflowc::ir::Rule::Custom(rule) = of {
            let machine = self.machine();
            return self.program.judge(machine, machine.custom_rule(*rule), border::plain(self.system(), ty, value));
        }
        let json = value.as_ref().map_or(Json::Null, |value| border::widen(self.system(), ty, value));
        Ok(rule::described(self.machine(), of).is_kept_by(&json))
    }

    fn target(&self, target: &Target) -> dynamic::Target {
        match target {
            Target::Itself(_) => dynamic::Target::Itself,
            Target::Machine { machine, .. } => dynamic::Target::Machine(machine.index()),
            Target::Every { machine, states, .. } => {
                let named =
                    |state: &eventflowc::ir::StateId| self.system().machine(*machine).state(*state).name.clone().into();
                dynamic::Target::Every { machine: machine.index(), states: states.iter().map(named).collect() }
            }
            Target::Actor { actor, .. } => dynamic::Target::Actor(actor.index()),
        }
    }
}

/// The answer to a call that is refused.
fn refused(why: &str) -> Json {
    Json::object([("success", Json::Bool(false)), ("error", Json::text(why))])
}
