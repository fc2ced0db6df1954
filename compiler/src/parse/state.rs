//! Declared states, and queues: keys with values.

use super::flow::{MACHINE, flattened, section};
use super::line::Tree;
use super::reader::{Form, Reader};
use crate::ast::{
    Backoff, Fact, Name, Outcome, PieceKind, Queue, QueueSetting, QueueSettingKind, QueueStrategy, StateDeclaration,
    StateKey, StateKeyName, StateKeyValue, StateKind, StatesFile,
};
use crate::catalog::syntax;
use crate::grammar::Rule;
use crate::layout::{Line, Node};
use crate::nearest;

const STATE: Form = Form { what: "state", form: "#name" };
const STATE_KEY: Form = Form { what: "key of a state", form: "key: value" };
const STATE_TYPE: Form = Form { what: "type of a state", form: "type: waiting" };
const OUTCOME: Form = Form { what: "outcome", form: "outcome: success" };
const FACTS: Form = Form { what: "list of facts", form: "- :event from @actor" };
const QUEUE: Form = Form { what: "section", form: "queue:" };
const SETTING: Form = Form {
    what: "setting of a queue",
    form: "strategy: fifo | workers: 4 | retry: 5 times | backoff: fixed 5 seconds | dead letter: yes | limit: 1000",
};

const KEYS: &[(&str, StateKeyName)] = &[
    ("type", StateKeyName::Type),
    ("outcome", StateKeyName::Outcome),
    ("after", StateKeyName::After),
    ("when", StateKeyName::When),
    ("emits", StateKeyName::Emits),
    ("emits_async", StateKeyName::EmitsAsync),
    ("fire_and_forget", StateKeyName::FireAndForget),
    ("sync_call", StateKeyName::SyncCall),
    ("api_mode", StateKeyName::ApiMode),
    ("waiting_for", StateKeyName::WaitingFor),
    ("waiting_for_all", StateKeyName::WaitingForAll),
    ("then", StateKeyName::Then),
    ("description", StateKeyName::Description),
];

