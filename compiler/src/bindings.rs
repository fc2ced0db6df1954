//! The code that a flow needs, ready to paste: an `impl` for every trait of the generated modules that users implement.
//!
//! It is read off the generated text itself, so that what is shown is what the Rust compiler asks for.

use std::collections::BTreeSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::{Item, ItemTrait, ReturnType, TraitItem, TraitItemFn};

/// The traits that users implement.
const TRAITS: [&str; 2] = ["Behavior", "Port"];

/// One `impl` to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The trait with its module: `order::Behavior`.
    pub of: String,
    /// The `impl`, formatted, with a type to implement it for.
    pub text: String,
}

/// The `impl`s that a generated module asks for, in the order of its traits.
///
/// # Errors
/// If the text is no Rust.
pub fn bindings(module: &str, text: &str) -> Result<Vec<Binding>, syn::Error> {
    let file = syn::parse_file(text)?;
    let mut found = Vec::new();
    collect(&[ident(module)], &file.items, &mut found);
    Ok(found)
}

fn collect(path: &[Ident], items: &[Item], found: &mut Vec<Binding>) {
    let local: BTreeSet<String> = items.iter().filter_map(local_name).collect();
    for item in items {
        match item {
            Item::Trait(of) if TRAITS.iter().any(|name| of.ident == name) => found.push(binding(path, of, &local)),
            Item::Mod(inner) => {
                let path: Vec<Ident> = path.iter().cloned().chain([inner.ident.clone()]).collect();
                if let Some((_, items)) = &inner.content {
                    collect(&path, items, found);
                }
            }
            _ => {}
        }
    }
}

