//! Files of machines and systems: what stands above the statements.

use serde::Serialize;

use super::{Block, Expect, Expression, FieldTable, FreeText, Given, Name, Text};
use crate::source::Span;

/// A `.flow` file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FlowFile {
    /// What stands in it, in order.
    pub items: Vec<FlowItem>,
}

impl FlowFile {
    /// The machines in order.
    pub fn machines(&self) -> impl Iterator<Item = &Machine> {
        self.items.iter().filter_map(|item| match item {
            FlowItem::Machine(machine) => Some(machine),
            FlowItem::System(_) | FlowItem::Uses(_) | FlowItem::Declaration(_) => None,
        })
    }

    /// The `system:` line, if there is one.
    pub fn system(&self) -> Option<&SystemHeader> {
        self.items.iter().find_map(|item| match item {
            FlowItem::System(system) => Some(system),
            FlowItem::Machine(_) | FlowItem::Uses(_) | FlowItem::Declaration(_) => None,
        })
    }

    /// Every line of every `uses:`.
    pub fn imports(&self) -> impl Iterator<Item = &Import> {
        self.items
            .iter()
            .filter_map(|item| match item {
                FlowItem::Uses(uses) => Some(&uses.imports),
                FlowItem::Machine(_) | FlowItem::System(_) | FlowItem::Declaration(_) => None,
            })
            .flatten()
    }

    /// What is declared outside of machines: for the whole file or system.
    pub fn declarations(&self) -> impl Iterator<Item = &Declaration> {
        self.items.iter().filter_map(|item| match item {
            FlowItem::Declaration(declaration) => Some(declaration),
            FlowItem::Machine(_) | FlowItem::System(_) | FlowItem::Uses(_) => None,
        })
    }
}

/// One top-level item.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum FlowItem {
    /// `system: free text`; at most one a file.
    System(SystemHeader),
    /// `uses:`
    Uses(Uses),
    /// `machine: @name`
    Machine(Machine),
    /// `queue:`, `response:`, `type:` before the first machine (never a state).
    Declaration(Declaration),
}

/// `system: free text`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SystemHeader {
    /// The line.
    pub span: Span,
    /// The text.
    pub name: Text,
}

/// `uses:` and its lines
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Uses {
    /// The `uses:` line.
    pub span: Span,
    /// The lines under it.
    pub imports: Vec<Import>,
}

/// `@order from "./order.flow" [as @alias]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Import {
    /// The line.
    pub span: Span,
    /// What is imported.
    pub subject: Imported,
    /// The path, relative to the importing file.
    pub path: Text,
    /// The other name.
    pub alias: Option<Name>,
}

/// What an import names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub enum Imported {
    /// `@order`: a machine.
    Machine(Name),
    /// `checkout-system`: a system, under this alias.
    System(Name),
}

/// `machine: @name` and everything up to the next machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Machine {
    /// The `machine:` line.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Its scenarios in order. What stands before the first `scenario:` line is an unnamed one; it may hold only
    /// declarations, or nothing.
    pub scenarios: Vec<Scenario>,
}

impl Machine {
    /// The declarations of the machine, wherever in it they stand.
    pub fn declarations(&self) -> impl Iterator<Item = &Declaration> {
        self.scenarios.iter().flat_map(|scenario| &scenario.items).filter_map(|item| match item {
            ScenarioItem::Declaration(declaration) => Some(declaration),
            ScenarioItem::Given(_) | ScenarioItem::Expect(_) | ScenarioItem::Handler(_) => None,
        })
    }
}

/// `scenario: free text` and everything up to the next scenario or machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scenario {
    /// The `scenario:` line; empty at the scenario's beginning if it is unnamed.
    pub span: Span,
    /// The title; none for the handlers of a machine that stand in no scenario.
    pub title: Option<Text>,
    /// What stands in it, in order.
    pub items: Vec<ScenarioItem>,
}

impl Scenario {
    /// The handlers in order.
    pub fn handlers(&self) -> impl Iterator<Item = &Handler> {
        self.items.iter().filter_map(|item| match item {
            ScenarioItem::Handler(handler) => Some(handler),
            ScenarioItem::Given(_) | ScenarioItem::Expect(_) | ScenarioItem::Declaration(_) => None,
        })
    }

    /// The entries of the scenario's own `given:` blocks.
    pub fn givens(&self) -> impl Iterator<Item = &Given> {
        self.items.iter().filter_map(|item| match item {
            ScenarioItem::Given(given) => Some(given),
            ScenarioItem::Handler(_) | ScenarioItem::Expect(_) | ScenarioItem::Declaration(_) => None,
        })
    }

    /// The scenario's own `expect:` blocks.
    pub fn expects(&self) -> impl Iterator<Item = &Expect> {
        self.items.iter().filter_map(|item| match item {
            ScenarioItem::Expect(expect) => Some(expect),
            ScenarioItem::Handler(_) | ScenarioItem::Given(_) | ScenarioItem::Declaration(_) => None,
        })
    }
}

/// One item of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum ScenarioItem {
    /// Belongs to the machine, not to the scenario: it only stands here.
    Declaration(Declaration),
    /// `given:`
    Given(Given),
    /// `on :event`
    Handler(Handler),
    /// `expect:`
    Expect(Expect),
}

