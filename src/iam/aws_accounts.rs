//! AWS's own accounts: what delivers logs as an account and not as a service principal.
//!
//! Read in November 2026, from stored copies of public code that cites AWS's pages: two independent lists of each were compared. Where
//! they differ, the table says so.

/// What AWS delivers from an account of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogDelivery {
    /// `CloudTrail`, before it had a service principal.
    CloudTrail,
    /// Access logs of Classic and Application Load Balancers, in Regions from before August 2022.
    ElasticLoadBalancing,
    /// Audit logs of Redshift, before it had a service principal.
    Redshift,
    /// Standard logs of `CloudFront`, by the bucket's ACL.
    CloudFront,
}

impl LogDelivery {
    /// The name that AWS gives to it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            LogDelivery::CloudTrail => "CloudTrail (legacy account ID)",
            LogDelivery::ElasticLoadBalancing => "Elastic Load Balancing log delivery",
            LogDelivery::Redshift => "Redshift audit logging",
            LogDelivery::CloudFront => "CloudFront log delivery",
        }
    }
}

/// Of an account by its ID, or by its canonical user ID in S3, what AWS delivers from it. `None`: it is not AWS's.
#[must_use]
pub fn delivering(id: &str) -> Option<LogDelivery> {
    let lists = [
        (CLOUDTRAIL, LogDelivery::CloudTrail),
        (ELASTIC_LOAD_BALANCING, LogDelivery::ElasticLoadBalancing),
        (REDSHIFT, LogDelivery::Redshift),
        (CLOUDFRONT, LogDelivery::CloudFront),
    ];
    let of_list = |list: &[(&str, &str)]| list.iter().any(|(_, account)| *account == id);
    lists.into_iter().find(|(list, _)| of_list(list)).map(|(_, delivery)| delivery)
}

/// The accounts as which `CloudTrail` delivers the log files of a Region under a grant to account IDs. Several: the sources differ, and
/// any of them may be it. None: in this Region it has only ever delivered as a service principal, or the Region is not known here.
pub fn of_cloudtrail_in(region: &str) -> impl Iterator<Item = &'static str> {
    CLOUDTRAIL.iter().filter(move |(of, _)| *of == region).map(|(_, account)| *account)
}

/// `CloudTrail`, legacy: those who follow AWS's advice name the service principal.
///
/// The list of the Terraform AWS provider, citing "`CloudTrail` supported Regions"; a second list agrees in 24 of its 25 entries and
/// differs in us-gov-east-1, where both stand.
/// <https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-supported-regions.html>
const CLOUDTRAIL: &[(&str, &str)] = &[
    ("af-south-1", "525921808201"),
    ("ap-east-1", "119688915426"),
    ("ap-northeast-1", "216624486486"),
    ("ap-northeast-2", "492519147666"),
    ("ap-northeast-3", "765225791966"),
    ("ap-south-1", "977081816279"),
    ("ap-south-2", "582488909970"),
    ("ap-southeast-1", "903692715234"),
    ("ap-southeast-2", "284668455005"),
    ("ap-southeast-3", "069019280451"),
    ("ap-southeast-4", "187074758985"),
    ("ca-central-1", "819402241893"),
    ("cn-north-1", "193415116832"),
    ("cn-northwest-1", "681348832753"),
    ("eu-central-1", "035351147821"),
    ("eu-central-2", "453052556044"),
    ("eu-north-1", "829690693026"),
    ("eu-south-1", "669305197877"),
    ("eu-south-2", "757211635381"),
    ("eu-west-1", "859597730677"),
    ("eu-west-2", "282025262664"),
    ("eu-west-3", "262312530599"),
    ("il-central-1", "683224464357"),
    ("me-central-1", "585772288577"),
    ("me-south-1", "034638983726"),
    ("sa-east-1", "814480443879"),
    ("us-east-1", "086441151436"),
    ("us-east-2", "475085895292"),
    ("us-gov-east-1", "608710470296"),
    ("us-gov-east-1", "886388586500"),
    ("us-gov-west-1", "608710470296"),
    ("us-west-1", "388731089494"),
    ("us-west-2", "113285607260"),
];

