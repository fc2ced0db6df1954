//! Blocks of statements: guards become chains of arms, everything else is one statement a line.

use super::reader::{Form, Reader};
use super::reserved;
use super::statement::first_word;
use crate::ast::{Block, Guard, GuardArm, GuardChain, GuardTest, Statement};
use crate::catalog::{source, syntax};
use crate::grammar::Rule;
use crate::layout::{Line, MAX_DEPTH, Node};
use crate::source::Span;

const GUARD: Form = Form { what: "guard", form: "? condition" };
const OTHERWISE: Form = Form { what: "last arm of a guard", form: "otherwise" };

/// What a line is to a chain of guards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GuardLine {
    And,
    Or,
    Otherwise { older: bool },
}

/// Guard lines that have no block yet.
#[derive(Default)]
struct Pending {
    groups: Vec<Vec<Guard>>,
    /// The first and the last line.
    lines: Option<(Span, Span)>,
    /// Whether one of the lines could not be read, so that nothing more is said about them.
    broken: bool,
}

impl Reader<'_> {
    /// The statements of a block.
    pub(super) fn block(&mut self, nodes: &[&Node]) -> Block {
        let mut block = Block { stub: None, statements: Vec::new() };
        let mut index = 0;
        while let Some(node) = nodes.get(index) {
            if guard_line(&node.line).is_some() {
                let (chain, taken) = self.detail(|reader| reader.guard_chain(&nodes[index..]));
                block.statements.extend(chain.map(Statement::Guards));
                index += taken;
                continue;
            }
            index += 1;
            if node.line.text == "..." {
                self.takes_no_table(&node.rows);
                self.takes_no_block(&node.children);
                block.stub = block.stub.or(Some(node.line.span));
            } else if !self.detail(|reader| reader.foreign_otherwise(node)) && !self.stray(node) {
                block.statements.extend(self.detail(|reader| reader.statement(node)));
            }
        }
        match block.stub {
            Some(stub) if nodes.len() > 1 => drop(self.diagnostics.error(syntax::stub_beside_statements(stub))),
            Some(stub) => self.diagnostics.warning(syntax::stub(stub)),
            None => {}
        }
        block
    }

    /// Whether a line is the `else` of other languages; that is reported, and its block is read.
    fn foreign_otherwise(&mut self, node: &Node) -> bool {
        let (first, rest) = first_word(&node.line.text);
        let is_alone = matches!(rest.trim(), "" | ":");
        if !node.line.readable || first != "else" || (!is_alone && node.children.is_empty()) {
            return false;
        }
        let help = if is_alone {
            "write `otherwise`"
        } else {
            "write `otherwise`, and indent under it a guard: `? condition`"
        };
        self.diagnostics.error(syntax::misplaced(node.line.span, "`else`", help));
        let children: Vec<&Node> = node.children.iter().collect();
        self.block(&children);
        true
    }

    /// Whether a line is something that no body can hold; that is reported.
    fn stray(&mut self, node: &Node) -> bool {
        let line = &node.line;
        if !line.readable {
            if !declares(&line.text) {
                self.unreadable_detail(line);
            }
            let children: Vec<&Node> = node.children.iter().collect();
            self.block(&children);
            return true;
        }
        if self.reserved(node) {
            self.stray_line(line);
            return true;
        }
        let (first, rest) = first_word(&line.text);
        let (what, help) = match first {
            "on" => ("a handler", "give it the indentation of the other `on` lines: handlers do not nest"),
            "with" if rest.starts_with(':') => {
                ("`with:`", "write it at the end of the `emit`, `reply` or `on` line that it belongs to")
            }
            "" if line.text.starts_with('=') => ("an assertion", "put it under `expect:`"),
            "" if line.text.starts_with('#') && !line.text.contains(' ') => {
                ("the declaration of a state", "put it outside of handlers; a transition is `order moves to #state`")
            }
            _ if is_section(first, rest) => ("this section", "put it outside of the statements of a handler"),
            _ => return false,
        };
        self.diagnostics.error(syntax::misplaced(line.span, what, help));
        self.stray_line(line);
        true
    }

    /// Reports a line of the language's second part.
    pub(super) fn reserved(&mut self, node: &Node) -> bool {
        let Some(what) = reserved::construct(&node.line.text) else { return false };
        self.diagnostics.error(syntax::not_yet_supported(node.line.span, what));
        true
    }

    /// The chain that begins with the first node, and how many nodes it takes.
    fn guard_chain(&mut self, nodes: &[&Node]) -> (Option<GuardChain>, usize) {
        let span = nodes[0].line.span;
        let mut arms: Vec<GuardArm> = Vec::new();
        let mut pending = Pending::default();
        let mut taken = 0;
        while let Some((node, kind)) = nodes.get(taken).and_then(|node| Some((node, guard_line(&node.line)?))) {
            if pending.lines.is_some() && node.line.after_blank {
                break;
            }
            taken += 1;
            self.takes_no_table(&node.rows);
            match kind {
                GuardLine::Otherwise { older } => {
                    self.report_unguarding(std::mem::take(&mut pending));
                    arms.extend(self.otherwise(node, older, arms.is_empty() && taken == 1));
                }
                GuardLine::And | GuardLine::Or => {
                    self.add_guard(&mut pending, &node.line, kind);
                    if !node.children.is_empty() {
                        let children: Vec<&Node> = node.children.iter().collect();
                        let block = self.block(&children);
                        arms.extend(arm(std::mem::take(&mut pending), block, false));
                    }
                }
            }
        }
        if pending.lines.is_some() {
            let rest = &nodes[taken..];
            if rest.first().is_some_and(|next| next.line.after_blank) {
                if let Some((_, last)) = pending.lines {
                    self.diagnostics.warning(syntax::precondition(last));
                }
                let block = self.rest_of_block(rest);
                arms.extend(arm(pending, block, true));
                taken = nodes.len();
            } else {
                self.report_unguarding(pending);
            }
        }
        let chain = (!arms.is_empty()).then_some(GuardChain { span, arms });
        (chain, taken)
    }

    /// The block behind a precondition. Each nests what follows it, without any indentation that would be limited.
    fn rest_of_block(&mut self, rest: &[&Node]) -> Block {
        if self.preconditions == MAX_DEPTH {
            if let Some(first) = rest.first() {
                self.diagnostics.error(source::too_deep(first.line.span, MAX_DEPTH));
            }
            return Block { stub: None, statements: Vec::new() };
        }
        self.preconditions += 1;
        let block = self.block(rest);
        self.preconditions -= 1;
        block
    }

    fn report_unguarding(&mut self, pending: Pending) {
        if let Some((_, last)) = pending.lines.filter(|_| !pending.broken) {
            self.diagnostics.error(syntax::guard_without_block(last));
        }
    }

    fn otherwise(&mut self, node: &Node, older: bool, first: bool) -> Option<GuardArm> {
        let line = &node.line;
        let read = self.read(Rule::otherwise_line, line, OTHERWISE).is_some();
        if read && first {
            self.diagnostics.error(syntax::arm_without_guard(line.span, "otherwise"));
        } else if read && node.children.is_empty() {
            self.diagnostics.error(syntax::guard_without_block(line.span));
        }
        let children: Vec<&Node> = node.children.iter().collect();
        let block = self.block(&children);
        read.then_some(GuardArm { span: line.span, test: GuardTest::Otherwise { older }, block, precondition: false })
    }

    fn add_guard(&mut self, pending: &mut Pending, line: &Line, kind: GuardLine) {
        let first = pending.lines.map_or(line.span, |(first, _)| first);
        if kind == GuardLine::Or && pending.lines.is_none() {
            self.diagnostics.error(syntax::arm_without_guard(line.span, "??"));
        }
        pending.lines = Some((first, line.span));
        let rule = if kind == GuardLine::Or { Rule::or_guard_line } else { Rule::guard_line };
        let tree = self.read(rule, line, GUARD);
        let condition = tree.and_then(|tree| tree.find(Rule::condition)).map(|condition| self.condition(&condition));
        let Some(condition) = condition else {
            pending.broken = true;
            return;
        };
        let guard = Guard { span: line.span, condition };
        match (kind, pending.groups.last_mut()) {
            (GuardLine::And | GuardLine::Otherwise { .. }, Some(group)) => group.push(guard),
            (GuardLine::Or, _) | (_, None) => pending.groups.push(vec![guard]),
        }
    }
}

