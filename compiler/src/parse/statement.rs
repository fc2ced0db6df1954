//! Single statements, chosen by their first word.

use super::line::Tree;
use super::reader::{Form, Reader};
use super::table::TableUse;
use crate::ast::{
    Argument, AssignedValue, BareTransition, Cancel, Change, ChangeOperation, CustomAction, Emit, Expression,
    ExpressionKind, FreeText, Path, Payload, Promise, Reply, ReplyBody, Return, Schedule, SendCallback, StartTimer,
    Statement, Target, Transition, TransitionVerb,
};
use crate::catalog::syntax;
use crate::grammar::Rule;
use crate::layout::{Line, Node};
use crate::nearest::is_one_slip;
use crate::source::Span;

const EMIT: Form = Form { what: "emit", form: "emit [async] :event [to @actor] [with $a, field: VALUE]" };
const REPLY: Form =
    Form { what: "reply", form: "reply STATUS [phrase] [async for :event] [with: | with NAME | with ^transformer]" };
const CHANGE: Form = Form { what: "change of a variable", form: "$x becomes VALUE" };
const CALLBACK: Form = Form { what: "callback", form: "send callback for :event:" };
const RETURN: Form = Form { what: "return", form: "return VALUE" };
const SCHEDULE: Form = Form { what: "schedule", form: "schedule :event in 2 hours" };
const TIMER: Form = Form { what: "timer", form: "start timer for 30 seconds" };
const CANCEL: Form = Form { what: "cancel", form: "cancel :event" };
const TRANSITION: Form = Form { what: "transition", form: "order moves to #state" };
const PAYLOAD: Form = Form { what: "payload", form: "with $a, field: VALUE" };

