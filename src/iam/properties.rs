//! What holds for any policy, pattern and request. `PROPTEST_CASES` sets how many of each are tried; what fails becomes a plain test
//! beside the code, so nothing is written to disk.

mod documents;
mod evaluation;
mod patterns;

use proptest::prelude::ProptestConfig;

/// As many cases as `PROPTEST_CASES` says, or 256.
fn cases() -> ProptestConfig {
    ProptestConfig { failure_persistence: None, ..ProptestConfig::default() }
}
