//! Whether a policy that reads the log reads buckets that have nothing to do with it.

use super::bucket::Bucket;
use super::own_account::with_wildcards;
use crate::iam::{Choice, Context, Decision, Document, Effect, Request, Who, decide};

/// A bucket's name that has nothing to do with any other.
const UNRELATED_BUCKET: &str = "zzq-unrelated-zzq";

/// A name with wildcards says which buckets it means by this many characters in a row: `aws-*` and `*logs*` fit anybody's.
const TELLING: usize = 5;

/// How the policy grants `read` in buckets of unrelated names, as the end of a sentence; `None` where it does not.
pub(super) fn fault(bucket: &Bucket<'_>, read: &str, document: &Document, context: &Context) -> Option<&'static str> {
    let may = |object: &str| {
        let request = Request { who: Who::Identity, action: read, resource: object, context };
        !matches!(decide(&[document], &request), Decision::Denied { .. })
    };
    let elsewhere = format!("arn:{}:s3:::{UNRELATED_BUCKET}", bucket.partition);
    let same_place = bucket.location.log_files.replacen(&bucket.location.bucket, &elsewhere, 1).replace('*', "zzq");
    if may(&same_place) || may(&format!("{elsewhere}/zzq")) {
        return Some("fits every bucket");
    }
    let telling = TELLING.min(bucket.name.chars().count());
    let allows = document.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    let patterns = allows.flat_map(|statement| match &statement.resources {
        Some(Choice::Only(patterns)) => patterns.as_slice(),
        Some(Choice::AllBut(_)) | None => &[],
    });
    let mut loose = patterns.filter_map(|pattern| example(pattern, bucket.partition, telling));
    // What a Deny takes away again reads nothing.
    loose.any(|object| may(&object)).then_some("fits buckets of unrelated names")
}

/// An object that the pattern takes, where its bucket's part has wildcards and says too little besides.
fn example(pattern: &str, partition: &str, telling: usize) -> Option<String> {
    let pattern = with_wildcards(pattern);
    let pattern = pattern.as_str();
    let (head, object) = match pattern.split_once('/') {
        Some((head, object)) => (head, Some(object)),
        None => (pattern, None),
    };
    // A `*` may stand for several parts of the ARN: then the last that is written is the bucket's.
    let name = head.splitn(6, ':').last()?;
    let is_wild = name.contains(['*', '?']);
    let longest = name.split(['*', '?']).map(|literal| literal.chars().count()).max()?;
    if !is_wild || longest >= telling {
        return None;
    }
    let filled = |pattern: &str| pattern.replace('*', "zzq").replace('?', "q");
    let path = match (object, name.rsplit_once('*')) {
        (Some(object), _) => format!("{}/{}", filled(name), filled(object)),
        (None, Some((before, behind))) => format!("{}/zzq{}", filled(before), filled(behind)),
        (None, None) => filled(name),
    };
    Some(format!("arn:{partition}:s3:::{path}"))
}
