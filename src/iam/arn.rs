//! The parts of an ARN, `arn:partition:service:region:account:resource`.
//! <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>

/// An ARN in its parts; the resource keeps its colons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov` …
    pub partition: &'a str,
    /// E.g. `sns`.
    pub service: &'a str,
    /// Empty for global services.
    pub region: &'a str,
    /// Empty where it says nothing, as for buckets.
    pub account: &'a str,
    /// What the service calls the resource.
    pub resource: &'a str,
}

impl<'a> Arn<'a> {
    /// The parts of `text`, if it is an ARN.
    #[must_use]
    pub fn parse(text: &'a str) -> Option<Arn<'a>> {
        let mut parts = text.splitn(6, ':');
        if parts.next()? != "arn" {
            return None;
        }
        Some(Arn {
            partition: parts.next()?,
            service: parts.next()?,
            region: parts.next()?,
            account: parts.next()?,
            resource: parts.next()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resource_keeps_its_colons() {
        let arn = Arn::parse("arn:aws:sns:us-east-1:111122223333:Topic:abc").unwrap();
        assert_eq!((arn.region, arn.account, arn.resource), ("us-east-1", "111122223333", "Topic:abc"));
    }

    #[test]
    fn what_has_fewer_parts_is_no_arn() {
        for text in ["", "PendingConfirmation", "arn:aws:s3:::", "arn:aws:sns:us-east-1:1"] {
            assert_eq!(Arn::parse(text).is_some(), text == "arn:aws:s3:::", "{text}");
        }
    }
}