impl Reader<'_> {
    /// The statement of a line that is no guard; none if it has errors, which are reported.
    pub(super) fn statement(&mut self, node: &Node) -> Option<Statement> {
        let line = &node.line;
        let (first, rest) = first_word(&line.text);
        match first {
            "emit" => self.emit_statement(node),
            "reply" => self.reply(node),
            "send" if first_word(rest).0 == "callback" => self.callback(node),
            "schedule" if rest.starts_with(':') => self.plain(node, Rule::schedule_line, SCHEDULE),
            "start" if first_word(rest).0 == "timer" => self.plain(node, Rule::timer_line, TIMER),
            "cancel" if rest.starts_with(':') => self.plain(node, Rule::cancel_line, CANCEL),
            "return" => self.return_or_action(node, rest),
            _ if line.text.starts_with('$') => self.change_or_transition(node),
            _ => self.transition_or_action(node),
        }
    }

    /// A statement on one line, without anything under it.
    fn plain(&mut self, node: &Node, rule: Rule, form: Form) -> Option<Statement> {
        self.takes_nothing(node);
        let tree = self.read(rule, &node.line, form)?;
        let span = node.line.span;
        Some(match rule {
            Rule::schedule_line => Statement::Schedule(Schedule {
                span,
                event: self.name_in(&tree, Rule::event)?,
                delay: self.only(&tree, Rule::expression),
                in_: tree.has(Rule::in_word),
            }),
            Rule::timer_line => Statement::StartTimer(StartTimer { span, delay: self.only(&tree, Rule::expression) }),
            _ => Statement::Cancel(Cancel { span, event: self.name_in(&tree, Rule::event)? }),
        })
    }

    /// The tree of a line if it is a transition; without a state it is none.
    fn read_transition<'n>(&mut self, line: &'n Line) -> Option<Tree<'n>> {
        if line.text.contains('#') { self.try_read(Rule::transition_line, line) } else { None }
    }

    fn transition(&mut self, node: &Node, tree: &Tree<'_>) -> Option<Statement> {
        self.takes_nothing(node);
        Some(Statement::Transition(Transition {
            span: node.line.span,
            subject: self.free_text_in(tree, Rule::transition_subject),
            verb: tree.find(Rule::transition_verb).map_or(TransitionVerb::MovesTo, |verb| transition_verb(&verb)),
            state: self.name_in(tree, Rule::state)?,
        }))
    }

    fn return_or_action(&mut self, node: &Node, rest: &str) -> Option<Statement> {
        let must_be_return = rest.starts_with(must_be_value);
        let tree = if must_be_return {
            self.read(Rule::return_line, &node.line, RETURN)
        } else {
            self.try_read(Rule::return_line, &node.line)
        };
        if tree.is_none() && !must_be_return {
            return self.action(node);
        }
        self.takes_nothing(node);
        let tree = tree?;
        let value = tree.find(Rule::expression).map(|value| self.expression(&value));
        Some(Statement::Return(Return { span: node.line.span, value, text: self.line_text(&node.line) }))
    }

    fn change_or_transition(&mut self, node: &Node) -> Option<Statement> {
        if let Some(tree) = self.read_transition(&node.line) {
            let verb = tree.find(Rule::transition_verb).map(|verb| transition_verb(&verb));
            if verb != Some(TransitionVerb::Becomes) {
                return self.transition(node, &tree);
            }
        }
        let tree = self.read(Rule::change_line, &node.line, CHANGE)?;
        let variable = self.name_in(&tree, Rule::variable)?;
        let type_ = self.type_in(&tree);
        let change = tree.find(Rule::change)?.first()?;
        let mut constraint = None;
        let operation = match change.rule() {
            Rule::assignment => match change.find(Rule::emit_part) {
                Some(call) => {
                    let call = self.emit(&call, node)?;
                    ChangeOperation::Becomes(AssignedValue::Call(Box::new(call)))
                }
                None => {
                    constraint = self.constraint(node);
                    ChangeOperation::Becomes(self.assigned(&change))
                }
            },
            other => {
                constraint = self.constraint(node);
                let value = self.only(&change, Rule::expression);
                match other {
                    Rule::increase => ChangeOperation::IncreasesBy(value),
                    Rule::decrease => ChangeOperation::DecreasesBy(value),
                    Rule::addition => ChangeOperation::Adds(value),
                    Rule::removal => ChangeOperation::Removes(value),
                    _ => ChangeOperation::Clears,
                }
            }
        };
        Some(Statement::Change(Change { span: node.line.span, variable, type_, operation, constraint }))
    }

    fn assigned(&mut self, tree: &Tree<'_>) -> AssignedValue {
        if let Some(value) = tree.find(Rule::expression) {
            return AssignedValue::Expression(self.expression(&value));
        }
        match tree.find(Rule::assigned_text) {
            Some(text) => AssignedValue::Action(self.free_text_in(&text, Rule::free_text)),
            None => AssignedValue::Expression(Expression { span: tree.span(), kind: ExpressionKind::Null }),
        }
    }

    fn constraint(&mut self, node: &Node) -> Option<crate::ast::ConstraintTable> {
        self.takes_no_block(&node.children);
        self.constraint_table(&node.rows)
    }

    fn emit_statement(&mut self, node: &Node) -> Option<Statement> {
        let tree = self.read(Rule::emit_line, &node.line, EMIT)?;
        let part = tree.find(Rule::emit_part)?;
        Some(Statement::Emit(self.emit(&part, node)?))
    }

    /// The emit of a tree, with the payload that stands on the line of `node` or under it.
    fn emit(&mut self, tree: &Tree<'_>, node: &Node) -> Option<Emit> {
        let event = self.name_in(tree, Rule::event)?;
        let target = tree.find(Rule::target).and_then(|target| self.target(&target));
        let on_line = tree.find(Rule::payload);
        let payload = self.payload(on_line.as_ref(), node);
        Some(Emit {
            span: tree.span(),
            async_: tree.find(Rule::async_word).map(|word| word.span()),
            event,
            target,
            payload,
        })
    }

    fn target(&mut self, tree: &Tree<'_>) -> Option<Target> {
        if let Some(broadcast) = tree.find(Rule::broadcast) {
            let machine = self.name_in(&broadcast, Rule::actor)?;
            let states = self.state_list(&broadcast);
            return Some(Target::All { span: broadcast.span(), machine, states });
        }
        self.name_in(tree, Rule::actor).map(Target::Actor)
    }

    /// A payload on a line (`on_line` is its `payload` tree) or on the `with` line under it, with its rows.
    pub(super) fn payload(&mut self, on_line: Option<&Tree<'_>>, node: &Node) -> Option<Payload> {
        if let Some(tree) = on_line {
            self.takes_no_block(&node.children);
            return self.payload_of(tree, &node.rows);
        }
        self.takes_no_table(&node.rows);
        let (first, others) = node.children.split_first()?;
        if first_word(&first.line.text).0 != "with" {
            self.takes_no_block(&node.children);
            return None;
        }
        self.takes_no_block(others);
        self.takes_no_block(&first.children);
        let tree = self.read(Rule::payload_line, &first.line, PAYLOAD)?;
        let payload = tree.find(Rule::payload)?;
        self.payload_of(&payload, &first.rows)
    }

    fn payload_of(&mut self, tree: &Tree<'_>, rows: &[Line]) -> Option<Payload> {
        let Some(arguments) = tree.find(Rule::arguments) else {
            return self.table_of_with(rows, tree.span(), TableUse::Values).map(Payload::Table);
        };
        self.takes_no_table(rows);
        let parts: Vec<_> = arguments.children().filter(|child| child.rule() == Rule::argument).collect();
        let arguments: Vec<Argument> = parts.iter().filter_map(|part| self.argument(part)).collect();
        Some(Payload::Arguments { span: tree.span(), arguments })
    }

    fn argument(&mut self, tree: &Tree<'_>) -> Option<Argument> {
        let span = tree.span();
        if let Some(field) = self.name_in(tree, Rule::name) {
            return Some(Argument { span, field, value: self.only(tree, Rule::expression), shorthand: false });
        }
        let field = self.name_in(tree, Rule::variable)?;
        let path = Path { span, root: field.clone(), fields: Vec::new() };
        Some(Argument {
            span,
            field,
            value: Expression { span, kind: ExpressionKind::Variable(path) },
            shorthand: true,
        })
    }

    /// The table that a `with:` promises.
    pub(super) fn table_of_with(
        &mut self,
        rows: &[Line],
        with: Span,
        use_: TableUse,
    ) -> Option<crate::ast::FieldTable> {
        if rows.is_empty() {
            self.diagnostics.error(syntax::missing_table(with, "`with:`"));
            return None;
        }
        self.field_table(rows, use_)
    }

    fn reply(&mut self, node: &Node) -> Option<Statement> {
        let tree = self.read(Rule::reply_line, &node.line, REPLY)?;
        let status = tree.find(Rule::number)?;
        let status_span = status.span();
        let Some(number) = status.text().parse::<u16>().ok().filter(|number| (200..=599).contains(number)) else {
            self.diagnostics.error(syntax::out_of_range(status_span, "the status of a reply", "between 200 and 599"));
            return None;
        };
        let phrase = tree.find(Rule::phrase).map(|phrase| self.text(&phrase));
        let promise = match tree.find(Rule::promise) {
            Some(promise) => Some(Promise { span: promise.span(), event: self.name_in(&promise, Rule::event)? }),
            None => None,
        };
        let body = match tree.find(Rule::reply_body) {
            Some(body) => self.reply_body(&body, node)?,
            None => match self.payload(None, node) {
                Some(Payload::Table(table)) => ReplyBody::Table(table),
                Some(Payload::Arguments { span, .. }) => {
                    self.diagnostics.error(syntax::unreadable(span, REPLY.what, REPLY.form, &["`with:` and a table"]));
                    return None;
                }
                None => ReplyBody::None,
            },
        };
        Some(Statement::Reply(Reply { span: node.line.span, status: number, status_span, phrase, promise, body }))
    }

    fn reply_body(&mut self, tree: &Tree<'_>, node: &Node) -> Option<ReplyBody> {
        self.takes_no_block(&node.children);
        if tree.has(Rule::with_table) {
            return self.table_of_with(&node.rows, tree.span(), TableUse::Values).map(ReplyBody::Table);
        }
        self.takes_no_table(&node.rows);
        if let Some(name) = self.name_in(tree, Rule::transformer) {
            return Some(ReplyBody::Transformer(name));
        }
        self.name_in(tree, Rule::name).map(ReplyBody::Response)
    }

    fn callback(&mut self, node: &Node) -> Option<Statement> {
        let tree = self.read(Rule::callback_line, &node.line, CALLBACK)?;
        self.takes_no_block(&node.children);
        let event = self.name_in(&tree, Rule::event)?;
        if let Some(colon) = tree.find(Rule::colon).filter(|_| node.rows.is_empty()) {
            self.diagnostics.error(syntax::missing_table(colon.span(), "a callback with `:`"));
            return None;
        }
        let table = self.field_table(&node.rows, TableUse::Values);
        Some(Statement::SendCallback(SendCallback { span: node.line.span, event, table }))
    }

    fn transition_or_action(&mut self, node: &Node) -> Option<Statement> {
        if let Some(tree) = self.read_transition(&node.line) {
            return self.transition(node, &tree);
        }
        match behind_a_move(&node.line.text) {
            Some(at) => {
                self.unreadable_transition(&node.line, at);
                None
            }
            None => self.action(node),
        }
    }

    /// A line that moves to something which is no state, or to a state and more.
    fn unreadable_transition(&mut self, line: &Line, at: usize) {
        if !self.is_sound(line) {
            return;
        }
        let target = line.text.get(at..).unwrap_or_default();
        let state = target.find([' ', '\t', ',']).unwrap_or(target.len());
        let (at, expected) = match target.starts_with('#') && state > 1 {
            true => (at + target.len() - target[state..].trim_start().len(), "the end of the line"),
            false => (at, "a state (`#name`)"),
        };
        let rest = line.text.get(at..).unwrap_or_default();
        let start = line.span.start as usize + at;
        let span = Span::new(self.file, start, start + rest.split([' ', '\t']).next().map_or(0, str::len));
        self.diagnostics.error(syntax::unreadable(span, TRANSITION.what, TRANSITION.form, &[expected]));
    }

    fn action(&mut self, node: &Node) -> Option<Statement> {
        let line = &node.line;
        self.takes_no_block(&node.children);
        if !self.is_sound(line) {
            return None;
        }
        let text = self.line_text(line);
        self.warn_if_almost_a_statement(&text, line);
        let transition = self.try_read(Rule::bare_transition_line, line).and_then(|tree| {
            let verb = tree.find(Rule::transition_verb).map(|verb| transition_verb(&verb))?;
            let word = tree.find(Rule::word)?;
            let state = crate::ast::Name { span: word.span(), text: word.text().to_owned() };
            Some(BareTransition { verb, state })
        });
        let constraint = self.constraint_table(&node.rows);
        Some(Statement::Action(CustomAction { span: line.span, text, transition, constraint }))
    }

    /// Warns if one word with one letter changed would make the line a statement.
    fn warn_if_almost_a_statement(&mut self, text: &FreeText, line: &Line) {
        for piece in &text.pieces {
            let Some(keyword) = KEYWORDS.iter().find(|keyword| is_one_slip(&piece.written, keyword.0)) else {
                continue;
            };
            let start = (piece.span.start - line.span.start) as usize;
            let mut changed = line.text.clone();
            changed.replace_range(start..start + (piece.span.end - piece.span.start) as usize, keyword.0);
            if Tree::parse(keyword.1, self.file, 0, &changed).is_ok() {
                self.diagnostics.warning(syntax::almost_a_statement(piece.span, &piece.written, keyword.0));
                return;
            }
        }
    }

    fn takes_nothing(&mut self, node: &Node) {
        self.takes_no_table(&node.rows);
        self.takes_no_block(&node.children);
    }

    /// Reports rows under something that takes none.
    pub(super) fn takes_no_table(&mut self, rows: &[Line]) {
        if let Some(first) = rows.first().filter(|first| first.readable) {
            let help = "end that line with `with:` if these are the fields that it carries";
            self.diagnostics.error(syntax::unexpected_table(first.span, help));
        }
    }

    /// Reports a block under something that takes none, and whatever else is wrong in it.
    pub(super) fn takes_no_block(&mut self, nodes: &[Node]) {
        let Some(first) = nodes.first() else { return };
        let help = "give it the indentation of the line above; a guard begins with `?`";
        self.diagnostics.error(syntax::misplaced(first.line.span, "a block under this statement", help));
        let nodes: Vec<&Node> = nodes.iter().collect();
        self.block(&nodes);
    }
}

