//! `admin-user-mfa`: an administrator IAM user exists, and every such user has MFA.

use futures_util::FutureExt;
use futures_util::future::join_all;

use super::Check;
use crate::account::facts::User;
use crate::account::{Account, Seen};
use crate::expectations::Expectations;
use crate::finding::{Judged, Requirement, Subject};
use crate::judgement::documents::{Holder, Library};
use crate::operation::Operation;

mod exists;
mod keys;
mod mfa;
mod near_miss;
mod remedy;
mod suspect;
#[cfg(test)]
mod tests;

use suspect::{Standing, Suspect};

const EXISTS: Requirement = Requirement {
    id: "admin-user-mfa/exists",
    passes: "an IAM user is administrator, has an MFA device, and can sign in: by a console password or an active access key",
    otherwise: "fails without one. An administrator role does not stand in: when all else breaks, somebody must be able to sign in to \
                this account itself",
};
const MFA: Requirement = Requirement {
    id: "admin-user-mfa/mfa",
    passes: "every IAM user who is or can become administrator and can sign in has an MFA device of any type",
    otherwise: "fails for each one without: one stolen password or key is the whole account. Warns for one who cannot sign in yet",
};
const KEYS: Requirement = Requirement {
    id: "admin-user-mfa/keys",
    passes: "no administrator has an active access key, or the key is good for nothing without MFA",
    otherwise: "warns: a key works without MFA unless a policy demands it. Fails for any IAM user whose key AWS holds for leaked",
};

pub(super) const CHECK: Check = Check {
    id: "admin-user-mfa",
    title: |_| "Administrator user with MFA".to_owned(),
    what: "An IAM user exists who is administrator, has MFA and can sign in; everybody who is or can become administrator has MFA; and \
           no administrator has an access key that works without it. Who is administrator is concluded from the policies themselves, \
           inline, attached, by groups, and the permissions boundary, not from their names.",
    why: "This account becomes the organization's management account. Whoever signs in to it as administrator rules every account of \
          the organization, and service control policies do not bind the management account.",
    decisions: &[
        "An administrator may do every action on every resource without a condition, but MFA's and one about the time that holds now; \
         and neither a boundary nor an unconditional Deny takes anything of iam, sts, organizations or account.",
        "Allows of several policies add up. A NotAction counts as everything where what it excepts in those four services is allowed \
         by others; a list of patterns, however long, does not.",
        "A Deny whose condition always holds for that user (the time, their own name) counts as one without a condition; one that \
         hangs on the request, such as MFA or an address, takes nothing away.",
        "A Deny fits all resources of sts also where it fits all roles of the account, since those are what sts acts upon.",
        "A boundary takes nothing of a service where it leaves every ARN of it: its resource is *, or patterns that fit them all, or \
         NotResource with none of them.",
        "AWS's other policies add up with the user's own; but none of them makes an administrator by itself, whatever its document says.",
        "An AWS policy that AWS says does not exist is taken to deny nothing, unless its name says so: Deny, Quarantine, Revoke.",
        "What AWS's AdministratorAccess says is known by heart only where the listing of AWS's policies was seen and lacks its document.",
        "Any other document that cannot be read may deny anything, also beside AdministratorAccess, and leaves the user open.",
        "A key is good for nothing without MFA where MFA is a condition of what makes the administrator, or where a Deny without MFA \
         excepts no more than reading in IAM and setting up MFA. The Deny must fit a request without the key \
         aws:MultiFactorAuthPresent (so BoolIfExists) and a session that was made without MFA.",
        "A user with an unread policy, without MFA, who cannot sign in, is left out if AWS says that the policy does not exist.",
    ],
    requirements: &[&EXISTS, &MFA, &KEYS],
    chain: &[],
    operations: &[
        Operation::GetCallerIdentity,
        Operation::GetAccountAuthorizationDetails,
        Operation::GetPolicy,
        Operation::GetPolicyVersion,
        Operation::ListMfaDevices,
        Operation::GetLoginProfile,
        Operation::ListAccessKeys,
    ],
    after: &["root-mfa"],
    fix: "Create an IAM user with AdministratorAccess and a console password, enable an MFA device for it, and do the same for every \
          other user who is or can become administrator. Deactivate administrators' access keys.",
    references: &[remedy::CREATE_ADMIN_PAGE, remedy::MFA_PAGE, remedy::KEYS_PAGE],
    run: |account, expect| run(account, expect).boxed_local(),
};

async fn run(account: &Account, _expect: &Expectations) -> Judged {
    let (users, mut library, caller) = tokio::join!(account.users(), Library::gather(account), account.caller());
    let users = match users {
        Ok(users) => users,
        Err(unavailable) => {
            let unseen = |requirement: &Requirement| requirement.unknown(&Subject::account(), unavailable);
            return [&EXISTS, &MFA, &KEYS].map(unseen).to_vec().into();
        }
    };
    let holders: Vec<Holder<'_>> = users.each().map(Holder::user).collect();
    library.complete(account, &holders).await;
    let suspects = suspects(account, &library, users.each()).await;

    let exists = match exists::judge(&suspects) {
        Ok(Some(outcome)) => EXISTS.judge(&outcome.subject, || Ok(outcome.outcome)),
        Ok(None) => {
            let roles = near_miss::roles(account, &mut library).await;
            EXISTS.judge(&Subject::account(), || Ok(near_miss::none(users, &suspects, &roles, caller)))
        }
        Err(unavailable) => EXISTS.unknown(&Subject::account(), &unavailable),
    };
    let mut findings = vec![exists];
    findings.extend(suspects.iter().filter_map(mfa::judge));
    findings.extend(keys::judge(&library, users, &suspects, caller));
    findings.into()
}

/// Those who are, can become, or may be administrator, with what must be asked of AWS about each: all of it in one round.
async fn suspects<'a>(
    account: &'a Account,
    library: &Library<'a>,
    users: impl Iterator<Item = Seen<'a, User>>,
) -> Vec<Suspect<'a>> {
    let now = account.now();
    let suspected = users.filter_map(|user| {
        let standing = Standing::of(library, &Holder::user(user), now);
        standing.is_suspect().then(|| Suspect::ask(account, user, standing))
    });
    join_all(suspected).await
}
