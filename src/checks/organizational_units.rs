//! `organizational-units`: there are OUs to attach SCPs to, and the accounts are in them.

use futures_util::FutureExt;
use futures_util::future::join_all;

use crate::account::facts::OrganizationalUnit;
use crate::account::operation::Operation;
use crate::account::{Account, Observed, Unavailable};
use crate::analysis::organization::commands::{change, is_root_id, is_unit_id, move_account};
use crate::analysis::organization::names::{is_near, is_same, named};
use crate::analysis::organization::{AccountPlace, Life, Tree, is_control_tower};
use crate::analysis::standing::Standing;
use crate::config::settings::Settings;
use crate::model::check::Check;
use crate::model::finding::{CheckResult, Evidence, Judgement, Outcome, Requirement, Severity, Subject};
use crate::model::remediation::{Command, Remediation};

const OU_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_ous.html";
const MOVE_PAGE: &str = "https://docs.aws.amazon.com/organizations/latest/userguide/move_account_to_ou.html";

/// The most names in a message.
const NAMES: usize = 5;

const EXISTS: Requirement = Requirement {
    id: "organizational-units/exists",
    severity: Severity::Medium,
    docs: OU_PAGE,
    pass: "an OU is directly under the root",
    warn: "",
    fail: "no OU: an SCP can be attached only to the root or to single accounts",
};
const EXPECTED: Requirement = Requirement {
    id: "organizational-units/expected",
    severity: Severity::Low,
    docs: OU_PAGE,
    pass: "every OU of `organizational-units` is directly under the root",
    warn: "an expected OU is missing",
    fail: "",
};
const ACCOUNTS: Requirement = Requirement {
    id: "organizational-units/accounts",
    severity: Severity::Low,
    docs: MOVE_PAGE,
    pass: "no active member account is directly under the root",
    warn: "a member account is directly under the root: no SCP of an OU applies to it",
    fail: "",
};

