//! Plays a script on a system, and writes down what comes of each command.

use super::alias::Aliases;
use super::code;
use super::command::{Answer as Does, Command, Send, To, command};
use crate::drive::{Driven, Queue};
use crate::sample::sample;
use eventflow::dynamic::{BoxError, BoxFuture, Delivery, DynPort};
use eventflow::engine::{Engine, Options, Setup};
use eventflow::request::{Answer, Dispatcher, Refusal, Request, Status};
use eventflow::schema::Schema;
use eventflow::store::{MemoryStore, Position, Store};
use eventflow::system::Parts;
use eventflow::{Encoder, InstanceId, Json, ManualClock, SeededIds, Timestamp};
use eventflowc::ir::System;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// How many messages are worked off at most before a script says that there is no end.
const PATIENCE: usize = 1_000;

/// The script with what its commands lead to, as the script should have it.
///
/// # Errors
/// If a line is no command, or the machines do not fit their description.
pub fn play(script: &str, system: &System, driven: &Driven) -> Result<String, String> {
    code::begin(system);
    let runtime = Arc::new(Queue::default());
    let mut stage = Stage::new(driven, runtime.clone(), system.hash())?;
    let mut outcome = Ok(());
    runtime.finish(async {
        for line in script.lines().filter(|line| !line.starts_with("  ")) {
            stage.text.push_str(line);
            stage.text.push('\n');
            if line.is_empty() || line.starts_with("//") {
                continue;
            }
            match command(line) {
                Ok(command) => stage.carry_out(command).await,
                Err(wrong) => return outcome = Err(wrong),
            }
        }
    });
    outcome.map(|()| stage.text)
}

struct Stage {
    engine: Engine,
    clock: Arc<ManualClock>,
    store: Arc<MemoryStore>,
    ports: Arc<Ports>,
    answers: Vec<Answer>,
    /// The instances that answers and records told of.
    known: Vec<InstanceId>,
    aliases: Aliases,
    /// The version of the flow that is played.
    flow: String,
    text: String,
}

impl Stage {
    fn new(driven: &Driven, runtime: Arc<Queue>, flow: String) -> Result<Self, String> {
        let clock = Arc::new(ManualClock::new(Timestamp::from_micros(1_700_000_000_000_000).unwrap_or_default()));
        let store = Arc::new(MemoryStore::new(clock.clone()));
        let ports = Arc::new(Ports { answers: driven.answers.clone(), state: Mutex::default() });
        let port = |actor: &eventflow::description::ActorDescription| -> Arc<dyn DynPort> {
            Arc::new(Port { actor: actor.name.to_string(), ports: ports.clone() })
        };
        let parts = Parts {
            description: driven.system.clone(),
            machines: driven.machines.clone(),
            ports: driven.system.actors.iter().map(port).collect(),
        };
        let ids = Arc::new(SeededIds::new(1, clock.clone()));
        let options = Options { longest_cascade: 50, ..Options::default() };
        let setup = Setup { store: store.clone(), runtime, clock: clock.clone(), ids, options };
        let engine = Engine::new(setup, parts).map_err(|misfit| misfit.to_string())?;
        let (answers, known) = (Vec::new(), Vec::new());
        let (aliases, text) = (Aliases::default(), String::new());
        Ok(Self { engine, clock, store, ports, answers, known, aliases, flow, text })
    }

    fn note(&mut self, line: &str) {
        for line in self.aliases.shorten(line).lines() {
            self.text.push_str("  ");
            self.text.push_str(line);
            self.text.push('\n');
        }
    }

    /// Notes what code and actors were asked meanwhile.
    fn note_questions(&mut self) {
        let heard = std::mem::take(&mut self.ports.state().heard);
        for line in code::questions().iter().chain(&heard) {
            self.note(line);
        }
    }

