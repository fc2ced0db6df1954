//! Statements. A handler says at its end whether something ran: a body whose guards let nothing run ignores the event.

mod message;
mod own_call;
mod rules;
mod variable;

use super::handler::Body;
use super::types::ident;
use crate::ir::{Arm, Block, EventId, Expression, SentenceCall, Statement, StatementKind, Type};
use proc_macro2::TokenStream;
use quote::quote;

/// What becomes of the knowledge whether something ran.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// Something has run; nothing more is to say here.
    Known,
    /// The block is the end of the handler and says what ran.
    Says,
}

impl<'p> Body<'p> {
    /// The whole body, with the value that the handler ends with.
    pub(super) fn handler_body(&mut self) -> TokenStream {
        let body = &self.handler.body;
        if body.is_empty() {
            return self.ending(true);
        }
        let statements = self.block(body, Tail::Says).0;
        let flags = self.flags();
        quote!(#flags #statements)
    }

    /// For each variable whose reading depends on it: whether the handler has assigned it, which at first it has not.
    fn flags(&self) -> TokenStream {
        let flags = self.watched.iter().map(|(variable, noted)| {
            let flag = self.flag(*variable);
            let mutable = noted.then(|| quote!(mut));
            quote!(let #mutable #flag = <::eventflow::__private::Assigned as ::core::default::Default>::default();)
        });
        quote!(#(#flags)*)
    }

    /// The values that are fixed at acceptance, the reply, and as the value of the function: the fixed values.
    pub(super) fn acceptance_body(&mut self) -> TokenStream {
        let mut statements = TokenStream::new();
        let mut fixed = Vec::new();
        for (variable, expression) in &self.handler.fixed {
            let value = self.value(expression);
            let change = self.change_to(*variable, value);
            statements.extend(self.set(*variable, &change));
            let name = &self.machine.variable(*variable).name;
            let field = ident(&self.plan.variables[variable.index()]);
            let view = self.view();
            let read = match self.machine.variable(*variable).ty {
                Type::Number | Type::Integer | Type::Boolean | Type::Time | Type::Duration => {
                    quote!(#view.#field().as_ref())
                }
                _ => quote!(#view.#field()),
            };
            fixed.push(quote!((#name, #read.map(::eventflow::__private::Widen::widen))));
        }
        if let Some(reply) = &self.handler.acceptance {
            let line = self.line(self.handler.origin);
            let reply = self.reply(reply, None);
            statements.extend(quote!(#line #reply));
        }
        quote! {
            #statements
            ::core::result::Result::Ok(::eventflow::Json::Object(::eventflow::__private::members([#(#fixed),*])))
        }
    }

    /// The statements of a block, and whether control never leaves it at its end.
    ///
    /// Guards beside each other are one chain, so what is no single branch holds a statement that runs in any case.
    fn block(&mut self, block: &'p Block, tail: Tail) -> (TokenStream, bool) {
        match (tail, block.as_slice()) {
            (Tail::Known, _) => self.statements(block, tail),
            (Tail::Says, []) => (self.ending(false), true),
            (Tail::Says, [Statement { kind: StatementKind::Branch(arms), .. }]) => (self.branch(arms, tail).0, true),
            (Tail::Says, _) => {
                let (statements, ends) = self.statements(block, tail);
                let ending = (!ends).then(|| self.ending(true));
                (quote!(#statements #ending), true)
            }
        }
    }

    /// The statements of a block in which something runs. At the end of the handler, what ends it is written as the value
    /// of the function.
    fn statements(&mut self, block: &'p Block, tail: Tail) -> (TokenStream, bool) {
        let mut written = TokenStream::new();
        for statement in block {
            if tail == Tail::Says && ends(statement) {
                written.extend(match &statement.kind {
                    StatementKind::Branch(arms) => self.branch(arms, Tail::Says).0,
                    StatementKind::Return(value) => {
                        let line = self.line(statement.origin);
                        let returned = self.give_back(value.as_ref());
                        let ending = self.ending(true);
                        quote!(#line #returned #ending)
                    }
                    _ => TokenStream::new(),
                });
                return (written, true);
            }
            let (tokens, ends) = self.statement(statement);
            written.extend(tokens);
            if ends {
                return (written, true);
            }
        }
        (written, false)
    }

    fn statement(&mut self, statement: &'p Statement) -> (TokenStream, bool) {
        if let StatementKind::Branch(arms) = &statement.kind {
            return self.branch(arms, Tail::Known);
        }
        let line = self.line(statement.origin);
        let (tokens, ends) = self.plain(statement);
        (quote!(#line #tokens), ends)
    }

    /// The line of the flow as a comment.
    fn line(&mut self, origin: crate::ir::OriginId) -> TokenStream {
        let text = &self.whole.place(origin).text;
        self.frame.comment(text)
    }

    /// The lines of an arm's guards, as comments.
    fn lines(&mut self, arm: &Arm) -> TokenStream {
        let Some(condition) = &arm.condition else { return self.line(arm.origin) };
        let mut lines = TokenStream::new();
        condition.each_guard(&mut |origin, _| lines.extend(self.line(origin)));
        lines
    }

    fn branch(&mut self, arms: &'p [Arm], tail: Tail) -> (TokenStream, bool) {
        let before = self.moved;
        let mut moved = before;
        let mut written = TokenStream::new();
        let mut otherwise = false;
        let mut all_end = true;
        for (index, arm) in arms.iter().enumerate() {
            let line = self.lines(arm);
            let condition = arm.condition.as_ref().map(|condition| self.condition(condition));
            self.moved = before;
            let (body, ends) = self.block(&arm.body, tail);
            moved |= self.moved && !ends;
            self.moved = before;
            all_end &= ends;
            written.extend(match (index, condition) {
                (0, Some(condition)) => quote!(#line if #condition { #body }),
                (0, None) => quote!(#line { #body }),
                (_, Some(condition)) => quote!(else if #condition { #line #body }),
                (_, None) => quote!(else { #line #body }),
            });
            if arm.condition.is_none() {
                otherwise = true;
                break;
            }
        }
        if !otherwise && tail == Tail::Says {
            let nothing = self.ending(false);
            written.extend(quote!(else { #nothing }));
            otherwise = true;
        }
        self.moved = moved;
        (written, otherwise && all_end)
    }

    fn plain(&mut self, statement: &'p Statement) -> (TokenStream, bool) {
        let tokens = match &statement.kind {
            StatementKind::Branch(_) => TokenStream::new(),
            StatementKind::Transition(state) => {
                self.needs.decision = true;
                self.moved = true;
                let state = ident(&self.plan.states[state.index()]);
                quote!(decision.state = ::core::option::Option::Some(State::#state);)
            }
            StatementKind::Assign { variable, value } => self.assign(*variable, value),
            StatementKind::Increase { variable, by } => self.step(*variable, by, &quote!(add)),
            StatementKind::Decrease { variable, by } => self.step(*variable, by, &quote!(subtract)),
            StatementKind::Append { variable, element } => self.edit(*variable, element, &quote!(append)),
            StatementKind::Remove { variable, element } => self.edit(*variable, element, &quote!(remove)),
            StatementKind::Clear(variable) => {
                let change = self.change_type(*variable);
                self.set(*variable, &quote!(#change::Clear))
            }
            StatementKind::Constrain(constraints) => {
                constraints.iter().map(|constraint| self.constrain(constraint)).collect()
            }
            StatementKind::Emit(emit) => self.emit(emit),
            StatementKind::Act(call) => self.act(call),
            // A queued request was answered at the door.
            StatementKind::Reply(_) | StatementKind::Promise { .. } if self.handler.queued => TokenStream::new(),
            StatementKind::Reply(reply) => self.reply(reply, None),
            StatementKind::Promise { reply, event } => self.reply(reply, Some(event)),
            StatementKind::Callback { event, payload } => self.call_back(event, payload),
            StatementKind::Return(value) => {
                let returned = self.give_back(value.as_ref());
                let ending = self.ending(true);
                return (quote!(#returned return #ending;), true);
            }
            StatementKind::Schedule { event, after, replace } => self.schedule(*event, after, *replace),
            StatementKind::Cancel(event) => {
                self.needs.decision = true;
                let timer = self.timer(*event);
                quote!(decision.effects.disarm(#timer);)
            }
        };
        (tokens, false)
    }

    fn give_back(&mut self, value: Option<&'p Expression>) -> TokenStream {
        self.needs.decision = true;
        let answers_itself = self.plan.handlers[self.index].called_by_itself;
        let value = value.map(|expression| {
            // What is made here must outlive its own statement.
            let value = self.value(expression);
            if value.owned { value.into_owned() } else { value.into_borrowed() }
        });
        match value {
            None => quote! {
                decision.effects.returned = ::core::option::Option::Some(::std::borrow::ToOwned::to_owned("null"));
            },
            Some(value) if answers_itself => quote! {
                let value = #value;
                let answer = ::core::option::Option::Some(::eventflow::__private::Widen::recorded(&value));
                let returned = ::eventflow::Encoder::encode(&value);
                decision.effects.answer = answer;
                decision.effects.returned = ::core::option::Option::Some(returned);
            },
            Some(value) => quote! {
                decision.effects.returned = ::core::option::Option::Some(::eventflow::Encoder::encode(&#value));
            },
        }
    }

    fn schedule(&mut self, event: EventId, after: &'p Expression, replace: bool) -> TokenStream {
        self.needs.decision = true;
        self.needs.turn = true;
        self.needs.fallible = true;
        let timer = self.timer(event);
        let after = self.required(after).tokens;
        let disarm = replace.then(|| quote!(decision.effects.disarm(#timer);));
        quote!(#disarm decision.effects.arm(#timer, turn.meta, #after)?;)
    }

    fn timer(&self, event: EventId) -> TokenStream {
        let variant = self.plan.timers.get(&event).map(ident);
        quote!(Timer::#variant)
    }

    /// An action for its effect.
    fn act(&mut self, call: &'p SentenceCall) -> TokenStream {
        let (before, acted, after) = self.acted(call);
        let ignored = self.machine.sentence(call.sentence).returns.is_some().then(|| quote!(let _ =));
        quote!(#before #ignored #acted; #after)
    }
}

/// Whether the handler never goes on after a statement.
fn ends(statement: &Statement) -> bool {
    match &statement.kind {
        StatementKind::Return(_) => true,
        StatementKind::Branch(arms) => {
            let all = arms.iter().all(|arm| arm.body.iter().any(ends));
            all && arms.iter().any(|arm| arm.condition.is_none())
        }
        StatementKind::Transition(_)
        | StatementKind::Assign { .. }
        | StatementKind::Increase { .. }
        | StatementKind::Decrease { .. }
        | StatementKind::Append { .. }
        | StatementKind::Remove { .. }
        | StatementKind::Clear(_)
        | StatementKind::Constrain(_)
        | StatementKind::Emit(_)
        | StatementKind::Act(_)
        | StatementKind::Reply(_)
        | StatementKind::Promise { .. }
        | StatementKind::Callback { .. }
        | StatementKind::Schedule { .. }
        | StatementKind::Cancel(_) => false,
    }
}
