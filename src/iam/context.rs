//! What is known of a request beside who does what to what: the request context.

use std::collections::BTreeMap;

/// What is known of one condition key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// The request carries the key, with these values. An empty list counts as absent.
    Present(Vec<String>),
    /// The request carries the key with one of these values; which one, cannot be known.
    OneOf(Vec<String>),
    /// The request carries the key, with a value that cannot be known from outside.
    Carried,
    /// The request does not carry the key.
    Absent,
    /// It cannot be known from outside.
    Undecidable,
}

/// The [request context](https://docs.aws.amazon.com/IAM/latest/UserGuide/intro-structure.html#intro-structure-request): condition
/// keys and their values. Names of keys [ignore case](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html).
/// A key that is named twice keeps what was said last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Context {
    /// By lower-case name; the spelling is kept for messages.
    named: BTreeMap<String, (String, Value)>,
    unnamed: Value,
}

impl Context {
    /// Nothing is known: every key that is not named is undecidable.
    pub fn new() -> Self {
        Context { named: BTreeMap::new(), unnamed: Value::Undecidable }
    }

    /// Everything is known: every key that is not named is absent.
    pub fn closed() -> Self {
        Context::new().otherwise_absent()
    }

    /// From here on every key that is not named is absent.
    #[must_use]
    pub fn otherwise_absent(mut self) -> Self {
        self.unnamed = Value::Absent;
        self
    }

    /// The request carries this key with one value.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<String>) -> Self {
        self.with_many(key, [value])
    }

    /// The request carries this key with several values.
    #[must_use]
    pub fn with_many(self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.name(key, Value::Present(values.into_iter().map(Into::into).collect()))
    }

    /// The request carries this key with one of these values, and nobody knows which.
    #[must_use]
    pub fn with_one_of(self, key: &str, values: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.name(key, Value::OneOf(values.into_iter().map(Into::into).collect()))
    }

    /// The request carries this key; its value cannot be known.
    #[must_use]
    pub fn carries(self, key: &str) -> Self {
        self.name(key, Value::Carried)
    }

    /// The request does not carry this key.
    #[must_use]
    pub fn absent(self, key: &str) -> Self {
        self.name(key, Value::Absent)
    }

    /// Whether the request carries this key, and with what, cannot be known.
    #[must_use]
    pub fn undecidable(self, key: &str) -> Self {
        self.name(key, Value::Undecidable)
    }

    /// What is known of this key.
    pub fn get(&self, key: &str) -> &Value {
        self.named.get(&key.to_lowercase()).map_or(&self.unnamed, |(_, value)| value)
    }

    /// How this key is best spelled in a message: as the context names it, else as it was asked for.
    pub fn spelling<'a>(&'a self, key: &'a str) -> &'a str {
        self.named.get(&key.to_lowercase()).map_or(key, |(spelling, _)| spelling)
    }

    fn name(mut self, key: &str, value: Value) -> Self {
        self.named.insert(key.to_lowercase(), (key.to_owned(), value));
        self
    }
}

impl Default for Context {
    fn default() -> Self {
        Context::new()
    }
}
