//! Small projects in one text, for tests: files behind lines `// file: NAME`, written to a folder of their own and compiled.

use std::fs;
use std::path::Path;

use eventflowc::driver::{self, Compilation, Facts, Request, Tests};
use eventflowc::load::Disk;
use tempfile::TempDir;

/// The root of every project.
pub(crate) const ROOT: &str = "system.flow";

const MARK: &str = "// file: ";
const ANY_FLOW: &str = "machine: @order\n\non :place from @customer (api)\n  order moves to #placed\n";

/// A project on the disk; it is deleted when this goes.
pub(crate) struct Project {
    outside: TempDir,
}

/// The name that a line gives to the file behind it.
pub(crate) fn file_name(line: &str) -> Option<&str> {
    line.strip_prefix(MARK).map(str::trim)
}

impl Project {
    /// Writes all files of a text. What stands before the first name is the root; a project without one gets a small one.
    pub(crate) fn write(text: &str) -> Self {
        let project = Self { outside: tempfile::tempdir().expect("a temporary folder") };
        let folder = project.folder();
        fs::create_dir(&folder).expect("a folder can be made");
        let whole = if text.starts_with(MARK) { text.to_owned() } else { format!("{MARK}{ROOT}\n{text}") };
        for part in format!("\n{whole}").split(&format!("\n{MARK}")).skip(1) {
            let (name, text) = part.split_once('\n').unwrap_or((part, ""));
            let path = folder.join(name.trim());
            fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder can be made");
            fs::write(path, expanded(&format!("{text}\n"))).expect("a file can be written");
        }
        if !folder.join(ROOT).exists() {
            fs::write(folder.join(ROOT), ANY_FLOW).expect("a file can be written");
        }
        project
    }

    fn folder(&self) -> std::path::PathBuf {
        self.outside.path().join("project")
    }

    /// Compiles the root to the end, looks at the tests beside the flows, and compares the facts of states.
    pub(crate) fn compile(&self) -> Compilation {
        let request = Request {
            root: Some(self.folder().join(ROOT)),
            tests: Tests::Beside,
            facts: Facts::Compared,
            ..Request::default()
        };
        let mut compilation = driver::compile(&request, &Disk).expect("a root is named");
        compilation.generate();
        compilation
    }

    /// The name of a file of the project as its texts say it.
    pub(crate) fn relative(&self, name: &str) -> String {
        let folder = self.folder();
        let inside = Path::new(name).strip_prefix(&folder).unwrap_or(Path::new(name));
        inside.to_string_lossy().replace('\\', "/")
    }

    /// A text that speaks of the project's folder, or the one around it, without them.
    pub(crate) fn without_folder(&self, text: &str) -> String {
        let shown = |path: &Path| format!("{}/", path.to_string_lossy().replace('\\', "/"));
        text.replace(&shown(&self.folder()), "").replace(&shown(self.outside.path()), "../")
    }
}

/// Replaces `{U+0009}` by that character, `{U+FFFE}` by a byte that is no text, and `{3×x}` by `xxx`.
pub(crate) fn expanded(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        out.extend(before.bytes());
        let (inside, behind) = after.split_once('}').unwrap_or((after, ""));
        if inside == "U+FFFE" {
            out.push(0xff);
        } else if let Some(number) = inside.strip_prefix("U+") {
            let number = u32::from_str_radix(number, 16).expect("a number in hexadecimal");
            out.extend(char::from_u32(number).expect("a character").to_string().bytes());
        } else if let Some((count, what)) = inside.split_once('×') {
            out.extend(what.repeat(count.parse().expect("a number")).bytes());
        } else {
            out.push(b'{');
            rest = after;
            continue;
        }
        rest = behind;
    }
    out.extend(rest.bytes());
    out
}
