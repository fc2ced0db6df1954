//! Runs the traffic light of `traffic_light.flow` in memory: no engine, no store, just decide and apply.
//!
//! The modules in `flows` are generated; this file says what only code can know.

use eventflow::dynamic::{Random, Sender};
use eventflow::{
    BoxError, ConversationId, Decide, Failure, InstanceId, Machine as _, MessageId, Meta, Situation, Timestamp, Turn,
};
use traffic_light::flows::traffic_light::{Behavior, Context, Decider, Event, Machine, State, View};

/// Looks at the crossing. Here it is always clear; a real light asks a camera.
struct Camera;

impl Behavior for Camera {
    fn crossing_is_clear(&self, _light: View<'_>) -> Result<bool, BoxError> {
        Ok(true)
    }
}

/// Where `uuid()` comes from: nowhere, as this flow does not say it.
struct NoUuids;

impl Random for NoUuids {
    fn uuid(&self) -> String {
        unreachable!("the flow draws no uuid")
    }
}

/// One light: where it is and what it remembers.
struct Light {
    decider: Decider<Camera>,
    state: State,
    context: Context,
    meta: Meta,
}

impl Light {
    fn new() -> Self {
        let first = MessageId::from_bytes([0; 16]);
        let meta = Meta {
            instance: InstanceId::fresh("traffic_light", "main-street"),
            conversation: ConversationId::opened_by(first),
            sender: Sender::System,
            message: first,
            now: Timestamp::EPOCH,
        };
        let decider = Decider::new(Camera);
        Self { decider, state: Machine::INITIAL, context: Context::default(), meta }
    }

    /// One turn. Says whether any statement of the flow ran.
    fn tell(&mut self, event: &Event) -> Result<bool, Failure> {
        let (state, context, meta) = (self.state, &self.context, &self.meta);
        let turn = Turn { state, context, event, meta, random: &NoUuids, situation: Situation::default() };
        let Some(decision) = self.decider.decide(turn)? else { return Ok(false) };
        self.state = decision.state.unwrap_or(self.state);
        Machine::apply(&mut self.context, decision.changes);
        Ok(true)
    }
}

/// What happens on an ordinary morning.
const MORNING: [Event; 9] = [
    Event::Next,
    Event::Next,
    Event::ButtonPressed,
    Event::ButtonPressed,
    Event::Next,
    Event::Next,
    Event::LampRepaired,
    Event::LampFailed,
    Event::LampRepaired,
];

fn main() -> Result<(), Failure> {
    let mut light = Light::new();
    println!("{:<16} {}", "", light.state.name());
    for event in &MORNING {
        let ran = light.tell(event)?;
        let waiting = light.context.waiting.map(|waiting| format!(", {waiting} waiting")).unwrap_or_default();
        let ignored = if ran { "" } else { "  (nothing to do)" };
        println!("{:<16} {}{waiting}{ignored}", format!("{event:?}"), light.state.name());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_morning_goes_through_every_state() {
        let mut light = Light::new();
        let states: Vec<State> = MORNING
            .iter()
            .map(|event| {
                light.tell(event).expect("nothing fails here");
                light.state
            })
            .collect();
        use State::{Amber, Flashing, Green, Red};
        assert_eq!(states, [Green, Green, Green, Green, Amber, Red, Red, Flashing, Red]);
        assert_eq!(light.context.cycles, Some(eventflow::Number::from(1)));
        assert_eq!(light.context.waiting, None, "the pedestrians have crossed");
    }

    #[test]
    fn cars_keep_going_while_nobody_waits() {
        let mut light = Light::new();
        assert!(light.tell(&Event::Next).expect("nothing fails here"));
        assert!(!light.tell(&Event::Next).expect("nothing fails here"), "no guard holds");
        assert_eq!(light.state, State::Green);
    }
}