impl Reader<'_> {
    /// A `.states.flow` file.
    pub(super) fn states_file(&mut self, nodes: &[Node]) -> StatesFile {
        let mut file = StatesFile { machine: None, states: Vec::new() };
        for node in flattened(nodes) {
            match section(node) {
                "machine" => {
                    let tree = self.read(Rule::machine_line, &node.line, MACHINE);
                    let name = tree.and_then(|tree| self.name_in(&tree, Rule::actor));
                    if let (Some(first), Some(name)) = (&file.machine, &name) {
                        self.diagnostics.error(syntax::said_twice(
                            name.span,
                            first.span,
                            "the machine of these states",
                        ));
                    }
                    file.machine = file.machine.or(name);
                }
                "#" => file.states.extend(self.state_declaration(node)),
                _ => self.misplaced(node, "a states file holds `machine: @name` and states with their keys"),
            }
        }
        if file.machine.is_none() && !self.diagnostics.has_errors() {
            let start = crate::source::Span::new(self.file, 0, 0);
            let span = nodes.first().map_or(start, |first| first.line.span);
            let help = "begin the file with `machine: @name`";
            self.diagnostics.error(syntax::misplaced(span, "a states file without a machine", help));
        }
        file
    }

    pub(super) fn state_declaration(&mut self, node: &Node) -> Option<StateDeclaration> {
        self.takes_no_table(&node.rows);
        let mut keys: Vec<StateKey> = Vec::new();
        for child in &node.children {
            let Some(key) = self.detail(|reader| reader.state_key(child)) else { continue };
            match keys.iter().find(|other| other.key == key.key) {
                Some(first) => {
                    self.diagnostics.error(syntax::said_twice(key.span, first.span, "this key"));
                }
                None => keys.push(key),
            }
        }
        let tree = self.read(Rule::state_line, &node.line, STATE)?;
        Some(StateDeclaration { span: node.line.span, state: self.name_in(&tree, Rule::state)?, keys })
    }

    fn state_key(&mut self, node: &Node) -> Option<StateKey> {
        self.takes_no_table(&node.rows);
        let line = &node.line;
        let tree = self.read(Rule::state_key_line, line, STATE_KEY)?;
        let word = tree.find(Rule::state_key)?;
        let Some((_, key)) = KEYS.iter().find(|(known, _)| *known == word.text()) else {
            let known: Vec<&str> = KEYS.iter().map(|(known, _)| *known).collect();
            let nearest = nearest::nearest(word.text(), known.iter().copied());
            self.diagnostics.error(syntax::unknown_word(word.span(), "key of a state", &known, nearest));
            return None;
        };
        let rest = tree.find(Rule::rest);
        let value = match key {
            StateKeyName::Type => StateKeyValue::Type(self.state_kind(&part_of(line, rest.as_ref()))?),
            StateKeyName::Outcome => StateKeyValue::Outcome(self.outcome(&part_of(line, rest.as_ref()))?),
            StateKeyName::Description => StateKeyValue::Description(self.text(&rest?)),
            StateKeyName::After
            | StateKeyName::When
            | StateKeyName::Emits
            | StateKeyName::EmitsAsync
            | StateKeyName::FireAndForget
            | StateKeyName::SyncCall
            | StateKeyName::ApiMode
            | StateKeyName::WaitingFor
            | StateKeyName::WaitingForAll
            | StateKeyName::Then => {
                let facts = self.facts(node, rest.as_ref());
                return Some(StateKey { span: line.span, key: *key, value: StateKeyValue::Facts(facts) });
            }
        };
        self.takes_no_block(&node.children);
        Some(StateKey { span: line.span, key: *key, value })
    }

    fn state_kind(&mut self, line: &Line) -> Option<StateKind> {
        let tree = self.read(Rule::state_kind_line, line, STATE_TYPE)?;
        Some(match tree.find(Rule::state_kind)?.text() {
            "initial" => StateKind::Initial,
            "waiting" => StateKind::Waiting,
            _ => StateKind::Terminal,
        })
    }

    fn outcome(&mut self, line: &Line) -> Option<Outcome> {
        let tree = self.read(Rule::outcome_line, line, OUTCOME)?;
        Some(match tree.find(Rule::outcome_kind)?.text() {
            "success" => Outcome::Success,
            "failure" => Outcome::Failure,
            _ => Outcome::Neutral,
        })
    }

    /// The facts on a key's line and on the `- …` lines under it.
    fn facts(&mut self, node: &Node, rest: Option<&Tree<'_>>) -> Vec<Fact> {
        let mut facts = Vec::new();
        if rest.is_some() {
            let line = part_of(&node.line, rest);
            if let Some(tree) = self.read(Rule::facts_line, &line, FACTS) {
                facts.extend(self.facts_of(&tree, false));
            }
        } else if node.children.is_empty() {
            let help = "write the facts behind the colon, or on `- …` lines under it";
            self.diagnostics.error(syntax::missing_block(node.line.span, "a key", help));
        }
        for child in &node.children {
            self.takes_no_table(&child.rows);
            self.takes_no_block(&child.children);
            if let Some(tree) = self.read(Rule::listed_facts_line, &child.line, FACTS) {
                facts.extend(self.facts_of(&tree, true));
            }
        }
        facts
    }

    fn facts_of(&mut self, tree: &Tree<'_>, listed: bool) -> Vec<Fact> {
        let facts: Vec<_> = tree.children().filter(|child| child.rule() == Rule::fact).collect();
        facts.iter().map(|fact| self.fact(fact, listed)).collect()
    }

    fn fact(&mut self, tree: &Tree<'_>, listed: bool) -> Fact {
        let text = self.free_text(tree);
        let (mut event, mut state) = (None, None);
        let (mut from, mut to): (Option<Name>, Option<Name>) = (None, None);
        let mut before = "";
        for piece in &text.pieces {
            match &piece.kind {
                PieceKind::Event(name) if event.is_none() => event = Some(name.clone()),
                PieceKind::State(name) if state.is_none() => state = Some(name.clone()),
                PieceKind::Actor(name) if before == "from" => from = Some(name.clone()),
                PieceKind::Actor(name) if before == "to" => to = Some(name.clone()),
                PieceKind::Event(_)
                | PieceKind::State(_)
                | PieceKind::Actor(_)
                | PieceKind::Word
                | PieceKind::Variable(_)
                | PieceKind::Number
                | PieceKind::Text(_)
                | PieceKind::Mark => {}
            }
            before = &piece.written;
        }
        Fact { span: tree.span(), listed, event, state, from, to, text }
    }

    /// `queue:` and its settings.
    pub(super) fn queue(&mut self, node: &Node) -> Option<Queue> {
        self.takes_no_table(&node.rows);
        let mut settings: Vec<QueueSetting> = Vec::new();
        for child in &node.children {
            let Some(setting) = self.detail(|reader| reader.queue_setting(child)) else { continue };
            let kind = std::mem::discriminant(&setting.kind);
            match settings.iter().find(|other| std::mem::discriminant(&other.kind) == kind) {
                Some(first) => {
                    self.diagnostics.error(syntax::said_twice(setting.span, first.span, "this setting"));
                }
                None => settings.push(setting),
            }
        }
        self.read(Rule::queue_line, &node.line, QUEUE)?;
        if node.children.is_empty() {
            let help = "indent its settings under it: `workers: 4`";
            self.diagnostics.error(syntax::missing_block(node.line.span, "a queue", help));
        }
        Some(Queue { span: node.line.span, settings })
    }

    fn queue_setting(&mut self, node: &Node) -> Option<QueueSetting> {
        self.takes_no_table(&node.rows);
        self.takes_no_block(&node.children);
        let tree = self.read(Rule::queue_setting_line, &node.line, SETTING)?;
        let setting = tree.first()?;
        let kind = match setting.rule() {
            Rule::queue_strategy if setting.has(Rule::fifo) => QueueSettingKind::Strategy(QueueStrategy::Fifo),
            Rule::queue_strategy => QueueSettingKind::Strategy(QueueStrategy::Priority),
            Rule::queue_workers => QueueSettingKind::Workers(self.whole(&setting, "the number of workers", 1)?),
            Rule::queue_retry => QueueSettingKind::Retry(self.whole(&setting, "the number of retries", 0)?),
            Rule::queue_limit => QueueSettingKind::Limit(self.whole(&setting, "the limit of a queue", 1)?),
            Rule::queue_dead_letter => QueueSettingKind::DeadLetter(setting.has(Rule::yes)),
            _ => QueueSettingKind::Backoff(Box::new(self.backoff(&setting)?)),
        };
        Some(QueueSetting { span: node.line.span, kind })
    }

    fn whole(&mut self, tree: &Tree<'_>, what: &str, least: u32) -> Option<u32> {
        let number = tree.find(Rule::number)?;
        let value = number.text().parse::<u32>().ok().filter(|value| (least..=1_000_000_000).contains(value));
        if value.is_none() {
            let range = format!("a whole number from {least} to 1000000000");
            self.diagnostics.error(syntax::out_of_range(number.span(), what, &range));
        }
        value
    }

    fn backoff(&mut self, tree: &Tree<'_>) -> Option<Backoff> {
        let sums: Vec<_> = tree.children().filter(|child| child.rule() == Rule::sum).collect();
        let mut times = sums.iter().map(|sum| self.expression(sum));
        let first = times.next()?;
        Some(if tree.has(Rule::fixed) {
            Backoff::Fixed(first)
        } else {
            Backoff::Exponential { from: first, up_to: times.next() }
        })
    }
}

/// The part of a line behind the colon of a key, as a line of its own; empty at the end of the line if there is none.
fn part_of(line: &Line, rest: Option<&Tree<'_>>) -> Line {
    let (span, text) = rest.map_or((line.span.at_end(), ""), |rest| (rest.span(), rest.text()));
    Line { span, text: text.to_owned(), readable: true, after_blank: false }
}
