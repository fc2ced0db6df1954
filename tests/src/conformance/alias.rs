//! Ids by short names, so that a transcript can be read: what is drawn from a source has the name of its kind and the
//! number of its first appearance.

/// The names given so far.
#[derive(Default)]
pub(super) struct Aliases {
    uuids: Vec<String>,
    messages: Vec<String>,
}

impl Aliases {
    /// The text with all ids replaced: uuids by `uuid1`, ids of messages and conversations by `id1`; the version of the
    /// flow, which every change of the compiler may move, is left out.
    pub(super) fn shorten(&mut self, text: &str) -> String {
        let mut short = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some(after) = flow_version(rest) {
                rest = after;
            } else if let Some(id) = word(rest, 36).filter(|id| is_uuid(id)) {
                short.push_str(&named(&mut self.uuids, "uuid", id));
                rest = &rest[36..];
            } else if let Some(id) = word(rest, 26).filter(|id| is_message(id)) {
                short.push_str(&named(&mut self.messages, "id", id));
                rest = &rest[26..];
            } else {
                short.push(first);
                rest = &rest[first.len_utf8()..];
            }
        }
        short
    }
}

fn named(known: &mut Vec<String>, kind: &str, id: &str) -> String {
    let place = known.iter().position(|other| other == id).unwrap_or_else(|| {
        known.push(id.to_owned());
        known.len() - 1
    });
    format!("{kind}{}", place + 1)
}

/// The first bytes of a text, if they are a word of their own.
fn word(text: &str, length: usize) -> Option<&str> {
    let part = text.get(..length)?;
    let ends = text[length..].chars().next().is_none_or(|next| !next.is_ascii_alphanumeric());
    ends.then_some(part)
}

fn is_uuid(text: &str) -> bool {
    text.bytes().enumerate().all(|(place, byte)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => byte.is_ascii_hexdigit(),
    })
}

/// Ids of messages are 128 bits in base 32: small letters and digits.
fn is_message(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_lowercase() || (b'2'..=b'7').contains(&byte))
        && text.bytes().any(|byte| byte.is_ascii_lowercase())
}

/// What follows the version of the flow in a record, if the text begins with that.
fn flow_version(text: &str) -> Option<&str> {
    let (version, after) = text.strip_prefix("\"flow\":\"")?.split_once("\",")?;
    (version.len() == 16).then_some(after)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_counted_in_the_order_of_their_appearance() {
        let mut aliases = Aliases::default();
        let text = "order-018bcfe5-6800-7858-876e-e23737441f2d adp7fnf4seu6shi25f3eczcisi order-018bcfe5-6800-7858-876e-e23737441f2d";
        assert_eq!(aliases.shorten(text), "order-uuid1 id1 order-uuid1");
        assert_eq!(aliases.shorten("{\"v\":1,\"flow\":\"4b746af972884747\",\"msg\":\"x\"}"), "{\"v\":1,\"msg\":\"x\"}");
        assert_eq!(aliases.shorten("018bcfe5-6800-7858-876e-e23737441f2e"), "uuid2");
        assert_eq!(aliases.shorten("3.33333333333333333333333333"), "3.33333333333333333333333333");
    }
}
