//! Systems of any size: machines in a ring, about twenty lines each, that use what real flows use.

use std::fmt::Write;

/// The files of a system of `machines` machines, by name; the first is the root.
pub fn system(machines: usize) -> Vec<(String, String)> {
    let mut root = String::from("system: synthetic\nuses:\n");
    let mut files = Vec::new();
    for number in 0..machines {
        let _ = writeln!(root, "  @unit{number} from \"./unit{number}.flow\"");
        files.push((format!("unit{number}.flow"), machine(number, machines)));
    }
    files.insert(0, ("system.flow".to_owned(), root));
    files
}

/// One machine: opened from outside, passes work on to the next in the ring, and hears from the one before.
fn machine(number: usize, machines: usize) -> String {
    let next = (number + 1) % machines;
    let previous = (number + machines - 1) % machines;
    format!(
        "machine: @unit{number}

scenario: work comes in
  on :open_{number} from @customer (api) with:
    | amount | number | required, greater than 0 |
    | note   | string | required                 |
    ? work is welcome
      $total becomes $amount * 1.19
      $notes adds $note
      $rounds increases by 1
      emit :work_{next} to @unit{next} with amount: $total
      unit{number} moves to #busy
      reply 201 with:
        | id    | $unit{number}_id |
        | total | $total           |
    otherwise
      reply 422 with:
        | error | \"no work today\" |

  on :work_{number} from @unit{previous} with:
    | amount | number | required |
    $received becomes $amount
    unit{number} moves to #waiting
"
    )
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_machine_is_about_twenty_lines() {
        let lines: usize = super::system(10).iter().map(|(_, text)| text.lines().count()).sum();
        assert!((200..300).contains(&lines), "{lines}");
    }
}