/// Words that make a statement of a line, with the rule of that statement.
const KEYWORDS: &[(&str, Rule)] = &[
    ("emit", Rule::emit_line),
    ("reply", Rule::reply_line),
    ("otherwise", Rule::otherwise_line),
    ("schedule", Rule::schedule_line),
    ("cancel", Rule::cancel_line),
    ("callback", Rule::callback_line),
    ("timer", Rule::timer_line),
    ("start", Rule::timer_line),
    ("send", Rule::callback_line),
    ("moves", Rule::transition_line),
    ("transitions", Rule::transition_line),
    ("enters", Rule::transition_line),
    ("becomes", Rule::transition_line),
    ("changes", Rule::transition_line),
];

/// The first word of a line, and what follows it without the space between.
pub(super) fn first_word(text: &str) -> (&str, &str) {
    let end = text.find(|character: char| !(character.is_alphanumeric() || character == '_')).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    (word, rest.trim_start())
}

/// What only a value can begin with.
fn must_be_value(first: char) -> bool {
    first.is_ascii_digit() || matches!(first, '$' | '@' | '#' | ':' | '"' | '(' | '[' | '{')
}

/// Where in a line the word behind `moves to` or `transitions to` stands, the last of them.
fn behind_a_move(text: &str) -> Option<usize> {
    let mut at = 0;
    let mut words: Vec<(usize, &str)> = Vec::new();
    for word in text.split([' ', '\t']) {
        if !word.is_empty() {
            words.push((at, word));
        }
        at += word.len() + 1;
    }
    let mut moves =
        words.windows(3).filter(|words| matches!(words[0].1, "moves" | "transitions") && words[1].1 == "to");
    moves.next_back().map(|words| words[2].0)
}

pub(super) fn transition_verb(tree: &Tree<'_>) -> TransitionVerb {
    match tree.first().map(|verb| verb.rule()) {
        Some(Rule::transitions_to) => TransitionVerb::TransitionsTo,
        Some(Rule::enters) => TransitionVerb::Enters,
        Some(Rule::becomes) => TransitionVerb::Becomes,
        Some(Rule::changes_to) => TransitionVerb::ChangesTo,
        _ => TransitionVerb::MovesTo,
    }
}
