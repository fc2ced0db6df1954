//! Every finding that a page of `explain/` shows, as SARIF, against the schema that its makers publish.

use std::fs;
use std::path::Path;

use cargo_metadata::MetadataCommand;
use eventflowc::codes::ENTRIES;
use eventflowc::diagnostic::{Code, Diagnostic, Settled, Suppressed};
use eventflowc::driver::{self, Request};
use eventflowc::load::Memory;
use eventflowc::render_diagnostic::sarif;
use eventflowc::source::Sources;
use jsonschema::Validator;
use serde_json::Value;

/// The schema of SARIF 2.1.0, out of a package that ships it.
fn schema() -> Validator {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let metadata = MetadataCommand::new().manifest_path(manifest).exec().expect("cargo knows its packages");
    let package = metadata.packages.iter().find(|package| package.name == "serde-sarif").expect("a dependency");
    let file = package.manifest_path.parent().expect("a manifest lies in a folder").join("src/schema.json");
    let text = fs::read_to_string(file).expect("the package holds the schema");
    let mut schema: Value = serde_json::from_str(&text).expect("a schema is JSON");
    // The pattern for languages has a bracket too many, which makes it no pattern at all. Nothing here names a language.
    for place in ["run", "toolComponent"] {
        let language = schema["definitions"][place]["properties"]["language"].as_object_mut().expect("a property");
        language.remove("pattern").expect("a pattern");
    }
    assert_eq!(schema["title"], "Static Analysis Results Format (SARIF) Version 2.1.0 JSON Schema");
    jsonschema::validator_for(&schema).expect("the schema is one")
}

fn document(settled: &Settled, sources: &Sources) -> Value {
    serde_json::from_str(&sarif(settled, sources)).expect("SARIF is JSON")
}

fn complaints(schema: &Validator, document: &Value) -> Vec<String> {
    schema.iter_errors(document).map(|error| format!("{}: {error}", error.instance_path())).collect()
}

#[test]
fn what_the_pages_show_is_valid() {
    let schema = schema();
    let mut seen = 0;
    for entry in ENTRIES {
        for block in entry.page.split("```flow\n").skip(1) {
            let text = block.split("```").next().unwrap_or_default();
            let files = Memory::new().with("flows/order.flow", text);
            let request = Request { root: Some("flows/order.flow".into()), ..Request::default() };
            let compilation = driver::compile(&request, &files).expect("there is a root");
            let settled = compilation.settled();
            let document = document(&settled, &compilation.sources);
            assert_eq!(complaints(&schema, &document), Vec::<String>::new(), "{}:\n{document:#}", entry.code);
            let results = document["runs"][0]["results"].as_array().map_or(0, Vec::len);
            assert_eq!(results, settled.shown.len() + settled.suppressed.len());
            seen += results;
        }
    }
    assert!(seen > 100, "{seen} results were looked at");
}

#[test]
fn what_is_allowed_and_what_has_no_place_is_valid() {
    let warning = Diagnostic::warning(Code("EF0501"), "nobody hears it");
    let settled = Settled {
        shown: vec![Diagnostic::error(Code("EF0201"), "no such file").help("name another one")],
        suppressed: vec![
            Suppressed { finding: warning.clone(), reason: Some("not yet".to_owned()) },
            Suppressed { finding: warning, reason: None },
        ],
    };
    let document = document(&settled, &Sources::new());
    assert_eq!(complaints(&schema(), &document), Vec::<String>::new());
    assert_eq!(document["runs"][0]["results"].as_array().map(Vec::len), Some(3));
}

#[test]
fn the_schema_refuses_what_is_none() {
    let mut document = document(&Settled::default(), &Sources::new());
    let schema = schema();
    assert!(schema.is_valid(&document));
    document["runs"][0]["columnKind"] = "letters".into();
    assert_eq!(complaints(&schema, &document).len(), 1);
}
