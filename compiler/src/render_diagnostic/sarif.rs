//! A whole run as one document of the Static Analysis Results Interchange Format, for code hosts and other collectors.
//!
//! It holds the rules that were broken, not all there are. Columns count characters, and files are named as the run
//! named them: relative to where it was started.

use serde::Serialize;

use super::Place;
use crate::codes;
use crate::diagnostic::{Diagnostic, Label, Settled, Severity};
use crate::source::Sources;

/// For collectors: one JSON document, with a line break at its end.
pub fn sarif(settled: &Settled, sources: &Sources) -> String {
    let rules = rules(settled);
    let shown = settled.shown.iter().map(|finding| result(finding, sources, &rules));
    let suppressed = settled.suppressed.iter().map(|suppressed| {
        let justification = suppressed.reason.as_deref();
        let suppressions = vec![Suppression { kind: "inSource", justification }];
        Finding { suppressions, ..result(&suppressed.finding, sources, &rules) }
    });
    let results = shown.chain(suppressed).collect();
    let driver = Driver {
        name: "eventflow",
        semantic_version: env!("CARGO_PKG_VERSION"),
        information_uri: env!("CARGO_PKG_REPOSITORY"),
        rules: rules.iter().map(|code| rule(code)).collect(),
    };
    let run = Run { tool: Tool { driver }, column_kind: "unicodeCodePoints", results };
    let log = Log { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] };
    let mut text = serde_json::to_string_pretty(&log).expect("texts and numbers are always JSON");
    text.push('\n');
    text
}

/// The codes that occur, in order.
fn rules(settled: &Settled) -> Vec<&'static str> {
    let suppressed = settled.suppressed.iter().map(|suppressed| &suppressed.finding);
    let mut codes: Vec<_> = settled.shown.iter().chain(suppressed).map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn rule(code: &'static str) -> Rule {
    let entry = codes::find(code);
    Rule {
        id: code,
        short_description: entry.map(|entry| Message { text: entry.title().to_owned() }),
        full_description: entry.map(|entry| Message { text: entry.summary() }),
        help: entry.map(|entry| Help { text: entry.page, markdown: entry.page }),
        default_configuration: entry.map(|entry| Configuration { level: level(entry.severity) }),
    }
}

fn result<'a>(finding: &'a Diagnostic, sources: &'a Sources, rules: &[&'static str]) -> Finding<'a> {
    let mut places = finding.labels.iter().filter_map(|label| location(label, sources));
    Finding {
        rule_id: finding.code.as_str(),
        rule_index: rules.binary_search(&finding.code.as_str()).ok(),
        level: level(finding.severity),
        message: Message { text: message(finding) },
        locations: places.next().into_iter().collect(),
        related_locations: places.zip(1..).map(|(place, id)| Location { id: Some(id), ..place }).collect(),
        suppressions: Vec::new(),
    }
}

/// What is wrong, and a line for each thing to do about it.
fn message(finding: &Diagnostic) -> String {
    let help = finding.help.iter().map(|help| format!("\nhelp: {help}"));
    std::iter::once(finding.message.clone()).chain(help).collect()
}

fn location<'a>(label: &'a Label, sources: &'a Sources) -> Option<Location<'a>> {
    let Place { file, start, end } = Place::of(label, sources)?;
    let region =
        Region { start_line: start.line, start_column: start.column, end_line: end.line, end_column: end.column };
    let physical_location = PhysicalLocation { artifact_location: ArtifactLocation { uri: uri(file) }, region };
    let message = (!label.text.is_empty()).then_some(LabelText { text: &label.text });
    Some(Location { id: None, physical_location, message })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

/// The name of a file as a URI: relative as long as the name is.
fn uri(name: &str) -> String {
    let mut uri = String::new();
    let path = name.strip_prefix("./").unwrap_or(name);
    if std::path::Path::new(path).is_absolute() {
        uri.push_str(if path.starts_with('/') { "file://" } else { "file:///" });
    }
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => uri.push(char::from(byte)),
            other => uri.push_str(&format!("%{other:02X}")),
        }
    }
    uri
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    column_kind: &'static str,
    results: Vec<Finding<'a>>,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    information_uri: &'static str,
    rules: Vec<Rule>,
}

