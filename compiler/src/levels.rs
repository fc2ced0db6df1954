//! How seriously warnings are taken: per code, per run, and per line by comments that give a reason.
//!
//! Errors have no level. What is settled here is the last thing that happens to a list of findings.

mod comments;

use std::collections::BTreeMap;

use crate::catalog::project;
use crate::codes;
use crate::diagnostic::{Diagnostic, Settled, Severity, Suppressed};
use crate::source::{FileId, Sources};

/// How seriously a warning is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// It is not shown.
    Allow,
    /// It is shown.
    Warn,
    /// It is an error.
    Deny,
}

impl Level {
    /// The words for the levels, as users write them.
    pub const WORDS: [&'static str; 3] = ["allow", "warn", "deny"];

    /// The level that a word names.
    pub fn from_word(word: &str) -> Option<Self> {
        match word {
            "allow" => Some(Self::Allow),
            "warn" => Some(Self::Warn),
            "deny" => Some(Self::Deny),
            _ => None,
        }
    }
}

/// What was looked at besides what flows do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Their tests.
    pub tests: bool,
    /// The facts of their states.
    pub facts: bool,
}

/// What a level is set for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// All warnings that have no level of their own.
    Warnings,
    /// One warning, by its code.
    Code(&'static str),
}

/// Why a name is not the subject of a level.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoSubject {
    /// There is no such code.
    Unknown {
        /// The code that was probably meant.
        nearest: Option<&'static str>,
    },
    /// The code is that of an error.
    Error,
}

impl Subject {
    /// The subject that a user names: `warnings`, or the code of a warning.
    pub fn from_name(name: &str) -> Result<Self, NoSubject> {
        if name == "warnings" {
            return Ok(Self::Warnings);
        }
        match codes::find(name) {
            Some(entry) if entry.severity == Severity::Error => Err(NoSubject::Error),
            Some(entry) => Ok(Self::Code(entry.code)),
            None => Err(NoSubject::Unknown { nearest: codes::nearest_warning(name) }),
        }
    }
}

/// The levels of one compilation. The level of a code beats the level of all warnings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    chosen: BTreeMap<Subject, Level>,
}

impl Levels {
    /// Sets a level; a later one for the same subject wins.
    pub fn set(&mut self, subject: Subject, level: Level) {
        self.chosen.insert(subject, level);
    }

    /// Sets every level that `stronger` holds over the ones held here.
    pub fn extend(&mut self, stronger: &Self) {
        self.chosen.extend(&stronger.chosen);
    }

    /// The level of a warning with this code.
    pub fn of(&self, code: &str) -> Level {
        let own = self.chosen.iter().find_map(|(subject, level)| match subject {
            Subject::Code(known) if *known == code => Some(*level),
            Subject::Code(_) | Subject::Warnings => None,
        });
        own.or_else(|| self.chosen.get(&Subject::Warnings).copied()).unwrap_or(Level::Warn)
    }

    /// Settles what was found: sets aside what is allowed, makes errors of what is denied, and adds what is to be said
    /// about the comments that allow.
    pub fn apply(&self, found: Vec<Diagnostic>, sources: &Sources, asked: Asked) -> Settled {
        let complete = !found.iter().any(|finding| finding.severity == Severity::Error);
        let mut allowances = comments::allowances(sources);
        let mut settled = Settled::default();
        let mut kept = Vec::new();
        for finding in found {
            match allow(&finding, &mut allowances) {
                Some(reason) => settled.suppressed.push(Suppressed { finding, reason: reason.map(str::to_owned) }),
                None => kept.push(finding),
            }
        }
        kept.extend(allowances.iter().filter_map(|allowance| {
            let of_tests = asked.tests || !codes::is_of_tests(&allowance.code);
            let of_facts = asked.facts || !codes::is_of_facts(&allowance.code);
            let ran = complete && of_tests && of_facts;
            allowance.complaint(ran)
        }));
        settled.shown = kept.into_iter().filter_map(|finding| self.settle(finding)).collect();
        settled.shown.sort_by_key(place);
        settled.suppressed.sort_by_key(|suppressed| place(&suppressed.finding));
        settled
    }

    fn settle(&self, finding: Diagnostic) -> Option<Diagnostic> {
        if finding.severity == Severity::Error {
            return Some(finding);
        }
        match self.of(finding.code.as_str()) {
            Level::Allow => None,
            Level::Warn => Some(finding),
            Level::Deny => Some(Diagnostic { severity: Severity::Error, ..finding }),
        }
    }
}

/// Where a finding stands in the order of the sources.
fn place(finding: &Diagnostic) -> Option<(FileId, u32)> {
    finding.primary().map(|label| (label.span.file, label.span.start))
}

/// Looks for comments that allow this finding, among those of its line, and marks them as used. Gives the reason, if a comment does and has one.
fn allow<'a>(finding: &Diagnostic, allowances: &'a mut [comments::Allowance]) -> Option<Option<&'a str>> {
    if finding.severity == Severity::Error {
        return None;
    }
    let label = finding.primary()?;
    let place = (label.span.file, label.span.start as usize);
    let begun = allowances.partition_point(|allowance| allowance.place() <= place);
    let line = allowances[..begun].last()?.place();
    let first = allowances[..begun].partition_point(|allowance| allowance.place() < line);
    let mut reason = None;
    for allowance in &mut allowances[first..begun] {
        if allowance.code == finding.code.as_str() && allowance.covers(label.span) {
            allowance.used = true;
            reason = Some(reason.flatten().or(allowance.reason.as_deref()));
        }
    }
    reason
}

