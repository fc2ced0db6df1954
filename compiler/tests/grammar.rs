//! The checked-in parser is what the grammar says.
//!
//! Users compile the checked-in text: the generator's own dependencies need a C compiler. After a change of the grammar,
//! `EVENTFLOW_UPDATE=1 cargo test -p eventflowc --test grammar` writes it anew.

use std::{env, fs, path::Path};

use quote::quote;

#[test]
fn the_checked_in_parser_is_fresh() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let grammar = fs::read_to_string(folder.join("grammar.pest")).expect("the grammar is there");
    let generated = generate(&grammar);
    let path = folder.join("grammar.rs");
    let checked_in = fs::read_to_string(&path).unwrap_or_default();
    if checked_in == generated {
        return;
    }
    assert!(
        env::var_os("EVENTFLOW_UPDATE").is_some(),
        "src/grammar.rs is stale: run this test with EVENTFLOW_UPDATE=1 and commit the file"
    );
    fs::write(&path, generated).expect("the parser can be written");
}

fn generate(grammar: &str) -> String {
    let tokens = pest_generator::derive_parser(quote! { #[grammar_inline = #grammar] struct LineParser; }, false);
    let file = syn::parse2(tokens).expect("the generator writes Rust");
    let code = prettyplease::unparse(&file);
    format!(
        "//! The parser of one line, generated from `grammar.pest` and checked in; `tests/grammar.rs` keeps it fresh.\n\n\
         /// Parses one line of a flow.\n\
         pub(crate) struct LineParser;\n\n{code}"
    )
}
