//! Machines and systems: keywords nest, columns do not.

use super::body::is_section;
use super::line::Tree;
use super::reader::{Form, Reader};
use super::statement::first_word;
use super::table::TableUse;
use crate::ast::{
    Declaration, Expect, FlowFile, FlowItem, Given, Handler, Import, Imported, Machine, Modifier, ModifierKind, Name,
    Priority, RecordType, Response, Scenario, ScenarioItem, SystemHeader, Text, Uses,
};
use crate::catalog::syntax;
use crate::grammar::Rule;
use crate::layout::Node;
use crate::source::Span;

pub(super) const MACHINE: Form = Form { what: "machine", form: "machine: @name" };
const SYSTEM: Form = Form { what: "system", form: "system: name of the system" };
const SCENARIO: Form = Form { what: "scenario", form: "scenario: title" };
const USES: Form = Form { what: "section", form: "uses:" };
const IMPORT: Form = Form { what: "import", form: "@order from \"./order.flow\" [as @alias]" };
const HANDLER: Form =
    Form { what: "handler", form: "on :event [from @actor] [(api)] [(queued api)] [(priority high)] [with:]" };
const RESPONSE: Form = Form { what: "response", form: "response: name" };
const TYPE: Form = Form { what: "type", form: "type: name" };

/// The machine being read.
struct Open {
    span: Span,
    /// None if its line could not be read; then it is read for its errors only.
    name: Option<Name>,
    scenarios: Vec<Scenario>,
}

