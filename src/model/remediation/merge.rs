//! Two changes of one JSON document made one: what either changes is changed, and what both change differently has no answer. Lists of
//! objects, such as a policy's statements, are taken entry by entry; lists of words, such as a statement's actions, as sets.

use std::iter::zip;

use serde_json::{Map, Value};

/// The document with both changes; `None` where they contradict each other.
pub(super) fn merged(base: &Value, one: &Value, other: &Value) -> Option<Value> {
    if one == other || other == base {
        return Some(one.clone());
    }
    if one == base {
        return Some(other.clone());
    }
    match (base, one, other) {
        (Value::Object(base), Value::Object(one), Value::Object(other)) => objects(base, one, other).map(Value::Object),
        _ => lists(&listed(base)?, &listed(one)?, &listed(other)?),
    }
}

/// Key by key. What only one of the two has beside the base is new, and stays; what one of them took away goes.
fn objects(
    base: &Map<String, Value>,
    one: &Map<String, Value>,
    other: &Map<String, Value>,
) -> Option<Map<String, Value>> {
    let mut whole = Map::new();
    let new = other.keys().filter(|key| !one.contains_key(*key));
    for key in one.keys().chain(new) {
        let value = match (base.get(key), one.get(key), other.get(key)) {
            (Some(base), Some(one), Some(other)) => Some(merged(base, one, other)?),
            (None, Some(one), Some(other)) => Some(merged(&like(one), one, other)?),
            (None, only, None) | (None, None, only) => only.cloned(),
            // Whether what one takes away is still worth having as the other changed it, nobody can say.
            (Some(base), Some(other), None) | (Some(base), None, Some(other)) => {
                if base != other {
                    return None;
                }
                None
            }
            (Some(_), None, None) => None,
        };
        if let Some(value) = value {
            whole.insert(key.clone(), value);
        }
    }
    Some(whole)
}

/// What was there before two new things of this kind: of objects nothing, so that their keys meet; else something that neither is.
fn like(value: &Value) -> Value {
    if value.is_object() { Value::Object(Map::new()) } else { Value::Null }
}

/// A list, or the one entry that policies may write in its place.
fn listed(value: &Value) -> Option<Vec<Value>> {
    match value {
        Value::Array(entries) => Some(entries.clone()),
        Value::String(_) | Value::Object(_) => Some(vec![value.clone()]),
        Value::Null | Value::Bool(_) | Value::Number(_) => None,
    }
}

fn lists(base: &[Value], one: &[Value], other: &[Value]) -> Option<Value> {
    let mut all = base.iter().chain(one).chain(other);
    let entries = if all.clone().all(Value::is_string) {
        words(base, one, other)?
    } else if all.all(Value::is_object) {
        entries(base, one, other)?
    } else {
        return None;
    };
    Some(match entries.as_slice() {
        [Value::String(only)] => Value::from(only.clone()),
        _ => Value::from(entries),
    })
}

/// As sets: what either took away goes, what either added comes. Where both put something of their own in the place of the same word,
/// nobody can say which of the two is meant.
fn words(base: &[Value], one: &[Value], other: &[Value]) -> Option<Vec<Value>> {
    let stays = |word: &&Value| one.contains(word) && other.contains(word);
    let added =
        |these: &[Value], those: &[Value]| these.iter().any(|word| !base.contains(word) && !those.contains(word));
    let is_replaced = base.iter().any(|word| !one.contains(word) && !other.contains(word));
    if is_replaced && added(one, other) && added(other, one) {
        return None;
    }
    let mut words: Vec<Value> = base.iter().filter(stays).cloned().collect();
    for word in one.iter().chain(other) {
        if !base.contains(word) && !words.contains(word) {
            words.push(word.clone());
        }
    }
    Some(words)
}

/// What became of each entry of a list, and what is new before each and at the end.
struct Changes<'a> {
    /// `None`: it was taken away.
    became: Vec<Option<&'a Value>>,
    /// One more than there were entries.
    new: Vec<Vec<&'a Value>>,
}

fn entries(base: &[Value], one: &[Value], other: &[Value]) -> Option<Vec<Value>> {
    let (ones, others) = (Changes::of(base, one), Changes::of(base, other));
    let mut whole: Vec<Value> = Vec::new();
    let mut became = zip(base, zip(ones.became, others.became));
    for (new, more) in zip(ones.new, others.new) {
        for entry in new.into_iter().chain(more) {
            // A second copy of what is there may be what the other changes.
            if !base.contains(entry) && !whole.contains(entry) {
                whole.push(named_apart(entry, &whole));
            }
        }
        match became.next() {
            Some((base, (Some(one), Some(other)))) => {
                whole.extend(Some(merged(base, one, other)?).filter(grants_something));
            }
            // What is no longer allowed need not be held to anything. All else that one takes away and the other changes is in doubt.
            Some((base, (Some(changed), None) | (None, Some(changed)))) if base != changed && !allows(base) => {
                return None;
            }
            _ => {}
        }
    }
    Some(whole)
}

fn allows(statement: &Value) -> bool {
    statement.get("Effect").is_some_and(|effect| effect == "Allow")
}

