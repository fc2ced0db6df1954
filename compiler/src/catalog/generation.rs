//! Diagnostics about Rust names and generated text: EF07xx.

use crate::diagnostic::{Code, Diagnostic};
use crate::source::Span;

/// Two names of the flow become one Rust name.
pub(crate) fn one_rust_name(what: &str, span: Span, first: &str, first_span: Span, name: &str) -> Diagnostic {
    Diagnostic::error(Code("EF0701"), format!("{what} and {first} both become `{name}` in Rust"))
        .label(span, "this one comes later")
        .label(first_span, format!("{first} is first named here"))
        .help("give one of them another name")
}

/// The generated text is no Rust: a defect of the generator, shown with what it wrote.
pub(crate) fn unreadable_output(module: &str, why: &str, text: &str) -> Diagnostic {
    Diagnostic::error(Code("EF0702"), format!("internal: the code generated for `{module}` does not parse: {why}"))
        .help("this is a defect of the generator and not of the flow; please report it with the text below")
        .help(text.to_owned())
}
