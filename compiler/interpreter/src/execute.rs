//! Statements.

use crate::evaluate::arithmetic;
use crate::turn::{Returned, Turn};
use crate::value::{Maybe, Value};
use crate::working::Edit;
use eventflow::Duration;
use eventflow::dynamic::{BoxFuture, Effect, Failure};
use eventflowc::ir::{Arm, Assigned, BinaryOperator, Block, Expression, Statement, StatementKind, Type, VariableId};

/// What follows a statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// The next one.
    On,
    /// Nothing: the handler has returned.
    Ended,
}

impl<'a> Turn<'a> {
    /// Runs statements in order.
    pub(crate) fn block<'t>(&'t mut self, block: &'a Block) -> BoxFuture<'t, Result<Flow, Failure>>
    where
        'a: 't,
    {
        Box::pin(async move {
            for statement in block {
                if self.statement(statement).await? == Flow::Ended {
                    return Ok(Flow::Ended);
                }
            }
            Ok(Flow::On)
        })
    }

    async fn statement(&mut self, statement: &'a Statement) -> Result<Flow, Failure> {
        if let StatementKind::Branch(arms) = &statement.kind {
            return self.branch(arms).await;
        }
        self.ran = true;
        match &statement.kind {
            StatementKind::Branch(_) => {}
            StatementKind::Transition(state) => {
                self.scene.working.state = *state;
                self.scene.working.moved = true;
            }
            StatementKind::Assign { variable, value } => self.assign(*variable, value).await?,
            StatementKind::Increase { variable, by } => self.change(*variable, BinaryOperator::Add, by)?,
            StatementKind::Decrease { variable, by } => self.change(*variable, BinaryOperator::Subtract, by)?,
            StatementKind::Append { variable, element } => self.edit(*variable, Edit::Append, element)?,
            StatementKind::Remove { variable, element } => self.edit(*variable, Edit::Remove, element)?,
            StatementKind::Clear(variable) => self.set(*variable, None),
            StatementKind::Constrain(constraints) => self.constrain(constraints)?,
            StatementKind::Emit(emit) => self.emit(emit)?,
            StatementKind::Act(call) => {
                self.act(call).await?;
            }
            StatementKind::Reply(reply) => self.give_reply(reply, None).await?,
            StatementKind::Promise { reply, event } => self.give_reply(reply, Some(event)).await?,
            StatementKind::Callback { event, payload } => {
                let data = self.scene.payload(payload)?;
                self.effects.push(Effect::Callback { event: event.clone().into(), data });
            }
            StatementKind::Return(value) => {
                self.returned = Some(self.scene.returned(value.as_ref())?);
                return Ok(Flow::Ended);
            }
            StatementKind::Schedule { event, after, replace } => {
                let event = self.scene.machine().event(*event).name.clone();
                if *replace {
                    self.effects.push(Effect::Disarm { event: event.clone().into() });
                }
                let after = match self.scene.evaluate_set(after)? {
                    Value::Duration(after) => after,
                    _ => Duration::ZERO,
                };
                let due = self.scene.meta.now.checked_add(after)?;
                self.effects.push(Effect::Arm { event: event.into(), due });
            }
            StatementKind::Cancel(event) => {
                let event = self.scene.machine().event(*event).name.clone();
                self.effects.push(Effect::Disarm { event: event.into() });
            }
        }
        Ok(Flow::On)
    }

    async fn branch(&mut self, arms: &'a [Arm]) -> Result<Flow, Failure> {
        for arm in arms {
            let holds = match &arm.condition {
                Some(condition) => self.holds(condition).await?,
                None => {
                    self.scene.tell_tried(arm.origin, None, true);
                    true
                }
            };
            if holds {
                return self.block(&arm.body).await;
            }
        }
        Ok(Flow::On)
    }

    async fn assign(&mut self, variable: VariableId, value: &'a Assigned) -> Result<(), Failure> {
        let value = match value {
            Assigned::Expression(expression) => match self.fixed_value(variable)? {
                Some(fixed) => fixed,
                None => self.scene.evaluate(expression)?,
            },
            Assigned::Action(call) => self.act(call).await?,
            Assigned::Call { emit, place } => self.call((emit, place), variable).await?,
        };
        self.set(variable, value);
        Ok(())
    }

    /// The value that a variable was given when the request was accepted.
    fn fixed_value(&self, variable: VariableId) -> Result<Option<Maybe>, Failure> {
        let Some(fixed) = self.fixed else { return Ok(None) };
        if !self.scene.frame.handler.fixed.iter().any(|(of, _)| *of == variable) {
            return Ok(None);
        }
        let declared = self.scene.machine().variable(variable);
        let Some(json) = fixed.get(&declared.name) else { return Ok(Some(None)) };
        let value = crate::border::decode(self.scene.system(), &declared.ty, json);
        Ok(Some(value.map_err(|wrong| wrong.in_field(&declared.name))?))
    }

    /// Gives a variable a value; the one that names the instance names it by this.
    pub(crate) fn set(&mut self, variable: VariableId, value: Maybe) {
        if self.scene.machine().identity == Some(variable)
            && let Some(Value::Text(name)) = &value
        {
            self.identity = Some(name.clone());
        }
        self.scene.frame.assigned.insert(variable);
        self.scene.working.assign(variable, value);
    }

    /// `increases by`, `decreases by`: unset counts as zero.
    fn change(&mut self, variable: VariableId, operator: BinaryOperator, by: &Expression) -> Result<(), Failure> {
        let declared = self.scene.machine().variable(variable);
        let before = self.scene.working.get(variable).clone().or_else(|| arithmetic::zero(&declared.ty));
        let before = before.ok_or_else(|| Failure::Unset { name: format!("${}", declared.name).into() })?;
        let value = arithmetic::apply(operator, before, self.scene.operand(by)?)?;
        self.set(variable, Some(value));
        Ok(())
    }

    fn edit(&mut self, variable: VariableId, edit: Edit, element: &Expression) -> Result<(), Failure> {
        let element = self.scene.evaluate_set(element)?;
        self.scene.frame.assigned.insert(variable);
        self.scene.working.edit(variable, edit, element);
        Ok(())
    }
}

impl crate::scene::Scene<'_> {
    fn returned(&self, value: Option<&Expression>) -> Result<Returned, Failure> {
        Ok(match value {
            Some(expression) => Returned { ty: expression.ty.clone(), value: self.evaluate(expression)? },
            None => Returned { ty: Type::Json, value: None },
        })
    }
}
