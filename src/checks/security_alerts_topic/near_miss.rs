//! Topics that nearly are the expected one. They explain a failure; what could not be seen of them is left out.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use crate::account::Account;
use crate::analysis::topic::TopicArn;

/// What comes near.
pub(super) struct SimilarName<'a> {
    /// Each as the end of "there is only …", in order of the regions' names; the home region first.
    pub(super) told: Vec<String>,
    /// The topics of that very name in other regions: their ARNs by region.
    pub(super) elsewhere: BTreeMap<&'a str, &'a str>,
}

pub(super) async fn find<'a>(account: &'a Account, home: &str, name: &str) -> SimilarName<'a> {
    let (here, elsewhere) = tokio::join!(in_region(account, home), in_other_regions(account, home));
    let near = here.iter().filter_map(|topic| nearly(name, topic.name));
    let elsewhere: BTreeMap<_, _> = elsewhere
        .into_iter()
        .filter_map(|(region, topics)| Some((region, topics.into_iter().find(|topic| topic.name == name)?.arn)))
        .collect();
    let same_name = elsewhere.keys().map(|region| format!("{name} in {region}, another region"));
    SimilarName { told: near.chain(same_name).collect(), elsewhere }
}

/// A topic that a region lists.
struct Listed<'a> {
    arn: &'a str,
    name: &'a str,
}

/// A region's topics by name, as far as they are known.
async fn in_region<'a>(account: &'a Account, region: &str) -> Vec<Listed<'a>> {
    match account.topics(region).await {
        Ok(topics) => {
            let listed = |arn: &'a String| TopicArn::parse(arn).map(|parsed| Listed { arn, name: parsed.name });
            let mut topics: Vec<_> = topics.get().iter().filter_map(listed).collect();
            topics.sort_unstable_by_key(|topic| topic.name);
            topics
        }
        Err(_) => Vec::new(),
    }
}

async fn in_other_regions<'a>(account: &'a Account, home: &str) -> Vec<(&'a str, Vec<Listed<'a>>)> {
    let mut regions: Vec<_> = match account.enabled_regions(home).await {
        Ok(regions) => regions.get().iter().map(String::as_str).filter(|region| *region != home).collect(),
        Err(_) => Vec::new(),
    };
    regions.sort_unstable();
    join_all(regions.into_iter().map(|region| async move { (region, in_region(account, region).await) })).await
}

/// In which way a topic's name misses the expected one, if it comes near it at all.
fn nearly(expected: &str, name: &str) -> Option<String> {
    let (lower, expected_lower) = (name.to_lowercase(), expected.to_lowercase());
    if lower == expected_lower {
        (name != expected).then(|| format!("{name} (the letter case counts)"))
    } else if lower == format!("{expected_lower}.fifo") {
        Some(format!("{name} (a FIFO topic, which can't send email)"))
    } else if lower.contains(&expected_lower) {
        Some(format!("{name} (a longer name)"))
    } else {
        None
    }
}
