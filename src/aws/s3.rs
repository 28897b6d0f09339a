//! A trail's bucket and its settings.
//!
//! Each call says who must own the bucket, so that a bucket of another account is refused, and is sent to the region where
//! the trail lives; S3 names the bucket's region if it is another, and is asked once more there.

use aws_sdk_s3::Client;
use aws_sdk_s3::config::{Builder, Region};
use aws_sdk_s3::operation::RequestId;
use aws_sdk_s3::types;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use aws_types::SdkConfig;
use aws_types::service_config::ServiceConfigKey;

use super::convert::{each, malformed, need, need_text, text};
use super::errors::{cause, code, says};
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use super::pages::{self, Page};
use super::xml;
use crate::account::facts::{Acl, AclGrantee, Bucket, Grant, OfBucket, PublicAccessBlock};
use crate::account::source::{Answer, BucketName};

/// How a client for buckets of that name is made, by region.
pub(super) type ClientIn<'a> = &'a dyn Fn(&str) -> Client;

/// AWS's certificates are for one label before `s3`, so a name with dots goes into the path.
pub(super) fn client(config: &SdkConfig, region: &str, path_style: bool) -> Client {
    let builder = Builder::from(config)
        .region(Region::new(region.to_owned()))
        .accelerate(false)
        .disable_multi_region_access_points(true)
        .disable_s3_express_session_auth(true)
        .use_arn_region(false);
    let builder = if path_style { builder.force_path_style(true) } else { builder };
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

/// Whether the operator names an endpoint for S3.
pub(super) fn has_endpoint(config: &SdkConfig) -> bool {
    let key = ServiceConfigKey::builder().service_id("S3").env("AWS_ENDPOINT_URL").profile("endpoint_url").build();
    let of_service = key.ok().and_then(|key| config.service_config()?.load_config(key));
    of_service.is_some() || config.endpoint_url().is_some()
}

/// Asks where the trail lives, and where S3 says that the bucket is. The region that answered comes with the answer.
async fn ask<T, E: ProvideErrorMetadata>(
    client: ClientIn<'_>,
    bucket: BucketName<'_>,
    call: impl AsyncFn(Client) -> Result<T, SdkError<E, HttpResponse>>,
) -> Result<(T, String), SdkError<E, HttpResponse>> {
    let error = match call(client(bucket.region)).await {
        Ok(answer) => return Ok((answer, bucket.region.to_owned())),
        Err(error) => error,
    };
    match elsewhere(&error) {
        Some(region) if region != bucket.region => Ok((call(client(&region)).await?, region)),
        _ => Err(error),
    }
}

/// The region that a redirect names. S3 answers a request for another region's bucket with 301, or with 400 where the
/// signature alone told it:
/// [Redirection](https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingRouting.html).
fn elsewhere<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<String> {
    let response = error.raw_response()?;
    if !matches!(response.status().as_u16(), 301 | 307 | 400) {
        return None;
    }
    let region = match response.headers().get("x-amz-bucket-region") {
        Some(region) => region.to_owned(),
        None => match code(error)? {
            "PermanentRedirect" | "TemporaryRedirect" | "AuthorizationHeaderMalformed" => {
                xml::text_at(response.body().bytes()?, &["Error", "Region"])?
            }
            _ => return None,
        },
    };
    // It becomes part of a host's name.
    let is_region = region.len() <= 40 && region.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    (is_region && !region.is_empty()).then_some(region)
}

/// Of the names that S3 takes for a bucket's, some are those of other things.
fn checked(bucket: BucketName<'_>) -> Answer<BucketName<'_>> {
    let is_name = bucket.name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'));
    if is_name && !bucket.name.is_empty() { Ok(bucket) } else { Err(malformed("the trail's bucket name isn't one")) }
}

pub(super) async fn bucket(client: ClientIn<'_>, bucket: BucketName<'_>) -> Answer<Option<Bucket>> {
    let bucket = checked(bucket)?;
    let asked = ask(client, bucket, async |client| {
        client.head_bucket().bucket(bucket.name).expected_bucket_owner(bucket.owner).send().await
    })
    .await;
    match asked {
        Ok((answer, region)) => {
            // An answer without a body: these headers are all that tells S3 from anything else that says 200.
            if answer.request_id().is_none() && answer.bucket_region.is_none() {
                return Err(malformed("it doesn't come from S3"));
            }
            match answer.bucket_region {
                Some(told) if told != region => Err(malformed(format!("{region} answered for a bucket of {told}"))),
                _ => Ok(Some(Bucket { region: Some(region) })),
            }
        }
        Err(error) if is_bare_404(&error) || says(&error, &["NoSuchBucket"]) => Ok(None),
        Err(error) => Err(cause(&error, 1)),
    }
}

/// A 404 of `HeadBucket` has no body that could name the error, but S3's request id.
fn is_bare_404<E>(error: &SdkError<E, HttpResponse>) -> bool {
    error.raw_response().is_some_and(|response| {
        response.status().as_u16() == 404 && response.headers().get("x-amz-request-id").is_some()
    })
}

/// A setting, from an answer or from the error that says that there is none.
fn setting<T, U, E>(
    asked: Result<(T, String), SdkError<E, HttpResponse>>,
    absent: &str,
    translate: impl FnOnce(T) -> Answer<U>,
) -> Answer<OfBucket<U>>
where
    E: ProvideErrorMetadata + std::error::Error + 'static,
{
    match asked {
        Ok((answer, _)) => translate(answer).map(OfBucket::Present),
        Err(error) if says(&error, &["NoSuchBucket"]) => Ok(OfBucket::NoSuchBucket),
        Err(error) if says(&error, &[absent]) => Ok(OfBucket::Absent),
        Err(error) => Err(cause(&error, 1)),
    }
}

pub(super) async fn bucket_policy(client: ClientIn<'_>, bucket: BucketName<'_>) -> Answer<OfBucket<String>> {
    let bucket = checked(bucket)?;
    let asked = ask(client, bucket, async |client| {
        client.get_bucket_policy().bucket(bucket.name).expected_bucket_owner(bucket.owner).send().await
    });
    setting(asked.await, "NoSuchBucketPolicy", |answer| need_text(answer.policy, "the policy"))
}

pub(super) async fn public_access_block(
    client: ClientIn<'_>,
    bucket: BucketName<'_>,
) -> Answer<OfBucket<PublicAccessBlock>> {
    let bucket = checked(bucket)?;
    let asked = ask(client, bucket, async |client| {
        client.get_public_access_block().bucket(bucket.name).expected_bucket_owner(bucket.owner).send().await
    });
    setting(asked.await, "NoSuchPublicAccessBlockConfiguration", |answer| {
        let block = need(answer.public_access_block_configuration, "PublicAccessBlockConfiguration")?;
        Ok(PublicAccessBlock {
            ignore_public_acls: block.ignore_public_acls,
            restrict_public_buckets: block.restrict_public_buckets,
        })
    })
}

pub(super) async fn bucket_acl(client: ClientIn<'_>, bucket: BucketName<'_>) -> Answer<OfBucket<Acl>> {
    let bucket = checked(bucket)?;
    let asked = ask(client, bucket, async |client| {
        client.get_bucket_acl().bucket(bucket.name).expected_bucket_owner(bucket.owner).send().await
    });
    // Every bucket has a list; no code says that there is none.
    setting(asked.await, "", |answer| {
        Ok(Acl {
            owner: text(answer.owner.and_then(|owner| owner.id)),
            grants: each(need(answer.grants, "AccessControlList")?, grant)?,
        })
    })
}

fn grant(grant: types::Grant) -> Answer<Grant> {
    let grantee = need(grant.grantee, "Grantee")?;
    let kind = grantee.r#type.as_str().to_owned();
    let grantee = match kind.as_str() {
        "CanonicalUser" => AclGrantee::CanonicalUser(need_text(grantee.id, "ID")?),
        "Group" => AclGrantee::Group(need_text(grantee.uri, "URI")?),
        _ => AclGrantee::Other(kind),
    };
    Ok(Grant { grantee, permission: grant.permission.map(|permission| permission.as_str().to_owned()) })
}

pub(super) async fn ownership_controls(client: ClientIn<'_>, bucket: BucketName<'_>) -> Answer<OfBucket<String>> {
    let bucket = checked(bucket)?;
    let asked = ask(client, bucket, async |client| {
        client.get_bucket_ownership_controls().bucket(bucket.name).expected_bucket_owner(bucket.owner).send().await
    });
    setting(asked.await, "OwnershipControlsNotFoundError", |answer| {
        let controls = need(answer.ownership_controls, "OwnershipControls")?;
        let rule = need(controls.rules.into_iter().next(), "Rule")?;
        // The SDK fills in "no value was set" where it is missing.
        let ownership = Some(rule.object_ownership.as_str().to_owned()).filter(|ownership| !ownership.contains(' '));
        need_text(ownership, "ObjectOwnership")
    })
}

/// The most that AWS gives: [ListBuckets](https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListBuckets.html).
const BUCKETS_A_PAGE: i32 = 1000;

/// Whether a bucket of exactly that name is among the account's own. No other name is kept.
pub(super) async fn owns(client: &Client, name: &str) -> Answer<bool> {
    let owned = pages::all(async |token, page| {
        let request = client.list_buckets().prefix(name).max_buckets(BUCKETS_A_PAGE).set_continuation_token(token);
        let answer = request.send().await.map_err(|error| cause(&error, page))?;
        let names = each(need(answer.buckets, "Buckets")?, |bucket| need_text(bucket.name, "Name"))?;
        Ok(Page { items: vec![names.iter().any(|listed| listed == name)], next: answer.continuation_token })
    });
    Ok(owned.await?.contains(&true))
}