impl Reader<'_> {
    /// The items of a `.flow` file.
    pub(super) fn flow_file(&mut self, nodes: &[Node]) -> FlowFile {
        let mut items = Vec::new();
        let mut open: Option<Open> = None;
        for node in flattened(nodes) {
            match section(node) {
                "machine" => {
                    close(&mut items, open.take());
                    open = Some(self.machine(node));
                }
                "system" => {
                    close(&mut items, open.take());
                    self.system(node, &mut items);
                }
                "uses" => {
                    close(&mut items, open.take());
                    items.extend(self.uses(node).map(FlowItem::Uses));
                }
                section => match (&mut open, items.last_mut()) {
                    (Some(machine), _) => self.machine_item(machine, node, section),
                    (None, Some(FlowItem::Uses(uses))) if is_import(node) => uses.imports.extend(self.import(node)),
                    (None, _) => items.extend(self.file_item(node, section)),
                },
            }
        }
        close(&mut items, open);
        FlowFile { items }
    }

    fn machine(&mut self, node: &Node) -> Open {
        self.takes_no_table(&node.rows);
        let name = self.read(Rule::machine_line, &node.line, MACHINE).and_then(|tree| self.name_in(&tree, Rule::actor));
        Open { span: node.line.span, name, scenarios: Vec::new() }
    }

    fn system(&mut self, node: &Node, items: &mut Vec<FlowItem>) {
        self.takes_no_table(&node.rows);
        let Some(tree) = self.read(Rule::system_line, &node.line, SYSTEM) else { return };
        let Some(name) = tree.find(Rule::rest).map(|rest| self.text(&rest)) else { return };
        let first = items.iter().find_map(|item| match item {
            FlowItem::System(system) => Some(system.span),
            FlowItem::Uses(_) | FlowItem::Machine(_) | FlowItem::Declaration(_) => None,
        });
        match first {
            Some(first) => {
                self.diagnostics.error(syntax::said_twice(node.line.span, first, "the name of the system"));
            }
            None => items.push(FlowItem::System(SystemHeader { span: node.line.span, name })),
        }
    }

    fn uses(&mut self, node: &Node) -> Option<Uses> {
        self.takes_no_table(&node.rows);
        let read = self.read(Rule::uses_line, &node.line, USES).is_some();
        let imports = node.children.iter().filter_map(|child| self.import(child)).collect();
        read.then_some(Uses { span: node.line.span, imports })
    }

    fn import(&mut self, node: &Node) -> Option<Import> {
        self.takes_no_table(&node.rows);
        self.takes_no_block(&node.children);
        let tree = self.read(Rule::import_line, &node.line, IMPORT)?;
        let path = tree.find(Rule::string).map(|path| self.quoted(&path))?;
        let subject = match self.name_in(&tree, Rule::actor) {
            Some(machine) => Imported::Machine(machine),
            None => Imported::System(self.name_in(&tree, Rule::dashed_name)?),
        };
        let alias = self.name_in(&tree, Rule::alias);
        Some(Import { span: node.line.span, subject, path, alias })
    }

    /// What stands before the first machine.
    fn file_item(&mut self, node: &Node, section: &str) -> Option<FlowItem> {
        match section {
            "queue" => self.queue(node).map(|queue| FlowItem::Declaration(Declaration::Queue(queue))),
            "response" => self.response(node).map(|found| FlowItem::Declaration(Declaration::Response(found))),
            "type" => self.record_type(node).map(|found| FlowItem::Declaration(Declaration::RecordType(found))),
            _ => {
                self.misplaced(node, "begin with `machine: @name`: this belongs into a machine");
                None
            }
        }
    }

    fn machine_item(&mut self, machine: &mut Open, node: &Node, section: &str) {
        if section == "scenario" {
            self.takes_no_table(&node.rows);
            let title = self.read(Rule::scenario_line, &node.line, SCENARIO);
            let title = title.and_then(|tree| tree.find(Rule::rest)).map(|rest| self.text(&rest));
            let title = title.unwrap_or(Text { span: node.line.span, text: String::new() });
            machine.scenarios.push(Scenario { span: node.line.span, title: Some(title), items: Vec::new() });
            return;
        }
        if machine.scenarios.is_empty() {
            let span = node.line.span.at_start();
            machine.scenarios.push(Scenario { span, title: None, items: Vec::new() });
        }
        let Some(scenario) = machine.scenarios.last_mut() else { return };
        let declaration = match section {
            "queue" => self.queue(node).map(Declaration::Queue),
            "response" => self.response(node).map(Declaration::Response),
            "type" => self.record_type(node).map(Declaration::RecordType),
            "#" => self.state_declaration(node).map(Declaration::State),
            "on" => {
                scenario.items.extend(self.handler(node).map(ScenarioItem::Handler));
                None
            }
            "given" => {
                scenario.items.extend(self.given(node).map(ScenarioItem::Given));
                None
            }
            "expect" => {
                scenario.items.extend(self.expect(node).map(ScenarioItem::Expect));
                None
            }
            "=" => {
                match scenario.items.last_mut() {
                    Some(ScenarioItem::Expect(expect)) => expect.assertions.extend(self.assertion(node)),
                    _ => self.misplaced(node, "put it under `expect:`"),
                }
                None
            }
            _ => {
                if !self.reserved(node) {
                    self.misplaced(node, "put it under the `on :event` in which it shall happen");
                }
                None
            }
        };
        scenario.items.extend(declaration.map(ScenarioItem::Declaration));
    }

    /// Reports a line outside of everything that could hold it, and what is wrong in its block; a block that is lifted out
    /// is read by whoever walks the lines.
    pub(super) fn misplaced(&mut self, node: &Node, help: &str) {
        if node.line.readable {
            self.diagnostics.error(syntax::misplaced(node.line.span, "this line", help));
        }
        if nests_by_keyword(node) {
            return;
        }
        let children: Vec<&Node> = node.children.iter().collect();
        self.block(&children);
    }

    fn response(&mut self, node: &Node) -> Option<Response> {
        self.takes_no_block(&node.children);
        let tree = self.read(Rule::response_line, &node.line, RESPONSE)?;
        let name = self.name_in(&tree, Rule::name)?;
        let table = self.declared_table(node, "a response", TableUse::Values)?;
        Some(Response { span: node.line.span, name, table })
    }

    fn record_type(&mut self, node: &Node) -> Option<RecordType> {
        self.takes_no_block(&node.children);
        let tree = self.read(Rule::type_line, &node.line, TYPE)?;
        let name = self.name_in(&tree, Rule::name)?;
        let table = self.declared_table(node, "a type", TableUse::RecordType)?;
        Some(RecordType { span: node.line.span, name, table })
    }

    fn declared_table(&mut self, node: &Node, what: &str, use_: TableUse) -> Option<crate::ast::FieldTable> {
        if node.rows.is_empty() {
            self.diagnostics.error(syntax::missing_table(node.line.span, what));
            return None;
        }
        self.field_table(&node.rows, use_)
    }

    fn handler(&mut self, node: &Node) -> Option<Handler> {
        if self.reserved(node) {
            return None;
        }
        let parts = self.handler_parts(node);
        let tree = self.read(Rule::handler_line, &node.line, HANDLER)?;
        let event = self.name_in(&tree, Rule::event)?;
        let from = self.name_in(&tree, Rule::actor);
        let modifiers = self.modifiers(&tree);
        let with = match (tree.find(Rule::with_table), parts.with) {
            (Some(first), Some(second)) => {
                self.diagnostics.error(syntax::said_twice(second.line.span, first.span(), "the payload of this event"));
                None
            }
            (Some(with), None) => self.table_of_with(&node.rows, with.span(), TableUse::Handler),
            (None, Some(with)) => {
                self.takes_no_table(&node.rows);
                self.table_of_with(&with.rows, with.line.span, TableUse::Handler)
            }
            (None, None) => {
                self.takes_no_table(&node.rows);
                None
            }
        };
        let mut body = parts.body;
        if let Some(stub) = tree.find(Rule::ellipsis) {
            if body.stub.is_some() || !body.statements.is_empty() {
                self.diagnostics.error(syntax::stub_beside_statements(stub.span()));
            } else {
                self.diagnostics.warning(syntax::stub(stub.span()));
            }
            body.stub = Some(stub.span());
        }
        let (given, expect) = (parts.given, parts.expect);
        Some(Handler { span: node.line.span, event, from, modifiers, with, body, given, expect })
    }

    fn handler_parts<'n>(&mut self, node: &'n Node) -> HandlerParts<'n> {
        let (mut given, mut expect, mut body) = (Vec::new(), Vec::<Expect>::new(), Vec::new());
        let mut children = node.children.as_slice();
        let mut with = None;
        if let Some((first, others)) = children.split_first()
            && is_with_line(first)
        {
            self.takes_no_block(&first.children);
            with = Some(first);
            children = others;
        }
        for child in children {
            match section(child) {
                "given" => given.extend(self.given(child)),
                "expect" => expect.extend(self.expect(child)),
                "=" if !expect.is_empty() => {
                    let assertion = self.assertion(child);
                    if let Some(last) = expect.last_mut() {
                        last.assertions.extend(assertion);
                    }
                }
                _ => body.push(child),
            }
        }
        HandlerParts { with, given, expect, body: self.block(&body) }
    }

    fn modifiers(&mut self, tree: &Tree<'_>) -> Vec<Modifier> {
        let mut modifiers: Vec<Modifier> = Vec::new();
        if let Some(older) = tree.find(Rule::on_older) {
            modifiers.push(Modifier { span: older.span(), kind: ModifierKind::Api { older: true } });
        }
        let written = tree.children().filter(|child| child.rule() == Rule::modifiers);
        for modifier in written.flat_map(|list| list.children()).filter(|child| child.rule() == Rule::modifier) {
            let Some(inner) = modifier.first() else { continue };
            let kind = match inner.rule() {
                Rule::api => ModifierKind::Api { older: false },
                Rule::queued_api => ModifierKind::QueuedApi,
                _ => ModifierKind::Priority(priority(&inner)),
            };
            let same = |other: &&Modifier| match (other.kind, kind) {
                (ModifierKind::Priority(_), ModifierKind::Priority(_)) => true,
                (ModifierKind::Api { .. } | ModifierKind::QueuedApi, ModifierKind::Priority(_)) => false,
                (ModifierKind::Priority(_), ModifierKind::Api { .. } | ModifierKind::QueuedApi) => false,
                (
                    ModifierKind::Api { .. } | ModifierKind::QueuedApi,
                    ModifierKind::Api { .. } | ModifierKind::QueuedApi,
                ) => true,
            };
            if let Some(first) = modifiers.iter().find(same) {
                let what = "how this event comes in, or its priority,";
                self.diagnostics.error(syntax::said_twice(modifier.span(), first.span, what));
                continue;
            }
            modifiers.push(Modifier { span: modifier.span(), kind });
        }
        modifiers
    }
}

