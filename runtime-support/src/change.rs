//! What one turn does to one variable.
//!
//! A list that is added to or removed from keeps its operations beside its value: the record holds the operations, so
//! that a stream does not grow with the square of a list. In record form they are
//! `{"operations":[{"append":…},{"remove":…}]}`, which no list is.

use crate::codec::{Decode, Encode, Encoder, Fields, ListEncoder, Mismatch};
use crate::json::Json;

/// What a turn did to a variable.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Change<T> {
    /// Nothing.
    #[default]
    Keep,
    /// It has this value now.
    Set(T),
    /// It is unset now.
    Clear,
}

impl<T> Change<T> {
    /// The change to a value, or to none.
    #[inline]
    #[must_use]
    pub fn to(value: Option<T>) -> Change<T> {
        value.map_or(Change::Clear, Change::Set)
    }

    /// The value as the rest of the turn reads it.
    #[inline]
    #[must_use]
    pub fn over<'a>(&'a self, before: &'a Option<T>) -> Option<&'a T> {
        match self {
            Change::Keep => before.as_ref(),
            Change::Set(value) => Some(value),
            Change::Clear => None,
        }
    }

    /// The value if this turn has assigned one, else the payload's.
    #[inline]
    #[must_use]
    pub fn or<'a>(&'a self, payload: Option<&'a T>) -> Option<&'a T> {
        match self {
            Change::Keep => payload,
            Change::Set(value) => Some(value),
            Change::Clear => None,
        }
    }

    /// Folds the change into the variable.
    #[inline]
    pub fn apply(self, variable: &mut Option<T>) {
        match self {
            Change::Keep => {}
            Change::Set(value) => *variable = Some(value),
            Change::Clear => *variable = None,
        }
    }

    /// Takes over a later change.
    pub fn take(&mut self, later: Change<T>) {
        if !matches!(later, Change::Keep) {
            *self = later;
        }
    }
}

impl<T: Encode> Encode for Change<T> {
    fn encode(&self, encoder: &mut Encoder) {
        match self {
            Change::Keep | Change::Clear => encoder.null(),
            Change::Set(value) => value.encode(encoder),
        }
    }

    fn is_unset(&self) -> bool {
        matches!(self, Change::Keep)
    }
}

/// Whether the handler that runs has assigned a variable that its payload has, too: until then the name means the
/// payload's field. What the turn changed says the same only where no handler calls another of its machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Assigned(bool);

impl Assigned {
    /// The handler assigns the variable.
    #[inline]
    pub fn note(&mut self) {
        self.0 = true;
    }

    /// What the name means now.
    #[inline]
    #[must_use]
    pub fn or<T>(self, variable: T, field: T) -> T {
        if self.0 { variable } else { field }
    }
}

/// What a turn did to a variable that is a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ListChange<T> {
    /// Nothing.
    #[default]
    Keep,
    /// It has this value now.
    Set(Vec<T>),
    /// It is unset now.
    Clear,
    /// Elements were appended and removed, and nothing was assigned.
    Edit {
        /// What was done, in order.
        operations: Vec<ListOperation<T>>,
        /// What came of it.
        value: Vec<T>,
    },
}

/// One operation on a list.
#[derive(Clone, Debug, PartialEq)]
pub enum ListOperation<T> {
    /// A new last element.
    Append(T),
    /// The first equal element is removed.
    Remove(T),
}

impl<T> ListChange<T> {
    /// The change to a value, or to none.
    #[must_use]
    pub fn to(value: Option<Vec<T>>) -> ListChange<T> {
        value.map_or(ListChange::Clear, ListChange::Set)
    }

    /// The value as the rest of the turn reads it.
    #[must_use]
    pub fn over<'a>(&'a self, before: &'a Option<Vec<T>>) -> Option<&'a Vec<T>> {
        self.or(before.as_ref())
    }

    /// The value if this turn has assigned one, else the payload's.
    #[must_use]
    pub fn or<'a>(&'a self, payload: Option<&'a Vec<T>>) -> Option<&'a Vec<T>> {
        match self {
            ListChange::Keep => payload,
            ListChange::Set(value) | ListChange::Edit { value, .. } => Some(value),
            ListChange::Clear => None,
        }
    }

    /// Folds the change into the variable.
    pub fn apply(self, variable: &mut Option<Vec<T>>) {
        match self {
            ListChange::Keep => {}
            ListChange::Set(value) | ListChange::Edit { value, .. } => *variable = Some(value),
            ListChange::Clear => *variable = None,
        }
    }

    /// Takes over a later change.
    pub fn take(&mut self, later: ListChange<T>) {
        if !matches!(later, ListChange::Keep) {
            *self = later;
        }
    }
}

impl<T: Clone + PartialEq> ListChange<T> {
    /// Appends an element; an unset list counts as empty.
    pub fn append(&mut self, before: &Option<Vec<T>>, element: T) {
        self.edit(before, ListOperation::Append(element));
    }

    /// Removes the first equal element.
    pub fn remove(&mut self, before: &Option<Vec<T>>, element: T) {
        self.edit(before, ListOperation::Remove(element));
    }

    fn edit(&mut self, before: &Option<Vec<T>>, operation: ListOperation<T>) {
        match self {
            ListChange::Set(value) => operation.run(value),
            ListChange::Edit { operations, value } => {
                operation.run(value);
                operations.push(operation);
            }
            ListChange::Clear => {
                let mut value = Vec::new();
                operation.run(&mut value);
                *self = ListChange::Set(value);
            }
            ListChange::Keep => {
                let mut value = before.clone().unwrap_or_default();
                operation.run(&mut value);
                *self = ListChange::Edit { operations: vec![operation], value };
            }
        }
    }
}