pub(super) const CHECK: Check = Check {
    id: "organizational-units",
    title: |_| "Organizational units".to_owned(),
    passes_when: "the expected OUs are directly under the root, and every member account is in an OU",
    what: "Checks the organizational units (OUs) directly under the root, and that no active member account is outside \
           an OU.",
    why: "SCPs are attached to OUs. An account that is directly under the root has only the SCPs of the root.",
    decisions: &[
        "Names are compared without case, spaces, hyphens and underscores. An exact match wins.",
        "A similar name or the same name deeper in the tree doesn't count. It is named in the finding.",
        "Other OUs and empty OUs are fine.",
    ],
    requirements: &[&EXISTS, &EXPECTED, &ACCOUNTS],
    chain: &[],
    waivable: true,
    operations: &[
        Operation::GetCallerIdentity,
        Operation::DescribeOrganization,
        Operation::ListRoots,
        Operation::ListAccounts,
        Operation::ListOrganizationalUnitsForParent,
        Operation::ListAccountsForParent,
    ],
    explains_with: &[
        Operation::ListPolicies,
        Operation::ListTargetsForPolicy,
        Operation::ListAwsServiceAccessForOrganization,
    ],
    after: &["organization"],
    fix: "Create the OUs, or list yours in `organizational-units`. Move each account to an OU.",
    references: &[OU_PAGE, MOVE_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, expect: &Settings) -> CheckResult {
    let (organization, caller, tree, deeper, by_control_tower) = tokio::join!(
        account.organization(),
        account.caller(),
        Tree::of(account),
        names_of_targets(account),
        is_control_tower(account)
    );
    let standing = Standing::of(organization, caller);
    if let Some(without) = standing.without_organization(&EXISTS) {
        return without;
    }
    let subject = match &tree.root {
        Ok(root) => Subject::global(&root.get().arn),
        Err(_) => Subject::account(),
    };
    let place = Place { tree: &tree, deeper: &deeper, by_control_tower };
    let mut findings = vec![EXISTS.judge(&subject, || exists(&place))];
    let wanted = &expect.foundation.organizational_units.value;
    if !wanted.is_empty() {
        findings.push(EXPECTED.judge(&subject, || expected(&place, wanted)));
    }
    findings.push(ACCOUNTS.judge(&subject, || {
        standing.organization()?;
        accounts(&place)
    }));
    let are_expected = !wanted.is_empty();
    CheckResult::from(findings).with_passed(|result| {
        let count = result.value(&EXISTS, "units")?;
        let units = if count == "1" { "1 OU".to_owned() } else { format!("{count} OUs") };
        let all = if are_expected { ", all expected" } else { "" };
        Some(format!("{units}{all}; no account outside an OU"))
    })
}

/// What the requirements look at.
struct Place<'t, 'a> {
    tree: &'t Tree<'a>,
    /// Names of OUs that policies are attached to, with their IDs.
    deeper: &'t [(&'a str, &'a str)],
    by_control_tower: bool,
}

/// The names of OUs anywhere in the tree, as the policies' targets have them. They explain and decide nothing.
async fn names_of_targets(account: &Account) -> Vec<(&str, &str)> {
    let Ok(scps) = account.scps().await else { return Vec::new() };
    let targets = join_all(scps.get().iter().map(|scp| account.scp_targets(&scp.id))).await;
    let mut names = Vec::new();
    for targets in targets {
        let Ok(targets) = targets else { continue };
        let units = targets.get().iter().filter(|target| target.id.starts_with("ou-"));
        names.extend(units.filter_map(|unit| Some((unit.id.as_str(), unit.name.as_deref()?))));
    }
    names.sort_unstable();
    names.dedup();
    names
}

fn finished(place: &Place<'_, '_>, summary: &str, commands: impl FnOnce(Remediation) -> Remediation) -> Remediation {
    change(summary, place.by_control_tower, commands).console("AWS Organizations > AWS accounts").see(OU_PAGE)
}

fn create(remedy: Remediation, place: &Place<'_, '_>, names: &[&str]) -> Remediation {
    let Ok(root) = &place.tree.root else { return remedy };
    let root = &root.get().id;
    if !is_root_id(root) || names.iter().any(|name| name.contains(['\'', '\\', '`'])) {
        return remedy;
    }
    names.iter().fold(remedy, |remedy, name| {
        let creates = Command::aws("organizations", "create-organizational-unit")
            .option("--parent-id", root)
            .option("--name", name);
        let listed = Command::aws("organizations", "list-organizational-units-for-parent")
            .option("--parent-id", root)
            .option("--query", &format!("OrganizationalUnits[?Name=='{name}'].Id"))
            .option("--output", "text");
        remedy.run(creates.skip_if_present(listed))
    })
}

fn exists(place: &Place<'_, '_>) -> Judgement {
    let top = *place.tree.top.as_ref().map_err(Clone::clone)?;
    let evidence = Evidence::new(top, "units", top.get().len());
    if top.get().is_empty() {
        let remedy =
            finished(place, "Create OUs under the root", |remedy| create(remedy, place, &["Security", "Workloads"]));
        return Ok(Outcome::fail("No OU is under the root", evidence, remedy.takes(2)));
    }
    Ok(Outcome::pass(format!("{} OUs are under the root", top.get().len()), evidence))
}

fn expected(place: &Place<'_, '_>, wanted: &[String]) -> Judgement {
    let top = *place.tree.top.as_ref().map_err(Clone::clone)?;
    let missing: Vec<&str> = wanted
        .iter()
        .map(String::as_str)
        .filter(|name| named(top.get(), |unit| Some(&unit.name), name).is_empty())
        .collect();
    let evidence = Evidence::new(top, "missing", &missing);
    if missing.is_empty() {
        return Ok(Outcome::pass("All expected OUs are under the root", evidence));
    }
    let near: Vec<(&str, &OrganizationalUnit)> =
        missing.iter().filter_map(|name| Some((*name, nearest(top, wanted, name)?))).collect();
    let mut message =
        format!("{} missing under the root: {}", count(missing.len(), "OU is", "OUs are"), listed(&missing));
    for (name, unit) in near.iter().take(NAMES) {
        message = format!("{message}. OU {} may be meant for {name}", unit.name);
    }
    for name in &missing {
        if let Some((_, id)) = deeper(place, top, name).first() {
            message = format!("{message}. An OU {name} is deeper in the tree ({id})");
        }
    }
    let remedy = finished(place, "Create the OUs, or list yours in `organizational-units`", |remedy| {
        let renamed = near.iter().filter(|(_, unit)| is_unit_id(&unit.id)).fold(remedy, |remedy, (name, unit)| {
            remedy.run(
                Command::aws("organizations", "update-organizational-unit")
                    .option("--organizational-unit-id", &unit.id)
                    .option("--name", name),
            )
        });
        let fresh: Vec<&str> =
            missing.iter().copied().filter(|name| !near.iter().any(|(near, _)| near == name)).collect();
        create(renamed, place, &fresh)
    });
    let brief = format!("{} missing", count(missing.len(), "OU is", "OUs are"));
    Ok(Outcome::warn(message, evidence, remedy.takes(minutes(&missing))).brief(brief))
}

/// An OU whose name may be meant to be the one that is missing, and that is none of those that are expected.
fn nearest<'a>(
    top: Observed<'a, Vec<OrganizationalUnit>>,
    wanted: &[String],
    name: &str,
) -> Option<&'a OrganizationalUnit> {
    let is_free = |unit: &&OrganizationalUnit| !wanted.iter().any(|one| is_same(one, &unit.name));
    top.get().iter().filter(is_free).find(|unit| is_near(&unit.name, name))
}

