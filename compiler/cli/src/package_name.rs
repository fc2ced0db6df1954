//! Which names Cargo takes for a package.

/// Whether a package can have this name: lower-case letters, digits, `-` and `_`, a letter first, no word of Rust, and no
/// crate that every package knows or that this one depends on.
pub(crate) fn is_legal(name: &str) -> bool {
    let legal = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_';
    let begins = name.chars().next().is_some_and(|letter| letter.is_ascii_lowercase());
    begins && name.chars().all(legal) && !TAKEN.contains(&name) && !KEYWORDS.contains(&name)
}

/// The name of the package for a flow: that of its system, as Cargo likes it.
pub(crate) fn of_system(name: &str) -> String {
    let name = name.replace('_', "-");
    if is_legal(&name) { name } else { format!("{name}-flow") }
}

/// The crates that a generated package cannot be called like.
const TAKEN: [&str; 7] = ["test", "core", "std", "alloc", "proc_macro", "eventflow", "eventflowc"];

/// The words that Cargo refuses as names of packages.
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn", "else",
    "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop", "macro", "match", "mod",
    "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static", "struct", "super", "trait", "true",
    "try", "type", "typeof", "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_rust_and_crates_get_an_ending() {
        assert_eq!(of_system("tea_shop"), "tea-shop");
        assert_eq!(of_system("match"), "match-flow");
        assert_eq!(of_system("core"), "core-flow");
        assert_eq!(of_system("eventflow"), "eventflow-flow");
    }
}