/// What stands under an `on` line.
struct HandlerParts<'n> {
    with: Option<&'n Node>,
    given: Vec<Given>,
    expect: Vec<Expect>,
    body: crate::ast::Block,
}

fn close(items: &mut Vec<FlowItem>, open: Option<Open>) {
    if let Some(Open { span, name: Some(name), scenarios }) = open {
        items.push(FlowItem::Machine(Machine { span, name, scenarios }));
    }
}

fn priority(tree: &Tree<'_>) -> Priority {
    match tree.find(Rule::priority_level).map(|level| level.text()) {
        Some("critical") => Priority::Critical,
        Some("high") => Priority::High,
        Some("low") => Priority::Low,
        Some("bulk") => Priority::Bulk,
        _ => Priority::Normal,
    }
}

/// The lines in order, those of a section that nests by keyword lifted out of its block.
pub(super) fn flattened(nodes: &[Node]) -> Vec<&Node> {
    let mut flat = Vec::new();
    for node in nodes {
        flat.push(node);
        if nests_by_keyword(node) {
            flat.extend(flattened(&node.children));
        }
    }
    flat
}

/// Whether a line opens a section that runs to the next one of its kind, whatever the columns.
fn nests_by_keyword(node: &Node) -> bool {
    matches!(section(node), "machine" | "system" | "scenario" | "test")
}

/// Which section a line opens: its keyword, `#` for a state, `=` for an assertion, else nothing.
pub(super) fn section(node: &Node) -> &str {
    let text = node.line.text.as_str();
    let (first, rest) = first_word(text);
    match first {
        "" if text.starts_with('#') => "#",
        "" if text.starts_with('=') => "=",
        "on" => "on",
        _ if is_section(first, rest) => first,
        _ => "",
    }
}

fn is_import(node: &Node) -> bool {
    let mut words = node.line.text.split([' ', '\t']).filter(|word| !word.is_empty());
    words.nth(1) == Some("from")
}

fn is_with_line(node: &Node) -> bool {
    node.line.text.strip_prefix("with").is_some_and(|rest| rest.trim() == ":")
}
