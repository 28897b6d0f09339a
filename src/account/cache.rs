//! Slots: each fact is asked for once, kept with the call that told it, and replayed from a snapshot.

use std::collections::BTreeMap;

use elsa::sync::FrozenMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;
use tokio::sync::OnceCell;

use super::unavailable::{Call, Cause, Unavailable};

/// What one call told, with the call. It can be had from an [`Account`](super::Account) alone, and evidence can be made
/// from nothing else, so that no verdict rests on what was not read.
#[derive(Debug)]
pub struct Observed<'a, T> {
    value: &'a T,
    call: &'a Call,
}

impl<T> Clone for Observed<'_, T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Observed<'_, T> {}

impl<'a, T> Observed<'a, T> {
    /// The fact itself, for as long as the account lives.
    #[must_use]
    pub fn get(self) -> &'a T {
        self.value
    }

    /// The call that told it.
    #[must_use]
    pub fn call(self) -> &'a Call {
        self.call
    }

    /// A part of the fact, told by the same call.
    #[must_use]
    pub fn part<U>(self, part: impl FnOnce(&'a T) -> &'a U) -> Observed<'a, U> {
        Observed { value: part(self.value), call: self.call }
    }

    /// The members of a list, each told by the same call.
    pub fn each<U>(self) -> impl Iterator<Item = Observed<'a, U>>
    where
        T: AsRef<[U]>,
        U: 'a,
    {
        let call = self.call;
        self.value.as_ref().iter().map(move |value| Observed { value, call })
    }

    /// All was read, and `why` is still open.
    #[must_use]
    pub fn undetermined(self, why: impl Into<String>) -> Unavailable {
        Unavailable::undetermined(self.call, why)
    }
}

impl<'a, T> Observed<'a, Option<T>> {
    /// The thing, if AWS said that there is one.
    #[must_use]
    pub fn present(self) -> Option<Observed<'a, T>> {
        self.value.as_ref().map(|value| Observed { value, call: self.call })
    }
}

/// A fact, or the reason that we do not know it. `Copy`, since one fact goes into several judgements.
pub type Fact<'a, T> = Result<Observed<'a, T>, &'a Unavailable>;

#[derive(Debug, Clone)]
enum Answer<V> {
    Known { call: Call, value: V },
    Unavailable(Unavailable),
}

/// The place of one fact: empty until it is asked for, then filled for good.
#[derive(Debug, Clone)]
pub struct CachedFact<V> {
    cell: OnceCell<Answer<V>>,
}

impl<V> Default for CachedFact<V> {
    fn default() -> Self {
        CachedFact { cell: OnceCell::new() }
    }
}

impl<V> CachedFact<V> {
    /// A fact that `call` told.
    #[must_use]
    pub fn known(call: Call, value: V) -> Self {
        CachedFact { cell: OnceCell::new_with(Some(Answer::Known { call, value })) }
    }

    /// A fact that `call` should have told and did not.
    #[must_use]
    pub fn unavailable(call: Call, cause: Cause) -> Self {
        CachedFact { cell: OnceCell::new_with(Some(Answer::Unavailable(Unavailable { call, cause }))) }
    }

    /// The fact; where it has not been asked for yet, `fetch` asks, once, however many wait for it.
    pub(super) async fn recall(&self, call: Call, fetch: impl AsyncFnOnce(&Call) -> Result<V, Cause>) -> Fact<'_, V> {
        let answer = self
            .cell
            .get_or_init(|| async move {
                match fetch(&call).await {
                    Ok(value) => Answer::Known { call, value },
                    Err(cause) => Answer::Unavailable(Unavailable { call, cause }),
                }
            })
            .await;
        match answer {
            Answer::Known { call, value } => Ok(Observed { value, call }),
            Answer::Unavailable(unavailable) => Err(unavailable),
        }
    }

    /// Whether it was never asked for.
    pub(super) fn is_empty(&self) -> bool {
        !self.cell.initialized()
    }
}

