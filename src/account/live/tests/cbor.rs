//! CBOR, as far as the tests need it: <https://www.rfc-editor.org/rfc/rfc8949>.

use serde_json::Value;

/// A value as CloudWatch would send it. Numbers are floats where they have a point.
pub(super) fn encode(value: &Value) -> Vec<u8> {
    let mut out = Vec::new();
    write(value, &mut out);
    out
}

fn head(major: u8, length: u64, out: &mut Vec<u8>) {
    match length {
        0..24 => out.push(major << 5 | u8::try_from(length).unwrap()),
        _ => {
            out.push(major << 5 | 27);
            out.extend(length.to_be_bytes());
        }
    }
}

fn write(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Null => out.push(0xf6),
        Value::Bool(value) => out.push(if *value { 0xf5 } else { 0xf4 }),
        Value::Number(number) => match number.as_u64() {
            Some(number) => head(0, number, out),
            None => {
                out.push(0xfb);
                out.extend(number.as_f64().unwrap().to_be_bytes());
            }
        },
        Value::String(text) => {
            head(3, text.len() as u64, out);
            out.extend(text.as_bytes());
        }
        Value::Array(items) => {
            head(4, items.len() as u64, out);
            items.iter().for_each(|item| write(item, out));
        }
        Value::Object(members) => {
            head(5, members.len() as u64, out);
            for (name, value) in members {
                write(&Value::String(name.clone()), out);
                write(value, out);
            }
        }
    }
}