    async fn carry_out(&mut self, command: Command) {
        match command {
            Command::Send(send) => self.send(send).await,
            Command::Work => self.work().await,
            Command::Wait(span) => {
                self.clock.advance(span);
                self.work().await;
            }
            Command::Code(sentence, does) => code::set(sentence, does),
            Command::Port(actor, event, does) => {
                self.ports.state().answers.insert((actor, event), does);
            }
            Command::Keys => code::show_keys(),
            Command::Look => self.look().await,
            Command::Records => self.records().await,
            Command::Versions => self.versions().await,
            Command::Dead => self.dead().await,
            Command::Retry => self.retry().await,
            Command::Status(number) => self.status(number).await,
        }
    }

    async fn send(&mut self, send: Send) {
        let to = match send.to {
            Some(To::Number(number)) => {
                self.meet().await;
                let mut of_machine = self.known.iter().filter(|id| id.machine() == send.machine);
                of_machine.nth(number.saturating_sub(1)).map(|id| id.key().to_owned())
            }
            Some(To::Id(id)) => Some(id),
            None => None,
        };
        let conversation = send.conversation.and_then(|number| self.answers.get(number.checked_sub(1)?));
        let request = Request {
            machine: send.machine.into(),
            event: send.event.into(),
            subject: send.actor.is_some().then_some(send.subject),
            actor: send.actor.map(Into::into),
            to,
            conversation: conversation.map(|answer| answer.conversation.clone()),
            key: send.key,
            data: send.data,
        };
        let answer = self.engine.dispatch(request).await;
        self.note_questions();
        match answer {
            Ok(answer) => {
                self.note(&shown(&answer));
                self.answers.push(answer);
            }
            Err(refusal) => self.note(&refused(&refusal)),
        }
    }

    async fn work(&mut self) {
        for _ in 0..PATIENCE {
            match self.engine.work_once().await {
                Ok(true) => {}
                Ok(false) => return self.note_questions(),
                Err(error) => return self.note(&format!("the store failed: {error}")),
            }
        }
        self.note("there is no end of messages");
    }

    /// Gets to know every instance that has a record.
    async fn meet(&mut self) {
        let (records, _) = self.store.tail(Position(0), usize::MAX).await.unwrap_or_default();
        for stored in records {
            if !self.known.contains(&stored.id) {
                self.known.push(stored.id);
            }
        }
    }

    async fn look(&mut self) {
        self.meet().await;
        for id in self.known.clone() {
            match self.engine.instance(&id).await {
                Ok(Some(view)) => {
                    let timers = view.timers.iter().map(|timer| format!(" :{} at {}", timer.event, timer.due));
                    self.note(&format!("{id} #{} {}{}", view.state, view.context, timers.collect::<String>()));
                }
                Ok(None) => self.note(&format!("there is no {id}")),
                Err(refusal) => self.note(&refused(&refusal)),
            }
        }
    }

    async fn records(&mut self) {
        let (records, _) = self.store.tail(Position(0), usize::MAX).await.unwrap_or_default();
        for stored in records {
            self.note(&format!("{} {}", stored.id, stored.record));
        }
    }

    async fn versions(&mut self) {
        let (records, _) = self.store.tail(Position(0), usize::MAX).await.unwrap_or_default();
        for stored in records {
            let record: Json = stored.record.parse().unwrap_or_default();
            let member = |name: &str| record.get(name).and_then(Json::as_text).unwrap_or_default();
            let by = if member("flow") == self.flow { "this flow" } else { "another flow" };
            let line = format!("{} {} by {by}", stored.id, member("type"));
            self.note(&line);
        }
    }

    async fn dead(&mut self) {
        match self.engine.dead_letters(None, PATIENCE).await {
            Ok(letters) if letters.is_empty() => self.note("no dead letter"),
            Ok(letters) => {
                for letter in letters {
                    let event = letter.event.as_deref().unwrap_or("?");
                    self.note(&format!(":{event} to {} failed {}: {}", letter.queue, letter.failures, letter.reason));
                }
            }
            Err(refusal) => self.note(&refused(&refusal)),
        }
    }