/// The OUs of that name that are not directly under the root.
fn deeper<'a>(
    place: &Place<'_, 'a>,
    top: Observed<'a, Vec<OrganizationalUnit>>,
    name: &str,
) -> Vec<(&'a str, &'a str)> {
    let known = place.tree.unit_names().chain(place.deeper.iter().copied());
    let is_top = |id: &str| top.get().iter().any(|unit| unit.id == id);
    known.filter(|(id, unit)| is_same(unit, name) && !is_top(id)).map(|(id, name)| (name, id)).collect()
}

fn accounts(place: &Place<'_, '_>) -> Judgement {
    let accounts = place.tree.accounts.as_ref().map_err(Clone::clone)?;
    let root = *place.tree.root.as_ref().map_err(Clone::clone)?;
    let mut outside: Vec<&AccountPlace<'_>> = Vec::new();
    let mut unknown: Option<Unavailable> = None;
    for account in accounts.iter().filter(|account| !account.is_management) {
        let doubt = match (&account.life, account.is_under_the_root()) {
            (Life::Inactive(_), _) | (_, Ok(false)) => continue,
            (Life::Active, Ok(true)) => {
                outside.push(account);
                continue;
            }
            (Life::Unknown(doubt), Ok(true)) => doubt.clone(),
            (Life::Active | Life::Unknown(_), Err(doubt)) => doubt,
        };
        unknown.get_or_insert(doubt);
    }
    if let Some(unknown) = unknown {
        return Err(unknown);
    }
    let ids: Vec<&str> = outside.iter().map(|account| account.id()).collect();
    let evidence = Evidence::new(root, "root", &root.get().id);
    let evidence = accounts.iter().take(1).fold(evidence, |evidence, one| evidence.and(one.account, "accounts", &ids));
    if outside.is_empty() {
        return Ok(Outcome::pass("No account is outside an OU", evidence));
    }
    let labels: Vec<String> = outside.iter().map(|account| account.label()).collect();
    let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
    let many = count(outside.len(), "account is", "accounts are");
    let remedy = finished(place, "Move each account to an OU. Its SCPs change", |remedy| {
        outside.iter().fold(remedy, |remedy, account| move_account(remedy, account.id(), &root.get().id))
    });
    Ok(Outcome::warn(
        format!("{many} directly under the root: {}", listed(&labels)),
        evidence,
        remedy.see(MOVE_PAGE).takes(minutes(&outside)),
    )
    .brief(format!("{many} directly under the root")))
}

/// A minute for each.
fn minutes<T>(each: &[T]) -> u32 {
    each.iter().fold(0, |minutes: u32, _| minutes.saturating_add(1))
}

fn count(count: usize, one: &str, many: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {many}") }
}

/// The first names, and how many more there are.
fn listed(names: &[&str]) -> String {
    let first: Vec<&str> = names.iter().copied().take(NAMES).collect();
    match names.len().saturating_sub(NAMES) {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

#[cfg(test)]
mod tests;
