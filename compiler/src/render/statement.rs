//! Statements. A handler says at its end whether something ran: a body whose guards let nothing run ignores the event.

use super::expression::{Value, number};
use super::handler::Body;
use super::types::ident;
use crate::ir::{
    Arm, Assigned, Block, Constraint, Emit, EventId, Expression, ExpressionKind, FieldCheck, PayloadField, Rule,
    SentenceId, Statement, StatementKind, Target, Type, VariableId, Way,
};
use crate::plan::waiting::handler_of_own_call;
use proc_macro2::{Literal, TokenStream};
use quote::quote;

/// What becomes of the knowledge whether something ran.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tail {
    /// Something has run; nothing more is to say here.
    Known,
    /// The block is the end of the handler and says what ran.
    Says,
    /// The block notes in `ran` that something ran.
    Notes,
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

    /// What notes that the handler assigns a variable, if a reading depends on it.
    fn note(&mut self, variable: VariableId) -> Option<TokenStream> {
        *self.watched.get_mut(&variable)? = true;
        let flag = self.flag(variable);
        Some(quote!(#flag.note();))
    }

    /// The name of the flag that says whether the handler has assigned a variable.
    pub(super) fn flag(&self, variable: VariableId) -> proc_macro2::Ident {
        let name = self.plan.variables[variable.index()].to_string();
        quote::format_ident!("assigned_{}", name.trim_start_matches("r#"))
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
            let reply = self.reply(reply, None, self.handler.origin);
            statements.extend(quote!(#line #reply));
        }
        quote! {
            #statements
            ::core::result::Result::Ok(::eventflow::Json::Object(::eventflow::__private::members([#(#fixed),*])))
        }
    }

    /// The statements of a block, and whether control never leaves it at its end.
    fn block(&mut self, block: &'p Block, tail: Tail) -> (TokenStream, bool) {
        let certain = block.iter().any(|statement| !matches!(statement.kind, StatementKind::Branch(_)));
        match tail {
            Tail::Known => self.statements(block, Tail::Known),
            Tail::Notes if certain => {
                let (statements, ends) = self.statements(block, Tail::Known);
                (quote!(ran = ::eventflow::Ran::Something; #statements), ends)
            }
            Tail::Notes => self.statements(block, Tail::Notes),
            Tail::Says if certain || (block.len() > 1 && block.iter().any(ends)) => {
                let (statements, ends) = self.statements_to(block, Tail::Known, true);
                let ending = (!ends).then(|| self.ending(true));
                (quote!(#statements #ending), true)
            }
            Tail::Says => self.saying(block),
        }
    }

    /// A block of branches at the end of the handler.
    fn saying(&mut self, block: &'p Block) -> (TokenStream, bool) {
        match block.as_slice() {
            [] => (self.ending(false), true),
            [Statement { kind: StatementKind::Branch(arms), .. }] => (self.branch(arms, Tail::Says).0, true),
            _ => {
                let (statements, ends) = self.statements(block, Tail::Notes);
                let ending = (!ends).then(|| self.ending_with(&quote!(ran)));
                (quote!(let mut ran = ::eventflow::Ran::Nothing; #statements #ending), true)
            }
        }
    }

    fn statements(&mut self, block: &'p Block, tail: Tail) -> (TokenStream, bool) {
        self.statements_to(block, tail, false)
    }

    /// The same; if the block is the end of the handler, what ends it is written as the value of the function.
    fn statements_to(&mut self, block: &'p Block, tail: Tail, last: bool) -> (TokenStream, bool) {
        let mut written = TokenStream::new();
        for statement in block {
            if last && ends(statement) {
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
            let (tokens, ends) = self.statement(statement, tail);
            written.extend(tokens);
            if ends {
                return (written, true);
            }
        }
        (written, false)
    }

    fn statement(&mut self, statement: &'p Statement, tail: Tail) -> (TokenStream, bool) {
        if let StatementKind::Branch(arms) = &statement.kind {
            return self.branch(arms, tail);
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

    fn branch(&mut self, arms: &'p [Arm], tail: Tail) -> (TokenStream, bool) {
        let before = self.moved;
        let mut moved = before;
        let mut written = TokenStream::new();
        let mut otherwise = false;
        let mut all_end = true;
        for (index, arm) in arms.iter().enumerate() {
            let line = self.line(arm.origin);
            let condition = arm.condition.as_ref().map(|condition| self.condition(condition, arm.origin));
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
            StatementKind::Assign { variable, value } => self.assign(*variable, value, statement),
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
            StatementKind::Act { sentence, arguments } => self.act(*sentence, arguments, statement.origin),
            // A queued request was answered at the door.
            StatementKind::Reply(_) | StatementKind::Promise { .. } if self.handler.queued => TokenStream::new(),
            StatementKind::Reply(reply) => self.reply(reply, None, statement.origin),
            StatementKind::Promise { reply, event } => self.reply(reply, Some(event), statement.origin),
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

    fn change_type(&self, variable: VariableId) -> TokenStream {
        match self.machine.variable(variable).ty {
            Type::List(_) => quote!(::eventflow::ListChange),
            _ => quote!(::eventflow::Change),
        }
    }

    fn set(&mut self, variable: VariableId, change: &TokenStream) -> TokenStream {
        self.needs.decision = true;
        let name = ident(&self.plan.variables[variable.index()]);
        let note = self.note(variable);
        quote!(decision.changes.#name = #change; #note)
    }

    /// The change to a value.
    fn change_to(&self, variable: VariableId, value: Value<'p>) -> TokenStream {
        let change = self.change_type(variable);
        let unset = value.unset;
        let value = value.into_owned();
        if unset { quote!(#change::to(#value)) } else { quote!(#change::Set(#value)) }
    }

    fn assign(&mut self, variable: VariableId, value: &'p Assigned, statement: &'p Statement) -> TokenStream {
        match value {
            Assigned::Expression(expression) => {
                let change = if expression.kind == ExpressionKind::Null {
                    let change = self.change_type(variable);
                    quote!(#change::Clear)
                } else {
                    let value = self.value(expression);
                    self.change_to(variable, value)
                };
                let change = self.unless_fixed(variable, change);
                self.set(variable, &change)
            }
            Assigned::Action { sentence, arguments } => {
                let (before, acted, after) = self.acted(*sentence, arguments, statement.origin);
                let returned = self.machine.sentence(*sentence).returns.as_ref();
                let change = self.change_type(variable);
                if returned.is_none() {
                    let set = self.set(variable, &quote!(#change::Clear));
                    return quote!(#before #acted; #after #set);
                }
                let change = if returned == Some(&Type::Json) {
                    quote!(#change::to(::eventflow::__private::set(#acted)))
                } else {
                    quote!(#change::Set(#acted))
                };
                let set = self.set(variable, &change);
                quote!(#before #set #after)
            }
            Assigned::Call(emit) => self.call(variable, emit),
        }
    }

    /// A value that was fixed at acceptance is taken as it is.
    fn unless_fixed(&mut self, variable: VariableId, change: TokenStream) -> TokenStream {
        if !self.handler.fixed.iter().any(|(fixed, _)| *fixed == variable) {
            return change;
        }
        self.needs.turn = true;
        self.needs.fallible = true;
        let to = self.change_type(variable);
        let name = &self.machine.variable(variable).name;
        quote! {
            match turn.fixed(#name)? {
                ::core::option::Option::Some(value) => #to::to(value),
                ::core::option::Option::None => #change,
            }
        }
    }

    fn step(&mut self, variable: VariableId, by: &'p Expression, function: &TokenStream) -> TokenStream {
        self.needs.fallible = true;
        let ty = &self.machine.variable(variable).ty;
        let name = ident(&self.plan.variables[variable.index()]);
        let view = self.view();
        let before = match ty {
            Type::Time => {
                let text = format!("${}", self.machine.variable(variable).name);
                quote!(::eventflow::__private::required(#view.#name(), #text)?)
            }
            _ => quote!(#view.#name().unwrap_or_default()),
        };
        let change = match (ty, &by.ty) {
            (Type::Integer, Type::Number) => {
                let by = self.side(by);
                let before = quote!(::eventflow::Number::from_integer(#before));
                quote!(::eventflow::operators::integer(::eventflow::operators::#function(#before, #by)?)?)
            }
            (Type::Number, Type::Integer) => {
                let by = self.side(by);
                quote!(::eventflow::operators::#function(#before, #by)?)
            }
            _ => {
                let by = self.operand(by).into_borrowed();
                quote!(::eventflow::operators::#function(#before, #by)?)
            }
        };
        self.set(variable, &quote!(::eventflow::Change::Set(#change)))
    }

    fn edit(&mut self, variable: VariableId, element: &'p Expression, operation: &TokenStream) -> TokenStream {
        self.needs.turn = true;
        self.needs.decision = true;
        let element = self.required(element).into_owned();
        let name = ident(&self.plan.variables[variable.index()]);
        let note = self.note(variable);
        quote!(decision.changes.#name.#operation(&turn.context.#name, #element); #note)
    }

    fn constrain(&mut self, constraint: &'p Constraint) -> TokenStream {
        self.needs.fallible = true;
        let name = &self.machine.variable(constraint.variable).name;
        let field = ident(&self.plan.variables[constraint.variable.index()]);
        let view = self.view();
        let required = constraint.required;
        let rules = self.rules(&constraint.rules);
        let value = match self.machine.variable(constraint.variable).ty {
            Type::Number | Type::Integer | Type::Boolean | Type::Time | Type::Duration => {
                quote!(#view.#field().as_ref())
            }
            _ => quote!(#view.#field()),
        };
        let custom = self.custom_rules(&constraint.rules);
        quote!(::eventflow::__private::constrain(#name, #required, #rules, #value, #custom)?;)
    }

    /// The rules as data.
    fn rules(&self, rules: &[Rule]) -> TokenStream {
        let rules = rules.iter().map(|rule| super::codec::rule(self.whole, self.machine, rule));
        quote!(&[#(#rules),*])
    }

    /// Who is asked about custom rules.
    fn custom_rules(&mut self, rules: &[Rule]) -> TokenStream {
        if rules.iter().any(|rule| matches!(rule, Rule::Custom(_))) {
            self.needs.behavior = true;
            let decides = if self.plan.waits { quote!(DecideAsync) } else { quote!(Decide) };
            quote!(&|rule, value| ::eventflow::#decides::keeps_rule(self, rule, value))
        } else {
            quote!(&::eventflow::__private::no_custom_rule)
        }
    }

    fn emit(&mut self, emit: &'p Emit) -> TokenStream {
        self.needs.decision = true;
        let (before, payload) = self.payload_of(emit);
        let message = &self.plan.messages[emit.message.index()];
        let variant = message.variant.as_ref().map(ident);
        let empty = self.machine.message(emit.message).fields.is_empty();
        let bound = (!empty && before.is_empty()).then(|| quote!(let message = #payload;));
        let said = match (empty, message.payload.boxed) {
            (true, _) => quote!(Emit::#variant),
            (false, false) => quote!(Emit::#variant(message)),
            (false, true) => quote!(Emit::#variant(::std::boxed::Box::new(message))),
        };
        let emitted = match emit.way {
            Way::Bare | Way::Call => quote!(emit),
            Way::Async | Way::Broadcast => quote!(emit_async),
        };
        quote!(#before #bound decision.effects.#emitted(#said);)
    }

    /// What an emit carries: the statements that check it, and the struct.
    fn payload_of(&mut self, emit: &'p Emit) -> (TokenStream, TokenStream) {
        let message = self.machine.message(emit.message);
        let shape = &self.plan.messages[emit.message.index()].payload;
        let name = ident(&shape.name);
        let mut written = Vec::new();
        for field in &emit.payload {
            let Some(place) = message.fields.iter().position(|declared| declared.name == field.name) else { continue };
            let value = self.field_value(field);
            let value = if message.fields[place].required {
                self.as_required(value, &field.name).into_owned()
            } else {
                value.into_option()
            };
            let name = ident(&shape.fields[place]);
            written.push(quote!(#name: #value));
        }
        for (declared, name) in message.fields.iter().zip(&shape.fields) {
            if emit.payload.iter().all(|field| field.name != declared.name) {
                let name = ident(name);
                written.push(quote!(#name: ::core::option::Option::None));
            }
        }
        let said = quote!(says::#name { #(#written),* });
        if emit.checks.is_empty() || message.fields.is_empty() {
            return (TokenStream::new(), said);
        }
        let checks = emit.checks.iter().map(|check| self.check(emit, check)).collect::<Vec<_>>();
        self.needs.fallible = true;
        let event = &message.event;
        let before = quote! {
            let message = #said;
            let mut violations = ::std::vec::Vec::new();
            #(#checks)*
            ::eventflow::__private::all_kept(#event, violations)?;
        };
        (before, quote!(message))
    }

    /// The check of one field of an emit's table.
    fn check(&mut self, emit: &'p Emit, check: &'p FieldCheck) -> TokenStream {
        let message = self.machine.message(emit.message);
        let Some(field) = emit.payload.get(check.field.index()) else { return TokenStream::new() };
        let Some(place) = message.fields.iter().position(|declared| declared.name == field.name) else {
            return TokenStream::new();
        };
        let name = &field.name;
        let member = ident(&self.plan.messages[emit.message.index()].payload.fields[place]);
        let value = if message.fields[place].required {
            quote!(::core::option::Option::Some(&message.#member))
        } else {
            quote!(message.#member.as_ref())
        };
        self.checked(name, (check.required, check.bail), &check.rules, &value)
    }

    /// The value of a payload's field; where the field needs one, the handler ends without.
    fn field_value(&mut self, field: &'p PayloadField) -> Value<'p> {
        if field.required { self.required(&field.value) } else { self.value(&field.value) }
    }

    fn as_required(&mut self, value: Value<'p>, name: &str) -> Value<'p> {
        if !value.unset {
            return value;
        }
        self.needs.fallible = true;
        let tokens = &value.tokens;
        Value { tokens: quote!(::eventflow::__private::required(#tokens, #name)?), unset: false, ..value }
    }

    fn call(&mut self, variable: VariableId, emit: &'p Emit) -> TokenStream {
        if let Target::Itself(event) = emit.target {
            return self.own_call(variable, emit, event);
        }
        self.needs.caller = true;
        self.needs.decision = true;
        self.needs.fallible = true;
        let (before, payload) = self.payload_of(emit);
        let message = self.machine.message(emit.message);
        let event = &message.event;
        let target = super::codec::target(self.whole, &emit.target);
        let data = if message.fields.is_empty() {
            quote!(::std::borrow::ToOwned::to_owned("{}"))
        } else {
            quote!(::eventflow::Encoder::encode(&#payload))
        };
        let change = self.change_type(variable);
        let set = self.set(variable, &quote!(#change::to(answer)));
        quote! {
            #before
            let data = #data;
            let answer = caller.call(&mut decision.effects, #target, #event, data).await?;
            #set
        }
    }

    /// A call to the own instance: the other handler runs within this turn.
    fn own_call(&mut self, variable: VariableId, emit: &'p Emit, event: EventId) -> TokenStream {
        self.needs.fallible = true;
        self.needs.decision = true;
        let (before, said) = self.payload_of(emit);
        let change = self.change_type(variable);
        let name = &self.machine.event(event).name;
        let Some(index) = handler_of_own_call(self.machine, event) else {
            let set = self.set(variable, &quote!(#change::to(::eventflow::__private::nobody(#name)?)));
            return quote!(#before #set);
        };
        self.moved = true;
        let carries = !self.machine.message(emit.message).fields.is_empty();
        let message = (carries && before.is_empty()).then(|| quote!(let message = #said;));
        let data = if carries {
            quote!(::eventflow::Encoder::encode(&message))
        } else {
            quote!(::std::borrow::ToOwned::to_owned("{}"))
        };
        let checks = self.own_checks(index, emit, event);
        let (called, run) = self.run_own(index, emit, event);
        let set = self.set(variable, &quote!(#change::to(answer)));
        let (keep_reply, give_reply) = if self.plan.effects.replies {
            (quote!(let reply = decision.effects.reply.take();), quote!(decision.effects.reply = reply;))
        } else {
            (TokenStream::new(), TokenStream::new())
        };
        let answered = quote!(::eventflow::__private::own_answer(&mut decision.effects, #name, data, ran)?);
        let runs = quote! {
            #called
            #keep_reply
            let ran = #run;
            #give_reply
        };
        let answer = if checks.is_empty() {
            quote!(#runs let answer = #answered;)
        } else {
            quote! {
                let mut violations = ::std::vec::Vec::new();
                #checks
                let answer = if violations.is_empty() {
                    #runs
                    #answered
                } else {
                    ::eventflow::__private::own_refusal(&mut decision.effects, #name, data, violations)?
                };
            }
        };
        quote! {
            #before
            #message
            let data = #data;
            #answer
            #set
        }
    }

    /// The checks of a payload that the machine sends to a handler of its own, as the engine checks any other: what is
    /// missing, then the rules of the handler's table.
    fn own_checks(&mut self, index: usize, emit: &'p Emit, event: EventId) -> TokenStream {
        let declared = &self.machine.event(event).fields;
        let said = &self.machine.message(emit.message).fields;
        let mut checks = TokenStream::new();
        for field in declared.iter().filter(|field| field.required) {
            if !said.iter().any(|other| other.name == field.name && other.required) {
                checks.extend(self.own_check(emit, &field.name, (true, false), &[]));
            }
        }
        for check in &self.machine.handlers[index].checks {
            let field = &declared[check.field.index()];
            let certain = said.iter().any(|other| other.name == field.name && other.required);
            let required = check.required && !field.required && !certain;
            if required || !check.rules.is_empty() {
                checks.extend(self.own_check(emit, &field.name, (required, check.bail), &check.rules));
            }
        }
        checks
    }

    /// The check of one field of a payload for a handler of the own machine.
    fn own_check(
        &mut self,
        emit: &'p Emit,
        name: &str,
        (required, bail): (bool, bool),
        rules: &'p [Rule],
    ) -> TokenStream {
        let said = &self.machine.message(emit.message).fields;
        let shape = &self.plan.messages[emit.message.index()].payload;
        let value = match said.iter().position(|field| field.name == name) {
            None => quote!(::core::option::Option::None::<&::eventflow::Json>),
            Some(place) => {
                let member = ident(&shape.fields[place]);
                if said[place].required {
                    quote!(::core::option::Option::Some(&message.#member))
                } else {
                    quote!(message.#member.as_ref())
                }
            }
        };
        self.checked(name, (required, bail), rules, &value)
    }

    /// The check of one value.
    fn checked(
        &mut self,
        name: &str,
        (required, bail): (bool, bool),
        rules: &'p [Rule],
        value: &TokenStream,
    ) -> TokenStream {
        let custom = self.custom_rules(rules);
        let rules = self.rules(rules);
        quote! {
            ::eventflow::__private::check(
                &mut violations,
                #name,
                ::eventflow::__private::Demands { required: #required, bail: #bail },
                #rules,
                #value,
                #custom,
            )?;
        }
    }

    /// What the handler of a call to the own instance is given, and the call of its function.
    fn run_own(&mut self, index: usize, emit: &'p Emit, event: EventId) -> (TokenStream, TokenStream) {
        let others = self.others.get(index).copied().unwrap_or_default();
        let plan = &self.plan.handlers[index];
        let (function, variant) = (ident(&plan.function), ident(&plan.variant));
        self.needs.behavior |= others.behavior;
        self.needs.caller |= others.caller;
        self.needs.turn |= others.turn;
        let carries = !self.machine.event(event).fields.is_empty() && (others.turn || others.event);
        let payload = carries.then(|| {
            let payload = self.as_event(emit, event);
            quote!(let payload = #payload;)
        });
        let wrapped = match (self.machine.event(event).fields.is_empty(), self.plan.events[event.index()].boxed) {
            (true, _) => quote!(Event::#variant),
            (false, false) => quote!(Event::#variant(::core::clone::Clone::clone(&payload))),
            (false, true) => quote!(Event::#variant(::std::boxed::Box::new(::core::clone::Clone::clone(&payload)))),
        };
        let called = others.turn.then(|| quote!(let called = #wrapped;));
        let mut arguments = Vec::new();
        arguments.extend(
            others
                .turn
                .then(|| quote!(::eventflow::Turn { event: &called, fixed: ::core::option::Option::None, ..turn })),
        );
        arguments.extend(others.event.then(|| quote!(&payload)));
        arguments.extend(others.decision.then(|| quote!(decision)));
        arguments.extend(others.caller.then(|| quote!(caller)));
        let receiver = if others.behavior { quote!(self.) } else { quote!(Self::) };
        let waiting = plan.waits.then(|| quote!(.await));
        let failing = others.fallible.then(|| quote!(?));
        (quote!(#payload #called), quote!(#receiver #function(#(#arguments),*)#waiting #failing))
    }

    /// The payload of an emit as the event of this machine that it is.
    fn as_event(&mut self, emit: &'p Emit, event: EventId) -> TokenStream {
        let declared = &self.machine.event(event).fields;
        let shape = &self.plan.events[event.index()];
        let said = &self.machine.message(emit.message).fields;
        let said_shape = &self.plan.messages[emit.message.index()].payload;
        let name = ident(&shape.name);
        let mut written = Vec::new();
        for (field, name) in declared.iter().zip(&shape.fields) {
            let name = ident(name);
            let place = said.iter().position(|other| other.name == field.name);
            let value = place.map(|place| (ident(&said_shape.fields[place]), said[place].required));
            let text = &field.name;
            self.needs.fallible |= field.required;
            written.push(match (value, field.required) {
                (Some((member, true)), true) | (Some((member, false)), false) => quote!(#name: message.#member),
                (Some((member, true)), false) => quote!(#name: ::core::option::Option::Some(message.#member)),
                (Some((member, false)), true) => {
                    quote!(#name: ::eventflow::__private::required(message.#member, #text)?)
                }
                (None, false) => quote!(#name: ::core::option::Option::None),
                (None, true) => {
                    quote!(#name: ::eventflow::__private::required(::core::option::Option::None, #text)?)
                }
            });
        }
        quote!(#name { #(#written),* })
    }

    fn call_back(&mut self, event: &'p str, payload: &'p [PayloadField]) -> TokenStream {
        self.needs.decision = true;
        let data = self.fields_encoded(payload);
        quote! {
            #data
            decision.effects.call_back(#event, encoder.finish());
        }
    }

    /// Binds `encoder` to the text of an object.
    fn fields_encoded(&mut self, payload: &'p [PayloadField]) -> TokenStream {
        let mut writes = Vec::new();
        for field in payload {
            let name = &field.name;
            let value = self.field_value(field);
            let unset = value.unset;
            let value = value.into_borrowed();
            writes.push(if unset {
                quote!(object.optional(#name, &#value);)
            } else {
                quote!(object.field(#name, &#value);)
            });
        }
        quote! {
            let mut encoder = ::eventflow::Encoder::new();
            let mut object = encoder.object();
            #(#writes)*
            object.end();
        }
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
    fn act(&mut self, sentence: SentenceId, arguments: &'p [Expression], origin: crate::ir::OriginId) -> TokenStream {
        let (before, acted, after) = self.acted(sentence, arguments, origin);
        let ignored = self.machine.sentence(sentence).returns.is_some().then(|| quote!(let _ =));
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
        | StatementKind::Act { .. }
        | StatementKind::Reply(_)
        | StatementKind::Promise { .. }
        | StatementKind::Callback { .. }
        | StatementKind::Schedule { .. }
        | StatementKind::Cancel(_) => false,
    }
}

/// A number for a table of rules.
pub(super) fn bound(text: &str) -> TokenStream {
    number(text)
}

/// A count of characters.
pub(super) fn characters(count: u32) -> Literal {
    super::types::grouped(u128::from(count))
}
