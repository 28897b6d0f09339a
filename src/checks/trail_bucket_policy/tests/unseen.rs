use super::*;
use crate::account::facts::{AclGrantee, Facts};
use crate::testing::missing_facts::hold_verdict_without_any_fact;
use crate::testing::trails::{HOME, OTHER, OWNER_ID, grant, held, lets, reading, role, user, without};

/// The requirements that come to something else without a fact, and which operation they name.
fn changed(facts: &Facts, field: &str, key: Option<&str>) -> Vec<(&'static str, Status, Operation)> {
    let before = judge(&CHECK, without(facts, &[]));
    let after = judge(&CHECK, without(facts, &[&(field.to_owned(), key.map(str::to_owned))]));
    assert_eq!(before.findings.len(), after.findings.len(), "{field}");
    let moved = after.findings.iter().zip(&before.findings).filter(|(after, before)| after.status != before.status);
    moved
        .map(|(after, _)| {
            let link = after.id.split('/').nth(1).unwrap();
            (link, after.status, after.unavailable.as_ref().unwrap().call.operation)
        })
        .collect()
}

fn unknown(links: &[&'static str], operation: Operation) -> Vec<(&'static str, Status, Operation)> {
    links.iter().map(|link| (*link, Unknown, operation)).collect()
}

const ALL: &[&str] = &["delivery", "source-arn", "writers", "readers", "entitlement"];

#[test]
fn each_missing_bucket_fact_leaves_its_requirements_unknown() {
    use Operation::{DescribeTrails, GetAccountAuthorizationDetails, GetBucketAcl, GetBucketPolicy, GetCallerIdentity};
    let (bucket, arn) = (Some("logs-main"), trail("main").trail.arn);
    let facts = TrailFixture::ready().facts();
    for (field, key, expected) in [
        ("trails", Some(HOME), unknown(ALL, DescribeTrails)),
        ("caller", None, unknown(ALL, GetCallerIdentity)),
        ("bucket_policies", bucket, unknown(&["delivery", "source-arn", "writers", "readers"], GetBucketPolicy)),
        ("customer_policies", None, unknown(&["entitlement"], GetAccountAuthorizationDetails)),
        ("users", None, unknown(&["entitlement"], GetAccountAuthorizationDetails)),
        ("bucket_acls", bucket, unknown(&["writers", "readers"], GetBucketAcl)),
        // Nothing hangs on these in the ready account.
        ("groups", None, vec![]),
        ("roles", None, vec![]),
        ("buckets", bucket, vec![]),
        ("ownership_controls", bucket, vec![]),
        ("public_access_blocks", bucket, vec![]),
        ("trail_status", Some(arn.as_str()), vec![]),
        ("event_selectors", Some(arn.as_str()), vec![]),
        ("organization", None, vec![]),
        ("enabled_regions", None, vec![]),
    ] {
        assert_eq!(changed(&facts, field, key), expected, "{field}");
    }
}

#[test]
fn the_ownership_of_objects_is_needed_where_the_acl_grants() {
    let world = AclGrantee::Group("http://acs.amazonaws.com/groups/global/AllUsers".to_owned());
    let facts = TrailFixture::ready().facts();
    assert_eq!(changed(&facts, "ownership_controls", Some("logs-main")), []);
    let facts = TrailFixture::ready()
        .with(|scene| {
            scene.acl.grants.push(grant(world, "FULL_CONTROL"));
            scene.block = None;
        })
        .facts();
    let both = unknown(&["writers", "readers"], Operation::GetBucketOwnershipControls);
    assert_eq!(changed(&facts, "ownership_controls", Some("logs-main")), both);
}

#[test]
fn acl_is_needed_and_access_blocks_do_not_replace_it() {
    for ownership in [None, Some("BucketOwnerEnforced")] {
        let facts = TrailFixture::ready().with(|scene| scene.ownership = ownership).facts();
        let both = unknown(&["writers", "readers"], Operation::GetBucketAcl);
        assert_eq!(changed(&facts, "bucket_acls", Some("logs-main")), both);
    }
}

#[test]
fn the_public_access_block_is_needed_where_the_policy_is_public() {
    let facts = TrailFixture::ready().with(adding(vec![allow(json!("*"), "s3:GetObject", OBJECTS)])).facts();
    let one = unknown(&["readers"], Operation::GetPublicAccessBlock);
    assert_eq!(changed(&facts, "public_access_blocks", Some("logs-main")), one);
}

#[test]
fn the_status_is_needed_where_the_policy_leaves_delivery_open() {
    let open = when(
        allow(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS])),
        json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
    );
    let facts = TrailFixture::ready().with(only(vec![open])).facts();
    let arn = trail("main").trail.arn;
    assert_eq!(changed(&facts, "trail_status", Some(&arn)), unknown(&["delivery"], Operation::GetTrailStatus));
}

#[test]
fn no_such_bucket_is_known_whichever_call_says_so() {
    use crate::account::facts::OfBucket;
    for said_by in 0..2 {
        let mut facts = TrailFixture::ready().facts();
        facts.buckets.set("logs-main", denied(Operation::HeadBucket));
        facts.bucket_policies.set("logs-main", denied(Operation::GetBucketPolicy));
        match said_by {
            0 => facts
                .bucket_policies
                .set("logs-main", crate::testing::known(Operation::GetBucketPolicy, OfBucket::NoSuchBucket)),
            _ => facts
                .bucket_acls
                .set("logs-main", crate::testing::known(Operation::GetBucketAcl, OfBucket::NoSuchBucket)),
        }
        assert_eq!(overall(&judge(&CHECK, facts)), Fail, "{said_by}");
    }
}

