use futures_util::FutureExt;

use super::*;
use crate::account::Account;
use crate::account::facts::Facts;
use crate::account::operation::Operation;
use crate::testing::foundation::{DEV, Foundation, PROD, ROOT, foundation, unit};
use crate::testing::{denied, now};

/// The path of an account of the organization, and whether it was found by walking.
fn path_of(facts: Facts, id: &str) -> Option<Vec<String>> {
    let account = Account::recorded(facts, now());
    let tree = Tree::of(&account).now_or_never().unwrap();
    let accounts = tree.accounts.unwrap();
    accounts.iter().find(|place| place.id() == id).unwrap().path.clone().ok()
}

fn with_paths(paths: &[&str]) -> Option<Vec<String>> {
    let mut organization = foundation();
    organization.account(DEV).paths = Some(paths.iter().map(|path| (*path).to_owned()).collect());
    path_of(organization.facts(), DEV)
}

#[test]
fn a_path_is_one_of_this_organization_and_root_or_none() {
    let sandbox = unit("Sandbox");
    let good = vec![ROOT.to_owned(), sandbox.clone()];
    let whole = format!("o-abc1234567/{ROOT}/{sandbox}/{DEV}/");
    let mut wrong = Vec::new();
    for (paths, expected) in [
        (vec![whole.as_str()], Some(&good)),
        (vec![whole.trim_end_matches('/')], Some(&good)),
        (vec![whole.strip_suffix(&format!("{DEV}/")).unwrap()], Some(&good)),
        (vec![], None),
        (vec![&whole, &whole], None),
        (vec!["o-other12345/r-ab12/x/"], None),
        (vec!["o-abc1234567/r-zz99/"], None),
        (vec!["o-abc1234567/r-ab12/x-1/"], None),
        (vec![""], None),
    ] {
        let found = with_paths(&paths);
        if found.as_ref() != expected {
            wrong.push(format!("{paths:?}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_walk_finds_nested_accounts_and_skips_what_is_unread() {
    let nested = "ou-ab12-99999999";
    let build = || {
        let mut organization = foundation();
        let inner =
            crate::account::facts::OrganizationalUnit { id: nested.to_owned(), arn: None, name: "Inner".to_owned() };
        organization.units.insert(unit("Workloads"), vec![inner]);
        organization.account(PROD).paths =
            Some(vec![format!("o-abc1234567/{ROOT}/{}/{nested}/{PROD}/", unit("Workloads"))]);
        organization
    };
    let path = vec![ROOT.to_owned(), unit("Workloads"), nested.to_owned()];
    assert_eq!(path_of(build().facts_without_paths(), PROD), Some(path));
    let mut cut = build().facts_without_paths();
    cut.organizational_units.set(&unit("Workloads"), denied(Operation::ListOrganizationalUnitsForParent));
    assert_eq!(path_of(cut, PROD), None);
    let mut cut = build().facts_without_paths();
    cut.organizational_units.set(&unit("Workloads"), denied(Operation::ListOrganizationalUnitsForParent));
    assert!(path_of(cut, DEV).is_some(), "another branch of the tree was read");
}

#[test]
fn an_ou_that_is_its_own_descendant_ends_the_walk() {
    let mut organization: Foundation = foundation();
    let top = organization.units[ROOT].clone();
    organization.units.insert(unit("Workloads"), top);
    assert!(path_of(organization.facts_without_paths(), DEV).is_some());
}

#[test]
fn without_the_root_no_account_has_a_path() {
    let facts = Facts { organization_roots: denied(Operation::ListRoots), ..foundation().facts() };
    assert_eq!(path_of(facts, DEV), None);
}