impl<T: Clone + PartialEq> ListOperation<T> {
    fn run(&self, list: &mut Vec<T>) {
        match self {
            ListOperation::Append(element) => list.push(element.clone()),
            ListOperation::Remove(element) => {
                if let Some(place) = list.iter().position(|other| other == element) {
                    list.remove(place);
                }
            }
        }
    }
}

impl<T: Encode> Encode for ListChange<T> {
    fn encode(&self, encoder: &mut Encoder) {
        match self {
            ListChange::Keep | ListChange::Clear => encoder.null(),
            ListChange::Set(value) => value.encode(encoder),
            ListChange::Edit { operations, .. } => encode_operations(encoder, |list| {
                for operation in operations {
                    match operation {
                        ListOperation::Append(element) => encode_operation(list, "append", element),
                        ListOperation::Remove(element) => encode_operation(list, "remove", element),
                    }
                }
            }),
        }
    }

    fn is_unset(&self) -> bool {
        matches!(self, ListChange::Keep)
    }
}

/// Writes the record form of the operations on a list.
pub fn encode_operations(encoder: &mut Encoder, write: impl FnOnce(&mut ListEncoder<'_>)) {
    let mut object = encoder.object();
    let mut list = object.begin_field("operations").list();
    write(&mut list);
    list.end();
    object.end();
}

/// Writes one operation: `append` or `remove`.
pub fn encode_operation(list: &mut ListEncoder<'_>, name: &str, element: &dyn Encode) {
    let mut object = list.begin_item().object();
    object.field(name, element);
    object.end();
}

/// The operations of a recorded change to a list, if it is not a value.
///
/// # Errors
/// If it is an object of another form.
pub fn decode_operations<T: Decode>(json: &Json) -> Result<Option<Vec<ListOperation<T>>>, Mismatch> {
    if !matches!(json, Json::Object(_)) {
        return Ok(None);
    }
    let Some(Json::List(operations)) = json.get("operations") else {
        return Err(Mismatch::new("operations on an array", json));
    };
    let decode = |(index, operation)| {
        decode_operation(operation).map_err(|mismatch: Mismatch| mismatch.in_item(index).in_field("operations"))
    };
    operations.iter().enumerate().map(decode).collect::<Result<_, _>>().map(Some)
}

fn decode_operation<T: Decode>(json: &Json) -> Result<ListOperation<T>, Mismatch> {
    let fields = Fields::of(json)?;
    if json.get("append").is_some() {
        fields.get("append").map(ListOperation::Append)
    } else if json.get("remove").is_some() {
        fields.get("remove").map(ListOperation::Remove)
    } else {
        Err(Mismatch::new("`append` or `remove`", json))
    }
}

/// Folds a recorded value into a variable.
///
/// # Errors
/// If the value has another type.
pub fn apply_recorded<T: Decode>(variable: &mut Option<T>, json: &Json) -> Result<(), Mismatch> {
    *variable = Option::decode(json)?;
    Ok(())
}

/// Folds a recorded value, or recorded operations, into a variable that is a list.
///
/// # Errors
/// If the value or an element has another type.
pub fn apply_recorded_list<T>(variable: &mut Option<Vec<T>>, json: &Json) -> Result<(), Mismatch>
where
    T: Decode + Clone + PartialEq,
{
    match decode_operations(json)? {
        None => apply_recorded(variable, json),
        Some(operations) => {
            let list = variable.get_or_insert_default();
            for operation in operations {
                operation.run(list);
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_recorded_and_an_assignment_takes_their_place() {
        let before = Some(vec![1_i64, 2, 1]);
        let mut change = ListChange::Keep;
        change.append(&before, 3);
        change.remove(&before, 1);
        assert_eq!(change.over(&before), Some(&vec![2, 1, 3]));
        assert_eq!(Encoder::encode(&change), r#"{"operations":[{"append":3},{"remove":1}]}"#);
        let mut assigned = ListChange::to(Some(vec![7_i64]));
        assigned.append(&before, 8);
        assert_eq!(Encoder::encode(&assigned), "[7,8]");
    }

    #[test]
    fn a_recorded_change_folds_to_what_the_turn_saw() {
        let operation = |name: &str, of: i64| Json::object([(name, Json::from(of))]);
        let operations = Json::List(vec![operation("append", 3), operation("remove", 1)]);
        let mut variable = Some(vec![1_i64, 2, 1]);
        apply_recorded_list(&mut variable, &Json::object([("operations", operations)])).expect("operations");
        assert_eq!(variable, Some(vec![2, 1, 3]));
        apply_recorded_list(&mut variable, &Json::Null).expect("unset");
        assert_eq!(variable, None);
        assert!(apply_recorded_list(&mut variable, &Json::object([("other", Json::Null)])).is_err());
    }

    #[test]
    fn a_cleared_variable_is_recorded_as_null_and_a_kept_one_not_at_all() {
        assert_eq!(Encoder::encode(&Change::<i64>::Clear), "null");
        assert!(!Change::<i64>::Clear.is_unset());
        assert!(Change::<i64>::Keep.is_unset());
        assert_eq!(Change::Keep.or(Some(&1)), Some(&1));
        assert_eq!(Change::Clear.or(Some(&1)), None);
    }
}
