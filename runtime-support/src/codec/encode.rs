//! Values into text in record form, or into [`Json`].

use core::fmt::Write as _;
use std::collections::BTreeMap;

use crate::decimal::Decimal;
use crate::duration::Duration;
use crate::json::Json;
use crate::timestamp::Timestamp;

/// A value that records can hold.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be written into a record",
    label = "no `Encode` for this type"
)]
pub trait Encode {
    /// Writes the value as one JSON value.
    fn encode(&self, encoder: &mut Encoder);

    /// Whether the value is left out where it is optional.
    fn is_unset(&self) -> bool {
        false
    }
}

/// Takes values one after the other and becomes JSON text in record form: no white space, `number` as a string.
#[derive(Debug, Default)]
pub struct Encoder {
    text: String,
    form: Form,
}

/// What becomes of the values.
#[derive(Debug, Default)]
enum Form {
    /// Text as records have it.
    #[default]
    Record,
    /// Text in which a `number` is a JSON number.
    Plain,
    /// No text but a value.
    Tree(Tree),
}

/// The largest integer that every reader of JSON keeps exactly.
const MAX_PLAIN_INTEGER: u64 = 1 << 53;
/// As many digits survive in every reader of JSON.
pub(crate) const MAX_PLAIN_DIGITS: u32 = 15;

impl Encoder {
    /// An encoder for one value in record form.
    #[must_use]
    pub const fn new() -> Encoder {
        Encoder { text: String::new(), form: Form::Record }
    }

    /// An encoder for one value in the form that HTTP has: a `number` is a JSON number up to 15 significant digits.
    #[must_use]
    pub const fn plain() -> Encoder {
        Encoder { text: String::new(), form: Form::Plain }
    }

    /// The record form of one value.
    #[must_use]
    pub fn encode(value: &dyn Encode) -> String {
        let mut encoder = Encoder::new();
        value.encode(&mut encoder);
        encoder.finish()
    }

    /// The value as a [`Json`], in which a `number` is a number.
    pub(crate) fn json_of(value: &dyn Encode) -> Json {
        let mut encoder = Encoder { text: String::new(), form: Form::Tree(Tree::default()) };
        value.encode(&mut encoder);
        match encoder.form {
            Form::Tree(tree) => tree.done,
            Form::Record | Form::Plain => unreachable!("an encoder keeps its form"),
        }
    }

    /// The text so far.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }

    /// Writes `null`.
    pub fn null(&mut self) {
        match &mut self.form {
            Form::Record | Form::Plain => self.text.push_str("null"),
            Form::Tree(tree) => tree.put(Json::Null),
        }
    }

    /// Writes `true` or `false`.
    pub fn boolean(&mut self, value: bool) {
        match &mut self.form {
            Form::Record | Form::Plain => self.text.push_str(if value { "true" } else { "false" }),
            Form::Tree(tree) => tree.put(Json::Bool(value)),
        }
    }

    /// Writes a `number`: in record form a string, since a JSON number would lose digits in many readers.
    pub fn number(&mut self, value: Decimal) {
        match &self.form {
            Form::Record => self.push_display(format_args!("\"{value}\"")),
            Form::Plain | Form::Tree(_) => self.json_number(value),
        }
    }

    /// Writes an `integer`: a JSON number up to 2^53, else a string.
    pub fn integer(&mut self, value: i64) {
        match &mut self.form {
            Form::Tree(tree) => tree.put(Json::from(value)),
            Form::Record | Form::Plain if value.unsigned_abs() <= MAX_PLAIN_INTEGER => {
                self.push_display(format_args!("{value}"));
            }
            Form::Record | Form::Plain => self.push_display(format_args!("\"{value}\"")),
        }
    }

    /// Writes a span of time: its microseconds, which every reader takes as an integer.
    pub fn duration(&mut self, value: Duration) {
        let micros = value.as_micros();
        match &mut self.form {
            Form::Tree(tree) => tree.put(Json::from(micros)),
            Form::Record | Form::Plain => self.push_display(format_args!("{micros}")),
        }
    }

    /// Writes a string.
    pub fn text(&mut self, value: &str) {
        match &mut self.form {
            Form::Tree(tree) => tree.put(Json::text(value)),
            Form::Record | Form::Plain => self.quoted(value),
        }
    }