impl comments::Allowance {
    /// What is wrong with the comment itself. A warning whose check has not run may be yet to come: behind an error not
    /// every check has, and without tests none of theirs.
    fn complaint(&self, ran: bool) -> Option<Diagnostic> {
        let may_come = !ran && codes::find(&self.code).is_some_and(|entry| entry.severity == Severity::Warning);
        if !self.used && !may_come {
            return Some(project::unused_allow(&self.code, self.span, codes::nearest_warning(&self.code)));
        }
        self.reason.is_none().then(|| project::allow_without_reason(&self.code, self.span))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;
    use crate::source::Span;

    fn finding(code: &'static str, text: &str, at: &str) -> Diagnostic {
        let start = text.find(at).expect("the text holds the place");
        Diagnostic::warning(Code(code), "found").label(Span::new(FileId::from_index(0), start, start + at.len()), "")
    }

    fn settled(text: &str, levels: &Levels, found: Vec<Diagnostic>) -> Vec<(String, Severity)> {
        let mut sources = Sources::new();
        sources.add("a.flow", text);
        let settled = levels.apply(found, &sources, Asked { tests: true, facts: true }).shown;
        settled.into_iter().map(|finding| (finding.code.to_string(), finding.severity)).collect()
    }

    #[test]
    fn the_level_of_a_code_beats_that_of_all_warnings() {
        let mut levels = Levels::default();
        levels.set(Subject::Warnings, Level::Deny);
        levels.set(Subject::Code("EF0501"), Level::Allow);
        let text = "emit :a\nemit :b\n";
        let found = vec![finding("EF0501", text, ":a"), finding("EF0502", text, ":b")];
        assert_eq!(settled(text, &levels, found), [("EF0502".to_owned(), Severity::Error)]);
    }

    #[test]
    fn a_comment_allows_its_line_or_the_next_statement() {
        let text = "// allow EF0501: later\n\nemit :a\nemit :b // allow EF0501: never\nemit :c\n";
        let found = [":a", ":b", ":c"].map(|at| finding("EF0501", text, at)).to_vec();
        assert_eq!(settled(text, &Levels::default(), found).len(), 1);
        let text = "emit :a // allow ef0501: in small letters\nemit :b // allow EF0501, ef0502: two\n";
        let found = vec![finding("EF0501", text, ":a"), finding("EF0501", text, ":b"), finding("EF0502", text, ":b")];
        assert_eq!(settled(text, &Levels::default(), found), []);
    }

    #[test]
    fn comments_are_found_in_time_however_many_there_are() {
        let comments = "// allow EF0501: so\n".repeat(50_000);
        let text = format!("{comments}emit :a\n{}", "emit :b // allow EF0502: so\n".repeat(50_000));
        let found = (0..50_000).map(|line| {
            let start = text.len() - (line + 1) * "emit :b // allow EF0502: so\n".len();
            Diagnostic::warning(Code("EF0502"), "found").label(Span::new(FileId::from_index(0), start, start + 4), "")
        });
        let found = found.chain([finding("EF0501", &text, ":a")]).collect();
        let began = std::time::Instant::now();
        assert_eq!(settled(&text, &Levels::default(), found), []);
        assert!(began.elapsed().as_secs() < 20, "it took {:?}", began.elapsed());
    }

    #[test]
    fn what_a_comment_allows_is_set_aside_with_its_reason() {
        let text = "emit :a // allow EF0501: not yet\nemit :b // allow EF0501\n";
        let mut sources = Sources::new();
        sources.add("a.flow", text);
        let found = [":b", ":a"].map(|at| finding("EF0501", text, at)).to_vec();
        let suppressed = Levels::default().apply(found, &sources, Asked { tests: true, facts: true }).suppressed;
        let reasons: Vec<_> = suppressed.iter().map(|suppressed| suppressed.reason.as_deref()).collect();
        assert_eq!(reasons, [Some("not yet"), None]);
    }

    #[test]
    fn a_comment_needs_a_reason_and_something_to_allow() {
        let text = "emit :a // allow EF0501\nemit \"// allow EF0501\" // allow EF0502: none\n";
        let found = vec![finding("EF0501", text, ":a")];
        let settled = settled(text, &Levels::default(), found);
        assert_eq!(settled.iter().map(|(code, _)| code.as_str()).collect::<Vec<_>>(), ["EF0806", "EF0807"]);
    }

    #[test]
    fn what_is_allowed_in_tests_is_judged_where_tests_are_looked_at() {
        let mut sources = Sources::new();
        sources.add("a.flow", "card is vaild // allow EF0650: scenery\n");
        let complaints = |asked| Levels::default().apply(Vec::new(), &sources, asked).shown.len();
        assert_eq!(complaints(Asked::default()), 0);
        assert_eq!(complaints(Asked { tests: true, facts: true }), 1);
    }

    #[test]
    fn what_is_allowed_of_facts_is_judged_where_they_are_compared() {
        let mut sources = Sources::new();
        sources.add("a.flow", "after: #draft // allow EF0523: not yet\n");
        let complaints =
            |facts| Levels::default().apply(Vec::new(), &sources, Asked { tests: true, facts }).shown.len();
        assert_eq!([false, true].map(complaints), [0, 1]);
    }

    #[test]
    fn errors_have_no_level() {
        let mut levels = Levels::default();
        levels.set(Subject::Warnings, Level::Allow);
        let error = Diagnostic::error(Code("EF0101"), "wrong");
        assert_eq!(settled("", &levels, vec![error]), [("EF0101".to_owned(), Severity::Error)]);
        assert_eq!(Subject::from_name("EF0801"), Err(NoSubject::Error));
        assert_eq!(Subject::from_name("EF5001"), Err(NoSubject::Unknown { nearest: Some("EF0501") }));
    }
}
