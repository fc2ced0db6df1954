//! Names to which the language itself gives a meaning. What flows write for them stands here and in the grammar.

/// `@self`: the machine that names it.
pub(crate) const ITSELF: &str = "self";

/// `@system`: the runtime, which raises timers.
pub(crate) const SYSTEM: &str = "system";

/// Whether every machine knows an actor of this name, so that nothing else can be called so.
pub(crate) fn is_actor(name: &str) -> bool {
    matches!(name, ITSELF | SYSTEM)
}

/// The state in which an instance begins, unless the flow says another.
pub(crate) const INITIAL_STATE: &str = "idle";

/// The reserved event of a payload that is refused.
pub(crate) const VALIDATION_FAILED: &str = "validation_failed";

/// The reserved event of a constraint that is broken.
pub(crate) const CONSTRAINT_VIOLATED: &str = "constraint_violated";

/// The reserved event of `start timer`.
pub(crate) const TIMER_EXPIRED: &str = "timer_expired";

/// The word for the state's name in an expression.
pub(crate) const CURRENT_STATE: &str = "current_state";

/// The word for the last answer, in assertions.
pub(crate) const REPLY: &str = "reply";

/// Whether a word alone is a value in an assertion, whatever variables there are.
pub(crate) fn is_value_of_assertions(word: &str) -> bool {
    matches!(word, CURRENT_STATE | REPLY)
}

/// How many days from now the moment is that a word of a story names.
pub(crate) fn days_from_now(word: &str) -> Option<i64> {
    match word {
        "yesterday" => Some(-1),
        "today" => Some(0),
        "tomorrow" => Some(1),
        _ => None,
    }
}

/// A list of values; `array of T` says of what type they are.
pub(crate) const ARRAY: &str = "array";

/// The type that other languages and databases give this name.
pub(crate) fn foreign_type(name: &str) -> Option<&'static str> {
    Some(match name {
        "int" => "integer",
        "float" | "double" | "decimal" | "numeric" => "number",
        "bool" => "boolean",
        "text" | "str" => "string",
        "date" | "datetime" | "timestamp" => "time",
        "list" => ARRAY,
        _ => return None,
    })
}

/// The types that no flow declares.
pub(crate) const TYPES: [&str; 8] = ["string", "number", "integer", "boolean", "time", "duration", ARRAY, "object"];
