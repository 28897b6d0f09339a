use super::*;
use crate::account::CachedFact;
use crate::account::facts::Facts;
use crate::model::finding::Finding;
use crate::model::status::Status;
use crate::testing::delayed::judge_far_away;
use crate::testing::iam::{ADMINISTRATOR_ACCESS, ALLOW_ALL, EntityBuilder, Iam, aws_arn, customer_arn};
use crate::testing::{denied, judge, known, overall, status_of};

const MFA_ADMIN: &str =
    r#"{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}"#;
const IAM_ALL: &str = r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#;
const DENY_IAM: &str = r#"{"Effect":"Deny","Action":"iam:*","Resource":"*"}"#;
const READ: &str = r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}"#;

fn admin() -> EntityBuilder {
    EntityBuilder::nothing().attached(ADMINISTRATOR_ACCESS)
}

/// One administrator with everything in order.
fn ready() -> Iam {
    Iam::new().user("alice", admin()).mfa("alice").password("alice")
}

fn run_on(iam: Iam) -> CheckResult {
    judge(&CHECK, iam.facts())
}

/// The status of a requirement for one user, if it was judged.
fn of(judged: &CheckResult, requirement: &str, user: &str) -> Option<Status> {
    let arn = format!("arn:aws:iam::111122223333:user/{user}");
    let found = judged.findings.iter().find(|it| it.id == requirement && it.subject.resource.as_ref() == Some(&arn))?;
    Some(found.status)
}

fn finding<'j>(judged: &'j CheckResult, requirement: &str) -> &'j Finding {
    judged.findings.iter().find(|finding| finding.id == requirement).unwrap()
}

fn exists(judged: &CheckResult) -> Status {
    status_of(judged, "admin-user-mfa/exists")
}

#[track_caller]
fn assert_unknown_by(judged: &CheckResult, requirement: &str, operation: Operation) {
    let by = |finding: &&Finding| {
        finding.id == requirement
            && finding.unavailable.as_ref().is_some_and(|unavailable| unavailable.call.operation == operation)
    };
    assert!(judged.findings.iter().any(|finding| by(&finding)), "{requirement} {operation}: {:#?}", judged.findings);
}

#[test]
fn an_administrator_with_mfa_and_a_password_passes() {
    let judged = run_on(ready());
    assert_eq!(overall(&judged), Status::Pass);
    assert_eq!(
        judged.findings.iter().map(|finding| finding.id).collect::<Vec<_>>(),
        [EXISTS.id, MFA.id, KEYS.id, TRUST.id]
    );
    assert_eq!(judged.findings[0].message, "User `alice` is an administrator, has MFA and can sign in");
}

#[test]
fn an_active_key_is_as_good_as_a_password_for_existing() {
    let judged = run_on(Iam::new().user("alice", admin()).mfa("alice").key("alice", "Active"));
    assert_eq!(exists(&judged), Status::Pass);
    for status in ["Inactive", "Expired"] {
        let judged = run_on(Iam::new().user("alice", admin()).mfa("alice").key("alice", status));
        assert_eq!(exists(&judged), Status::Fail, "{status}");
    }
}

#[test]
fn one_good_administrator_is_enough_and_others_are_named() {
    let judged = run_on(ready().user("bob", admin()).password("bob"));
    assert_eq!(exists(&judged), Status::Pass);
    assert_eq!(of(&judged, MFA.id, "alice"), Some(Status::Pass));
    assert_eq!(of(&judged, MFA.id, "bob"), Some(Status::Fail));
}

#[test]
fn without_users_only_the_first_requirement_fails() {
    let judged = run_on(Iam::new());
    assert_eq!(judged.findings.iter().map(|finding| finding.id).collect::<Vec<_>>(), [EXISTS.id, TRUST.id]);
    assert_eq!(overall(&judged), Status::Fail);
    let remedy = judged.findings[0].remediation.as_ref().unwrap();
    let attach = "aws iam attach-user-policy --user-name \"${ADMIN_USER:?name of the new administrator}\" --policy-arn \
                  arn:aws:iam::aws:policy/AdministratorAccess";
    assert!(remedy.commands.iter().any(|command| command == attach), "{:#?}", remedy.commands);
}