    fn quoted(&mut self, value: &str) {
        self.text.push('"');
        let mut written = 0;
        for (place, byte) in value.bytes().enumerate() {
            let Some(escape) = escape(byte) else { continue };
            self.text.push_str(&value[written..place]);
            written = place + 1;
            match escape {
                Escape::Short(letter) => self.push_display(format_args!("\\{letter}")),
                Escape::Code => self.push_display(format_args!("\\u{byte:04x}")),
            }
        }
        self.text.push_str(&value[written..]);
        self.text.push('"');
    }

    /// Writes a value of unknown shape: its numbers as JSON numbers up to 15 significant digits, its keys sorted.
    pub fn json(&mut self, value: &Json) {
        match value {
            Json::Null => self.null(),
            Json::Bool(value) => self.boolean(*value),
            Json::Number(value) => self.json_number(*value),
            Json::Text(value) => self.text(value),
            Json::List(items) => {
                let mut list = self.list();
                for item in items {
                    list.item(item);
                }
                list.end();
            }
            Json::Object(fields) => {
                let mut object = self.object();
                for (name, value) in fields {
                    object.field(name, value);
                }
                object.end();
            }
        }
    }

    /// Writes text that is one JSON value in record form already.
    #[cfg(feature = "engine")]
    pub fn raw(&mut self, json: &str) {
        match &mut self.form {
            Form::Record | Form::Plain => self.text.push_str(json),
            // What is no JSON after all stays visible as the text that it is.
            Form::Tree(tree) => tree.put(json.parse().unwrap_or_else(|_| Json::text(json))),
        }
    }

    /// Begins an object; its `end` must be called.
    pub fn object(&mut self) -> ObjectEncoder<'_> {
        match &mut self.form {
            Form::Record | Form::Plain => self.text.push('{'),
            Form::Tree(tree) => tree.open.push(Open::Object(BTreeMap::new(), String::new())),
        }
        ObjectEncoder { encoder: self, separator: "" }
    }

    /// Begins an array; its `end` must be called.
    pub fn list(&mut self) -> ListEncoder<'_> {
        match &mut self.form {
            Form::Record | Form::Plain => self.text.push('['),
            Form::Tree(tree) => tree.open.push(Open::List(Vec::new())),
        }
        ListEncoder { encoder: self, separator: "" }
    }

    fn json_number(&mut self, value: Decimal) {
        match &mut self.form {
            Form::Tree(tree) => tree.put(Json::Number(value)),
            Form::Record | Form::Plain if value.significant_digits() <= MAX_PLAIN_DIGITS => {
                self.push_display(format_args!("{value}"));
            }
            Form::Record | Form::Plain => self.push_display(format_args!("\"{value}\"")),
        }
    }

    fn close(&mut self, mark: char) {
        match &mut self.form {
            Form::Record | Form::Plain => self.text.push(mark),
            Form::Tree(tree) => tree.close(),
        }
    }

    fn push_display(&mut self, text: core::fmt::Arguments<'_>) {
        self.text.write_fmt(text).expect("a string takes everything");
    }
}

/// A value under construction.
#[derive(Debug, Default)]
struct Tree {
    open: Vec<Open>,
    done: Json,
}

#[derive(Debug)]
enum Open {
    List(Vec<Json>),
    /// The fields so far, and the name of the one whose value comes next.
    Object(BTreeMap<String, Json>, String),
}

impl Tree {
    fn put(&mut self, value: Json) {
        match self.open.last_mut() {
            Some(Open::List(items)) => items.push(value),
            Some(Open::Object(fields, name)) => {
                fields.insert(core::mem::take(name), value);
            }
            None => self.done = value,
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            Some(Open::List(items)) => self.put(Json::List(items)),
            Some(Open::Object(fields, _)) => self.put(Json::Object(fields)),
            None => {}
        }
    }
}

enum Escape {
    Short(char),
    Code,
}

