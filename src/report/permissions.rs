//! The least-privilege policy that an audit needs, from the one list of operations, so that it cannot drift from the calls
//! that are made.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::account::operation::{Operation, Purpose};
use crate::model::check::Stage;

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct PrintedPolicy {
    pub(crate) version: &'static str,
    pub(crate) statement: Vec<Statement>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Statement {
    pub(crate) sid: &'static str,
    pub(crate) effect: &'static str,
    pub(crate) action: BTreeSet<&'static str>,
    pub(crate) resource: &'static str,
}

impl PrintedPolicy {
    /// One statement for what hangs on the answers, so that an administrator sees what each part is good for and may leave
    /// out those that bear no verdict. The names of what is audited are not known before, hence every resource.
    pub(crate) fn least(stage: &Stage) -> Self {
        let purposes = [
            (Purpose::Evaluate, "StagecheckRead"),
            (Purpose::Explain, "StagecheckExplain"),
            (Purpose::Describe, "StagecheckDescribe"),
        ];
        let statement = purposes
            .into_iter()
            .map(|(purpose, sid)| Statement { sid, effect: "Allow", action: actions(stage, purpose), resource: "*" })
            .filter(|statement| !statement.action.is_empty())
            .collect();
        PrintedPolicy { version: "2012-10-17", statement }
    }
}

fn actions(stage: &Stage, purpose: Purpose) -> BTreeSet<&'static str> {
    Operation::ALL
        .iter()
        .filter(|operation| stage.purpose(**operation) == Some(purpose))
        .filter_map(|operation| operation.action())
        .collect()
}

/// The smallest policy that allows these actions, as one line of JSON.
///
/// # Errors
/// None in practice: it can be written as JSON.
pub(crate) fn allowing(actions: BTreeSet<&'static str>) -> serde_json::Result<String> {
    let statement = vec![Statement { sid: "StagecheckMissing", effect: "Allow", action: actions, resource: "*" }];
    serde_json::to_string(&PrintedPolicy { version: "2012-10-17", statement })
}