/// A fact's form in a snapshot.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Written<'a, V> {
    Known(&'a V),
    Unavailable(&'a Cause),
}

#[derive(Serialize)]
struct WrittenSlot<'a, V> {
    call: &'a Call,
    #[serde(flatten)]
    outcome: Written<'a, V>,
}

impl<V: Serialize> Serialize for CachedFact<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.cell.get() {
            None => serializer.serialize_none(),
            Some(Answer::Known { call, value }) => {
                WrittenSlot { call, outcome: Written::Known(value) }.serialize(serializer)
            }
            Some(Answer::Unavailable(Unavailable { call, cause })) => {
                WrittenSlot::<V> { call, outcome: Written::Unavailable(cause) }.serialize(serializer)
            }
        }
    }
}

impl<'de, V: serde::de::DeserializeOwned> Deserialize<'de> for CachedFact<V> {
    /// A fact that an older or an edited snapshot holds in a form that does not suffice was not collected: an empty slot.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Box::<RawValue>::deserialize(deserializer)?;
        Ok(CachedFact::read(&written).unwrap_or_default())
    }
}

/// The members of an object, as they are written. Kept as text: a tree of values takes many times the room.
type Members<'a> = BTreeMap<String, &'a RawValue>;

impl<V: serde::de::DeserializeOwned> CachedFact<V> {
    fn read(written: &RawValue) -> Option<Self> {
        let written: Members<'_> = serde_json::from_str(written.get()).ok()?;
        let call = serde_json::from_str(written.get("call")?.get()).ok()?;
        // By hand, since to serde's `Option` a fact that is known to be `null` looks like one that is missing.
        match (written.get("known"), written.get("unavailable")) {
            (Some(value), None) => serde_json::from_str(value.get()).ok().map(|value| CachedFact::known(call, value)),
            (None, Some(cause)) => {
                serde_json::from_str(cause.get()).ok().map(|cause| CachedFact::unavailable(call, cause))
            }
            _ => None,
        }
    }
}

/// Facts of one operation by its argument (a region, a trail's ARN, a user's name). Slots are only ever added, so that
/// a fact is borrowed for as long as the account lives.
pub struct CachedByKey<V> {
    slots: FrozenMap<String, Box<CachedFact<V>>>,
}

impl<V> Default for CachedByKey<V> {
    fn default() -> Self {
        CachedByKey { slots: FrozenMap::new() }
    }
}

impl<V> CachedByKey<V> {
    /// The slot of one argument.
    pub(super) fn slot(&self, key: &str) -> &CachedFact<V> {
        match self.slots.get(key) {
            Some(slot) => slot,
            None => self.slots.insert(key.to_owned(), Box::default()),
        }
    }

    /// Whether none was ever asked for.
    pub(super) fn is_empty(&self) -> bool {
        self.slots.keys_cloned().iter().all(|key| self.slots.get(key).is_none_or(CachedFact::is_empty))
    }

    /// Puts a fact in its place; for accounts that are built in memory.
    pub fn set(&mut self, key: &str, slot: CachedFact<V>) {
        self.slots.as_mut().insert(key.to_owned(), Box::new(slot));
    }

    /// Takes a fact away.
    pub fn remove(&mut self, key: &str) {
        self.slots.as_mut().remove(key);
    }
}

impl<V: Serialize> Serialize for CachedByKey<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut keys = self.slots.keys_cloned();
        keys.sort_unstable();
        serializer.collect_map(keys.iter().filter_map(|key| {
            let slot = self.slots.get(key)?;
            (!slot.is_empty()).then_some((key, slot))
        }))
    }
}

impl<'de, V: serde::de::DeserializeOwned> Deserialize<'de> for CachedByKey<V> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let written = Box::<RawValue>::deserialize(deserializer)?;
        let slots: BTreeMap<String, CachedFact<V>> = serde_json::from_str(written.get()).unwrap_or_default();
        let mut keyed = CachedByKey::default();
        for (key, slot) in slots {
            keyed.set(&key, slot);
        }
        Ok(keyed)
    }
}

#[cfg(test)]
mod tests;
