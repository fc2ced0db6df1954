//! Escapers: what makes a value harmless in the language of a template.

use std::fmt::{self, Write};

/// The inside of a basic string of TOML.
#[derive(Clone, Copy, Debug, Default)]
pub struct Toml;

impl askama::filters::Escaper for Toml {
    fn write_escaped_str<W: Write>(&self, mut to: W, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.write_escaped_char(&mut to, character)?;
        }
        Ok(())
    }

    fn write_escaped_char<W: Write>(&self, mut to: W, character: char) -> fmt::Result {
        match character {
            '"' => to.write_str("\\\""),
            '\\' => to.write_str("\\\\"),
            control if control.is_control() => write!(to, "\\u{:04X}", u32::from(control)),
            plain => to.write_char(plain),
        }
    }
}

/// Text and attributes of XML. Characters that XML has no form for are replaced.
#[derive(Clone, Copy, Debug, Default)]
pub struct Xml;

impl askama::filters::Escaper for Xml {
    fn write_escaped_str<W: Write>(&self, mut to: W, text: &str) -> fmt::Result {
        for character in text.chars() {
            self.write_escaped_char(&mut to, character)?;
        }
        Ok(())
    }

    fn write_escaped_char<W: Write>(&self, mut to: W, character: char) -> fmt::Result {
        match character {
            '&' => to.write_str("&amp;"),
            '<' => to.write_str("&lt;"),
            '>' => to.write_str("&gt;"),
            '"' => to.write_str("&quot;"),
            '\'' => to.write_str("&apos;"),
            '\n' | '\t' => to.write_char(character),
            control if control.is_control() => to.write_char(char::REPLACEMENT_CHARACTER),
            '\u{fffe}' | '\u{ffff}' => to.write_char(char::REPLACEMENT_CHARACTER),
            plain => to.write_char(plain),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use askama::filters::Escaper;

    #[test]
    fn a_windows_path_survives() {
        let mut text = String::new();
        Toml.write_escaped_str(&mut text, "C:\\a \"b\"\n").expect("a string takes everything");
        assert_eq!(text, r#"C:\\a \"b\"\u000A"#);
    }
}