#[test]
fn without_a_partition_there_are_no_commands() {
    let facts = Facts { caller: denied(Operation::GetCallerIdentity), ..Iam::new().facts() };
    assert!(judge(&CHECK, facts).findings[0].remediation.as_ref().unwrap().commands.is_empty());
}

#[test]
fn an_administrator_role_does_not_stand_in() {
    let trust = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}"#;
    let judged = run_on(Iam::new().user("bob", EntityBuilder::nothing()).password("bob").role("Admin", trust, admin()));
    assert_eq!(exists(&judged), Status::Fail);
    let message = &judged.findings[0].message;
    assert!(message.contains("`Admin`") && message.contains("you need a user"), "{message}");
}

#[test]
fn a_service_linked_role_is_no_near_miss() {
    let trust = r#"{"Effect":"Allow","Principal":{"Service":"x.amazonaws.com"},"Action":"sts:AssumeRole"}"#;
    let iam = Iam::new()
        .role("Linked", trust, admin())
        .but(|role| role.path = "/aws-service-role/x.amazonaws.com/".to_owned());
    assert!(!run_on(iam).findings[0].message.contains("Linked"));
}

#[test]
fn roles_that_cannot_be_read_leave_the_failure_as_it_is() {
    let facts = Facts { roles: denied(Operation::GetAccountAuthorizationDetails), ..Iam::new().facts() };
    let judged = judge(&CHECK, facts);
    assert_eq!((overall(&judged), exists(&judged)), (Status::Fail, Status::Fail));
    assert_unknown_by(&judged, TRUST.id, Operation::GetAccountAuthorizationDetails);
}

#[test]
fn near_misses_are_named() {
    let near = |iam: Iam, words: &[&str]| {
        let judged = run_on(iam);
        assert_eq!(exists(&judged), Status::Fail);
        let message = finding(&judged, EXISTS.id).message.clone();
        assert!(words.iter().all(|word| message.contains(word)), "{message}");
    };
    near(Iam::new().user("bob", admin()).password("bob"), &["`bob`", "no MFA device"]);
    near(Iam::new().user("bob", admin()).mfa("bob"), &["`bob`", "can't sign in"]);
    near(Iam::new().user("bob", admin()), &["`bob`", "no MFA device and can't sign in"]);
    near(
        Iam::new().user("bob", EntityBuilder::nothing().inline(IAM_ALL)).mfa("bob").password("bob"),
        &["`bob`", "can escalate"],
    );
    let power = aws_arn("PowerUserAccess");
    let statement = r#"{"Effect":"Allow","NotAction":["iam:*","organizations:*","account:*"],"Resource":"*"}"#;
    near(
        Iam::new().user("bob", EntityBuilder::nothing().attached(&power)).aws("PowerUserAccess", statement),
        &["`bob`", "PowerUserAccess"],
    );
    let crowd = ["b", "c", "d", "e", "f"].iter().fold(Iam::new(), |iam, name| iam.user(name, admin()));
    near(crowd, &["and 2 more"]);
}

#[test]
fn the_remedy_completes_an_administrator_who_lacks_one_thing() {
    let commands = |iam: Iam| finding(&run_on(iam), EXISTS.id).remediation.clone().unwrap().commands.join("\n");
    let no_mfa = commands(Iam::new().user("bob", admin()).password("bob"));
    assert!(
        no_mfa.contains("enable-mfa-device --user-name bob --serial-number arn:aws:iam::111122223333:mfa/bob"),
        "{no_mfa}"
    );
    let no_password = commands(Iam::new().user("bob", admin()).mfa("bob"));
    assert!(no_password.contains("create-login-profile --user-name bob"), "{no_password}");
}

#[test]
fn one_who_cannot_sign_in_and_has_no_mfa_warns() {
    let judged = run_on(ready().user("bob", admin()).user("carol", EntityBuilder::nothing().inline(IAM_ALL)));
    assert_eq!(of(&judged, MFA.id, "bob"), Some(Status::Warn));
    assert_eq!(of(&judged, MFA.id, "carol"), Some(Status::Warn));
    assert_eq!(overall(&judged), Status::Warn);
}

