//! Who may run commands on every EC2 instance of the account, through Systems Manager.

use super::Privileges;
use crate::analysis::documents::home_of;
use crate::analysis::tristate::{self, Sure};
use crate::iam::{Choice, Context, Statement, overlaps, overlaps_resource};

/// What runs commands, each with the documents of AWS that run whatever they are given.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/documents.html>
const COMMANDING: &[(&str, &[&str])] = &[
    ("ssm:SendCommand", RUN_ANYTHING),
    ("ssm:CreateAssociation", RUN_ANYTHING),
    (SESSION, &["AWS-StartInteractiveCommand", "AWS-StartNonInteractiveCommand"]),
    ("ssm:*", RUN_ANYTHING),
];

const SESSION: &str = "ssm:StartSession";

/// "The session starts even if the user's IAM policy doesn't grant explicit permission to access the SSM-SessionManagerRunShell
/// document", unless the Allow asks for a check by this key.
/// <https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-sessiondocumentaccesscheck.html>
const CHECKS_DOCUMENT: &str = "ssm:SessionDocumentAccessCheck";

const RUN_ANYTHING: &[&str] = &[
    "AWS-RunShellScript",
    "AWS-RunPowerShellScript",
    "AWS-RunRemoteScript",
    "AWS-RunDocument",
    "AWS-RunAnsiblePlaybook",
    "AWS-ApplyAnsiblePlaybooks",
    "AWS-ApplyChefRecipes",
    "AWS-ApplyDSCMofs",
    "AWS-RunSaltState",
    "AWS-RunDockerAction",
    "AWS-ConfigureDocker",
    "AWS-InstallApplication",
    "AWS-InstallPowerShellModule",
    "AWS-ConfigureAWSPackage",
];

/// The document of a session of which nothing else is said; it is the account's own.
const DEFAULT_SESSION: &str = "SSM-SessionManagerRunShell";

impl Privileges<'_> {
    /// Whether they may run commands on every instance: by an action on all instances and on a document that runs any command, AWS's or
    /// all of the account's own. A part of the instances, or those with a tag, are not every one.
    ///
    /// # Errors
    /// Something unread leaves it open.
    pub fn commands_every_instance(&self, context: &Context) -> Sure {
        let (partition, account) = home_of(self.holder.arn);
        let own = |name: &str| format!("arn:{partition}:ssm:*:{account}:document/{name}");
        let by_document = COMMANDING.iter().map(|(action, documents)| {
            let of_aws = documents.iter().map(|name| format!("arn:{partition}:ssm:*::document/{name}"));
            let default = (*action == SESSION).then(|| own(DEFAULT_SESSION));
            let mut documents = of_aws.chain([own("*")]).chain(default);
            tristate::all([
                self.acts_on_every_instance(action, context, |_| true),
                tristate::any(documents.by_ref().map(|document| self.uses(action, &document, context))),
            ])
        });
        let checks_none = |allow: &Statement| {
            !allow.conditions.iter().any(|condition| condition.key.eq_ignore_ascii_case(CHECKS_DOCUMENT))
        };
        tristate::any([self.acts_on_every_instance(SESSION, context, checks_none)].into_iter().chain(by_document))
    }

    fn acts_on_every_instance(&self, action: &str, context: &Context, counts: fn(&Statement) -> bool) -> Sure {
        let (partition, account) = home_of(self.holder.arn);
        let instances = format!("arn:{partition}:ec2:*:{account}:instance/i-*");
        self.settled(context, |context| {
            self.decided(
                context,
                |allows| allows.iter().any(|allow| counts(allow) && allows_all(allow, action, &instances, context)),
                |deny| {
                    deny.touches_action(action) && names_some(deny, &instances) && touches(deny, &instances, context)
                },
            )
        })
    }

    fn uses(&self, action: &str, document: &str, context: &Context) -> Sure {
        self.settled(context, |context| {
            self.decided(
                context,
                |allows| allows.iter().any(|allow| allows_all(allow, action, document, context)),
                |deny| deny.touches_action(action) && deny.covers_resource(document, context).is_yes(),
            )
        })
    }
}

fn allows_all(allow: &Statement, action: &str, resource: &str, context: &Context) -> bool {
    allow.covers_action(action)
        && allow.resources.is_some()
        && !allow.covers_resource(resource, context).is_no()
        && !narrows_by_tag(allow)
}

/// Whether an Allow is narrowed by the tags of what it is done to, which is as good as naming it.
fn narrows_by_tag(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        let key = condition.key.to_ascii_lowercase();
        key.starts_with("ssm:resourcetag/") || key.starts_with("aws:resourcetag/")
    })
}

fn touches(deny: &Statement, resources: &str, context: &Context) -> bool {
    !deny.touches_resource(resources, context).is_no()
}

/// Whether a statement names any of these resources.
fn names_some(statement: &Statement, resources: &str) -> bool {
    match &statement.resources {
        Some(Choice::Only(patterns)) => patterns.iter().any(|pattern| meets(pattern, resources)),
        Some(Choice::AllBut(_)) | None => true,
    }
}

/// Whether a pattern may fit any of these resources. Two patterns could also meet in an ARN with more colons than there are, where a `*`
/// runs on past one; so each part must fit by itself. What a variable stands for is not known here.
#[must_use]
pub fn meets(pattern: &str, resource: &str) -> bool {
    let parts = |arn: &str| arn.splitn(6, ':').map(str::to_owned).collect::<Vec<_>>();
    let (pattern_parts, resource_parts) = (parts(pattern), parts(resource));
    match (pattern_parts.len(), resource_parts.len()) {
        _ if pattern.contains("${") => true,
        (6, 6) => pattern_parts.iter().zip(&resource_parts).all(|(one, other)| overlaps(one, other)),
        _ => overlaps_resource(pattern, resource),
    }
}
