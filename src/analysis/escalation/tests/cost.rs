//! What the search costs: in statements that are evaluated, not in seconds.

use super::states::concluded;
use crate::account::facts::Facts;
use crate::testing::iam::{ADMINISTRATOR_ACCESS, EntityBuilder, Iam, customer_arn};

/// An account of that many times 20 users, 5 roles and 12 policies, in which most of it nearly leads to an administrator.
fn account(times: usize) -> Facts {
    let account_trust =
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},"Action":"sts:AssumeRole"}"#;
    let service = r#"{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}"#;
    let own = r#"{"Effect":"Allow","Action":["iam:CreateAccessKey","iam:UpdateLoginProfile","iam:EnableMFADevice"],"Resource":"arn:aws:iam::111122223333:user/${aws:username}"}"#;
    let mut iam = Iam::new().group("everyone", EntityBuilder::nothing().inline(own));
    for number in 0..times * 12 {
        let some = number % 10;
        let statements = format!(
            r#"{{"Effect":"Allow","Action":["sts:AssumeRole","iam:PassRole"],"Resource":"arn:aws:iam::111122223333:role/team-{some}-*"}},{{"Effect":"Allow","Action":"lambda:*","Resource":"arn:aws:lambda:*:*:function:team-{some}-*"}}"#
        );
        iam = iam.customer(&format!("p{number}"), &statements);
    }
    for number in 0..times * 20 {
        let policy = customer_arn(&format!("p{}", number % (times * 12)));
        iam = iam.user(&format!("u{number}"), EntityBuilder::nothing().attached(&policy).group("everyone"));
    }
    for number in 0..times * 5 {
        let (trust, has) = match number % 5 {
            0 => (service, EntityBuilder::nothing().attached(ADMINISTRATOR_ACCESS)),
            1 => (account_trust, EntityBuilder::nothing().attached(&customer_arn("p0"))),
            _ => (service, EntityBuilder::nothing()),
        };
        iam = iam.role(&format!("team-{}-{number}", number % 10), trust, has);
    }
    iam.facts()
}

#[test]
fn evaluations_stay_within_their_bound() {
    for times in [1, 2, 4, 8] {
        let conclusions = concluded(account(times));
        let principals = times * 25;
        let reaching = conclusions.reaching_users.len() + conclusions.roles.len();
        // Whoever may change itself is a class of its own, and here everybody may.
        let bound = 60 * (principals + reaching * principals);
        let evaluated = usize::try_from(conclusions.evaluations).unwrap();
        assert!(evaluated <= bound, "{times} times: {evaluated} statements, more than {bound}");
        assert!(reaching >= times, "{times} times: {reaching}");
    }
}