#[test]
fn one_who_can_become_administrator_needs_mfa_too() {
    let judged = run_on(ready().user("bob", EntityBuilder::nothing().inline(IAM_ALL)).key("bob", "Active"));
    assert_eq!(of(&judged, MFA.id, "bob"), Some(Status::Fail));
    assert_eq!(of(&judged, KEYS.id, "bob"), None);
    let conditional = ALLOW_ALL.replace('}', r#","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.7"}}}"#);
    let judged = run_on(Iam::new().user("bob", EntityBuilder::nothing().inline(&conditional)).password("bob"));
    assert_eq!((exists(&judged), of(&judged, MFA.id, "bob")), (Status::Fail, Some(Status::Fail)));
}

#[test]
fn user_without_privileges_is_no_subject_and_costs_no_call() {
    let mut facts = ready().user("bob", EntityBuilder::nothing().inline(READ)).password("bob").facts();
    facts.mfa_devices.remove("bob");
    facts.login_profiles.remove("bob");
    facts.access_keys.remove("bob");
    let judged = judge(&CHECK, facts);
    assert_eq!(overall(&judged), Status::Pass);
    assert_eq!(of(&judged, MFA.id, "bob"), None);
}

#[test]
fn a_key_of_an_administrator_warns_unless_a_policy_demands_mfa() {
    let keys = |has: EntityBuilder, status: &str| {
        of(&run_on(Iam::new().user("alice", has).mfa("alice").password("alice").key("alice", status)), KEYS.id, "alice")
    };
    assert_eq!(keys(admin(), "Active"), Some(Status::Warn));
    assert_eq!(keys(admin(), "Inactive"), Some(Status::Pass));
    assert_eq!(keys(EntityBuilder::nothing().inline(MFA_ADMIN), "Active"), Some(Status::Pass));
    let guard = r#"{"Effect":"Deny","NotAction":["iam:EnableMFADevice","iam:ListMFADevices"],"Resource":"*",
        "Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}"#;
    assert_eq!(keys(admin().inline(guard), "Active"), Some(Status::Pass));
}

#[test]
fn a_key_that_aws_holds_for_leaked_fails_whoever_the_user_is() {
    for name in ["AWSCompromisedKeyQuarantine", "AWSCompromisedKeyQuarantineV2", "AWSCompromisedKeyQuarantineV3"] {
        let itself = ready().user("bob", EntityBuilder::nothing().attached(&aws_arn(name))).aws(name, DENY_IAM);
        assert_eq!(of(&run_on(itself), KEYS.id, "bob"), Some(Status::Fail), "{name}");
        let by_group = ready()
            .user("bob", EntityBuilder::nothing().group("g"))
            .group("g", EntityBuilder::nothing().attached(&aws_arn(name)))
            .aws(name, DENY_IAM);
        assert_eq!(of(&run_on(by_group), KEYS.id, "bob"), Some(Status::Fail), "{name}");
    }
    for name in ["AWSCompromisedKeyQuarantineX", "AWSCompromisedKeyQuarantineVX", "MyAWSCompromisedKeyQuarantine"] {
        let other = ready().user("bob", EntityBuilder::nothing().attached(&aws_arn(name))).aws(name, DENY_IAM);
        assert_eq!(of(&run_on(other), KEYS.id, "bob"), None, "{name}");
    }
    let own = "AWSCompromisedKeyQuarantineV3";
    let customers = ready().user("bob", EntityBuilder::nothing().attached(&customer_arn(own))).customer(own, DENY_IAM);
    assert_eq!(of(&run_on(customers), KEYS.id, "bob"), None);
}

/// What AWS did before it had managed policies for it.
#[test]
fn awss_old_inline_quarantine_fails_by_its_exact_name() {
    let inline = |name: &str| {
        let mut iam = ready().user("bob", EntityBuilder::nothing().inline(DENY_IAM));
        iam.users[1].inline_policies[0].name = name.to_owned();
        of(&run_on(iam), KEYS.id, "bob")
    };
    assert_eq!(inline("AWSExposedCredentialPolicy_DO_NOT_REMOVE"), Some(Status::Fail));
    for name in [
        "AWSExposedCredentialPolicy",
        "awsexposedcredentialpolicy_do_not_remove",
        "AWSExposedCredentialPolicy_DO_NOT_REMOVE2",
    ] {
        assert_eq!(inline(name), None, "{name}");
    }
    let name = "AWSExposedCredentialPolicy_DO_NOT_REMOVE";
    let managed = ready().user("bob", EntityBuilder::nothing().attached(&customer_arn(name))).customer(name, DENY_IAM);
    assert_eq!(of(&run_on(managed), KEYS.id, "bob"), None);
    let mut by_group =
        ready().user("bob", EntityBuilder::nothing().group("g")).group("g", EntityBuilder::nothing().inline(DENY_IAM));
    by_group.groups[0].inline_policies[0].name = name.to_owned();
    assert_eq!(of(&run_on(by_group), KEYS.id, "bob"), None);
}

/// Rows 47 and 88 of escalation.md 7.3, and the ordinary patterns of its section 4.
#[test]
fn an_administrator_role_that_anyone_can_assume_fails() {
    let trust = |principal: &str, rest: &str| {
        format!(r#"{{"Effect":"Allow","Principal":{principal},"Action":"sts:AssumeRole"{rest}}}"#)
    };
    let web = |provider: &str, condition: &str| {
        format!(
            r#"{{"Effect":"Allow","Principal":{{"Federated":"{provider}"}},"Action":"sts:AssumeRoleWithWebIdentity"{condition}}}"#
        )
    };
    let github = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
    let sub = |value: &str| {
        format!(r#","Condition":{{"StringLike":{{"token.actions.githubusercontent.com:sub":"{value}"}}}}"#)
    };
    let saml = r#"{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111122223333:saml-provider/AWSSSO_x_DO_NOT_DELETE"},"Action":["sts:AssumeRoleWithSAML","sts:TagSession"]}"#;
    for (row, statement, status, word) in [
        ("everyone", trust(r#""*""#, ""), Status::Fail, "Anyone can assume role `Admin`"),
        ("every account", trust(r#"{"AWS":"*"}"#, ""), Status::Fail, "statement 1"),
        (
            "everyone with an external ID",
            trust(r#""*""#, r#","Condition":{"StringEquals":{"sts:ExternalId":"x"}}"#),
            Status::Fail,
            "Anyone",
        ),
        ("GitHub without sub", web(github, ""), Status::Fail, "Anyone"),
        ("GitHub with sub", web(github, &sub("repo:acme/*")), Status::Pass, github),
        ("GitHub with every sub", web(github, &sub("repo:*")), Status::Fail, "Anyone"),
        (
            "an organization",
            trust(r#""*""#, r#","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-aaaaaaaaaa"}}"#),
            Status::Pass,
            "o-aaaaaaaaaa",
        ),
        ("another account", trust(r#"{"AWS":"arn:aws:iam::999988887777:root"}"#, ""), Status::Pass, "999988887777"),
        (
            "a partner",
            trust(r#"{"AWS":"999988887777"}"#, r#","Condition":{"StringEquals":{"sts:ExternalId":"x"}}"#),
            Status::Pass,
            "999988887777",
        ),
        ("SAML", saml.to_owned(), Status::Pass, "saml-provider/AWSSSO_x_DO_NOT_DELETE"),
        ("this account", trust(r#"{"AWS":"111122223333"}"#, ""), Status::Pass, "no one outside"),
        ("a service", trust(r#"{"Service":"lambda.amazonaws.com"}"#, ""), Status::Pass, "no one outside"),
    ] {
        let judged = run_on(ready().role("Admin", &statement, admin()));
        let found = finding(&judged, TRUST.id);
        assert_eq!((found.status, overall(&judged)), (status, status), "{row}: {found:#?}");
        assert!(found.message.contains(word), "{row}: {}", found.message);
        assert_eq!(found.subject.resource.as_deref(), Some("arn:aws:iam::111122223333:role/Admin"), "{row}");
        if status == Status::Fail {
            let remedy = found.remediation.as_ref().unwrap();
            assert!(
                remedy.commands.is_empty() && remedy.console.as_ref().unwrap().contains("statement 1"),
                "{remedy:#?}"
            );
        }
    }
}

#[test]
fn trust_is_about_roles_that_are_administrators() {
    let open = r#"{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}"#;
    let own = r#"{"Effect":"Allow","Principal":{"AWS":"111122223333"},"Action":"sts:AssumeRole"}"#;
    let status = |iam: Iam| {
        let judged = run_on(iam);
        let found: Vec<(Status, bool)> = judged
            .findings
            .iter()
            .filter(|it| it.id == TRUST.id)
            .map(|it| (it.status, it.subject.resource.is_some()))
            .collect();
        found
    };
    let account = [(Status::Pass, false)];
    assert_eq!(status(ready()), account, "no role");
    assert_eq!(
        status(ready().role("r", open, EntityBuilder::nothing().inline(READ))),
        account,
        "it is no administrator"
    );
    let linked =
        ready().role("Linked", open, admin()).but(|role| role.path = "/aws-service-role/x.amazonaws.com/".to_owned());
    assert_eq!(status(linked), account);
    assert_eq!(
        status(ready().role("r", open, EntityBuilder::nothing().inline(MFA_ADMIN))),
        [(Status::Fail, true)],
        "with MFA"
    );
    assert_eq!(status(ready().role("r", open, EntityBuilder::nothing().raw("not JSON"))), [(Status::Unknown, true)]);
    assert_eq!(status(ready().role("r", own, EntityBuilder::nothing().raw("not JSON"))), account);
    let malformed = ready().role("r", own, admin()).but(|role| role.trust_policy = "{".to_owned());
    assert_eq!(status(malformed), [(Status::Unknown, true)]);
    let two = ready().role("a", open, admin()).role("b", own, admin());
    assert_eq!(status(two), [(Status::Fail, true), (Status::Pass, true)]);
}

/// Row 90 of escalation.md 7.3.
#[test]
fn guardrails_leave_an_administrator_and_another_deny_is_named() {
    let denying = |actions: &str| {
        let deny = format!(r#"{{"Effect":"Deny","Action":{actions},"Resource":"*"}}"#);
        let judged = run_on(Iam::new().user("alice", admin().inline(&deny)).mfa("alice").password("alice"));
        (exists(&judged), finding(&judged, EXISTS.id).message.clone())
    };
    assert_eq!(denying(r#"["organizations:LeaveOrganization","account:CloseAccount"]"#).0, Status::Pass);
    assert_eq!(denying(r#""iam:CreateAccessKey""#).0, Status::Pass);
    let (status, message) = denying(r#""organizations:CreateOrganization""#);
    assert_eq!(status, Status::Fail);
    assert!(
        message.contains("`alice` is allowed everything, but statement 1 of policy `inline-0` denies organizations:CreateOrganization"),
        "{message}"
    );
    let bounded = Iam::new()
        .user("alice", admin().boundary(&customer_arn("fence")))
        .customer("fence", r#"{"Effect":"Allow","NotAction":"organizations:*","Resource":"*"}"#)
        .mfa("alice")
        .password("alice");
    let message = finding(&run_on(bounded), EXISTS.id).message.clone();
    assert!(message.contains("permissions boundary `fence` removes"), "{message}");
}

#[test]
fn administrator_by_fresh_mfa_counts_and_the_key_is_guarded() {
    for condition in
        [r#"{"NumericLessThan":{"aws:MultiFactorAuthAge":"28800"}}"#, r#"{"Null":{"aws:MultiFactorAuthAge":"false"}}"#]
    {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{condition}}}"#);
        let iam = Iam::new().user("alice", EntityBuilder::nothing().inline(&statement));
        let judged = run_on(iam.mfa("alice").password("alice").key("alice", "Active"));
        assert_eq!((exists(&judged), of(&judged, KEYS.id, "alice")), (Status::Pass, Some(Status::Pass)), "{condition}");
    }
}

#[test]
fn unread_aws_policy_list_leaves_administrator_access_known() {
    let facts = Facts { aws_policies: denied(Operation::GetAccountAuthorizationDetails), ..ready().facts() };
    assert_eq!(overall(&judge(&CHECK, facts)), Status::Pass);
}

#[test]
fn unseen_users_leave_every_requirement_but_trust_unknown() {
    let facts = Facts { users: denied(Operation::GetAccountAuthorizationDetails), ..ready().facts() };
    let judged = judge(&CHECK, facts);
    for requirement in [EXISTS.id, MFA.id, KEYS.id] {
        assert_eq!(finding(&judged, requirement).status, Status::Unknown, "{requirement}");
    }
    assert_eq!(finding(&judged, TRUST.id).status, Status::Pass, "it is about roles");
}

#[test]
fn each_missing_fact_of_the_only_administrator_is_named() {
    let without = |change: &dyn Fn(&mut Facts)| {
        let mut facts = ready().facts();
        change(&mut facts);
        judge(&CHECK, facts)
    };
    let devices = without(&|facts| facts.mfa_devices.set("alice", denied(Operation::ListMfaDevices)));
    assert_unknown_by(&devices, EXISTS.id, Operation::ListMfaDevices);
    assert_unknown_by(&devices, MFA.id, Operation::ListMfaDevices);
    let login = without(&|facts| facts.login_profiles.set("alice", denied(Operation::GetLoginProfile)));
    assert_unknown_by(&login, EXISTS.id, Operation::GetLoginProfile);
    assert_eq!(of(&login, MFA.id, "alice"), Some(Status::Pass));
    let keys = without(&|facts| facts.access_keys.set("alice", denied(Operation::ListAccessKeys)));
    assert_eq!(exists(&keys), Status::Pass);
    assert_unknown_by(&keys, KEYS.id, Operation::ListAccessKeys);
}

#[test]
fn a_sure_failure_is_not_hidden_by_an_unseen_neighbour() {
    let mut facts = Iam::new().user("bob", admin()).password("bob").facts();
    facts.access_keys.set("bob", denied(Operation::ListAccessKeys));
    let judged = judge(&CHECK, facts);
    assert_eq!((exists(&judged), of(&judged, MFA.id, "bob")), (Status::Fail, Some(Status::Fail)));

    let mut facts = Iam::new().user("bob", admin()).facts();
    facts.mfa_devices.set("bob", denied(Operation::ListMfaDevices));
    assert_eq!(exists(&judge(&CHECK, facts)), Status::Fail, "who cannot sign in is not the one, device or not");
}

#[test]
fn sign_in_decides_between_fail_and_warn_without_mfa() {
    let mut facts = ready().user("bob", admin()).facts();
    facts.login_profiles.set("bob", denied(Operation::GetLoginProfile));
    assert_unknown_by(&judge(&CHECK, facts), MFA.id, Operation::GetLoginProfile);
}

#[test]
fn a_key_whose_status_is_not_told_is_neither_active_nor_not() {
    let judged = run_on(Iam::new().user("alice", admin()).mfa("alice").key_of_unknown_status("alice"));
    assert_eq!((exists(&judged), of(&judged, KEYS.id, "alice")), (Status::Unknown, Some(Status::Unknown)));
    let judged =
        run_on(Iam::new().user("alice", admin()).mfa("alice").key_of_unknown_status("alice").key("alice", "Active"));
    assert_eq!((exists(&judged), of(&judged, KEYS.id, "alice")), (Status::Pass, Some(Status::Warn)));
}

#[test]
fn unseen_groups_leave_open_only_who_is_in_one() {
    let unseen = |facts| Facts { groups: denied(Operation::GetAccountAuthorizationDetails), ..facts };
    assert_eq!(overall(&judge(&CHECK, unseen(ready().facts()))), Status::Pass);

    let member = Iam::new().user("alice", EntityBuilder::nothing().group("admins")).mfa("alice").password("alice");
    let judged = judge(&CHECK, unseen(member.facts()));
    assert_unknown_by(&judged, EXISTS.id, Operation::GetAccountAuthorizationDetails);
    assert_eq!(of(&judged, MFA.id, "alice"), Some(Status::Pass), "whatever she is, she has a device");
    assert_unknown_by(&judged, KEYS.id, Operation::GetAccountAuthorizationDetails);

    // A quarantine may hide in the group of one who is no administrator.
    let other = ready().user(
        "bob",
        EntityBuilder::nothing().inline(&READ.replace("Allow", "Deny").replace("s3:Get*", "*")).group("g"),
    );
    let judged = judge(&CHECK, unseen(other.facts()));
    assert_eq!(of(&judged, KEYS.id, "alice"), Some(Status::Pass));
    assert_unknown_by(&judged, KEYS.id, Operation::GetAccountAuthorizationDetails);
}

#[test]
fn unseen_customer_policies_leave_open_only_who_has_one() {
    let unseen = |facts| Facts { customer_policies: denied(Operation::GetAccountAuthorizationDetails), ..facts };
    assert_eq!(overall(&judge(&CHECK, unseen(ready().facts()))), Status::Pass);
    let with = |iam: Iam| iam.user("bob", EntityBuilder::nothing().attached(&customer_arn("x")));
    let judged = judge(&CHECK, unseen(with(ready()).password("bob").facts()));
    assert_eq!(of(&judged, MFA.id, "bob"), Some(Status::Unknown));
    assert_eq!(exists(&judged), Status::Pass);
    // One who cannot sign in would warn, and something unseen never becomes less.
    assert_eq!(of(&judge(&CHECK, unseen(with(ready()).facts())), MFA.id, "bob"), Some(Status::Unknown));
    assert_eq!(
        of(&judge(&CHECK, unseen(with(ready()).mfa("bob").password("bob").facts())), MFA.id, "bob"),
        Some(Status::Pass)
    );
}

#[test]
fn unreadable_aws_policy_leaves_mfa_unknown_without_a_device() {
    let arn = aws_arn("SomethingNew");
    let with = |iam: Iam, slot: CachedFact<Option<String>>| {
        let mut facts = iam.user("bob", EntityBuilder::nothing().attached(&arn)).facts();
        facts.policy_default_versions.set(&arn, slot);
        judge(&CHECK, facts)
    };
    let gone = || known(Operation::GetPolicy, None);
    let refused = || denied(Operation::GetPolicy);
    for slot in [gone, refused] {
        let judged = with(ready().password("bob"), slot());
        assert_unknown_by(&judged, MFA.id, Operation::GetPolicy);
        assert_eq!((exists(&judged), of(&judged, KEYS.id, "bob")), (Status::Pass, None));
        assert_eq!(of(&with(ready().password("bob").mfa("bob"), slot()), MFA.id, "bob"), Some(Status::Pass));
        assert_eq!(
            exists(&with(Iam::new().password("bob").mfa("bob"), slot())),
            Status::Fail,
            "it makes no administrator"
        );
    }
    assert_eq!(of(&with(ready(), gone()), MFA.id, "bob"), None);
    assert_eq!(of(&with(ready(), refused()), MFA.id, "bob"), Some(Status::Unknown));
}

#[test]
fn an_administrator_in_another_partition_gets_commands_for_it() {
    let mut iam = Iam::new()
        .user("bob", EntityBuilder::nothing().attached("arn:aws-cn:iam::aws:policy/AdministratorAccess"))
        .password("bob");
    for user in &mut iam.users {
        user.arn = user.arn.replace("arn:aws:", "arn:aws-cn:");
    }
    let judged = run_on(iam);
    let commands = finding(&judged, MFA.id).remediation.clone().unwrap().commands.join("\n");
    assert!(commands.contains("arn:aws-cn:iam::111122223333:mfa/bob") && !commands.contains("arn:aws:"), "{commands}");
}

#[test]
fn a_hostile_name_gets_no_command() {
    let judged = run_on(Iam::new().user("bob\u{1b}[2J", admin()).password("bob\u{1b}[2J"));
    assert!(finding(&judged, MFA.id).remediation.as_ref().unwrap().commands.is_empty());
}

#[test]
fn every_failure_and_warning_says_what_to_do() {
    let iam = Iam::new()
        .user("a", admin())
        .user("b", admin())
        .password("b")
        .user("c", admin())
        .key("c", "Active")
        .user("d", EntityBuilder::nothing().attached(&aws_arn("AWSCompromisedKeyQuarantine")));
    let judged = run_on(iam);
    let bad: Vec<&Finding> =
        judged.findings.iter().filter(|it| matches!(it.status, Status::Fail | Status::Warn)).collect();
    assert_eq!(bad.len(), 6, "{bad:#?}");
    for finding in bad {
        let remedy = finding.remediation.as_ref().unwrap();
        assert!(
            !remedy.references.is_empty() && remedy.console.is_some() && !remedy.commands.is_empty(),
            "{finding:#?}"
        );
        assert!(!finding.message.ends_with('.'), "{finding:#?}");
    }
}

#[test]
fn without_any_fact_or_any_pair_nothing_becomes_better_or_fails() {
    let late = customer_arn("late");
    let quarantine = "AWSCompromisedKeyQuarantineV2";
    let crowd = Iam::new()
        .user("alice", admin().group("everybody"))
        .mfa("alice")
        .password("alice")
        .key("alice", "Active")
        .user("bob", EntityBuilder::nothing().attached(&customer_arn("iam")))
        .password("bob")
        .user("carol", EntityBuilder::nothing().attached(&aws_arn("IAMFullAccess")))
        .user("dave", EntityBuilder::nothing().inline(ALLOW_ALL).attached(&aws_arn("AWSDenyAll")))
        .mfa("dave")
        .key("dave", "Active")
        .user("eve", EntityBuilder::nothing().group("leaked"))
        .key("eve", "Inactive")
        .user("frank", EntityBuilder::nothing().inline(MFA_ADMIN).boundary(&customer_arn("s3")))
        .password("frank")
        .user("grace", EntityBuilder::nothing().attached(&late))
        .password("grace")
        .group("everybody", EntityBuilder::nothing().inline(READ))
        .group("leaked", EntityBuilder::nothing().attached(&aws_arn(quarantine)))
        .customer("iam", IAM_ALL)
        .customer("s3", READ)
        .aws("IAMFullAccess", IAM_ALL)
        .aws("AWSDenyAll", r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#)
        .aws(quarantine, DENY_IAM);
    let with_late = |iam: Iam| {
        let mut facts = iam.facts();
        facts.policy_default_versions.set(&late, known(Operation::GetPolicy, Some("v2".to_owned())));
        let document = crate::testing::iam::document(ALLOW_ALL);
        facts.policy_documents.set(&format!("{late} v2"), known(Operation::GetPolicyVersion, Some(document)));
        facts
    };
    let only = |names: &[&str]| {
        let mut some = crowd.clone();
        some.users.retain(|user| names.contains(&user.name.as_str()));
        with_late(some)
    };
    let hold = |facts: Facts| crate::testing::missing_facts::hold_without_any_fact(&CHECK, &facts);
    hold(ready().facts());
    hold(only(&["alice"]));
    hold(only(&["alice", "bob", "carol", "dave", "eve", "frank", "grace"]));
    hold(only(&["bob"]));
    hold(only(&["carol"]));
    hold(only(&["dave"]));
    hold(only(&["alice", "carol"]));
    hold(only(&["alice", "dave"]));
    hold(only(&["frank"]));
    hold(only(&["grace", "eve"]));
    hold(Iam::new().facts());
}

#[tokio::test(start_paused = true)]
async fn ready_account_costs_two_rounds_for_any_number_of_admins() {
    let (judged, cost) = judge_far_away(&CHECK, ready().facts(), None).await;
    assert_eq!((overall(&judged), cost.rounds, cost.asked.len()), (Status::Pass, 2, 10));
    assert!(!cost.asked.contains(&Operation::GetPolicy), "{:?}", cost.asked);
    let two = ready().user("bob", admin()).mfa("bob").password("bob");
    let (judged, cost) = judge_far_away(&CHECK, two.facts(), None).await;
    assert_eq!((overall(&judged), cost.rounds, cost.asked.len()), (Status::Pass, 2, 13));
}
