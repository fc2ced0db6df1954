//! Rules that a body checks by itself: as data for the runtime, with whoever judges the custom ones.

use crate::ir::Rule;
use crate::render::handler::Body;
use proc_macro2::TokenStream;
use quote::quote;

impl<'p> Body<'p> {
    /// The rules as data.
    pub(super) fn rules(&self, rules: &[Rule]) -> TokenStream {
        let rules = rules.iter().map(|rule| crate::render::codec::rule(self.machine, rule));
        quote!(&[#(#rules),*])
    }

    /// Who is asked about custom rules.
    pub(super) fn custom_rules(&mut self, rules: &[Rule]) -> TokenStream {
        if rules.iter().any(|rule| matches!(rule, Rule::Custom(_))) {
            self.needs.behavior = true;
            let decides = if self.plan.waits { quote!(DecideAsync) } else { quote!(Decide) };
            quote!(&|rule, value| ::eventflow::#decides::keeps_rule(self, rule, value))
        } else {
            quote!(&::eventflow::__private::no_custom_rule)
        }
    }

    /// The check of one value.
    pub(super) fn checked(
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
}