    async fn retry(&mut self) {
        for letter in self.engine.dead_letters(None, PATIENCE).await.unwrap_or_default() {
            let retried = self.engine.retry_dead_letter(&letter.id).await;
            let event = letter.event.as_deref().unwrap_or("?");
            self.note(&format!(":{event} {}", if retried.unwrap_or(false) { "goes again" } else { "is gone" }));
        }
        self.work().await;
    }

    async fn status(&mut self, number: usize) {
        let Some(answer) = number.checked_sub(1).and_then(|place| self.answers.get(place)) else {
            return self.note("there is no such answer");
        };
        match self.engine.request(&answer.request).await {
            Ok(Some(status)) => {
                let callback = status.callback.map(|(event, data)| format!(", called back :{event} {data}"));
                let given_up = status.given_up.map(|reason| format!(", given up: {reason}"));
                let (callback, given_up) = (callback.unwrap_or_default(), given_up.unwrap_or_default());
                self.note(&format!("{}{callback}{given_up}", shown(&status.answer)));
            }
            Ok(None) => self.note("nothing is known of it"),
            Err(refusal) => self.note(&refused(&refusal)),
        }
    }
}

fn shown(answer: &Answer) -> String {
    let status = match &answer.status {
        Status::Created => "created".to_owned(),
        Status::Handled => "handled".to_owned(),
        Status::Queued => "queued".to_owned(),
        Status::Ignored { accepted } if accepted.is_empty() => "ignored".to_owned(),
        Status::Ignored { accepted } => format!("ignored, accepted now: {}", accepted.join(", ")),
    };
    let instance = answer.instance.as_ref().map(|id| format!(" {id}")).unwrap_or_default();
    let state = answer.state.as_ref().map(|state| format!(" #{state}")).unwrap_or_default();
    let reply = answer.reply.as_ref().map(|reply| {
        let phrase = reply.phrase.as_ref().map(|phrase| format!(" {phrase}")).unwrap_or_default();
        let promise = reply.promises.as_ref().map(|event| format!(" promises :{event}")).unwrap_or_default();
        let body = reply.body.as_ref().map(|body| format!(" {body}")).unwrap_or_default();
        format!(", replied {}{phrase}{promise}{body}", reply.status)
    });
    format!("{status}{instance}{state}{}", reply.unwrap_or_default())
}

fn refused(refusal: &Refusal) -> String {
    format!("refused: {refusal}")
}

/// What is scripted of external actors.
#[derive(Default)]
struct PortState {
    /// What they answer, by actor and event.
    answers: BTreeMap<(String, String), Does>,
    /// What they heard since the last look.
    heard: Vec<String>,
}

struct Ports {
    answers: crate::drive::Answers,
    state: Mutex<PortState>,
}

impl Ports {
    fn state(&self) -> std::sync::MutexGuard<'_, PortState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

struct Port {
    actor: String,
    ports: Arc<Ports>,
}

impl Port {
    fn answer(&self, delivery: &Delivery<'_>) -> Result<Option<String>, BoxError> {
        let place = (self.actor.clone(), delivery.event.to_owned());
        let scripted = {
            let mut state = self.ports.state();
            state.heard.push(format!("@{} heard :{} {}", self.actor, delivery.event, delivery.data));
            state.answers.get(&place).cloned()
        };
        match scripted {
            Some(Does::Value(value)) => Ok(Some(Encoder::encode(&value))),
            Some(Does::Fails(error)) => Err(BoxError::from(error)),
            Some(Does::Panics(message)) => panic!("{message}"),
            Some(Does::Sets(_)) => Err(BoxError::from("an actor sets nothing")),
            None => Ok(self.sample(delivery.event).map(|value| Encoder::encode(&value))),
        }
    }

    fn sample(&self, event: &str) -> Option<Json> {
        let known = self.ports.answers.iter().find(|(actor, name, _)| *actor == self.actor && name == event);
        known.map(|(_, _, schema): &(String, String, Schema)| sample(schema, 1))
    }
}

impl DynPort for Port {
    fn deliver<'a>(&'a self, delivery: Delivery<'a>) -> BoxFuture<'a, Result<Option<String>, BoxError>> {
        Box::pin(async move { self.answer(&delivery) })
    }
}
