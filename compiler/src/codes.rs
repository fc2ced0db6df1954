//! The register of everything that a diagnostic can be: code, name, usual severity, and the page that explains it.

use crate::diagnostic::Severity;
use crate::nearest;

/// One kind of diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The code: `EF0501`.
    pub code: &'static str,
    /// How bad it is, unless levels say otherwise.
    pub severity: Severity,
    /// The page, in Markdown: a title with the code, what it means, an example that fails and one that is fixed.
    pub page: &'static str,
}

impl Entry {
    /// What it is called: the title of its page without the code.
    pub fn title(&self) -> &'static str {
        let line = self.page.lines().next().unwrap_or_default();
        line.split_once(": ").map_or(line, |(_, title)| title)
    }

    /// What it means, in short: the first paragraph of its page, on one line.
    pub fn summary(&self) -> String {
        let paragraph = self.page.lines().skip(1).skip_while(|line| line.is_empty());
        paragraph.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ")
    }
}

/// The entry with this code. The case of its letters does not matter.
pub fn find(code: &str) -> Option<&'static Entry> {
    ENTRIES.iter().find(|entry| entry.code.eq_ignore_ascii_case(code))
}

/// Whether the code is about tests alone: nothing with it is found where nobody asks for tests.
pub(crate) fn is_of_tests(code: &str) -> bool {
    code.get(..4).is_some_and(|area| area.eq_ignore_ascii_case("EF06"))
}

/// Whether the code is about facts of states alone: nothing with it is found where nobody asks to compare them.
pub(crate) fn is_of_facts(code: &str) -> bool {
    code.eq_ignore_ascii_case("EF0523")
}

/// What is wrong whatever the statements elsewhere in a machine say: it follows from what is declared, from the place itself,
/// or from another place that says the contrary. Nothing with these codes is the consequence of a lost line that declares nothing.
const STANDS_ALONE: &[&str] = &[
    "EF0221", "EF0222", "EF0223", "EF0225", "EF0226", "EF0227", "EF0229", "EF0230", "EF0231", "EF0234", "EF0301",
    "EF0302", "EF0303", "EF0304", "EF0305", "EF0306", "EF0308", "EF0309", "EF0310", "EF0311", "EF0312", "EF0313",
    "EF0401", "EF0402", "EF0403", "EF0404", "EF0405", "EF0406", "EF0408", "EF0410",
];

/// Whether what has this code follows from no line that could not be read and declares nothing.
pub(crate) fn stands_alone(code: &str) -> bool {
    STANDS_ALONE.contains(&code)
}

/// The code that was probably meant.
pub fn nearest(code: &str) -> Option<&'static str> {
    nearest::nearest(&code.to_ascii_uppercase(), ENTRIES.iter().map(|entry| entry.code))
}

/// The code of a warning that was probably meant.
pub fn nearest_warning(code: &str) -> Option<&'static str> {
    let warnings = ENTRIES.iter().filter(|entry| entry.severity == Severity::Warning);
    nearest::nearest(&code.to_ascii_uppercase(), warnings.map(|entry| entry.code))
}

/// Makes the register; every code names the file of its page.
macro_rules! entries {
    ($($severity:ident: $($code:literal)*;)*) => {
        /// Every kind there is, ordered by code.
        pub const ENTRIES: &[Entry] = &[$($(Entry {
            code: $code,
            severity: Severity::$severity,
            page: include_str!(concat!("../explain/", $code, ".md")),
        },)*)*];
    };
}

entries! {
    // Text and layout.
    Error: "EF0001" "EF0002" "EF0003" "EF0004" "EF0005" "EF0006" "EF0007" "EF0008" "EF0009" "EF0010";
    // Lines, blocks and tables.
    Error: "EF0101" "EF0102" "EF0103" "EF0104" "EF0105" "EF0106" "EF0107" "EF0108" "EF0109" "EF0110" "EF0111" "EF0112"
        "EF0113" "EF0114" "EF0115" "EF0116";
    Warning: "EF0150" "EF0151" "EF0152" "EF0153" "EF0154";
    // Files and imports.
    Error: "EF0201" "EF0202" "EF0203" "EF0204" "EF0205" "EF0206" "EF0207" "EF0208" "EF0209" "EF0210";
    // Names.
    Error: "EF0221" "EF0222" "EF0223" "EF0224" "EF0225" "EF0226" "EF0227" "EF0228" "EF0229" "EF0230" "EF0231" "EF0232"
        "EF0233" "EF0234";
    // Types and expressions.
    Error: "EF0301" "EF0302" "EF0303" "EF0304" "EF0305" "EF0306" "EF0307" "EF0308" "EF0309" "EF0310" "EF0311" "EF0312"
        "EF0313" "EF0314";
    Warning: "EF0350" "EF0351" "EF0352" "EF0353" "EF0354";
    // Handlers and meaning.
    Error: "EF0401" "EF0402" "EF0403" "EF0404" "EF0405" "EF0406" "EF0407" "EF0408" "EF0410" "EF0450" "EF0451";
    // What a flow says that will surprise.
    Warning: "EF0501" "EF0502" "EF0503" "EF0504" "EF0505" "EF0506" "EF0507" "EF0508" "EF0509" "EF0510" "EF0511" "EF0512"
        "EF0513" "EF0514" "EF0515" "EF0516" "EF0517" "EF0518" "EF0519" "EF0520" "EF0521" "EF0522" "EF0523" "EF0524";
    // Tests.
    Error: "EF0601" "EF0602" "EF0603" "EF0604" "EF0605" "EF0606" "EF0607" "EF0608" "EF0609" "EF0610" "EF0611" "EF0612";
    Warning: "EF0650" "EF0651" "EF0652" "EF0653" "EF0654";
    // Names in Rust.
    Error: "EF0701" "EF0702";
    // The project file and levels.
    Error: "EF0801" "EF0802" "EF0803" "EF0804" "EF0805";
    Warning: "EF0806" "EF0807";
    Error: "EF0808" "EF0809" "EF0810" "EF0811";
    Warning: "EF0812";
    Error: "EF0813";
    // What the language reserves.
    Error: "EF0901";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_register_is_ordered_and_every_page_names_its_code() {
        assert!(ENTRIES.is_sorted_by(|left, right| left.code < right.code));
        for entry in ENTRIES {
            assert!(entry.page.starts_with(&format!("# {}: ", entry.code)), "{}", entry.code);
            assert!(!entry.title().is_empty());
            assert!(entry.summary().ends_with(['.', ':']), "{}: {}", entry.code, entry.summary());
        }
    }

    #[test]
    fn what_stands_alone_is_an_error_of_the_register() {
        for code in STANDS_ALONE {
            assert_eq!(find(code).map(|entry| entry.severity), Some(Severity::Error), "{code}");
        }
    }

    #[test]
    fn codes_are_found_in_any_case() {
        assert_eq!(find("ef0501").map(|entry| entry.code), Some("EF0501"));
        assert_eq!(find("EF501"), None);
        assert_eq!(nearest("EF501"), Some("EF0501"));
    }
}
