//! Statements that change a variable: assignments, steps, edits of lists, and the constraints checked after them.

use crate::ir::{Assigned, Constraint, Expression, ExpressionKind, Type, VariableId};
use crate::render::expression::Value;
use crate::render::handler::Body;
use crate::render::types::ident;
use proc_macro2::TokenStream;
use quote::quote;

impl<'p> Body<'p> {
    /// What notes that the handler assigns a variable, if a reading depends on it.
    pub(super) fn note(&mut self, variable: VariableId) -> Option<TokenStream> {
        *self.watched.get_mut(&variable)? = true;
        let flag = self.flag(variable);
        Some(quote!(#flag.note();))
    }

    /// The name of the flag that says whether the handler has assigned a variable.
    pub(in crate::render) fn flag(&self, variable: VariableId) -> proc_macro2::Ident {
        let name = self.plan.variables[variable.index()].to_string();
        quote::format_ident!("assigned_{}", name.trim_start_matches("r#"))
    }

    pub(super) fn change_type(&self, variable: VariableId) -> TokenStream {
        match self.machine.variable(variable).ty {
            Type::List(_) => quote!(::eventflow::ListChange),
            _ => quote!(::eventflow::Change),
        }
    }

    pub(super) fn set(&mut self, variable: VariableId, change: &TokenStream) -> TokenStream {
        self.needs.decision = true;
        let name = ident(&self.plan.variables[variable.index()]);
        let note = self.note(variable);
        quote!(decision.changes.#name = #change; #note)
    }

    /// The change to a value.
    pub(super) fn change_to(&self, variable: VariableId, value: Value<'p>) -> TokenStream {
        let change = self.change_type(variable);
        let unset = value.unset;
        let value = value.into_owned();
        if unset { quote!(#change::to(#value)) } else { quote!(#change::Set(#value)) }
    }

    pub(super) fn assign(&mut self, variable: VariableId, value: &'p Assigned) -> TokenStream {
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
            Assigned::Action(call) => {
                let (before, acted, after) = self.acted(call);
                let returned = self.machine.sentence(call.sentence).returns.as_ref();
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
            Assigned::Call { emit, place } => self.call(variable, emit, place),
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

    pub(super) fn step(&mut self, variable: VariableId, by: &'p Expression, function: &TokenStream) -> TokenStream {
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
        let by = self.operand(by).into_borrowed();
        let after = quote!(::eventflow::operators::#function(#before, #by)?);
        self.set(variable, &quote!(::eventflow::Change::Set(#after)))
    }

    pub(super) fn edit(
        &mut self,
        variable: VariableId,
        element: &'p Expression,
        operation: &TokenStream,
    ) -> TokenStream {
        self.needs.turn = true;
        self.needs.decision = true;
        let element = self.required(element).into_owned();
        let name = ident(&self.plan.variables[variable.index()]);
        let note = self.note(variable);
        quote!(decision.changes.#name.#operation(&turn.context.#name, #element); #note)
    }

    pub(super) fn constrain(&mut self, constraint: &'p Constraint) -> TokenStream {
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
}
