//! What AWS would answer to each call of an audit of the account.

use serde_json::{Value, json};

use crate::account::{Account, BILLING, HOME};
use crate::pages::{Pages, items, seconds};
use crate::support::call::Call;
use crate::support::cbor;
use crate::xml;

/// An answer, by AWS's protocols.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    fn new(status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Answer { status, content_type, body: body.into() }
    }
}

/// The account as AWS shows it.
pub(crate) struct Aws {
    account: Account,
    pages: Pages,
}

impl Aws {
    pub(crate) fn of(account: Account) -> Self {
        let pages = Pages::of(&account);
        Aws { account, pages }
    }

    /// The answer; of what no audit of this account asks, there is none.
    pub(crate) fn answer(&self, call: &Call) -> Option<Answer> {
        let text = |body: Vec<u8>| Some(Answer::new(200, "text/xml", body));
        let query = |result: &str| text(xml::query(&call.operation, result).into_bytes());
        let json = |body: Value| Some(Answer::new(200, "application/x-amz-json-1.1", body.to_string()));
        let cbor = |body: Vec<u8>| Some(Answer::new(200, "application/cbor", body));
        let s3 = |body: String| Some(Answer::new(200, "application/xml", body));
        let told = |fact: &str| self.account.told_of(fact, &call.target);
        match call.operation.as_str() {
            "GetCallerIdentity" => {
                let caller = self.account.told("caller");
                query(&format!(
                    "<Arn>{}</Arn><UserId>AIDA</UserId><Account>{}</Account>",
                    xml::text(&caller["arn"]),
                    xml::text(&caller["account"])
                ))
            }
            "DescribeOrganization" => Some(Answer::new(
                400,
                "application/x-amz-json-1.1",
                json!({"__type": "AWSOrganizationsNotInUseException", "Message": "it is in none"}).to_string(),
            )),
            "ListAccountAliases" => {
                let alias = xml::text(self.account.told("account_alias"));
                query(&format!(
                    "<IsTruncated>false</IsTruncated><AccountAliases><member>{alias}</member></AccountAliases>"
                ))
            }
            "DescribeRegions" => {
                let item = |region: &Value| {
                    format!(
                        "<item><regionName>{}</regionName><optInStatus>opt-in-not-required</optInStatus></item>",
                        xml::text(region)
                    )
                };
                let regions: String = items(self.account.told("enabled_regions")).iter().map(item).collect();
                text(format!("<DescribeRegionsResponse><requestId>r</requestId><regionInfo>{regions}</regionInfo></DescribeRegionsResponse>").into())
            }
            "GetAccountSummary" => {
                let summary = self.account.told("account_summary").as_object()?;
                let entry =
                    |(key, value): (&String, &Value)| format!("<entry><key>{key}</key><value>{value}</value></entry>");
                query(&format!("<SummaryMap>{}</SummaryMap>", summary.iter().map(entry).collect::<String>()))
            }
            "GetAccountAuthorizationDetails" => {
                let pages = match call.target.as_str() {
                    "User" => &self.pages.users,
                    "Group" => &self.pages.groups,
                    "Role" => &self.pages.roles,
                    "LocalManagedPolicy" => &self.pages.customer_policies,
                    _ => &self.pages.aws_policies,
                };
                text(page(pages, call, "Marker")?)
            }
            "ListMFADevices" => {
                let member = |device: &Value| {
                    format!(
                        "<member><UserName>{}</UserName><SerialNumber>{}</SerialNumber><EnableDate>2024-01-01T00:00:00Z</EnableDate></member>",
                        call.target,
                        xml::text(&device["serial_number"])
                    )
                };
                let members: String = items(told("mfa_devices")?).iter().map(member).collect();
                query(&format!("<MFADevices>{members}</MFADevices><IsTruncated>false</IsTruncated>"))
            }
            "GetLoginProfile" => {
                let created = xml::text(&told("login_profiles")?["created"]);
                query(&format!(
                    "<LoginProfile><UserName>{}</UserName><CreateDate>{created}</CreateDate></LoginProfile>",
                    call.target
                ))
            }
            "ListAccessKeys" => {
                let member = |key: &Value| {
                    format!(
                        "<member><UserName>{}</UserName><AccessKeyId>AKIAIOSFODNN7EXA{}</AccessKeyId><Status>{}</Status></member>",
                        call.target,
                        xml::text(&key["id_ends_with"]),
                        xml::text(&key["status"])
                    )
                };
                let members: String = items(told("access_keys")?).iter().map(member).collect();
                query(&format!("<AccessKeyMetadata>{members}</AccessKeyMetadata><IsTruncated>false</IsTruncated>"))
            }
            "DescribeTrails" => {
                let trails = self.account.told_of("trails", &call.region).map_or(&[][..], items);
                json(json!({"trailList": trails.iter().map(trail).collect::<Vec<_>>()}))
            }
            "GetTrailStatus" => {
                let status = told("trail_status")?;
                json(json!({
                    "IsLogging": status["is_logging"], "LatestDeliveryTime": seconds(&status["latest_delivery"]),
                    "StartLoggingTime": seconds(&status["started_logging"]),
                }))
            }
            "GetEventSelectors" => {
                let selector = |it: &Value| {
                    json!({
                        "ReadWriteType": it["read_write_type"], "IncludeManagementEvents": it["include_management_events"],
                        "DataResources": [], "ExcludeManagementEventSources": it["excluded_sources"],
                    })
                };
                let selectors: Vec<Value> = items(&told("event_selectors")?["basic"]).iter().map(selector).collect();
                json(json!({"TrailARN": call.target, "EventSelectors": selectors}))
            }
            "HeadBucket" => told("buckets").and_then(|_| s3(String::new())),
            "GetBucketPolicy" => s3(told("bucket_policies")?["present"].as_str()?.to_owned()),
            "GetBucketAcl" => {
                let owner = xml::text(&told("bucket_acls")?["present"]["owner"]);
                s3(format!(
                    "<AccessControlPolicy><Owner><ID>{owner}</ID></Owner><AccessControlList><Grant><AclGrantee \
                     xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"CanonicalUser\"><ID>{owner}</ID></AclGrantee>\
                     <Permission>FULL_CONTROL</Permission></Grant></AccessControlList></AccessControlPolicy>"
                ))
            }
            "ListTopics" if call.region == HOME => text(page(&self.pages.topics, call, "NextToken")?),
            "ListTopics" => query("<Topics/>"),
            "GetTopicAttributes" => match told("topic_attributes") {
                None | Some(Value::Null) => Some(not_found(call)),
                Some(topic) => query(&xml::attributes(&[
                    ("TopicArn", &json!(call.target)),
                    ("Policy", &topic["policy"]),
                    ("KmsMasterKeyId", &topic["kms_key"]),
                ])),
            },
            "ListSubscriptionsByTopic" => match told("subscriptions") {
                None | Some(Value::Null) => Some(not_found(call)),
                Some(subscriptions) => {
                    let member = |it: &Value| {
                        format!(
                            "<member><TopicArn>{}</TopicArn><Protocol>email</Protocol><SubscriptionArn>{}</SubscriptionArn>\
                             <Owner>{}</Owner><Endpoint>ops@example.com</Endpoint></member>",
                            call.target,
                            xml::text(&it["arn"]),
                            crate::account::ID
                        )
                    };
                    let members: String = items(subscriptions).iter().map(member).collect();
                    query(&format!("<Subscriptions>{members}</Subscriptions>"))
                }
            },
            "GetSubscriptionAttributes" => told("subscription_attributes").and_then(|_| {
                query(&xml::attributes(&[
                    ("SubscriptionArn", &json!(call.target)),
                    ("PendingConfirmation", &json!("false")),
                ]))
            }),
            "DescribeAlarms" if call.region == BILLING => cbor(page(&self.pages.alarms, call, "NextToken")?),
            "DescribeAlarms" => {
                cbor(cbor::encode(&cbor::from_json(&json!({"MetricAlarms": [], "CompositeAlarms": []}))))
            }
            "ListAlarmMuteRules" => cbor(cbor::encode(&cbor::from_json(&json!({"AlarmMuteRuleSummaries": []})))),
            "ListMetrics" => cbor(cbor::encode(&cbor::from_json(&json!({"Metrics": [{
                "Namespace": "AWS/Billing", "MetricName": "EstimatedCharges", "Dimensions": [{"Name": "Currency", "Value": "USD"}],
            }]})))),
            _ => None,
        }
    }
}

fn trail(told: &Value) -> Value {
    json!({
        "Name": told["name"], "TrailARN": told["arn"], "HomeRegion": told["home_region"], "S3BucketName": told["bucket"],
        "IsMultiRegionTrail": told["is_multi_region"], "IsOrganizationTrail": told["is_organization"],
        "IncludeGlobalServiceEvents": told["include_global_service_events"],
        "LogFileValidationEnabled": told["log_file_validation"],
    })
}

fn not_found(call: &Call) -> Answer {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>NotFound</Code><Message>there is no {}</Message></Error>\
         <RequestId>r-1</RequestId></ErrorResponse>",
        call.target
    );
    Answer::new(404, "text/xml", body)
}

/// The page that a call's token names; without one, the first.
fn page(pages: &[Vec<u8>], call: &Call, token: &str) -> Option<Vec<u8>> {
    let number = call.parameters.get(token).map_or(Some(0), |token| token.parse().ok())?;
    pages.get::<usize>(number).cloned()
}
