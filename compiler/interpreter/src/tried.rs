//! Guards are told to whoever watches: whether they pass, and what they read.

use crate::behavior::Tried;
use crate::border;
use crate::scene::Scene;
use eventflow::Json;
use eventflowc::ir::{Condition, Expression, ExpressionKind, FieldId, OriginId, VariableId};

impl Scene<'_> {
    /// Tells that a guard was asked, or that `otherwise` was reached, which asks nothing.
    pub(crate) fn tell_tried(&self, origin: OriginId, condition: Option<&Condition>, passed: bool) {
        let values = || condition.map(|condition| self.values_read(condition)).unwrap_or_default();
        let (machine, place) = (self.machine().name.as_str(), self.program.place(origin));
        self.program.behaviors.tried(Tried { machine, place, passed, values: &values });
    }

    /// What a condition reads, by the words of the flow, each once; what code is asked is told with its answer.
    fn values_read(&self, condition: &Condition) -> Vec<(String, Json)> {
        let mut values = Vec::new();
        self.read_by(condition, &mut values);
        values
    }

    fn read_by(&self, condition: &Condition, values: &mut Vec<(String, Json)>) {
        match condition {
            Condition::Sentence(_) => {}
            Condition::InState { .. } => {
                let state = Json::text(&self.machine().state(self.working.state).name);
                add("current_state".to_owned(), state, values);
            }
            Condition::Compare { .. }
            | Condition::Between { .. }
            | Condition::Contains { .. }
            | Condition::IsEmpty { .. }
            | Condition::Exists { .. }
            | Condition::Holds(_) => condition.each_value(&mut |value| self.read_in(value, values)),
            Condition::Guard { condition: inner, .. } | Condition::Not(inner) => self.read_by(inner, values),
            Condition::All(parts) | Condition::Any(parts) => {
                parts.iter().for_each(|part| self.read_by(part, values));
            }
        }
    }

    fn read_in(&self, expression: &Expression, values: &mut Vec<(String, Json)>) {
        let Some(words) = self.words(expression) else {
            expression.each_part(&mut |part| self.read_in(part, values));
            return;
        };
        // What cannot be read has failed the turn already, or was not asked for.
        if let Ok(value) = self.evaluate(expression) {
            let value = value.map(|value| border::widen(self.system(), &expression.ty, &value));
            add(words, value.unwrap_or_default(), values);
        }
    }

    /// How a flow writes what is read from the instance, the payload or the turn; none: it is made of other values.
    fn words(&self, expression: &Expression) -> Option<String> {
        match &expression.kind {
            ExpressionKind::Context(variable) | ExpressionKind::Latest { variable, .. } => {
                Some(self.variable(*variable))
            }
            ExpressionKind::Payload(field) => Some(self.field(*field)),
            ExpressionKind::Member(of, name) => Some(format!("{}.{name}", self.words(of)?)),
            ExpressionKind::Widen(of) | ExpressionKind::Narrow(of) => self.words(of),
            ExpressionKind::Now => Some("now".to_owned()),
            ExpressionKind::CurrentState => Some("current_state".to_owned()),
            ExpressionKind::InstanceId => Some(format!("${}_id", self.machine().name)),
            ExpressionKind::Text(_)
            | ExpressionKind::Number(_)
            | ExpressionKind::Boolean(_)
            | ExpressionKind::Null
            | ExpressionKind::Empty
            | ExpressionKind::Uuid
            | ExpressionKind::List(_)
            | ExpressionKind::Object(_)
            | ExpressionKind::Duration { .. }
            | ExpressionKind::Negate(_)
            | ExpressionKind::Binary(..) => None,
        }
    }

    fn variable(&self, id: VariableId) -> String {
        format!("${}", self.machine().variables[id.index()].name)
    }

    fn field(&self, id: FieldId) -> String {
        format!("${}", self.machine().event(self.frame.handler.event).fields[id.index()].name)
    }
}

fn add(words: String, value: Json, values: &mut Vec<(String, Json)>) {
    if values.iter().all(|(known, _)| *known != words) {
        values.push((words, value));
    }
}
