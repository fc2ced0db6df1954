//! Makes a sequence of steps smaller while something holds of it: steps are left out, and what is left says less.

use crate::drive::step::{Sent, Step};
use eventflow::Json;

/// The smallest steps that are found of which `holds` says that it still does. It is not asked about the first ones.
#[must_use]
pub fn shrink(steps: &[Step], holds: &mut dyn FnMut(&[Step]) -> bool) -> Vec<Step> {
    let mut steps = steps.to_vec();
    loop {
        let before = steps.clone();
        leave_out(&mut steps, holds);
        simplify(&mut steps, holds);
        if steps == before {
            return steps;
        }
    }
}

/// Leaves out as many steps side by side as can be, the last ones first: nothing depends on what comes later.
fn leave_out(steps: &mut Vec<Step>, holds: &mut dyn FnMut(&[Step]) -> bool) {
    let mut size = steps.len();
    while size > 0 {
        let mut end = steps.len();
        while end >= size {
            let mut fewer = steps.clone();
            fewer.drain(end - size..end);
            if holds(&fewer) {
                *steps = fewer;
            }
            end -= size;
        }
        size /= 2;
    }
}

/// Lets each step say as little as it can.
fn simplify(steps: &mut Vec<Step>, holds: &mut dyn FnMut(&[Step]) -> bool) {
    for place in 0..steps.len() {
        while let Some(simpler) = simpler(&steps[place]).into_iter().find_map(|step| {
            let mut tried = steps.clone();
            tried[place] = step;
            holds(&tried).then_some(tried)
        }) {
            *steps = simpler;
        }
    }
}

/// The same step, saying a little less.
fn simpler(step: &Step) -> Vec<Step> {
    match step {
        Step::Send(sent) => less_sent(sent).into_iter().map(Step::Send).collect(),
        Step::Wait(seconds) if *seconds > 1 => vec![Step::Wait(1)],
        Step::Retry(place) if *place > 0 => vec![Step::Retry(0)],
        Step::Wait(_) | Step::Retry(_) | Step::Again | Step::Restart => Vec::new(),
    }
}

fn less_sent(sent: &Sent) -> Vec<Sent> {
    let mut less = Vec::new();
    if sent.key.is_some() {
        less.push(Sent { key: None, ..sent.clone() });
    }
    if sent.joins {
        less.push(Sent { joins: false, ..sent.clone() });
    }
    if let Json::Object(members) = &sent.data {
        for name in members.keys() {
            let mut fewer = members.clone();
            fewer.remove(name);
            less.push(Sent { data: Json::Object(fewer), ..sent.clone() });
        }
    }
    less
}

#[cfg(test)]
mod tests {
    use super::shrink;
    use crate::drive::step::{Step, read};

    const STEPS: &str = "wait 90000\nsend :begin to @order from @ada key key-1 {\"a\":1,\"b\":2}\nwait 60\n\
        send :go to @order #0 joining {\"c\":3}\nretry 2\nagain\nwait 5\nrestart\nwait 7\n";

    fn shrunk(holds: &dyn Fn(&str) -> bool) -> (String, usize) {
        let written = |steps: &[Step]| steps.iter().map(|step| format!("{step}\n")).collect::<String>();
        let mut asked = 0;
        let small = shrink(&read(STEPS).expect("steps"), &mut |steps| {
            asked += 1;
            holds(&written(steps))
        });
        (written(&small), asked)
    }

    #[test]
    fn what_is_not_needed_is_left_out_and_the_rest_says_as_little_as_it_can() {
        let (small, asked) = shrunk(&|steps| steps.contains("send :begin") && steps.contains("\"b\":2"));
        assert_eq!(small, "send :begin to @order from @ada {\"b\":2}\n");
        assert!(asked < 60, "{asked} questions are too many");
    }

    #[test]
    fn steps_that_need_each_other_stay() {
        let (small, _) = shrunk(&|steps| {
            let places = [steps.find("key key-1"), steps.find("again"), steps.find("restart")];
            places.iter().all(Option::is_some) && places.is_sorted() && steps.lines().last() != Some("restart")
        });
        assert_eq!(small, "send :begin to @order from @ada key key-1 {}\nagain\nrestart\nwait 1\n");
    }

    #[test]
    fn what_holds_always_needs_nothing() {
        assert_eq!(shrunk(&|_| true).0, "");
    }

    #[test]
    fn what_holds_of_nothing_smaller_stays_as_it_is() {
        assert_eq!(shrunk(&|_| false).0, STEPS);
    }
}
