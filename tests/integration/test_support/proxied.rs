//! The proxy names, counts and disturbs calls, and counts rounds.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

use hyper::Method;
use serde_json::json;

use crate::support::account::{Account, BILLING, HOME};
use crate::support::cbor;
use crate::support::http::Answer;
use crate::support::proxy::{Proxy, QUIET, Seen};
use crate::support::rules::{Break, Rule};

#[test]
fn calls_of_every_protocol_are_named_and_counted() {
    let account = Account::new("120000000001");
    let proxy = Proxy::to(account);
    let client = account.through(&proxy);
    client.call("sts", HOME, "GetCallerIdentity", json!({}));
    client.call("iam", BILLING, "GetAccountAuthorizationDetails", json!({"Filter": ["User"]}));
    client.call("sns", HOME, "ListTopics", json!({}));
    client.call("ec2", HOME, "DescribeRegions", json!({"RegionName": ["us-east-1"]}));
    client.call("cloudtrail", HOME, "DescribeTrails", json!({"trailNameList": ["one"]}));
    client.try_call("kms", HOME, "DescribeKey", json!({"KeyId": "alias/aws/sns"}));
    client.try_call("organizations", BILLING, "DescribeOrganization", json!({}));
    client.cbor(BILLING, "ListMetrics", &json!({"Namespace": "AWS/Billing"}));
    client.call("cloudwatch", BILLING, "DescribeAlarms", json!({}));

    let calls = proxy.calls();
    let named: Vec<_> = calls
        .iter()
        .map(|Seen { call, .. }| [&call.service, &call.operation, &call.region, &call.target].map(String::as_str))
        .collect();
    let expected = [
        ["sts", "GetCallerIdentity", HOME, ""],
        ["iam", "GetAccountAuthorizationDetails", BILLING, "User"],
        ["sns", "ListTopics", HOME, ""],
        ["ec2", "DescribeRegions", HOME, ""],
        ["cloudtrail", "DescribeTrails", HOME, "one"],
        ["kms", "DescribeKey", HOME, "alias/aws/sns"],
        ["organizations", "DescribeOrganization", BILLING, ""],
        ["cloudwatch", "ListMetrics", BILLING, "AWS/Billing"],
        ["cloudwatch", "DescribeAlarms", BILLING, ""],
    ];
    assert_eq!(named, expected);
    assert_eq!(calls[3].call.parameters["RegionName.1"], "us-east-1");
    assert_eq!(calls[0].status, Some(200));
    assert!(calls[0].ended.expect("an end") >= calls[0].started);
    assert_eq!(proxy.calls_of("sns", "ListTopics").len(), 1);
    let first = "round 1: sts:GetCallerIdentity us-west-2  200\nround 1: iam:";
    assert!(proxy.log().starts_with(first), "{}", proxy.log());
}

#[test]
fn s3s_calls_are_named_by_method_and_address() {
    let account = Account::new("120000000012").bucket("named-120000000012", HOME);
    let proxy = Proxy::to(account);
    let expected = [
        (Method::HEAD, "", "HeadBucket"),
        (Method::GET, "?policy", "GetBucketPolicy"),
        (Method::GET, "?publicAccessBlock", "GetPublicAccessBlock"),
        (Method::GET, "/?acl", "GetBucketAcl"),
        (Method::GET, "?ownershipControls", "GetBucketOwnershipControls"),
        (Method::GET, "?policyStatus", "GetBucketPolicyStatus"),
        (Method::GET, "?location", "GetBucketLocation"),
        (Method::GET, "?list-type=2", "ListObjectsV2"),
        (Method::GET, "/object", "GetObject"),
    ];
    for (method, rest, _) in &expected {
        let address = format!("/named-120000000012{rest}");
        account.through(&proxy).s3(HOME, method.clone(), &address, "");
    }
    let named: Vec<_> = proxy.calls().into_iter().map(|seen| seen.call.operation).collect();
    assert_eq!(named, expected.map(|(_, _, operation)| operation));
    assert!(proxy.calls().iter().all(|seen| seen.call.target == "named-120000000012"));
}

#[test]
fn a_call_that_changes_something_fails_the_test() {
    let account = Account::new("120000000013");
    for write in ["sns:CreateTopic", "s3:PUT"] {
        let proxy = Proxy::to(account);
        let client = account.through(&proxy);
        let answer = match write {
            "s3:PUT" => client.s3(HOME, Method::PUT, "/made-120000000013", ""),
            _ => client.try_call("sns", HOME, "CreateTopic", json!({"Name": "made"})),
        };
        assert_eq!(answer.status, 500);
        let fault = catch_unwind(AssertUnwindSafe(|| drop(proxy))).expect_err("a panic");
        let words = fault.downcast_ref::<String>().expect("its words");
        assert!(words.contains("an audit only looks"), "{words}");
    }
    let topics = account.call("sns", HOME, "ListTopics", json!({}));
    assert!(!topics.text().contains("<TopicArn>"), "nothing was made");
}

