//! `= …` lines.

use super::Lowering;
use super::events::{Written, written_fields};
use super::names::Scope;
use super::patterns::Wanted;
use super::values::{Typed, Words};
use crate::ast::{
    self, AssertionKind, ConditionTree, Expression, ExpressionKind, FreeText, Name, Payload, PieceKind, Reading,
    StateAssertion, normal_number,
};
use crate::catalog::story as catalog;
use crate::ir::Type;
use crate::test_plan::{Assertion, Claim, Comparison, Condition, Expected, Place, StateClaim, Value};

impl Lowering<'_, '_> {
    /// What blocks of `expect:` claim.
    pub(super) fn expectations<'e>(
        &mut self,
        expect: impl IntoIterator<Item = &'e ast::Expect>,
        scope: Scope,
    ) -> Vec<Assertion> {
        let lines: Vec<&ast::Assertion> = expect.into_iter().flat_map(|expect| &expect.assertions).collect();
        self.assertions(&lines, scope)
    }

    /// What some lines claim together.
    pub(super) fn assertions(&mut self, lines: &[&ast::Assertion], scope: Scope) -> Vec<Assertion> {
        let mut assertions = Vec::new();
        let mut spans = Vec::new();
        for line in lines {
            let claims = self.claims(line, scope).unwrap_or_default();
            spans.extend(claims.iter().map(|_| line.span));
            let place: Place = self.place(line.span);
            let assertion = |claim| Assertion { place: place.clone(), machine: scope.machine, claim };
            assertions.extend(claims.into_iter().map(assertion));
        }
        self.contradictions(&assertions, &spans);
        assertions
    }

    /// What one line claims; more than one thing if free text stands beside conditions. None if an error was reported.
    fn claims(&mut self, line: &ast::Assertion, scope: Scope) -> Option<Vec<Claim>> {
        let claim = match &line.kind {
            AssertionKind::State { subject, claim, states } => {
                let machine = self.subject(subject, scope)?;
                let states = self.states(states, machine)?;
                Claim::State { machine, claim: state_claim(*claim), states }
            }
            AssertionKind::Items { subject, count } => self.items(line, subject, count.as_ref(), scope)?,
            AssertionKind::Event { event, bare: true, .. }
                if !self.names.event_names().contains(&event.text.as_str()) =>
            {
                self.code(&line.text, scope)?
            }
            AssertionKind::Event { event, bare: _, to, wording: _, negated, payload } => {
                let written =
                    Written { span: line.span, event, to: to.as_ref(), negated: *negated, payload: payload.as_ref() };
                Claim::Event(self.event_claim(&written, scope)?)
            }
            AssertionKind::Called { machine, action, negated, payload } => {
                self.called((machine.as_ref(), action), *negated, payload.as_ref(), scope)?
            }
            AssertionKind::ReplyStatus { status, negated } => self.status(status, *negated, scope)?,
            AssertionKind::Condition(condition) => return self.condition(line, condition, scope),
        };
        Some(vec![claim])
    }

    /// `$items has 3 items`
    fn items(
        &mut self,
        line: &ast::Assertion,
        subject: &FreeText,
        count: Option<&Expression>,
        scope: Scope,
    ) -> Option<Claim> {
        let Some(path) = self.path_of(subject, scope) else { return self.code(&line.text, scope) };
        let value = self.value(&path, scope, Words::Names)?;
        if let Some(ty) = &value.ty
            && !matches!(ty, Type::List(_) | Type::Json | Type::Object)
        {
            let ty = self.names.type_text(ty);
            self.diagnostics.error(catalog::unfit_operation(subject.span, "`has … items`", &ty));
            return None;
        }
        let count = match count {
            Some(count) => Some(self.value(count, scope, Words::Names)?.value),
            None => None,
        };
        Some(Claim::Items { value: value.value, count })
    }

    /// The value that a subject names: `$items`, `items` if there is such a variable, `reply.items`.
    fn path_of(&self, subject: &FreeText, scope: Scope) -> Option<Expression> {
        let span = subject.span;
        if let [only] = subject.pieces.as_slice()
            && let PieceKind::Variable(path) = &only.kind
        {
            return Some(Expression { span, kind: ExpressionKind::Variable(path.clone()) });
        }
        let mut words = subject.pieces.iter().filter(|piece| piece.written != ".");
        let name = |piece: &ast::Piece| match piece.kind {
            PieceKind::Word => Some(Name { span: piece.span, text: piece.written.clone() }),
            _ => None,
        };
        let root = name(words.next()?)?;
        let dotted = subject.pieces.len() == 1 || subject.pieces.iter().any(|piece| piece.written == ".");
        if !dotted || !self.names.machine(scope.machine).is_value(&root.text) {
            return None;
        }
        let fields = words.map(name).collect::<Option<Vec<Name>>>()?;
        let path = ast::Path { span, root, fields };
        Some(Expression { span, kind: ExpressionKind::Word(path) })
    }

    /// `ACTION was called [with …]`
    fn called(
        &mut self,
        (machine, action): (Option<&Name>, &FreeText),
        negated: bool,
        payload: Option<&Payload>,
        scope: Scope,
    ) -> Option<Claim> {
        let speakers = self.speakers(machine, scope)?;
        let meant = self.sentence(action, Wanted::Action, &speakers)?;
        let machine = *meant.machines.first()?;
        let literals = meant.literals.into_iter().map(|(name, value)| Expected { name, value });
        let mut arguments: Vec<Expected> = literals.collect();
        for field in written_fields(payload) {
            let Some(value) = field.value else {
                self.no_value(field.span);
                continue;
            };
            let ty = self.parameter(meant.sentence, field.name)?;
            let value = self.expected(value, &[ty], &format!("the parameter `{}`", field.name.text), scope)?;
            arguments.push(Expected { name: field.name.text.clone(), value });
        }
        Some(Claim::Called { machine, sentence: meant.sentence.name.clone(), negated, arguments })
    }

    /// `reply status is 201`
    fn status(&mut self, status: &Expression, negated: bool, scope: Scope) -> Option<Claim> {
        let value = self.value(status, scope, Words::Names)?;
        if !self.fits(&value, &[&Type::Integer], "a status", status.span) {
            return None;
        }
        if let (Value::Number(number), false) = (&value.value, negated) {
            self.reply_status(number, status.span, scope);
        }
        let comparison = if negated { Comparison::NotEqual } else { Comparison::Equal };
        Some(Claim::Holds(Condition::Compare(comparison, Value::ReplyStatus, value.value)))
    }

    /// A condition: what the test decides by itself, and free text beside it.
    fn condition(&mut self, line: &ast::Assertion, condition: &ast::Condition, scope: Scope) -> Option<Vec<Claim>> {
        let machine = self.names.machine(scope.machine);
        let known = |word: &str| machine.is_value(word);
        for part in &condition.parts {
            self.misspelled_word(part, scope)?;
        }
        match condition.tree(&known) {
            ConditionTree::And(parts) => {
                let mut claims = Vec::new();
                for part in &parts {
                    claims.push(match self.built_in(part, scope)? {
                        Some(condition) => Claim::Holds(condition),
                        None => self.part_in_code(part, scope)?,
                    });
                }
                Some(claims)
            }
            tree => Some(vec![match self.built_in(&tree, scope)? {
                Some(condition) => Claim::Holds(condition),
                None => self.code(&line.text, scope)?,
            }]),
        }
    }

    /// Reports a comparison that would be free text because of one unknown word: `$status is pending`, `totl equals 5`.
    fn misspelled_word(&mut self, part: &ast::ConditionPart, scope: Scope) -> Option<()> {
        let Some(Reading::Expression(expression)) = &part.reading else { return Some(()) };
        let machine = self.names.machine(scope.machine);
        let Some(unknown) = part.if_known.iter().find(|word| !machine.is_value(&word.text)) else { return Some(()) };
        let mut values = 0;
        expression.walk(&mut |inner| match &inner.kind {
            ExpressionKind::Variable(_) | ExpressionKind::Actor(_) => values += 1,
            ExpressionKind::Word(path) if machine.is_value(&path.root.text) => values += 1,
            _ => {}
        });
        let near = self.near(&unknown.text, scope);
        if values == 0 && near.is_none() {
            return Some(());
        }
        self.diagnostics.error(catalog::unknown_word(unknown.span, &unknown.text, near));
        None
    }

    /// The condition that a tree is, if no free text is in it. None if an error was reported.
    fn built_in(&mut self, tree: &ConditionTree<'_>, scope: Scope) -> Option<Option<Condition>> {
        let all = |lowering: &mut Self, parts: &[ConditionTree<'_>]| {
            let mut conditions = Vec::new();
            for part in parts {
                let Some(condition) = lowering.built_in(part, scope)? else { return Some(None) };
                conditions.push(condition);
            }
            Some(Some(conditions))
        };
        Some(match tree {
            ConditionTree::And(parts) => all(self, parts)?.map(Condition::All),
            ConditionTree::Or(parts) => all(self, parts)?.map(Condition::Any),
            ConditionTree::Not(part) => self.built_in(part, scope)?.map(|part| Condition::Not(Box::new(part))),
            ConditionTree::BuiltIn(Reading::State(test)) => Some(self.state_test(test, scope)?),
            ConditionTree::BuiltIn(Reading::Expression(expression)) => Some(self.truth(expression, scope)?),
            ConditionTree::Text(_) => None,
        })
    }

    /// A part of a line that is free text.
    fn part_in_code(&mut self, tree: &ConditionTree<'_>, scope: Scope) -> Option<Claim> {
        match tree {
            ConditionTree::Text(text) => self.code(text, scope),
            ConditionTree::Not(part) => match part.as_ref() {
                ConditionTree::Text(text) => {
                    let not = FreeText::of_word(text.span.at_start(), "not");
                    self.code(&not.joined(text), scope)
                }
                ConditionTree::And(_) | ConditionTree::Or(_) | ConditionTree::Not(_) | ConditionTree::BuiltIn(_) => {
                    self.mixed(tree)
                }
            },
            ConditionTree::And(_) | ConditionTree::Or(_) | ConditionTree::BuiltIn(_) => self.mixed(tree),
        }
    }

    /// Free text and conditions in one alternative: neither the test nor one method could decide it.
    fn mixed(&mut self, tree: &ConditionTree<'_>) -> Option<Claim> {
        if let Some(span) = span_of(tree) {
            let help = "write an assertion for each";
            let message = "conditions and free text cannot be alternatives of each other";
            self.diagnostics.error(catalog::out_of_place(span, message, help));
        }
        None
    }

    /// Free text that the user's code decides.
    fn code(&mut self, text: &FreeText, scope: Scope) -> Option<Claim> {
        let mut arguments = Vec::new();
        for piece in &text.pieces {
            match &piece.kind {
                PieceKind::Variable(path) => arguments.push(self.path(path, scope)?.value),
                PieceKind::Number => arguments.extend(normal_number(&piece.written).map(Value::Number)),
                PieceKind::Text(text) => arguments.push(Value::Text(text.clone())),
                PieceKind::Event(event) => {
                    let form = format!("= :{} was emitted", event.text);
                    self.diagnostics.error(catalog::no_assertion_form(text.span, "an event", &form));
                    return None;
                }
                PieceKind::State(state) => {
                    let name = &self.names.machine(scope.machine).ir.name;
                    // A state alone goes on with a list: `order is in #paid and #shipped`.
                    let others = if text.pieces.len() == 1 { "#…, " } else { "" };
                    let form = format!("= {name} is in {others}#{}", state.text);
                    self.diagnostics.error(catalog::no_assertion_form(text.span, "a state", &form));
                    return None;
                }
                PieceKind::Word | PieceKind::Actor(_) | PieceKind::Mark => {}
            }
        }
        if says_called(text) {
            let form = "= ACTION was called with KEY: VALUE";
            self.diagnostics.error(catalog::no_assertion_form(text.span, "a call", form));
            return None;
        }
        let name = text.method();
        if name.is_empty() {
            self.diagnostics.error(crate::catalog::names::no_word(text.span));
            return None;
        }
        Some(Claim::Code { name, arguments })
    }

    /// A value alone, for others.
    pub(super) fn plain(&mut self, value: &Expression, scope: Scope) -> Option<Typed> {
        self.value(value, scope, Words::Text)
    }
}

