use serde_json::Value;

use super::*;
use crate::account::operation::Operation;

fn written(slot: &CachedFact<Option<u8>>) -> Value {
    serde_json::to_value(slot).unwrap()
}

#[test]
fn a_fact_reads_back_as_it_was_written_with_why_it_is_unseen() {
    let call = || Call::regional(Operation::DescribeTrails, "us-west-2");
    for slot in [
        CachedFact::known(call(), Some(1)),
        CachedFact::known(call(), None),
        CachedFact::unavailable(call(), Cause::Denied { message: Some("by a policy".to_owned()) }),
        CachedFact::unavailable(call(), Cause::TimedOut),
    ] {
        let once = written(&slot);
        assert_eq!(written(&serde_json::from_value(once.clone()).unwrap()), once);
        assert!(once["call"].is_object() || once["call"].is_string(), "{once}");
    }
}

#[test]
fn a_fact_that_was_not_asked_for_is_not_written() {
    let mut keyed = CachedByKey::default();
    keyed.set("asked", CachedFact::known(Call::global(Operation::DescribeKey), 1_u8));
    keyed.set("unasked", CachedFact::default());
    let json = serde_json::to_value(&keyed).unwrap();
    assert_eq!(json.as_object().unwrap().keys().collect::<Vec<_>>(), ["asked"]);
    keyed.remove("asked");
    assert_eq!(serde_json::to_value(&keyed).unwrap(), serde_json::json!({}));
}
