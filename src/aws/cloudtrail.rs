//! Trails, their status and their event selectors.

use aws_sdk_cloudtrail::Client;
use aws_sdk_cloudtrail::config::{Builder, Region};
use aws_sdk_cloudtrail::types;
use aws_types::SdkConfig;

use super::convert::{each, need, need_text, text, time};
use super::errors::cause;
use super::guard::{ReadOnlyInterceptor, WorthAnotherTry};
use crate::account::facts::{AdvancedSelector, BasicSelector, EventSelectors, FieldSelector, Trail, TrailStatus};
use crate::account::source::Answer;

pub(super) fn client(config: &SdkConfig, region: &str) -> Client {
    let builder = Builder::from(config).region(Region::new(region.to_owned()));
    Client::from_conf(builder.interceptor(ReadOnlyInterceptor).retry_classifier(WorthAnotherTry).build())
}

pub(super) async fn trails(client: &Client) -> Answer<Vec<Trail>> {
    let answer = client.describe_trails().include_shadow_trails(true).send().await.map_err(|error| cause(&error, 1))?;
    each(need(answer.trail_list, "trailList")?, trail)
}

fn trail(trail: types::Trail) -> Answer<Trail> {
    Ok(Trail {
        name: need_text(trail.name, "Name")?,
        arn: need_text(trail.trail_arn, "TrailARN")?,
        home_region: text(trail.home_region),
        bucket: text(trail.s3_bucket_name),
        prefix: text(trail.s3_key_prefix.map(|prefix| prefix.trim_end_matches('/').to_owned())),
        is_multi_region: trail.is_multi_region_trail,
        is_organization: trail.is_organization_trail,
        include_global_service_events: trail.include_global_service_events,
        log_file_validation: trail.log_file_validation_enabled,
        kms_key: text(trail.kms_key_id),
    })
}

pub(super) async fn trail_status(client: &Client, arn: &str) -> Answer<TrailStatus> {
    let status = client.get_trail_status().name(arn).send().await.map_err(|error| cause(&error, 1))?;
    Ok(TrailStatus {
        is_logging: Some(need(status.is_logging, "IsLogging")?),
        latest_delivery: time(status.latest_delivery_time),
        latest_delivery_error: text(status.latest_delivery_error),
        latest_digest_delivery_error: text(status.latest_digest_delivery_error),
        started_logging: time(status.start_logging_time),
        stopped_logging: time(status.stop_logging_time),
    })
}

/// A trail has selectors of one kind; the other kind is absent from the answer:
/// [GetEventSelectors](https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html).
pub(super) async fn event_selectors(client: &Client, arn: &str) -> Answer<EventSelectors> {
    let answer = client.get_event_selectors().trail_name(arn).send().await.map_err(|error| cause(&error, 1))?;
    Ok(EventSelectors {
        basic: each(answer.event_selectors.unwrap_or_default(), |selector| Ok(basic(selector)))?,
        advanced: each(answer.advanced_event_selectors.unwrap_or_default(), advanced)?,
    })
}

fn basic(selector: types::EventSelector) -> BasicSelector {
    BasicSelector {
        include_management_events: selector.include_management_events,
        read_write_type: selector.read_write_type.map(|kind| kind.as_str().to_owned()),
        excluded_sources: selector.exclude_management_event_sources.unwrap_or_default(),
    }
}

fn advanced(selector: types::AdvancedEventSelector) -> Answer<AdvancedSelector> {
    Ok(AdvancedSelector { name: text(selector.name), fields: each(selector.field_selectors, field)? })
}

fn field(field: types::AdvancedFieldSelector) -> Answer<FieldSelector> {
    Ok(FieldSelector {
        field: need_text(field.field, "Field")?,
        equals: field.equals.unwrap_or_default(),
        not_equals: field.not_equals.unwrap_or_default(),
        starts_with: field.starts_with.unwrap_or_default(),
        not_starts_with: field.not_starts_with.unwrap_or_default(),
        ends_with: field.ends_with.unwrap_or_default(),
        not_ends_with: field.not_ends_with.unwrap_or_default(),
    })
}
