//! Finds and reads the test files of a unit.

use std::io;
use std::path::{Path, PathBuf};

use super::shown;
use crate::ast::{self, Content, FileKind};
use crate::catalog::{files as catalog, story};
use crate::diagnostic::Diagnostics;
use crate::load::Files;
use crate::parse::parse;
use crate::source::Sources;

/// Which test files are read. Whatever is read, the stories that the flows themselves tell are looked at too.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Tests {
    /// None, and what flows say in `given:` and `expect:` is not looked at: what is wrong with tests keeps nobody from
    /// building.
    #[default]
    Ignored,
    /// Those beside the flows: `order.test.flow` beside `order.flow`.
    Beside,
    /// These alone.
    Of(Vec<PathBuf>),
}

/// Reads the test files of the flows that were read. Every path that was looked for is added to `watched`.
pub(super) fn read(
    tests: &Tests,
    flows: &[ast::File],
    reader: &mut Reader<'_>,
    watched: &mut Vec<PathBuf>,
) -> Vec<ast::File> {
    match tests {
        Tests::Ignored => Vec::new(),
        Tests::Beside => {
            let paths: Vec<PathBuf> = flows.iter().filter_map(|flow| beside(flow, reader.sources)).collect();
            let exist: Vec<&PathBuf> = paths.iter().filter(|path| reader.files.exists(path)).collect();
            let read = exist.into_iter().filter_map(|path| reader.file(path)).collect();
            watched.extend(paths);
            read
        }
        Tests::Of(paths) => {
            let paths: Vec<PathBuf> = paths.iter().map(|path| reader.folder.join(path)).collect();
            let read = paths.iter().filter_map(|path| reader.file(path)).collect();
            watched.extend(paths);
            read
        }
    }
}

/// The test file of a flow.
fn beside(flow: &ast::File, sources: &Sources) -> Option<PathBuf> {
    let Content::Flow(_) = flow.content else { return None };
    let path = Path::new(sources.get(flow.file)?.name());
    let stem = path.file_name()?.to_str()?.strip_suffix(".flow")?;
    Some(path.with_file_name(format!("{stem}.test.flow")))
}

/// Reads and parses files.
pub(super) struct Reader<'a> {
    /// The folder that the caller stands in.
    pub(super) folder: &'a Path,
    pub(super) files: &'a dyn Files,
    pub(super) sources: &'a mut Sources,
    pub(super) diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn file(&mut self, path: &Path) -> Option<ast::File> {
        let name = shown(path);
        if FileKind::of_name(&name) != FileKind::Test {
            self.diagnostics.error(story::not_a_test(&name));
            return None;
        }
        let text = self.files.read(path).and_then(|bytes| {
            String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error.utf8_error()))
        });
        match text {
            Ok(text) => {
                let file = self.sources.add(name, text.as_str());
                Some(parse(file, &text, FileKind::Test, self.diagnostics))
            }
            Err(error) => {
                self.diagnostics.error(catalog::unreadable(None, &name, &error));
                None
            }
        }
    }
}