/// The name by which signatures in the same module may refer to an item.
fn local_name(item: &Item) -> Option<String> {
    let name = match item {
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Type(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Mod(item) => &item.ident,
        _ => return None,
    };
    Some(name.to_string())
}

fn binding(path: &[Ident], of: &ItemTrait, local: &BTreeSet<String>) -> Binding {
    let readable = Readable { path, local };
    let who = path.last().map_or_else(String::new, |module| pascal(&module.to_string()));
    let implementor = ident(&format!("{who}{}", of.ident));
    let name = &of.ident;
    let methods: Vec<Method> = of.items.iter().filter_map(Method::of).collect();
    let functions = methods.iter().map(|method| &method.tokens);
    let file = syn::parse2(quote! {
        struct #implementor;
        impl #name for #implementor { #(#functions)* }
    });
    let of = format!("{}::{name}", path.iter().map(Ident::to_string).collect::<Vec<_>>().join("::"));
    let text = file.map_or_else(|error: syn::Error| format!("// {error}\n"), |file| layout(&file, &methods, &readable));
    Binding { of, text }
}

/// Formats the `impl` and puts each sentence above its method.
fn layout(file: &syn::File, methods: &[Method], readable: &Readable<'_>) -> String {
    let mut text = String::new();
    let mut sentences = methods.iter().map(|method| method.sentence.as_deref().unwrap_or("no sentence"));
    for line in prettyplease::unparse(file).lines() {
        let begins =
            line.strip_prefix("    ").is_some_and(|line| line.starts_with("fn ") || line.starts_with("async fn "));
        if let Some(sentence) = begins.then(|| sentences.next()).flatten() {
            text.push_str(&format!("    // {sentence}\n"));
        }
        if line.starts_with("impl ") {
            text.push('\n');
        }
        text.push_str(&readable.text(line));
        text.push('\n');
    }
    text
}

/// A method to write.
struct Method {
    sentence: Option<String>,
    tokens: TokenStream,
}

impl Method {
    fn of(item: &TraitItem) -> Option<Self> {
        let TraitItem::Fn(method) = item else { return None };
        let sentence = method.attrs.iter().find_map(documentation);
        let reminder = format!("write what `{}` does", method.sig.ident);
        let signature = signature(method);
        Some(Self { sentence, tokens: quote!(#signature { todo!(#reminder) }) })
    }
}

/// The signature as one writes it in an `impl`: `async fn` where the trait names a future.
fn signature(method: &TraitItemFn) -> TokenStream {
    let syn::Signature { ident, generics, inputs, output, .. } = &method.sig;
    let future = match output {
        ReturnType::Type(_, ty) => future_output(ty),
        ReturnType::Default => None,
    };
    match future {
        Some(output) => quote!(async fn #ident #generics (#inputs) -> #output),
        None => method.sig.to_token_stream(),
    }
}

/// `T` of `impl Future<Output = T> + …`.
fn future_output(ty: &syn::Type) -> Option<&syn::Type> {
    let syn::Type::ImplTrait(implemented) = ty else { return None };
    implemented.bounds.iter().find_map(|bound| {
        let syn::TypeParamBound::Trait(bound) = bound else { return None };
        let last = bound.path.segments.last().filter(|segment| segment.ident == "Future")?;
        let syn::PathArguments::AngleBracketed(arguments) = &last.arguments else { return None };
        arguments.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::AssocType(output) if output.ident == "Output" => Some(&output.ty),
            _ => None,
        })
    })
}

/// The first line of a doc comment.
fn documentation(attribute: &syn::Attribute) -> Option<String> {
    let syn::Meta::NameValue(pair) = &attribute.meta else { return None };
    let syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) = &pair.value else { return None };
    pair.path.is_ident("doc").then(|| text.value().trim().to_owned())
}

/// Turns paths of generated code into those that people write.
struct Readable<'a> {
    /// The module that the trait stands in, from the root of the generated code.
    path: &'a [Ident],
    /// The types of that module.
    local: &'a BTreeSet<String>,
}

/// Absolute paths to what is in everybody's scope.
const IN_SCOPE: [(&str, &str); 4] = [
    ("::core::result::Result", "Result"),
    ("::core::option::Option", "Option"),
    ("::std::string::String", "String"),
    ("::std::vec::Vec", "Vec"),
];

impl Readable<'_> {
    /// The text of a signature with the paths that hold outside of the generated module.
    fn text(&self, generated: &str) -> String {
        let mut text = generated.to_owned();
        for (absolute, name) in IN_SCOPE {
            text = text.replace(absolute, name);
        }
        let mut out = String::new();
        let mut rest = text.as_str();
        while let Some(letter) = rest.chars().next() {
            let word = rest.find(|letter: char| !letter.is_alphanumeric() && letter != '_').unwrap_or(rest.len());
            let continues = out.ends_with("::") || out.ends_with('.') || out.ends_with('\'');
            let supers = rest.split("super::").take_while(|between| between.is_empty()).count();
            if supers > 0 && !continues {
                out.push_str(&self.prefix(supers));
                rest = &rest[supers * "super::".len()..];
            } else if word > 0 {
                let (name, behind) = rest.split_at(word);
                let declares = behind.starts_with(':') && !behind.starts_with("::");
                if self.local.contains(name) && !continues && !declares {
                    out.push_str(&self.prefix(0));
                }
                out.push_str(name);
                rest = behind;
            } else if let Some(behind) = rest.strip_prefix("::").filter(|_| begins_path(&out)) {
                rest = behind;
            } else {
                out.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
        out
    }

    /// The path of the module that is so many levels above, with `::` behind it.
    fn prefix(&self, above: usize) -> String {
        let kept = self.path.len().saturating_sub(above);
        self.path[..kept].iter().map(|module| format!("{module}::")).collect()
    }
}

/// Whether `::` behind this text begins an absolute path.
fn begins_path(before: &str) -> bool {
    !before.ends_with(|letter: char| letter.is_alphanumeric() || letter == '_' || letter == '>')
}

fn ident(name: &str) -> Ident {
    match name.strip_prefix("r#") {
        Some(raw) => Ident::new_raw(raw, Span::call_site()),
        None => syn::parse_str(name).unwrap_or_else(|_| Ident::new_raw(name, Span::call_site())),
    }
}

fn pascal(name: &str) -> String {
    let words = name.trim_start_matches("r#").split('_');
    words
        .map(|word| {
            let mut letters = word.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>()).unwrap_or_default()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impl_is_written_as_people_write_it() {
        let module = r#"
            pub struct View<'a> { pub state: u8 }
            pub struct Line;
            pub trait Behavior: ::core::marker::Send {
                /// `? card covers $amount` (order.flow:3)
                ///
                /// # Errors
                fn card_covers(&self, view: View<'_>, lines: &[Line], amount: ::eventflow::Decimal)
                    -> ::core::result::Result<bool, ::eventflow::BoxError>;
                /// `send mail to $email` (order.flow:4)
                fn send_mail_to(&self, view: View<'_>, email: &str) -> impl ::core::future::Future<
                    Output = ::core::result::Result<(), ::eventflow::BoxError>> + ::core::marker::Send;
            }
            pub mod customer {
                pub trait Port {
                    /// `emit :paid to @customer` (order.flow:5)
                    fn paid(&self, message: super::super::order::says::Paid, by: super::View<'_>) -> bool;
                }
            }
        "#;
        let found = bindings("order", module).expect("it is Rust");
        let texts: Vec<&str> = found.iter().map(|binding| binding.text.as_str()).collect();
        assert_eq!(
            texts,
            [
                "\
struct OrderBehavior;

impl order::Behavior for OrderBehavior {
    // `? card covers $amount` (order.flow:3)
    fn card_covers(
        &self,
        view: order::View<'_>,
        lines: &[order::Line],
        amount: eventflow::Decimal,
    ) -> Result<bool, eventflow::BoxError> {
        todo!(\"write what `card_covers` does\")
    }
    // `send mail to $email` (order.flow:4)
    async fn send_mail_to(
        &self,
        view: order::View<'_>,
        email: &str,
    ) -> Result<(), eventflow::BoxError> {
        todo!(\"write what `send_mail_to` does\")
    }
}
",
                "\
struct CustomerPort;

impl order::customer::Port for CustomerPort {
    // `emit :paid to @customer` (order.flow:5)
    fn paid(
        &self,
        message: order::says::Paid,
        by: order::View<'_>,
    ) -> bool {
        todo!(\"write what `paid` does\")
    }
}
",
            ]
        );
    }
}
