//! Descriptions as constants, in few words: what generated code writes its description with.
//!
//! Everything here is a constant function. Handlers are described step by step, since most say little.

use crate::description::{
    ActorDescription, CheckDescription, EventDescription, FieldDescription, HandlerDescription, List, Party, Priority,
    StateDescription, Text, VariableDescription,
};
use crate::rules::Rule;
use crate::schema::{Item, Schema};
use core::mem;

/// A text.
#[must_use]
pub const fn text(text: &'static str) -> Text {
    Text::Borrowed(text)
}

/// A list.
#[must_use]
pub const fn list<T: Clone>(items: &'static [T]) -> List<T> {
    List::Borrowed(items)
}

/// A state after which something may follow.
#[must_use]
pub const fn state(name: &'static str) -> StateDescription {
    StateDescription { name: text(name), terminal: false, outcome: None }
}

/// A state after which nothing follows.
#[must_use]
pub const fn terminal(name: &'static str) -> StateDescription {
    StateDescription { name: text(name), terminal: true, outcome: None }
}

/// A variable.
#[must_use]
pub const fn variable(name: &'static str, schema: Schema) -> VariableDescription {
    VariableDescription { name: text(name), schema, secret: false }
}

/// A field that is always there.
#[must_use]
pub const fn required(name: &'static str, schema: Schema) -> FieldDescription {
    FieldDescription { name: text(name), schema, required: true, secret: false }
}

/// A field that may be left out.
#[must_use]
pub const fn optional(name: &'static str, schema: Schema) -> FieldDescription {
    FieldDescription { name: text(name), schema, required: false, secret: false }
}

/// The type of a list.
#[must_use]
pub const fn list_of(item: &'static Schema) -> Schema {
    Schema::List(Item::Constant(item))
}

/// A record type.
#[must_use]
pub const fn record(fields: &'static [FieldDescription]) -> Schema {
    Schema::Record(list(fields))
}

/// An event.
#[must_use]
pub const fn event(name: &'static str, fields: &'static [FieldDescription]) -> EventDescription {
    EventDescription { name: text(name), fields: list(fields) }
}

/// An external actor.
#[must_use]
pub const fn actor(name: &'static str, hears: &'static [EventDescription]) -> ActorDescription {
    ActorDescription { name: text(name), hears: list(hears) }
}

/// What is asked of a field, by position.
#[must_use]
pub const fn check(field: usize, required: bool, bail: bool, rules: &'static [Rule]) -> CheckDescription {
    CheckDescription { field, required, bail, rules: list(rules) }
}

/// A handler of an event, by position, at a place.
#[must_use]
pub const fn on(event: usize, place: &'static str) -> HandlerDescription {
    HandlerDescription {
        event,
        from: None,
        api: false,
        queued: false,
        priority: Priority::Normal,
        creates: false,
        checks: list(&[]),
        intended: list(&[]),
        place: text(place),
    }
}

impl StateDescription {
    /// Says what reaching it means.
    #[doc(hidden)]
    #[must_use]
    pub const fn outcome(mut self, outcome: &'static str) -> Self {
        // A constant function cannot drop what it replaces.
        mem::forget(self.outcome.replace(text(outcome)));
        self
    }
}

impl VariableDescription {
    /// Masks it.
    #[doc(hidden)]
    #[must_use]
    pub const fn masked(mut self) -> Self {
        self.secret = true;
        self
    }
}

impl FieldDescription {
    /// Masks it.
    #[doc(hidden)]
    #[must_use]
    pub const fn masked(mut self) -> Self {
        self.secret = true;
        self
    }
}

impl HandlerDescription {
    /// Admits one sender alone.
    #[doc(hidden)]
    #[must_use]
    pub const fn from(mut self, party: Party) -> Self {
        self.from = Some(party);
        self
    }

    /// Can be called from outside.
    #[doc(hidden)]
    #[must_use]
    pub const fn api(mut self) -> Self {
        self.api = true;
        self
    }

    /// Is answered at acceptance, and run by a worker.
    #[doc(hidden)]
    #[must_use]
    pub const fn queued(mut self) -> Self {
        self.queued = true;
        self
    }

    /// Has this place in the queue.
    #[doc(hidden)]
    #[must_use]
    pub const fn priority(mut self, priority: Priority) -> Self {
        self.priority = priority;
        self
    }

    /// Creates an instance where none is meant.
    #[doc(hidden)]
    #[must_use]
    pub const fn creates(mut self) -> Self {
        self.creates = true;
        self
    }

    /// Asks this of fields.
    #[doc(hidden)]
    #[must_use]
    pub const fn checks(mut self, checks: &'static [CheckDescription]) -> Self {
        mem::forget(mem::replace(&mut self.checks, list(checks)));
        self
    }

    /// Is meant to run in these states.
    #[doc(hidden)]
    #[must_use]
    pub const fn intended(mut self, states: &'static [usize]) -> Self {
        mem::forget(mem::replace(&mut self.intended, list(states)));
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANDLER: HandlerDescription = on(2, "order.flow:7")
        .from(Party::Actor(1))
        .api()
        .queued()
        .creates()
        .priority(Priority::High)
        .checks(const { &[check(0, true, false, const { &[Rule::Email] })] })
        .intended(const { &[0, 3] });

    const FIELDS: &[FieldDescription] =
        &[required("items", list_of(const { &record(const { &[optional("sku", Schema::String).masked()] }) }))];

    #[test]
    fn a_constant_says_what_a_description_built_at_run_time_says() {
        let built = HandlerDescription {
            event: 2,
            from: Some(Party::Actor(1)),
            api: true,
            queued: true,
            priority: Priority::High,
            creates: true,
            checks: vec![CheckDescription { field: 0, required: true, bail: false, rules: vec![Rule::Email].into() }]
                .into(),
            intended: vec![0, 3].into(),
            place: "order.flow:7".to_owned().into(),
        };
        assert_eq!(HANDLER, built);
        let sku = FieldDescription { name: "sku".into(), schema: Schema::String, required: false, secret: true };
        let items = Schema::list_of(Schema::Record(vec![sku].into()));
        assert_eq!(FIELDS[0], FieldDescription { name: "items".into(), schema: items, required: true, secret: false });
        let state = StateDescription { name: "paid".into(), terminal: true, outcome: Some("success".into()) };
        assert_eq!(terminal("paid").outcome("success"), state);
        assert!(variable("card", Schema::String).masked().secret);
    }
}