#[test]
fn a_refused_bucket_is_unknown_and_never_gone() {
    let mut facts = TrailFixture::ready().facts();
    facts.buckets.set("logs-main", denied(Operation::HeadBucket));
    facts.bucket_policies.set("logs-main", denied(Operation::GetBucketPolicy));
    facts.bucket_acls.set("logs-main", denied(Operation::GetBucketAcl));
    facts.public_access_blocks.set("logs-main", denied(Operation::GetPublicAccessBlock));
    facts.ownership_controls.set("logs-main", denied(Operation::GetBucketOwnershipControls));
    let judged = judge(&CHECK, facts);
    assert_eq!(judged.findings.iter().filter(|finding| finding.status == Unknown).count(), 4);
    assert_eq!(overall(&judged), Unknown);
}

/// Accounts in many states, of one trail and of several.
fn accounts() -> Vec<TrailFixture> {
    let world = || allow(json!("*"), "s3:*", json!([BUCKET, OBJECTS]));
    let canonical = |id: &str| allow(json!({"CanonicalUser": id}), "s3:PutObject", OBJECTS);
    let by_address = when(
        allow(cloudtrail(), "s3:*", json!([BUCKET, OBJECTS])),
        json!({"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
    );
    let but_the_owner = renamed(deny(json!({"CanonicalUser": OWNER_ID}), "s3:*", OBJECTS), "Principal", "NotPrincipal");
    let acls_on = |scene: &mut TrailScene| {
        scene.ownership = None;
        scene.acl.grants.push(grant(AclGrantee::CanonicalUser("beef".to_owned()), "WRITE"));
        scene
            .acl
            .grants
            .push(grant(AclGrantee::Group("http://acs.amazonaws.com/groups/global/AllUsers".to_owned()), "READ"));
    };
    let mut entitled_twice = TrailFixture::ready();
    entitled_twice.policies.push(reading("All", &[lets("s3:*", "*")]));
    entitled_twice.roles.push(role("all", &["All"]));
    let mut not_entitled = TrailFixture::ready();
    not_entitled.policies[0] = reading("ReadLogs", &[lets("s3:PutObject", OBJECTS)]);
    let nobody = TrailFixture { users: vec![user("ann", &[])], ..TrailFixture::ready() };
    let mut several = TrailFixture::of(vec![trail("main"), trail("b"), trail("c")]);
    several.trails[0].status.is_logging = Some(false);
    several.trails[1].policy = None;
    let mut all_broken = several.clone();
    all_broken.trails[1].trail.include_global_service_events = Some(false);
    all_broken.trails[2].status.latest_delivery_error = Some("AccessDenied".to_owned());
    all_broken.trails[2].policy = Some(policy(&[world()]));
    let mut warned = several.clone();
    warned.trails[1].trail.log_file_validation = Some(false);
    warned.trails[2].trail.log_file_validation = Some(false);
    let mut gone = TrailFixture::of(vec![trail("main"), trail("b")]);
    gone.trails[0].bucket_exists = false;
    gone.trails[1].status.is_logging = Some(false);
    let organizations =
        TrailFixture::ready().in_organization("o-abc").with(|scene| scene.trail.is_organization = Some(true));
    vec![
        TrailFixture::ready(),
        TrailFixture::ready().with(|scene| scene.policy = None),
        TrailFixture::ready().with(adding(vec![world()])),
        TrailFixture::ready().with(adding(vec![world()])).with(|scene| scene.block = None),
        TrailFixture::ready().with(adding(vec![canonical(OWNER_ID)])),
        TrailFixture::ready().with(adding(vec![canonical("beef")])),
        TrailFixture::ready().with(adding(vec![world(), but_the_owner.clone()])),
        TrailFixture::ready().with(adding(vec![world(), but_the_owner])).with(|scene| scene.block = None),
        TrailFixture::ready().with(adding(vec![allow(json!({"AWS": OTHER}), "s3:GetObject", OBJECTS)])),
        TrailFixture::ready().with(only(vec![by_address])),
        TrailFixture::ready().with(acls_on),
        TrailFixture::ready().with(acls_on).with(|scene| scene.ownership = Some("BucketOwnerEnforced")),
        TrailFixture::ready().with(|scene| scene.bucket_exists = false),
        TrailFixture::of(vec![]),
        entitled_twice,
        not_entitled,
        nobody,
        several,
        all_broken,
        warned,
        gone,
        organizations,
    ]
}

#[test]
fn missing_bucket_facts_and_pairs_never_reverse_the_verdict() {
    for scene in accounts() {
        hold_verdict_without_any_fact(&CHECK, &scene.facts());
    }
}

#[test]
fn with_one_trail_no_requirement_turns_round_either() {
    for (number, scene) in accounts().into_iter().enumerate().filter(|(_, scene)| scene.trails.len() == 1) {
        let facts = scene.facts();
        let before = judge(&CHECK, without(&facts, &[]));
        for one in held(&facts) {
            let after = judge(&CHECK, without(&facts, &[&one]));
            for finding in &before.findings {
                let Some(then) = after.findings.iter().find(|then| then.id == finding.id) else { continue };
                // Of several policies another may come to be the best.
                let is_another = then.subject != finding.subject && then.id.ends_with("/entitlement");
                let is_honest = then.status == finding.status || then.status == Unknown || is_another;
                assert!(is_honest, "account {number} without {one:?}: {} became {:?}", finding.id, then.status);
            }
        }
    }
}
