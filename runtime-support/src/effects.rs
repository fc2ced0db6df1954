//! What a turn of a generated machine does beyond its instance, typed; and its way into record form.

use crate::codec::Encoder;
use crate::description::Text;
use crate::duration::Duration;
use crate::dynamic::{self, Failure, Meta, Way};
use crate::json::Json;
use crate::machine::Never;
use crate::timestamp::Timestamp;
use core::fmt::Debug;

/// A message that a machine emits.
pub trait Message: Debug + PartialEq + Send + Sync {
    /// The event's name without its sigil.
    fn event(&self) -> &'static str;

    /// To whom it goes.
    fn target(&self) -> dynamic::Target;

    /// Writes the payload, as an object in record form.
    fn encode(&self, encoder: &mut Encoder);
}

/// A timer of a machine.
pub trait Timer: Copy + Debug + PartialEq + Send + Sync {
    /// The event as which it comes back, without its sigil.
    fn event(self) -> &'static str;
}

/// An answer to a request.
pub trait Reply: Debug + PartialEq + Send + Sync {
    /// The HTTP status.
    fn status(&self) -> u16;

    /// The words after it.
    fn phrase(&self) -> Option<&'static str> {
        None
    }

    /// The event of the callback that it promises.
    fn promises(&self) -> Option<&'static str> {
        None
    }

    /// The body in record form; none: no body.
    fn body(&self) -> Option<String>;
}

/// The kinds of effects of one machine: [`Effects`] with its types, or [`NoEffects`].
pub trait EffectsOf: Debug + Default + PartialEq + Send + Sync {
    /// Everything in record form.
    fn into_dynamic(self) -> DynEffects;
}

/// The effects of a turn in record form.
#[derive(Debug, Default)]
pub struct DynEffects {
    /// What goes out.
    pub effects: dynamic::Effects,
    /// The answer to the request.
    pub reply: Option<dynamic::Reply>,
    /// The value of `return`, as JSON text.
    pub returned: Option<String>,
}

/// What a turn does beyond its instance: messages `E`, timers `T`, replies `R`.
#[derive(Debug, PartialEq)]
pub struct Effects<E, T, R> {
    /// Messages, timers, calls and callbacks, in the order in which the statements ran.
    pub list: Vec<Effect<E, T>>,
    /// The answer to the request.
    pub reply: Option<R>,
    /// The value of `return`, as JSON text.
    pub returned: Option<String>,
    /// The same as JSON, for a handler that its own machine calls.
    pub answer: Option<Json>,
}

/// One effect.
#[derive(Debug, PartialEq)]
pub enum Effect<E, T> {
    /// A message.
    Emit {
        /// How it travels.
        way: Way,
        /// What is said, and to whom.
        message: E,
    },
    /// A timer comes back as an event.
    Arm {
        /// Which.
        timer: T,
        /// When it is due.
        due: Timestamp,
    },
    /// All pending timers of an event are disarmed.
    Disarm {
        /// Which.
        timer: T,
    },
    /// A call that was answered, or a callback; in record form already.
    Recorded(dynamic::Effect),
}

impl<E, T, R> Default for Effects<E, T, R> {
    #[inline]
    fn default() -> Self {
        Effects { list: Vec::new(), reply: None, returned: None, answer: None }
    }
}

impl<E, T, R> Effects<E, T, R> {
    /// `emit :event`
    pub fn emit(&mut self, message: E) {
        self.list.push(Effect::Emit { way: Way::Bare, message });
    }

    /// `emit async :event`, and every broadcast.
    pub fn emit_async(&mut self, message: E) {
        self.list.push(Effect::Emit { way: Way::Async, message });
    }

    /// `schedule :event for …`
    ///
    /// # Errors
    /// If the time is out of range.
    pub fn arm(&mut self, timer: T, meta: &Meta, after: Duration) -> Result<(), Failure> {
        let due = meta.now.checked_add(after).map_err(Failure::Arithmetic)?;
        self.list.push(Effect::Arm { timer, due });
        Ok(())
    }

    /// `cancel :event`
    pub fn disarm(&mut self, timer: T) {
        self.list.push(Effect::Disarm { timer });
    }

    /// `send callback for :event`
    pub fn call_back(&mut self, event: &'static str, data: String) {
        self.list.push(Effect::Recorded(dynamic::Effect::Callback { event: Text::Borrowed(event), data }));
    }

    /// `reply …`
    pub fn reply(&mut self, reply: R) {
        self.reply = Some(reply);
    }

    /// The index that the next message, timer, call or callback gets.
    #[must_use]
    pub fn next_index(&self) -> u32 {
        let indexed = self.list.iter().filter(|effect| !matches!(effect, Effect::Disarm { .. })).count();
        u32::try_from(indexed).unwrap_or(u32::MAX)
    }
}

impl<E: Message, T: Timer, R: Reply> EffectsOf for Effects<E, T, R> {
    fn into_dynamic(self) -> DynEffects {
        let mut effects = dynamic::Effects::new();
        for effect in self.list {
            effects.push(effect.into_dynamic());
        }
        DynEffects { effects, reply: self.reply.as_ref().map(reply), returned: self.returned }
    }
}

impl<E: Message, T: Timer> Effect<E, T> {
    fn into_dynamic(self) -> dynamic::Effect {
        match self {
            Effect::Emit { way, message } => {
                let mut encoder = Encoder::new();
                message.encode(&mut encoder);
                let event = Text::Borrowed(message.event());
                dynamic::Effect::Emit { way, target: message.target(), event, data: encoder.finish() }
            }
            Effect::Arm { timer, due } => dynamic::Effect::Arm { event: Text::Borrowed(timer.event()), due },
            Effect::Disarm { timer } => dynamic::Effect::Disarm { event: Text::Borrowed(timer.event()) },
            Effect::Recorded(effect) => effect,
        }
    }
}

/// A reply in record form.
pub(crate) fn reply<R: Reply>(reply: &R) -> dynamic::Reply {
    dynamic::Reply {
        status: reply.status(),
        phrase: reply.phrase().map(Text::Borrowed),
        body: reply.body(),
        promises: reply.promises().map(Text::Borrowed),
    }
}

/// For a machine that emits, schedules, replies and returns nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoEffects;

impl EffectsOf for NoEffects {
    fn into_dynamic(self) -> DynEffects {
        DynEffects::default()
    }
}

impl Message for Never {
    fn event(&self) -> &'static str {
        match *self {}
    }

    fn target(&self) -> dynamic::Target {
        match *self {}
    }

    fn encode(&self, _encoder: &mut Encoder) {
        match *self {}
    }
}

impl Timer for Never {
    fn event(self) -> &'static str {
        match self {}
    }
}

impl Reply for Never {
    fn status(&self) -> u16 {
        match *self {}
    }

    fn body(&self) -> Option<String> {
        match *self {}
    }
}