/// A statement of whose principals or actions none is left says nothing, and AWS takes none such.
fn grants_something(statement: &Value) -> bool {
    let is_empty = |value: &Value| match value {
        Value::Array(values) => values.is_empty(),
        Value::Object(kinds) => kinds.values().all(|names| names.as_array().is_some_and(Vec::is_empty)),
        _ => false,
    };
    !["Principal", "Action", "Resource"].iter().any(|element| statement.get(element).is_some_and(is_empty))
}

/// Two statements of one policy may not have one `Sid`.
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html>
fn named_apart(entry: &Value, others: &[Value]) -> Value {
    let mut entry = entry.clone();
    let is_taken = |sid: &str| others.iter().any(|other| other.get("Sid").is_some_and(|taken| taken == sid));
    if let Some(Value::String(sid)) = entry.get_mut("Sid")
        && is_taken(sid)
    {
        let numbered = (2..=others.len() + 2).map(|number| format!("{sid}{number}"));
        if let Some(free) = numbered.into_iter().find(|name| !is_taken(name)) {
            *sid = free;
        }
    }
    entry
}

impl<'a> Changes<'a> {
    /// Entries that stayed as they were are found first; between two of those the others are held against each other in their order.
    fn of(base: &[Value], list: &'a [Value]) -> Self {
        let mut changes = Changes { became: vec![None; base.len()], new: vec![Vec::new(); base.len() + 1] };
        let (mut from, mut at) = (0, 0);
        let ends = unchanged(base, list).into_iter().chain([(base.len(), list.len())]);
        for (base_end, end) in ends {
            changes.between(base, (from, base_end), list, (at, end));
            if let (Some(became), Some(same)) = (changes.became.get_mut(base_end), list.get(end)) {
                *became = Some(same);
            }
            (from, at) = (base_end + 1, end + 1);
        }
        changes
    }

    fn between(
        &mut self,
        base: &[Value],
        (from, end): (usize, usize),
        list: &'a [Value],
        (at, list_end): (usize, usize),
    ) {
        let candidates = list.get(at..list_end).unwrap_or_default();
        let mut next = 0;
        for index in from..end {
            let Some(before) = base.get(index) else { continue };
            let rest = candidates.get(next..).unwrap_or_default().iter().enumerate();
            let best = rest.filter_map(|(place, entry)| Some((differing(before, entry)?, place))).min();
            if let Some((_, place)) = best {
                self.put(index, candidates.get(next..next + place).unwrap_or_default());
                if let Some(became) = self.became.get_mut(index) {
                    *became = candidates.get(next + place);
                }
                next += place + 1;
            }
        }
        self.put(end, candidates.get(next..).unwrap_or_default());
    }

    fn put(&mut self, before: usize, new: &'a [Value]) {
        if let Some(place) = self.new.get_mut(before) {
            place.extend(new);
        }
    }
}

/// How many elements of a statement were changed, where it can still be told that it is the same: a remedy takes words out of who may
/// do what with what, or adds conditions. Whatever else became of it is another statement in the place of one that is gone.
fn differing(before: &Value, after: &Value) -> Option<usize> {
    let (Value::Object(before), Value::Object(after)) = (before, after) else { return None };
    let new = after.keys().filter(|key| !before.contains_key(*key));
    let keys = before.keys().chain(new).filter(|key| before.get(*key) != after.get(*key));
    let is_change = |key: &str| match (key, before.get(key), after.get(key)) {
        ("Principal" | "Action" | "Resource", Some(before), Some(after)) => holds(before, after),
        ("Condition", Some(before), Some(after)) => holds(after, before),
        ("Condition", None, _) => true,
        _ => false,
    };
    let differing: Vec<&String> = keys.collect();
    differing.iter().all(|key| is_change(key)).then_some(differing.len())
}

/// Whether one has all words of the other, in the same places.
fn holds(all: &Value, some: &Value) -> bool {
    match (all, some) {
        (Value::Object(all), Value::Object(some)) => {
            some.iter().all(|(key, some)| all.get(key).is_some_and(|all| holds(all, some)))
        }
        _ => match (listed(all), listed(some)) {
            (Some(all), Some(some)) => some.iter().all(|word| all.contains(word)),
            _ => all == some,
        },
    }
}

/// The longest run of entries that are in both lists in the same order, as pairs of places.
fn unchanged(base: &[Value], list: &[Value]) -> Vec<(usize, usize)> {
    // Of each pair of beginnings, how long the longest run of what comes from there is.
    let width = list.len() + 1;
    let mut longest = vec![0_usize; (base.len() + 1) * width];
    let at = |longest: &[usize], row: usize, column: usize| longest.get(row * width + column).copied().unwrap_or(0);
    for (row, before) in base.iter().enumerate().rev() {
        for (column, after) in list.iter().enumerate().rev() {
            let best = if before == after {
                at(&longest, row + 1, column + 1) + 1
            } else {
                at(&longest, row + 1, column).max(at(&longest, row, column + 1))
            };
            if let Some(place) = longest.get_mut(row * width + column) {
                *place = best;
            }
        }
    }
    let (mut row, mut column, mut pairs) = (0, 0, Vec::new());
    while let (Some(before), Some(after)) = (base.get(row), list.get(column)) {
        if before == after {
            pairs.push((row, column));
            (row, column) = (row + 1, column + 1);
        } else if at(&longest, row + 1, column) >= at(&longest, row, column + 1) {
            row += 1;
        } else {
            column += 1;
        }
    }
    pairs
}

#[cfg(test)]
mod tests;