/// The arm of guards that are complete; none if none of them could be read.
fn arm(pending: Pending, block: Block, precondition: bool) -> Option<GuardArm> {
    let (span, _) = pending.lines?;
    (!pending.groups.is_empty()).then_some(GuardArm { span, test: GuardTest::Any(pending.groups), block, precondition })
}

/// Whether a line belongs to a chain of guards, and how.
fn guard_line(line: &Line) -> Option<GuardLine> {
    let text = line.text.as_str();
    if let Some(rest) = text.strip_prefix("??") {
        return (!rest.starts_with('?')).then_some(GuardLine::Or);
    }
    if let Some(rest) = text.strip_prefix('?') {
        return Some(if rest.trim().is_empty() { GuardLine::Otherwise { older: true } } else { GuardLine::And });
    }
    if text.strip_prefix(':').is_some_and(|rest| rest.trim_start() == "else") {
        return Some(GuardLine::Otherwise { older: true });
    }
    (first_word(text).0 == "otherwise").then_some(GuardLine::Otherwise { older: false })
}

/// Whether a line would declare something where it can stand: a handler, a section, a state.
fn declares(text: &str) -> bool {
    let (first, rest) = first_word(text);
    first == "on" || text.starts_with('#') || is_section(first, rest)
}

/// Whether a line is a section keyword alone, or followed by its colon or sigil.
pub(super) fn is_section(first: &str, rest: &str) -> bool {
    let known = matches!(
        first,
        "machine" | "scenario" | "given" | "expect" | "queue" | "response" | "type" | "uses" | "system" | "test"
    );
    let sigil = matches!(first, "machine" | "test") && rest.starts_with('@');
    known && (rest.is_empty() || rest.starts_with(':') || sigil)
}
