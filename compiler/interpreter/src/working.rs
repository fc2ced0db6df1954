//! What a turn has changed so far: the state moved to, and the context with what was done to each variable.

use crate::border::{Recorded, write_edits};
use crate::value::{Maybe, Value};
use eventflow::Encoder;
use eventflowc::ir::{Machine, StateId, System, VariableId};

/// The instance as the statements so far have left it.
#[derive(Clone, Debug)]
pub(crate) struct Working {
    /// The state.
    pub(crate) state: StateId,
    /// Whether a transition ran.
    pub(crate) moved: bool,
    context: Vec<Maybe>,
    changes: Vec<Change>,
}

/// What was done to a variable in this turn.
#[derive(Clone, Debug)]
enum Change {
    /// Nothing.
    Kept,
    /// It was given a value, or unset: the whole value is recorded.
    Assigned,
    /// Elements were appended or removed, in this order, and nothing else.
    Edited(Vec<(Edit, Value)>),
}

/// A change of a list that is recorded as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// A new last element.
    Append,
    /// The first equal element is removed.
    Remove,
}

impl Working {
    /// An instance before the turn.
    pub(crate) fn new(state: StateId, context: &[Maybe]) -> Self {
        Self { state, moved: false, context: context.to_vec(), changes: vec![Change::Kept; context.len()] }
    }

    /// The value of a variable.
    pub(crate) fn get(&self, variable: VariableId) -> &Maybe {
        &self.context[variable.index()]
    }

    /// All values, in the context's order.
    pub(crate) fn context(&self) -> &[Maybe] {
        &self.context
    }

    /// Gives a variable a value, or unsets it.
    pub(crate) fn assign(&mut self, variable: VariableId, value: Maybe) {
        self.context[variable.index()] = value;
        self.changes[variable.index()] = Change::Assigned;
    }

    /// Appends to a list, or removes from it. An unset list counts as empty.
    pub(crate) fn edit(&mut self, variable: VariableId, edit: Edit, element: Value) {
        apply_edit(&mut self.context[variable.index()], edit, &element);
        match &mut self.changes[variable.index()] {
            Change::Assigned => {}
            Change::Edited(edits) => edits.push((edit, element)),
            kept @ Change::Kept => *kept = Change::Edited(vec![(edit, element)]),
        }
    }

    /// The variables that were changed, as the JSON text of an object in the context's order; empty if there are none.
    pub(crate) fn set(&self, system: &System, machine: &Machine) -> String {
        if self.changes.iter().all(|change| matches!(change, Change::Kept)) {
            return String::new();
        }
        let mut encoder = Encoder::new();
        let mut object = encoder.object();
        for ((variable, value), change) in machine.variables.iter().zip(&self.context).zip(&self.changes) {
            match change {
                Change::Kept => {}
                Change::Assigned => object.field(&variable.name, &Recorded { system, ty: &variable.ty, value }),
                Change::Edited(edits) => write_edits(system, &variable.ty, edits, object.begin_field(&variable.name)),
            }
        }
        object.end();
        encoder.finish()
    }
}

/// Appends or removes an element.
pub(crate) fn apply_edit(list: &mut Maybe, edit: Edit, element: &Value) {
    let mut items = match list.take() {
        Some(Value::List(items)) => items,
        Some(_) | None => Vec::new(),
    };
    match edit {
        Edit::Append => items.push(element.clone()),
        Edit::Remove => {
            if let Some(place) = items.iter().position(|item| item == element) {
                items.remove(place);
            }
        }
    }
    *list = Some(Value::List(items));
}