/// Whether a text speaks of a call: `… was called …`, `… was not called …`.
fn says_called(text: &FreeText) -> bool {
    let words: Vec<&str> = text.pieces.iter().map(|piece| piece.written.as_str()).collect();
    words.windows(2).any(|words| words == ["was", "called"])
        || words.windows(3).any(|words| words == ["was", "not", "called"])
}

fn span_of(tree: &ConditionTree<'_>) -> Option<crate::source::Span> {
    match tree {
        ConditionTree::And(parts) | ConditionTree::Or(parts) => parts.iter().find_map(span_of),
        ConditionTree::Not(part) => span_of(part),
        ConditionTree::BuiltIn(Reading::State(test)) => Some(test.span),
        ConditionTree::BuiltIn(Reading::Expression(expression)) => Some(expression.span),
        ConditionTree::Text(text) => Some(text.span),
    }
}

fn state_claim(claim: StateAssertion) -> StateClaim {
    match claim {
        StateAssertion::IsIn => StateClaim::IsIn,
        StateAssertion::IsNotIn => StateClaim::IsNotIn,
        StateAssertion::HasEntered => StateClaim::HasEntered,
        StateAssertion::HasBeenIn => StateClaim::HasBeenIn,
        StateAssertion::HasNeverBeenIn => StateClaim::HasNeverBeenIn,
    }
}
