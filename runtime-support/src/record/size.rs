//! How much a record may hold: what a turn decides can be read again whoever decided it, and grows without bound in no
//! chain of turns.

use crate::dynamic::{DynDecision, Effect};
use crate::excess::{DEEPEST, Excess, LARGEST};
use crate::record::Note;

/// Whether a turn on a payload decided more than a record may hold, a reserved event among it.
pub(crate) fn excess(payload: &str, decision: &DynDecision, raised: Option<&Note>) -> Option<Excess> {
    let effects = decision.effects.indexed().map(|(_, effect)| effect).flat_map(|effect| match effect {
        Effect::Emit { data, .. } | Effect::Callback { data, .. } => [data.as_str(), ""],
        Effect::Called { data, answer, .. } => [data.as_str(), answer.as_str()],
        Effect::Arm { .. } | Effect::Disarm { .. } => ["", ""],
    });
    let reply = decision.reply.as_ref().and_then(|reply| reply.body.as_deref());
    let values = [payload, decision.set.as_str()].into_iter().chain(reply).chain(decision.returned.as_deref());
    together(values.chain(raised.map(|note| note.data.as_str())).chain(effects))
}

/// Whether JSON texts are more, together, than a record may hold.
pub(crate) fn together<'t>(values: impl IntoIterator<Item = &'t str>) -> Option<Excess> {
    let mut bytes = 0;
    for value in values {
        bytes += value.len();
        if bytes > LARGEST {
            return Some(Excess::Bytes);
        }
        if depth(value) > DEEPEST {
            return Some(Excess::Levels);
        }
    }
    None
}

/// How deep objects and arrays stand in each other in a JSON text; at most as many as it opens.
fn depth(json: &str) -> usize {
    let bytes = json.as_bytes();
    // Nearly every text opens few, which is counted many bytes at a time.
    let opened = bytes.iter().filter(|byte| matches!(byte, b'{' | b'[')).count();
    if opened <= DEEPEST {
        return opened;
    }
    let (mut open, mut deepest, mut in_text, mut escaped) = (0_usize, 0, false, false);
    for byte in bytes {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = in_text,
            b'"' => in_text = !in_text,
            b'{' | b'[' if !in_text => {
                open += 1;
                deepest = deepest.max(open);
            }
            b'}' | b']' if !in_text => open = open.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dynamic::{Reply, Target, Way};

    fn nested(levels: usize) -> String {
        "[".repeat(levels) + &"]".repeat(levels)
    }

    fn emit(data: String) -> Effect {
        Effect::Emit { way: Way::Bare, target: Target::Itself, event: "go".into(), data }
    }

    #[test]
    fn levels_are_counted_outside_of_texts() {
        assert_eq!(depth(&nested(DEEPEST + 1)), DEEPEST + 1);
        let wide = format!("[{}]", vec!["[]"; 200].join(","));
        assert_eq!(depth(&wide), 2);
        let text = format!("{{\"a\\\\\":\"\\\"{}\"}}", "[".repeat(200));
        assert_eq!(depth(&text), 1);
    }

    #[test]
    fn every_part_of_a_decision_has_the_limits() {
        let with = |change: &dyn Fn(&mut DynDecision, String)| {
            [nested(DEEPEST), nested(DEEPEST + 1), format!("\"{}\"", "x".repeat(LARGEST))].map(|value| {
                let mut decision = DynDecision::default();
                change(&mut decision, value);
                excess("{}", &decision, None)
            })
        };
        let expected = [None, Some(Excess::Levels), Some(Excess::Bytes)];
        assert_eq!(with(&|decision, value| decision.set = value), expected);
        assert_eq!(with(&|decision, value| decision.returned = Some(value)), expected);
        assert_eq!(with(&|decision, value| decision.effects.push(emit(value))), expected);
        let reply = |body| Reply { status: 200, phrase: None, body: Some(body), promises: None };
        assert_eq!(with(&|decision, value| decision.reply = Some(reply(value))), expected);
        let callback = |data| Effect::Callback { event: "done".into(), data };
        assert_eq!(with(&|decision, value| decision.effects.push(callback(value))), expected);
        let called = |data: String, answer: String| {
            let (target, event) = (Target::Itself, "ask".into());
            Effect::Called { target, event, data, answer }
        };
        assert_eq!(with(&|decision, value| decision.effects.push(called(value, String::new()))), expected);
        assert_eq!(with(&|decision, value| decision.effects.push(called(String::new(), value))), expected);
    }

    #[test]
    fn what_a_turn_decides_counts_together() {
        let half = format!("\"{}\"", "x".repeat(LARGEST / 2));
        let mut decision = DynDecision { set: half.clone(), ..DynDecision::default() };
        assert_eq!(excess("{}", &decision, None), None);
        decision.effects.push(emit(half.clone()));
        assert_eq!(excess("{}", &decision, None), Some(Excess::Bytes));
        let decision = DynDecision { set: half.clone(), ..DynDecision::default() };
        assert_eq!(excess(&half, &decision, None), Some(Excess::Bytes));
        let note = Note { event: "constraint_violated".to_owned(), data: half };
        assert_eq!(excess("{}", &decision, Some(&note)), Some(Excess::Bytes));
    }
}
