//! CBOR as `CloudWatch` speaks it (Smithy RPC v2), read and written without the SDK.

use std::time::{Duration, SystemTime};

use ciborium::value::Value;

/// CBOR's tag for seconds since 1970.
const EPOCH_TIME: u64 = 1;

/// Reads one value.
pub(crate) fn decode(bytes: &[u8]) -> Result<Value, String> {
    ciborium::from_reader(bytes).map_err(|error| format!("no CBOR: {error}"))
}

/// Writes one value.
pub(crate) fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    ciborium::into_writer(value, &mut bytes).expect("CBOR into memory");
    bytes
}

/// A moment that lies `ago` before now.
pub(crate) fn moment(ago: Duration) -> Value {
    Value::Tag(EPOCH_TIME, Box::new(Value::Float(seconds_since_1970(ago))))
}

/// Seconds since 1970 of the moment that lies `ago` before now.
pub(crate) fn seconds_since_1970(ago: Duration) -> f64 {
    (SystemTime::now() - ago).duration_since(SystemTime::UNIX_EPOCH).expect("a time after 1970").as_secs_f64()
}

/// The same in JSON; times become numbers.
pub(crate) fn to_json(value: &Value) -> serde_json::Value {
    use serde_json::Value as Json;
    match value {
        Value::Bool(truth) => Json::Bool(*truth),
        Value::Text(text) => Json::String(text.clone()),
        Value::Integer(number) => i64::try_from(*number).map_or(Json::Null, Json::from),
        Value::Float(number) => Json::from(*number),
        Value::Tag(_, inner) => to_json(inner),
        Value::Array(items) => items.iter().map(to_json).collect(),
        Value::Map(entries) => {
            entries.iter().filter_map(|(key, value)| Some((key.as_text()?.to_owned(), to_json(value)))).collect()
        }
        _ => Json::Null,
    }
}

/// From JSON, whose numbers stay what they are there.
pub(crate) fn from_json(value: &serde_json::Value) -> Value {
    Value::serialized(value).expect("JSON fits CBOR")
}

/// The value under `key` of a map.
pub(crate) fn get_mut<'a>(map: &'a mut Value, key: &str) -> Option<&'a mut Value> {
    map.as_map_mut()?.iter_mut().find(|(name, _)| name.as_text() == Some(key)).map(|(_, value)| value)
}

/// Puts `value` under `key` of a map, in place of what stood there.
pub(crate) fn set(map: &mut Value, key: &str, value: Value) {
    if let Some(old) = get_mut(map, key) {
        *old = value;
    } else {
        map.as_map_mut().expect("a CBOR map").push((Value::Text(key.to_owned()), value));
    }
}
