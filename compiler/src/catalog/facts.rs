//! What declarations of states say and the flow does not.

use crate::diagnostic::{Code, Diagnostic};
use crate::ir::facts::Fact;
use crate::ir::{OriginId, Origins};

const FACT: Code = Code("EF0523");

/// Why a fact is none.
pub(crate) enum NotSo<'a> {
    /// It names something that is not there: what that is, its sigil and name, and the name that was probably meant.
    Unknown { what: &'static str, sigil: char, name: &'a str, near: Option<&'a str> },
    /// It names nothing that could be compared; what to name instead.
    Incomparable { name: &'static str },
    /// The flow does not do it: what nothing in it does.
    Nothing { does: String },
    /// Something in the flow does the contrary.
    Contrary { does: String, at: OriginId },
}

/// A fact of a state that the flow does not bear out.
pub(crate) fn not_so(origins: &Origins, fact: &Fact, state: &str, why: &NotSo<'_>) -> Diagnostic {
    let warning = |message: String| Diagnostic::warning(FACT, message).label(fact.span, format!("said of `#{state}`"));
    match why {
        NotSo::Unknown { what, sigil, name, near } => {
            warning(format!("there is no {what} `{sigil}{name}`")).help(match near {
                Some(near) => format!("did you mean `{sigil}{near}`?"),
                None => "correct the name, or remove the fact".to_owned(),
            })
        }
        NotSo::Incomparable { name } => {
            warning("this fact names nothing to compare with the flow".to_owned()).help(format!("name {name}"))
        }
        NotSo::Nothing { does } => warning(format!("nothing {does}")).help("let the flow do so, or correct the fact"),
        NotSo::Contrary { does, at } => warning(does.clone())
            .label(origins.get(*at).span, "here")
            .help("let the flow not do so, or correct the fact"),
    }
}