/// How JSON writes a byte that cannot stand for itself in a string.
const fn escape(byte: u8) -> Option<Escape> {
    Some(match byte {
        b'"' => Escape::Short('"'),
        b'\\' => Escape::Short('\\'),
        0x08 => Escape::Short('b'),
        0x0c => Escape::Short('f'),
        b'\n' => Escape::Short('n'),
        b'\r' => Escape::Short('r'),
        b'\t' => Escape::Short('t'),
        0x00..=0x1f => Escape::Code,
        0x20..=0xff => return None,
    })
}

/// Takes the fields of an object, in the order in which they are to stand.
#[derive(Debug)]
#[must_use = "an object is complete only after `end`"]
pub struct ObjectEncoder<'a> {
    encoder: &'a mut Encoder,
    separator: &'static str,
}

impl ObjectEncoder<'_> {
    /// Writes a field, also if its value is unset: then as null.
    pub fn field(&mut self, name: &str, value: &dyn Encode) {
        value.encode(self.begin_field(name));
    }

    /// Writes a field that is a string.
    pub fn text(&mut self, name: &str, value: &str) {
        self.begin_field(name).text(value);
    }

    /// Writes a field, or leaves it out if its value is unset.
    pub fn optional(&mut self, name: &str, value: &dyn Encode) {
        if !value.is_unset() {
            self.field(name, value);
        }
    }

    /// Writes a field's name; the value must be written into what is returned.
    pub fn begin_field(&mut self, name: &str) -> &mut Encoder {
        match &mut self.encoder.form {
            Form::Record | Form::Plain => {
                self.encoder.text.push_str(self.separator);
                self.encoder.quoted(name);
                self.encoder.text.push(':');
            }
            Form::Tree(tree) => {
                if let Some(Open::Object(_, next)) = tree.open.last_mut() {
                    name.clone_into(next);
                }
            }
        }
        self.separator = ",";
        self.encoder
    }

    /// Closes the object.
    pub fn end(self) {
        self.encoder.close('}');
    }
}

/// Takes the items of an array.
#[derive(Debug)]
#[must_use = "an array is complete only after `end`"]
pub struct ListEncoder<'a> {
    encoder: &'a mut Encoder,
    separator: &'static str,
}

impl ListEncoder<'_> {
    /// Writes an item.
    pub fn item(&mut self, value: &dyn Encode) {
        value.encode(self.begin_item());
    }

    /// Makes room for an item; it must be written into what is returned.
    pub fn begin_item(&mut self) -> &mut Encoder {
        self.encoder.text.push_str(self.separator);
        self.separator = ",";
        self.encoder
    }

    /// Closes the array.
    pub fn end(self) {
        self.encoder.close(']');
    }
}

impl<T: Encode + ?Sized> Encode for &T {
    fn encode(&self, encoder: &mut Encoder) {
        (**self).encode(encoder);
    }

    fn is_unset(&self) -> bool {
        (**self).is_unset()
    }
}

impl Encode for bool {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.boolean(*self);
    }
}

impl Encode for str {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.text(self);
    }
}

impl Encode for String {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.text(self);
    }
}

impl Encode for Decimal {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.number(*self);
    }
}

impl Encode for i64 {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.integer(*self);
    }
}

impl Encode for Timestamp {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.text(&self.to_string());
    }
}

impl Encode for Duration {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.duration(*self);
    }
}

impl<T: Encode> Encode for Option<T> {
    fn encode(&self, encoder: &mut Encoder) {
        match self {
            Some(value) => value.encode(encoder),
            None => encoder.null(),
        }
    }

    fn is_unset(&self) -> bool {
        self.as_ref().is_none_or(Encode::is_unset)
    }
}

impl<T: Encode> Encode for [T] {
    fn encode(&self, encoder: &mut Encoder) {
        let mut list = encoder.list();
        for item in self {
            list.item(item);
        }
        list.end();
    }
}

impl<T: Encode> Encode for Vec<T> {
    fn encode(&self, encoder: &mut Encoder) {
        self.as_slice().encode(encoder);
    }
}

impl<T: Encode> Encode for BTreeMap<String, T> {
    fn encode(&self, encoder: &mut Encoder) {
        let mut object = encoder.object();
        for (name, value) in self {
            object.field(name, value);
        }
        object.end();
    }
}

impl Encode for Json {
    fn encode(&self, encoder: &mut Encoder) {
        encoder.json(self);
    }

    fn is_unset(&self) -> bool {
        self.is_null()
    }
}
