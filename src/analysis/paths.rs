//! Asks for what the evaluation of [escalation](super::escalation) needs: the listings, and of each suspect the credentials.

use std::collections::HashMap;

use futures_util::future::join_all;

use super::administrator::Circumstances;
use super::documents::Library;
use super::escalation::credentials::{Credentials, Preconditions};
use super::escalation::estate::{Estate, Listings};
use super::escalation::index::Index;
use super::escalation::verdict::{self, Conclusions};
use crate::account::facts::User;
use crate::account::{Account, Observed};

/// Who can escalate to administrator. Each user who may is asked about, all side by side; nobody else is.
pub async fn conclude(
    account: &Account,
    library: &Library<'_>,
    users: Observed<'_, Vec<User>>,
    circumstances: &Circumstances<'_>,
) -> Conclusions {
    let (roles, groups, customer, aws) =
        tokio::join!(account.roles(), account.groups(), account.customer_policies(), account.aws_policies());
    let listings = Listings { users, roles, groups, customer, aws };
    let estate = Estate::of(library, &listings, *circumstances);
    let index = Index::new();
    let suspects = verdict::suspects(&estate, &index);
    let asked = suspects.into_iter().map(async |name| {
        let (devices, login, keys) =
            tokio::join!(account.mfa_devices(name), account.login_profile(name), account.access_keys(name));
        (name, Credentials { devices, login, keys })
    });
    let told: HashMap<&str, Credentials<'_>> = join_all(asked).await.into_iter().collect();
    let preconditions = Preconditions::Asked(told);
    verdict::conclude(&estate, &index, &preconditions)
}