/// What there is to say about a code, wherever it occurs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    short_description: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    full_description: Option<Message>,
    #[serde(skip_serializing_if = "Option::is_none")]
    help: Option<Help>,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_configuration: Option<Configuration>,
}

#[derive(Serialize)]
struct Help {
    text: &'static str,
    markdown: &'static str,
}

#[derive(Serialize)]
struct Configuration {
    level: &'static str,
}

#[derive(Serialize)]
struct Message {
    text: String,
}

#[derive(Serialize)]
struct LabelText<'a> {
    text: &'a str,
}

/// One finding: a `result`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Finding<'a> {
    rule_id: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    level: &'static str,
    message: Message,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Location<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    suppressions: Vec<Suppression<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Location<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: PhysicalLocation,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<LabelText<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PhysicalLocation {
    artifact_location: ArtifactLocation,
    region: Region,
}

#[derive(Serialize)]
struct ArtifactLocation {
    uri: String,
}

/// Lines and columns from one; the end is the character behind the last one.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: usize,
    start_column: usize,
    end_line: usize,
    end_column: usize,
}

#[derive(Serialize)]
struct Suppression<'a> {
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    justification: Option<&'a str>,
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::diagnostic::{Code, Suppressed};
    use crate::source::Span;

    #[test]
    fn a_document_holds_rules_places_and_what_is_allowed() {
        let mut sources = Sources::new();
        let order = sources.add("flows/order.flow", "machine: @order\n\n#päid\n#paid\n");
        let shown = Diagnostic::error(Code("EF0511"), "two")
            .label(Span::new(order, 24, 29), "")
            .label(Span::new(order, 17, 23), "the first one")
            .help("keep one");
        let finding = Diagnostic::warning(Code("EF0501"), "one").label(Span::new(order, 0, 7), "");
        let suppressed = vec![Suppressed { finding, reason: Some("not yet".to_owned()) }];
        let text = sarif(&Settled { shown: vec![shown], suppressed }, &sources);
        let document: Value = serde_json::from_str(&text).expect("JSON");
        let run = &document["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"][0]["id"], "EF0501");
        let rule = &run["tool"]["driver"]["rules"][1];
        assert_eq!(rule["shortDescription"]["text"], "two transitions on one path");
        assert_eq!(rule["defaultConfiguration"]["level"], "warning");
        assert!(rule["help"]["markdown"].as_str().is_some_and(|page| page.starts_with("# EF0511: ")));
        let place = |line: u8, start: u8, end: u8| {
            let region = json!({"startLine": line, "startColumn": start, "endLine": line, "endColumn": end});
            json!({"artifactLocation": {"uri": "flows/order.flow"}, "region": region})
        };
        let expected = json!([
            {
                "ruleId": "EF0511", "ruleIndex": 1, "level": "error", "message": {"text": "two\nhelp: keep one"},
                "locations": [{"physicalLocation": place(4, 1, 6)}],
                "relatedLocations": [
                    {"id": 1, "physicalLocation": place(3, 1, 6), "message": {"text": "the first one"}}
                ],
            },
            {
                "ruleId": "EF0501", "ruleIndex": 0, "level": "warning", "message": {"text": "one"},
                "locations": [{"physicalLocation": place(1, 1, 8)}],
                "suppressions": [{"kind": "inSource", "justification": "not yet"}],
            },
        ]);
        assert_eq!(run["results"], expected);
    }

    #[test]
    fn files_are_uris() {
        assert_eq!(uri("./flows/order.flow"), "flows/order.flow");
        assert_eq!(uri("../größe 1:2#.flow"), "../gr%C3%B6%C3%9Fe%201%3A2%23.flow");
        assert_eq!(uri("standard input"), "standard%20input");
        #[cfg(unix)]
        assert_eq!(uri("/tmp/a.flow"), "file:///tmp/a.flow");
    }
}