#[test]
fn denials_are_readable_in_every_protocol() {
    let account = Account::new("120000000002");
    let proxy = Proxy::to(account).with(Rule::on("*", "*").deny());
    let client = account.through(&proxy);
    let user = "User: arn:aws:iam::120000000002:user/auditor is not authorized to perform: ";

    let query = client.try_call("iam", BILLING, "GetAccountSummary", json!({}));
    assert_eq!((query.status, query.element("Code")), (403, Some("AccessDenied")));
    assert!(query.element("Message").is_some_and(|text| text.starts_with(&format!("{user}iam:GetAccountSummary"))));
    assert_eq!(client.try_call("sns", HOME, "ListTopics", json!({})).element("Code"), Some("AuthorizationError"));
    assert_eq!(
        client.try_call("ec2", HOME, "DescribeRegions", json!({})).element("Code"),
        Some("UnauthorizedOperation")
    );

    let json = client.try_call("cloudtrail", HOME, "DescribeTrails", json!({}));
    assert_eq!((json.status, json.as_json()["__type"].as_str()), (400, Some("AccessDeniedException")));

    let cbor = client.cbor(BILLING, "DescribeAlarms", &json!({}));
    assert_eq!(cbor.headers["smithy-protocol"], "rpc-v2-cbor");
    let map = cbor::to_json(&cbor::decode(&cbor.body).expect("CBOR"));
    assert!(
        map["message"].as_str().is_some_and(|text| text.starts_with(&format!("{user}cloudwatch:DescribeAlarms"))),
        "{map}"
    );

    let s3 = client.s3(HOME, Method::GET, "/some-bucket?publicAccessBlock", "");
    assert_eq!((s3.status, s3.element("Code")), (403, Some("AccessDenied")));
    assert!(s3.text().contains("s3:GetBucketPublicAccessBlock"), "the action, not the operation");
    let head = client.s3(HOME, Method::HEAD, "/some-bucket", "");
    assert_eq!((head.status, head.body.len()), (403, 0));
}

#[test]
fn throttling_can_be_for_the_first_calls_only() {
    let account = Account::new("120000000003");
    let proxy = Proxy::to(account).with(Rule::on("iam", "ListUsers").throttle().times(2));
    let client = account.through(&proxy);
    let statuses: Vec<_> = (0..3).map(|_| client.try_call("iam", BILLING, "ListUsers", json!({})).status).collect();
    assert_eq!(statuses, [400, 400, 200]);
}

#[test]
fn a_rule_can_be_for_one_region_target_or_anything_else() {
    let account = Account::new("120000000004");
    let proxy = Proxy::to(account)
        .with(Rule::on("sns", "ListTopics").in_region(HOME).fail(500, "InternalError", "not here"))
        .with(Rule::on("s3", "*").for_target("one").answer(Answer::xml(200, "<mine/>")))
        .with(
            Rule::on("iam", "*")
                .when(|call| call.parameters.get("UserName").is_some_and(|name| name == "x"))
                .throttle(),
        );
    let client = account.through(&proxy);
    assert_eq!(client.try_call("sns", HOME, "ListTopics", json!({})).element("Code"), Some("InternalError"));
    assert!(client.try_call("sns", BILLING, "ListTopics", json!({})).succeeded());
    assert_eq!(client.s3(HOME, Method::GET, "/one?acl", "").text(), "<mine/>");
    assert_eq!(client.s3(HOME, Method::GET, "/two?acl", "").status, 404);
    assert_eq!(
        client.try_call("iam", BILLING, "GetUser", json!({"UserName": "x"})).element("Code"),
        Some("Throttling")
    );
    assert_eq!(
        client.try_call("iam", BILLING, "GetUser", json!({"UserName": "y"})).element("Code"),
        Some("NoSuchEntity")
    );
}

#[test]
fn the_rule_that_was_added_last_answers() {
    let account = Account::new("120000000005");
    let proxy = Proxy::to(account).with(Rule::on("iam", "ListUsers").deny());
    proxy.add(Rule::on("iam", "ListUsers").answer(Answer::xml(200, "<later/>")));
    assert_eq!(account.through(&proxy).call("iam", BILLING, "ListUsers", json!({})).text(), "<later/>");
}

#[test]
fn a_delay_holds_its_own_call_only() {
    let account = Account::new("120000000006");
    let proxy = Proxy::to(account).with(Rule::on("iam", "ListUsers").delay(Duration::from_millis(300)));
    let client = account.through(&proxy);
    let slow = Instant::now();
    client.call("iam", BILLING, "ListUsers", json!({}));
    assert!(slow.elapsed() >= Duration::from_millis(300));
    let seen = &proxy.calls()[0];
    assert!(seen.ended.expect("an end") - seen.started >= Duration::from_millis(300));
}

/// For an end that comes, and for one that does not.
const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(400);

