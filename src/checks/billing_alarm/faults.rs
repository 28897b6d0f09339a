//! Several things that may be wrong with one link of the chain.

use crate::account::Unavailable;

/// All that is surely wrong. Where nothing is, what was not seen leaves it open; where all was seen, nothing is wrong.
pub(super) fn faults<F>(each: impl IntoIterator<Item = Result<Option<F>, Unavailable>>) -> Result<Vec<F>, Unavailable> {
    let mut sure = Vec::new();
    let mut open = None;
    for fault in each {
        match fault {
            Ok(fault) => sure.extend(fault),
            Err(unavailable) => open = open.or(Some(unavailable)),
        }
    }
    match open {
        Some(unavailable) if sure.is_empty() => Err(unavailable),
        _ => Ok(sure),
    }
}
