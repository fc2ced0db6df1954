//! The messages of a story as a diagram of lanes, in text: one lane for each who takes part, one line for each message.

use eventflow::test_kit::report::{Exchanged, Party, Way};

/// So many messages are shown, the latest.
const MOST: usize = 30;

/// The diagram; nothing if nothing was said.
pub(super) fn diagram(exchange: &[Exchanged]) -> String {
    let shown = &exchange[exchange.len().saturating_sub(MOST)..];
    let lanes = lanes(shown);
    if lanes.is_empty() {
        return String::new();
    }
    let widths = widths(shown, &lanes);
    let mut text = String::new();
    if shown.len() < exchange.len() {
        text.push_str(&format!("({} earlier messages)\n", exchange.len() - shown.len()));
    }
    text.push_str(&names(&lanes, &widths));
    let mut lines = shown.iter().map(|message| line(message, &lanes, &widths)).peekable();
    while let Some(line) = lines.next() {
        let mut again = 0;
        while lines.next_if_eq(&line).is_some() {
            again += 1;
        }
        text.push_str(&line);
        if again > 0 {
            text.push_str(&format!("({again} more like it)\n"));
        }
    }
    text
}

/// Who takes part, in the order in which they appear. The message that creates an instance does not know it yet: it goes
/// to the lane of the first instance of its machine.
fn lanes(shown: &[Exchanged]) -> Vec<&Party> {
    let mut lanes: Vec<&Party> = Vec::new();
    for party in shown.iter().flat_map(|message| [&message.from, &message.to]) {
        match lanes.iter().position(|lane| is_one(lane, party)) {
            Some(lane) if lanes[lane].instance.is_none() => lanes[lane] = party,
            Some(_) => {}
            None => lanes.push(party),
        }
    }
    lanes
}

fn is_one(lane: &Party, party: &Party) -> bool {
    let unknown = lane.instance.is_none() || party.instance.is_none();
    lane.name == party.name && (unknown || lane.instance == party.instance)
}

/// How many characters stand between each lane and the next: room for the labels and the names.
fn widths(shown: &[Exchanged], lanes: &[&Party]) -> Vec<usize> {
    let mut widths: Vec<usize> = lanes.iter().map(|party| length(&name(party)) + 2).collect();
    for message in shown {
        let (from, to) = ends(message, lanes);
        let (left, right) = (from.min(to), from.max(to));
        let needed = length(&label(message)) + 6;
        if left == right {
            widths[left] = widths[left].max(needed);
        } else {
            let there: usize = widths[left..right].iter().sum::<usize>() + (right - left - 1);
            widths[left] += needed.saturating_sub(there);
        }
    }
    widths
}

fn names(lanes: &[&Party], widths: &[usize]) -> String {
    let mut text = String::new();
    for (party, width) in lanes.iter().zip(widths) {
        let name = name(party);
        text.push_str(&name);
        text.push_str(&" ".repeat((width + 1).saturating_sub(length(&name))));
    }
    text.trim_end().to_owned() + "\n"
}

/// One message: an arrow from lane to lane, or a hook at its own.
fn line(message: &Exchanged, lanes: &[&Party], widths: &[usize]) -> String {
    let (from, to) = ends(message, lanes);
    let (left, right) = (from.min(to), from.max(to));
    let mut text = String::new();
    let mut lane = 0;
    while lane < lanes.len() {
        if lane == left && left == right {
            let label = format!("↩ {}", label(message));
            text.push('│');
            text.push_str(&label);
            text.push_str(&" ".repeat(widths[lane].saturating_sub(length(&label))));
            lane += 1;
        } else if lane == left {
            let room: usize = widths[left..right].iter().sum::<usize>() + (right - left - 1);
            let label = format!(" {} ", label(message));
            let line = room.saturating_sub(length(&label) + 2);
            let stroke = if is_waited_for(message.way) { "─" } else { "╌" };
            let (head, tail) = if from < to { (String::new(), "─▶") } else { ("◀─".to_owned(), "") };
            text.push('│');
            text.push_str(&head);
            text.push_str(&label);
            text.push_str(&stroke.repeat(line));
            text.push_str(tail);
            lane = right;
        } else {
            text.push('│');
            text.push_str(&" ".repeat(widths[lane]));
            lane += 1;
        }
    }
    text.trim_end().to_owned() + "\n"
}

/// Whether the message belongs to the request that leads to it; what a worker or a timer brings is drawn broken.
fn is_waited_for(way: Way) -> bool {
    match way {
        Way::Request | Way::Played | Way::Bare | Way::Call | Way::Reply => true,
        Way::Async | Way::Broadcast | Way::Port | Way::Callback | Way::Timer => false,
    }
}

fn ends(message: &Exchanged, lanes: &[&Party]) -> (usize, usize) {
    let place = |party: &Party| lanes.iter().position(|lane| is_one(lane, party)).unwrap_or_default();
    (place(&message.from), place(&message.to))
}

fn label(message: &Exchanged) -> String {
    match message.way {
        Way::Reply => message.event.clone(),
        Way::Request
        | Way::Played
        | Way::Bare
        | Way::Async
        | Way::Call
        | Way::Broadcast
        | Way::Port
        | Way::Callback
        | Way::Timer => format!(":{}", message.event),
    }
}

fn name(party: &Party) -> String {
    match party.name.as_str() {
        "" => "somebody".to_owned(),
        name => format!("@{name}"),
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn party(name: &str) -> Party {
        let (name, instance) = name.split_once('/').map_or((name, None), |(name, id)| (name, Some(id.to_owned())));
        Party { name: name.to_owned(), instance }
    }

    fn said(from: &str, to: &str, event: &str, way: Way) -> Exchanged {
        let (from, to) = (party(from), party(to));
        Exchanged { from, to, event: event.to_owned(), payload: String::new(), way }
    }

    #[test]
    fn messages_are_arrows_between_lanes() {
        let exchange = [
            said("customer", "order", "checkout", Way::Request),
            said("order/1", "payment", "charge", Way::Bare),
            said("payment/1", "order/1", "charged", Way::Async),
            said("order/1", "order/1", "remind", Way::Timer),
            said("order/1", "customer", "201", Way::Reply),
            said("customer", "payment/1", "refund", Way::Request),
        ];
        let expected = "\
@customer       @order         @payment
│ :checkout ───▶│              │
│               │ :charge ────▶│
│               │◀─ :charged ╌╌│
│               │↩ :remind     │
│◀─ 201 ────────│              │
│ :refund ────────────────────▶│
";
        assert_eq!(diagram(&exchange), expected, "{}", diagram(&exchange));
    }

    #[test]
    fn two_instances_have_lanes_of_their_own_and_old_messages_make_room() {
        let mut exchange = vec![said("a", "m/1", "x", Way::Bare), said("m/1", "m/2", "y", Way::Bare)];
        assert!(diagram(&exchange).starts_with("@a "), "{}", diagram(&exchange));
        assert_eq!(lanes(&exchange).len(), 3);
        exchange.extend((0..MOST).map(|_| said("a", "m/1", "x", Way::Bare)));
        assert!(diagram(&exchange).starts_with("(2 earlier messages)\n"), "{}", diagram(&exchange));
        assert!(diagram(&exchange).ends_with("(29 more like it)\n"), "{}", diagram(&exchange));
        assert_eq!(diagram(&[]), "");
    }
}
