//! Random steps: what comes next follows from a seed and from the answers so far.

use super::step::{Sent, Step};
use crate::sample::{members, sample};
use crate::seed::Seed;
use eventflow::Json;
use eventflow::description::{CheckDescription, FieldDescription, HandlerDescription, Party, SystemDescription};
use eventflow::rules::validate;
use eventflow::schema::UnknownFields;

/// What a random step may refer to.
pub(super) struct Known<'k> {
    pub(super) system: &'k SystemDescription,
    /// The instances that answers told of: machine and id.
    pub(super) instances: &'k [(String, String)],
    /// Whether a request with a key was sent.
    pub(super) keyed: bool,
    /// How many dead letters there are.
    pub(super) dead: usize,
}

impl Known<'_> {
    /// The next step; none if there is nothing to be done to this system.
    pub(super) fn next(&self, seed: &mut Seed) -> Option<Step> {
        match seed.weighted(&[74, 16, 6, 4]) {
            1 => Some(Step::Wait(*seed.pick(&[1, 5, 60, 120, 3600, 90_000]))),
            2 if self.dead > 0 => Some(Step::Retry(seed.below(self.dead))),
            3 => Some(Step::Restart),
            _ if self.keyed && seed.chance(6) => Some(Step::Again),
            _ => self.request(seed).map(Step::Send),
        }
    }

    fn request(&self, seed: &mut Seed) -> Option<Sent> {
        let (machine, handler) = self.door(seed)?;
        let machine = &self.system.machines[machine];
        let handler = &machine.handlers[handler];
        let event = &machine.events[handler.event];
        let instances: Vec<usize> =
            (0..self.instances.len()).filter(|place| self.instances[*place].0 == machine.name).collect();
        let new = instances.is_empty() || (handler.creates && seed.chance(50));
        let to = (!new).then(|| *seed.pick(&instances));
        let actor = match handler.from {
            Some(Party::Actor(actor)) => Some(self.system.actors[actor].name.to_string()),
            Some(Party::Machine(_) | Party::System) | None => {
                self.system.actors.first().filter(|_| seed.chance(60)).map(|actor| actor.name.to_string())
            }
        };
        Some(Sent {
            machine: machine.name.to_string(),
            event: event.name.to_string(),
            actor,
            to,
            joins: seed.chance(if new { 18 } else { 50 }),
            key: seed.chance(25).then(|| format!("key-{}", seed.below(1000))),
            data: payload(seed, &event.fields, &handler.checks),
        })
    }

    /// A machine and one of its handlers that can be reached from outside. The first steps knock at creating doors, so
    /// that there is something to talk to.
    fn door(&self, seed: &mut Seed) -> Option<(usize, usize)> {
        let outside = |handler: &HandlerDescription| handler.api || matches!(handler.from, Some(Party::Actor(_)));
        let mut doors = Vec::new();
        for (place, machine) in self.system.machines.iter().enumerate() {
            let open = machine.handlers.iter().enumerate().filter(|(_, handler)| outside(handler));
            doors.extend(open.map(|(handler, _)| (place, handler)));
        }
        let creates = |(machine, handler): &(usize, usize)| self.system.machines[*machine].handlers[*handler].creates;
        let creating: Vec<(usize, usize)> = doors.iter().copied().filter(creates).collect();
        let eager = self.instances.len() < 2 && !creating.is_empty() && seed.chance(80);
        let doors = if eager { creating } else { doors };
        if doors.is_empty() { None } else { Some(*seed.pick(&doors)) }
    }
}

/// A payload of the fields that keeps the rules, if one is found soon; now and then one that is not valid.
fn payload(seed: &mut Seed, fields: &[FieldDescription], checks: &[CheckDescription]) -> Json {
    let mut payload = members(fields, seed.bits());
    let tries = if seed.chance(88) { 25 } else { 0 };
    for _ in 0..tries {
        let tried = Json::Object(payload.clone());
        let broken = validate(fields, checks, &tried, UnknownFields::Keep, &|_, _| Ok(true));
        match broken.ok().and_then(|broken| broken.into_iter().next()) {
            // The field that breaks a rule gets another value.
            Some(violation) => {
                let name = violation.field.split(['.', '[']).next().unwrap_or_default();
                let known = fields.iter().find(|field| field.name == name);
                payload.extend(known.map(|field| (name.to_owned(), sample(&field.schema, seed.bits()))));
            }
            None => break,
        }
    }
    if seed.chance(4) {
        payload.insert("surprise".to_owned(), Json::Bool(true));
    }
    if seed.chance(5)
        && let Some(field) = fields.first()
    {
        let wrong = if seed.chance(50) { Json::Null } else { Json::List(vec![Json::Null]) };
        payload.insert(field.name.to_string(), wrong);
    }
    Json::Object(payload)
}