/// Elastic Load Balancing's access logs: "Enable access logs" of the guides to Classic and Application Load Balancers, for "Regions
/// available before August 2022". Two lists agree; ap-southeast-3 is in one of them only.
/// <https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html>
const ELASTIC_LOAD_BALANCING: &[(&str, &str)] = &[
    ("af-south-1", "098369216593"),
    ("ap-east-1", "754344448648"),
    ("ap-northeast-1", "582318560864"),
    ("ap-northeast-2", "600734575887"),
    ("ap-northeast-3", "383597477331"),
    ("ap-south-1", "718504428378"),
    ("ap-southeast-1", "114774131450"),
    ("ap-southeast-2", "783225319266"),
    ("ap-southeast-3", "589379963580"),
    ("ca-central-1", "985666609251"),
    ("cn-north-1", "638102146993"),
    ("cn-northwest-1", "037604701340"),
    ("eu-central-1", "054676820928"),
    ("eu-north-1", "897822967062"),
    ("eu-south-1", "635631232127"),
    ("eu-west-1", "156460612806"),
    ("eu-west-2", "652711504416"),
    ("eu-west-3", "009996457667"),
    ("me-south-1", "076674570225"),
    ("sa-east-1", "507241528517"),
    ("us-east-1", "127311923021"),
    ("us-east-2", "033677994240"),
    ("us-gov-east-1", "190560391635"),
    ("us-gov-west-1", "048591011584"),
    ("us-west-1", "027434742980"),
    ("us-west-2", "797873946194"),
];

/// Redshift's audit logs, legacy, as `arn:aws:iam::<id>:user/logs`: today it delivers as a service principal. The page's second list (the
/// account IDs in `CloudTrail` logs, e.g. 368064434614) delivers nothing. 193672423079 is used by tools that simulate attacks as a
/// sample attacker too.
/// <https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html>
const REDSHIFT: &[(&str, &str)] = &[
    ("af-south-1", "365689465814"),
    ("ap-east-1", "313564881002"),
    ("ap-northeast-1", "404641285394"),
    ("ap-northeast-2", "760740231472"),
    ("ap-northeast-3", "090321488786"),
    ("ap-south-1", "865932855811"),
    ("ap-southeast-1", "361669875840"),
    ("ap-southeast-2", "762762565011"),
    ("ca-central-1", "907379612154"),
    ("cn-north-1", "111890595117"),
    ("cn-northwest-1", "660998842044"),
    ("eu-central-1", "053454850223"),
    ("eu-north-1", "729911121831"),
    ("eu-south-1", "945612479654"),
    ("eu-west-1", "210876761215"),
    ("eu-west-2", "307160386991"),
    ("eu-west-3", "915173422425"),
    ("me-south-1", "013126148197"),
    ("sa-east-1", "075028567923"),
    ("us-east-1", "193672423079"),
    ("us-east-2", "391106570357"),
    ("us-gov-east-1", "665727464434"),
    ("us-gov-west-1", "665727464434"),
    ("us-west-1", "262260360010"),
    ("us-west-2", "902366379725"),
];

/// `CloudFront`'s `awslogsdelivery`, by partition: a canonical user ID in a bucket's ACL.
/// <https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/standard-logging-legacy-s3.html>
const CLOUDFRONT: &[(&str, &str)] = &[
    ("aws", "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0"),
    ("aws-cn", "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_of_aws_is_known_by_its_id() {
        for (id, expected) in [
            ("113285607260", Some(LogDelivery::CloudTrail)),
            ("886388586500", Some(LogDelivery::CloudTrail)),
            ("797873946194", Some(LogDelivery::ElasticLoadBalancing)),
            ("193672423079", Some(LogDelivery::Redshift)),
            ("c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0", Some(LogDelivery::CloudFront)),
            ("a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56", Some(LogDelivery::CloudFront)),
            ("368064434614", None),
            ("111122223333", None),
            ("", None),
        ] {
            assert_eq!(delivering(id), expected, "{id}");
        }
    }

    #[test]
    fn cloudtrail_has_ids_by_region() {
        let ids = |region| of_cloudtrail_in(region).collect::<Vec<_>>();
        assert_eq!(ids("us-west-2"), ["113285607260"]);
        assert_eq!(ids("us-gov-east-1"), ["608710470296", "886388586500"]);
        assert!(ids("mx-central-1").is_empty());
    }

    /// An ID is AWS's in one list only, and a typo would have another length.
    #[test]
    fn ids_are_well_formed_and_in_one_list_only() {
        let lists = [CLOUDTRAIL, ELASTIC_LOAD_BALANCING, REDSHIFT, CLOUDFRONT];
        assert_eq!(lists.map(<[_]>::len), [33, 26, 25, 2]);
        for (at, list) in lists.iter().enumerate() {
            for (region, id) in *list {
                let (length, digits) = if at == 3 { (64, "0123456789abcdef") } else { (12, "0123456789") };
                assert!(id.len() == length && id.chars().all(|one| digits.contains(one)), "{region} {id}");
                let elsewhere = lists.iter().enumerate().filter(|(other, _)| *other != at);
                let twice = elsewhere.flat_map(|(_, list)| *list).find(|(_, other)| other == id);
                assert_eq!(twice, None, "{id}");
            }
        }
    }
}