/// What a bare client gets for `GET /x?acl`, and how the connection ended while it waited for so long.
fn bare_get(proxy: &Proxy, patience: Duration) -> (String, Result<usize, std::io::ErrorKind>) {
    let mut stream = TcpStream::connect(proxy.address).expect("the proxy");
    stream.set_read_timeout(Some(patience)).expect("a time limit");
    let authorization =
        "AWS4-HMAC-SHA256 Credential=1/20261124/us-west-2/s3/aws4_request, SignedHeaders=host, Signature=0";
    write!(stream, "GET /x?acl HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\n\r\n").expect("a request");
    let mut bytes = Vec::new();
    let end = stream.read_to_end(&mut bytes).map_err(|error| error.kind());
    (String::from_utf8_lossy(&bytes).into_owned(), end)
}

#[test]
fn connections_break_in_four_ways() {
    let account = Account::new("120000000007");
    let breaking = |how| {
        Proxy::to(account)
            .with(Rule::on("s3", "*").answer(Answer::xml(200, "0123456789")))
            .with(Rule::on("s3", "*").disconnect(how))
    };

    let (said, end) = bare_get(&breaking(Break::Reset), LONG);
    assert_eq!((said.as_str(), end), ("", Err(std::io::ErrorKind::ConnectionReset)));
    let (said, end) = bare_get(&breaking(Break::HangUp), LONG);
    assert_eq!((said.as_str(), end), ("", Ok(0)));
    let (said, end) = bare_get(&breaking(Break::Silence), SHORT);
    assert_eq!((said.as_str(), end), ("", Err(std::io::ErrorKind::WouldBlock)));
    let proxy = breaking(Break::CutShort);
    let (said, end) = bare_get(&proxy, LONG);
    assert!(
        said.contains("content-length: 10\r\n") && said.ends_with("\r\n\r\n01234") && end.is_ok(),
        "{said} {end:?}"
    );
    assert_eq!(proxy.calls()[0].status, None, "a broken call has no status");
}

#[test]
fn a_panic_in_an_edit_fails_the_test() {
    let account = Account::new("120000000008");
    let proxy = Proxy::to(account).with(Rule::on("iam", "ListUsers").edit(|_| panic!("not what I expected")));
    assert_eq!(account.through(&proxy).try_call("iam", BILLING, "ListUsers", json!({})).status, 500);
    let fault = catch_unwind(AssertUnwindSafe(|| drop(proxy))).expect_err("a panic when the proxy goes");
    assert!(fault.downcast_ref::<String>().is_some_and(|words| words.contains("iam:ListUsers: not what I expected")));
}

#[test]
fn rounds_are_dependency_depth_and_not_time() {
    let account = Account::new("120000000009");
    // More quiet than any machine needs to come to its next request.
    let proxy = Proxy::counting_rounds(account, Duration::from_secs(3))
        .with(Rule::on("sns", "*").delay(Duration::from_secs(4)));
    let client = account.through(&proxy);
    thread::scope(|scope| {
        // Two dependent calls on one side, a slow single one and a quick one beside them.
        scope.spawn(|| {
            client.call("iam", BILLING, "ListUsers", json!({}));
            client.call("iam", BILLING, "ListRoles", json!({}));
        });
        scope.spawn(|| client.call("sns", HOME, "ListTopics", json!({})));
        scope.spawn(|| client.call("sts", HOME, "GetCallerIdentity", json!({})));
    });
    assert_eq!(proxy.rounds(), 2);
    let round = |service, operation| proxy.calls_of(service, operation)[0].round;
    assert_eq!(
        [
            round("iam", "ListUsers"),
            round("sns", "ListTopics"),
            round("sts", "GetCallerIdentity"),
            round("iam", "ListRoles")
        ],
        [1, 1, 1, 2]
    );
}

#[test]
fn the_pages_of_a_list_are_one_round() {
    let account = Account::new("120000000010");
    let page =
        Answer::xml(200, "<ListUsersResponse><IsTruncated>true</IsTruncated><Marker>m</Marker></ListUsersResponse>");
    let proxy = Proxy::counting_rounds(account, QUIET).with(Rule::on("iam", "ListUsers").answer(page).times(2));
    let client = account.through(&proxy);
    for marker in [json!({}), json!({"Marker": "m"}), json!({"Marker": "m"})] {
        client.call("iam", BILLING, "ListUsers", marker);
    }
    client.call("iam", BILLING, "ListRoles", json!({}));
    assert_eq!(proxy.rounds(), 2);
}

#[test]
fn a_call_that_nobody_waits_for_holds_no_round_up() {
    let account = Account::new("120000000011");
    let proxy = Proxy::counting_rounds(account, QUIET).with(Rule::on("s3", "*").delay(Duration::from_mins(1)));
    let (_, end) = bare_get(&proxy, SHORT);
    assert_eq!(end, Err(std::io::ErrorKind::WouldBlock));
    account.through(&proxy).call("iam", BILLING, "ListUsers", json!({}));
    assert_eq!(proxy.rounds(), 1);
}
