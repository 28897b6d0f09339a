//! What the integration tests know of AWS's protocols.

#[path = "../../tests/integration/support/call.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
pub(crate) mod call;
#[path = "../../tests/integration/support/cbor.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
pub(crate) mod cbor;
