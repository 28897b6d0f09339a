//! Topics that nearly are the expected one. They explain a failure; what could not be seen of them is left out.

use futures_util::future::join_all;

use crate::account::Account;
use crate::judgement::topic::TopicArn;

/// What comes near, each as the end of "there is only …", in order of the regions' names; the home region first.
pub(super) async fn find(account: &Account, home: &str, name: &str) -> Vec<String> {
    let (here, elsewhere) = tokio::join!(in_region(account, home), in_other_regions(account, home));
    let near = here.iter().filter_map(|topic| nearly(name, topic));
    let same_name = elsewhere
        .iter()
        .filter(|(_, topics)| topics.contains(&name))
        .map(|(region, _)| format!("{name} in {region}, another region"));
    near.chain(same_name).collect()
}

/// The names of a region's topics, as far as they are known.
async fn in_region<'a>(account: &'a Account, region: &str) -> Vec<&'a str> {
    match account.topics(region).await {
        Ok(topics) => {
            let mut names: Vec<_> =
                topics.get().iter().filter_map(|arn| TopicArn::parse(arn)).map(|arn| arn.name).collect();
            names.sort_unstable();
            names
        }
        Err(_) => Vec::new(),
    }
}

async fn in_other_regions<'a>(account: &'a Account, home: &str) -> Vec<(&'a str, Vec<&'a str>)> {
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
        Some(format!("{name} (a FIFO topic, which cannot send e-mail)"))
    } else if lower.contains(&expected_lower) {
        Some(format!("{name} (a longer name)"))
    } else {
        None
    }
}