/// What a machine, a file or a system declares.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Declaration {
    /// `#state` and its keys; only in machines.
    State(StateDeclaration),
    /// `queue:`
    Queue(Queue),
    /// `response: name` + table
    Response(Response),
    /// `type: name` + table
    RecordType(RecordType),
}

/// `response: order_created` + table
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Response {
    /// The line.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub table: FieldTable,
}

/// `type: line_item` + table
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordType {
    /// The line.
    pub span: Span,
    /// Its name.
    pub name: Name,
    /// Its fields.
    pub table: FieldTable,
}

/// `queue:` and its settings
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Queue {
    /// The `queue:` line.
    pub span: Span,
    /// The lines under it.
    pub settings: Vec<QueueSetting>,
}

/// One setting.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct QueueSetting {
    /// The line.
    pub span: Span,
    /// What it sets.
    pub kind: QueueSettingKind,
}

/// What a queue setting sets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum QueueSettingKind {
    /// `strategy: fifo | priority`
    Strategy(QueueStrategy),
    /// `workers: N`
    Workers(u32),
    /// `retry: N times`
    Retry(u32),
    /// `backoff: …`
    Backoff(Box<Backoff>),
    /// `dead letter: yes | no`
    DeadLetter(bool),
    /// `limit: N`
    Limit(u32),
}

/// `fifo`, `priority`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum QueueStrategy {
    /// In order of arrival.
    Fifo,
    /// By the priority of the handlers.
    Priority,
}

/// How long to wait between attempts.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Backoff {
    /// `fixed 5 seconds`
    Fixed(Expression),
    /// `exponential from 1 second [up to 1 minute]`
    Exponential {
        /// The first wait.
        from: Expression,
        /// The longest wait.
        up_to: Option<Expression>,
    },
}

/// `#state` and its keys
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateDeclaration {
    /// The `#state` line.
    pub span: Span,
    /// The state.
    pub state: Name,
    /// Its keys in order.
    pub keys: Vec<StateKey>,
}

/// `key: value` under a state
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateKey {
    /// The line.
    pub span: Span,
    /// The key.
    pub key: StateKeyName,
    /// Its value.
    pub value: StateKeyValue,
}

/// The keys of a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum StateKeyName {
    /// `type`
    Type,
    /// `outcome`
    Outcome,
    /// `after`
    After,
    /// `when`
    When,
    /// `emits`
    Emits,
    /// `emits_async`
    EmitsAsync,
    /// `fire_and_forget`
    FireAndForget,
    /// `sync_call`
    SyncCall,
    /// `api_mode`
    ApiMode,
    /// `waiting_for`
    WaitingFor,
    /// `waiting_for_all`
    WaitingForAll,
    /// `then`
    Then,
    /// `description`
    Description,
}

/// The value of a state's key.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum StateKeyValue {
    /// Of `type`.
    Type(StateKind),
    /// Of `outcome`.
    Outcome(Outcome),
    /// Of `description`.
    Description(Text),
    /// Of every other key: what stands on its line and on the `- …` lines under it, cut at commas.
    Facts(Vec<Fact>),
}

/// `initial`, `waiting`, `terminal`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum StateKind {
    /// `initial`
    Initial,
    /// `waiting`
    Waiting,
    /// `terminal`
    Terminal,
}

/// `success`, `failure`, `neutral`
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Outcome {
    /// `success`
    Success,
    /// `failure`
    Failure,
    /// `neutral`
    Neutral,
}

/// One fact about a state: `:payment_success from @payment`, `#paid`, `payment is confirmed`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fact {
    /// Where it stands.
    pub span: Span,
    /// Whether it stands on a `- …` line.
    pub listed: bool,
    /// The whole fact.
    pub text: FreeText,
    /// The first event in it.
    pub event: Option<Name>,
    /// The first state in it.
    pub state: Option<Name>,
    /// The actor behind `from`.
    pub from: Option<Name>,
    /// The actor behind `to`.
    pub to: Option<Name>,
}

/// A `.states.flow` file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatesFile {
    /// The `machine: @name` line; none only if the file has errors.
    pub machine: Option<Name>,
    /// The declarations in order.
    pub states: Vec<StateDeclaration>,
}

/// `on :event …`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Handler {
    /// The `on` line.
    pub span: Span,
    /// The event.
    pub event: Name,
    /// The only sender admitted.
    pub from: Option<Name>,
    /// What stands in parentheses.
    pub modifiers: Vec<Modifier>,
    /// The declared payload.
    pub with: Option<FieldTable>,
    /// What it does.
    pub body: Block,
    /// Its own `given:` blocks.
    pub given: Vec<Given>,
    /// Its own `expect:` blocks.
    pub expect: Vec<Expect>,
}

/// One modifier of a handler.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Modifier {
    /// Where it stands.
    pub span: Span,
    /// Which one.
    pub kind: ModifierKind,
}

/// Which modifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum ModifierKind {
    /// `(api)`
    Api {
        /// Whether it was written as `on>`.
        older: bool,
    },
    /// `(queued api)`
    QueuedApi,
    /// `(priority …)`
    Priority(Priority),
}

/// The levels of priority, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Priority {
    /// `critical`
    Critical,
    /// `high`
    High,
    /// `normal`
    Normal,
    /// `low`
    Low,
    /// `bulk`
    Bulk,
}
