//! What to do about it.

use super::suspect::AdminCandidate;
use crate::account::facts::{Caller, User};
use crate::account::{Fact, Observed};
use crate::analysis::documents::{ADMINISTRATOR_ACCESS, home_of};
use crate::analysis::escalation::path::Path;
use crate::model::remediation::{Command, NO_SUCH_ENTITY, Remediation};

pub(super) const CREATE_ADMIN_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/getting-started-emergency-iam-user.html";
pub(super) const MFA_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html";
pub(super) const KEYS_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html";
const PASSWORD_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_admin-change-user.html";
const LEAKED_PAGE: &str =
    "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html";

const PATHS_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege";
const TRUST_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_update-role-trust-policy.html";
const PROVIDERS_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html";

const SCAN: &str = "/dev/stdout";
const SECRET: &str = "The next line is the MFA device's secret key, for an authenticator app. It is shown once: don't log or share \
     it.";

const ADMIN_USER: &str = "ADMIN_USER";
const CODE_1: &str = "MFA_CODE_1";

/// There is no administrator with MFA who can sign in: completes the one who lacks least, else makes one.
pub(super) fn for_none(
    users: Observed<'_, Vec<User>>,
    suspects: &[AdminCandidate<'_>],
    caller: Fact<'_, Caller>,
) -> Remediation {
    let administrators = || suspects.iter().filter(|suspect| suspect.standing.administrator == Ok(true));
    if let Some(suspect) = administrators().find(|suspect| suspect.has_device() == Ok(true)) {
        return set_password(suspect.user.get());
    }
    if let Some(suspect) = administrators().find(|suspect| suspect.can_sign_in() == Ok(true)) {
        return add_mfa(suspect.user.get());
    }
    let home = match (users.get().first(), caller) {
        (Some(user), _) => Some(home_of(&user.arn)),
        (None, Ok(caller)) => Some((caller.get().partition(), caller.get().account.as_str())),
        (None, Err(_)) => None,
    };
    create_administrator(home)
}

/// `home` is the partition and the account.
fn create_administrator(home: Option<(&str, &str)>) -> Remediation {
    let remedy = Remediation::new(
        "Create an IAM user with AdministratorAccess, a console password and an MFA device. A role is not enough",
    )
    .console(
        "IAM > Users > Create user, with console access; attach AdministratorAccess. Then the user > Security \
         credentials > Multi-factor authentication (MFA) > Assign MFA device, with the new administrator's phone \
         or security key",
    )
    .see(CREATE_ADMIN_PAGE)
    .see(MFA_PAGE);
    let Some((partition, account)) = home else { return remedy };
    let user = |command: Command| command.input("--user-name", ADMIN_USER, "name of the new administrator");
    let policy = format!("arn:{partition}:iam::aws:policy/{ADMINISTRATOR_ACCESS}");
    let serial = format!("arn:{partition}:iam::{account}:mfa/");
    let remedy = remedy
        .run(user(Command::aws("iam", "create-user")).unless(user(Command::aws("iam", "get-user")), NO_SUCH_ENTITY))
        .run(user(Command::wait("iam", "user-exists")))
        .run(user(Command::aws("iam", "attach-user-policy")).option("--policy-arn", &policy))
        .run(login_profile(user));
    with_device(
        remedy,
        user,
        |command, option| command.with_input(option, ("", ADMIN_USER, "")),
        |command| command.with_input("--serial-number", (&serial, ADMIN_USER, "")),
    )
    .finished()
}

/// A first password, unless there is one.
fn login_profile(user: impl Fn(Command) -> Command) -> Command {
    user(Command::aws("iam", "create-login-profile"))
        .input("--password", "ADMIN_PASSWORD", "a first password, to be changed at sign-in")
        .word("--password-reset-required")
        .unless(user(Command::aws("iam", "get-login-profile")), NO_SUCH_ENTITY)
}

/// A virtual device for a user: its seed is printed for an authenticator app, and two codes of it enable it. Whoever has no codes yet
/// gets a fresh seed each time, in the place of a device that was never enabled; whoever has them keeps the device that made them.
fn with_device(
    remedy: Remediation,
    user: impl Fn(Command) -> Command,
    named: impl Fn(Command, &str) -> Command,
    serial: impl Fn(Command) -> Command,
) -> Remediation {
    let enabled = || {
        user(Command::aws("iam", "list-mfa-devices"))
            .option("--query", "MFADevices[].[SerialNumber]")
            .option("--output", "text")
    };
    remedy
        .run(
            serial(Command::aws("iam", "delete-virtual-mfa-device"))
                .if_there(NO_SUCH_ENTITY)
                .unless_listed_or_input(enabled(), CODE_1),
        )
        .run(
            named(Command::aws("iam", "create-virtual-mfa-device"), "--virtual-mfa-device-name")
                .option("--bootstrap-method", "Base32StringSeed")
                .option("--outfile", SCAN)
                .saying(SECRET)
                .skip_if_present(enabled())
                .unless_input(CODE_1),
        )
        .run(
            serial(user(Command::aws("iam", "enable-mfa-device")))
                .input("--authentication-code1", CODE_1, "a code of the new device")
                .input("--authentication-code2", "MFA_CODE_2", "the code that follows it")
                .skip_if_present(enabled()),
        )
        .prompts_for(&[CODE_1, "MFA_CODE_2"])
        .takes(10)
}

fn set_password(user: &User) -> Remediation {
    let name = &user.name;
    Remediation::new(format!("Give administrator `{name}` a console password"))
        .run(login_profile(|command| command.option("--user-name", name)))
        .console(format!("IAM > Users > {name} > Security credentials > Enable console access"))
        .see(PASSWORD_PAGE)
        .finished()
}

/// Whom to let in is for whoever knows the role: taking a principal away may lock out those who use it.
pub(super) fn close_trust(role: &str, statements: &str) -> Remediation {
    Remediation::new(format!(
        "Restrict who can assume the administrator role `{role}`, in {statements} of its trust policy. Name \
         accounts or roles, or an organization by aws:PrincipalOrgID. For a shared identity provider, name your \
         own repository, project or user by a condition on the sub claim"
    ))
    .console(format!(
        "IAM > Roles > {role} > Trust relationships > Edit trust policy > change {statements}; then look in \
         CloudTrail for AssumeRole of this role by accounts that you don't know"
    ))
    .see(TRUST_PAGE)
    .see(PROVIDERS_PAGE)
    .takes(15)
}

pub(super) fn add_mfa(user: &User) -> Remediation {
    enable_mfa(user, "remove the user's administrator access")
}

/// A device first: it is the way that no change of policies closes by mistake.
pub(super) fn add_mfa_or_close(user: &User, path: &Path) -> Remediation {
    enable_mfa(user, &format!("close the path: {}", path.closed_by())).see(PATHS_PAGE)
}

fn enable_mfa(user: &User, or: &str) -> Remediation {
    let User { name, arn, .. } = user;
    let (partition, account) = home_of(arn);
    let serial = format!("arn:{partition}:iam::{account}:mfa/{name}");
    let remedy = Remediation::new(format!("Assign an MFA device to `{name}`, or {or}"));
    with_device(
        remedy,
        |command| command.option("--user-name", name),
        |command, option| command.option(option, name),
        |command| command.option("--serial-number", &serial),
    )
    .console(format!(
        "IAM > Users > {name} > Security credentials > Multi-factor authentication (MFA) > Assign MFA device, \
         with the phone or security key of the user `{name}`"
    ))
    .see(MFA_PAGE)
    .finished()
}

/// What taking a user's keys away is about.
pub(super) struct Keys<'a> {
    pub(super) user: &'a User,
    /// Whether the user is the administrator that there has to be, who must have a way in without the key.
    pub(super) needs_password: bool,
    /// Whether the one who audits may be this user, by one of these keys.
    pub(super) is_own: bool,
}

impl Keys<'_> {
    pub(super) fn deactivate(&self) -> Remediation {
        let name = &self.user.name;
        self.with_deactivation(Remediation::new(format!(
            "Deactivate the access keys of `{name}`, and use the console or short-lived credentials"
        )))
        .console(format!(
            "IAM > Users > {name} > Security credentials > Access keys > Actions: Deactivate, check that nothing \
             breaks, then Delete"
        ))
        .see(KEYS_PAGE)
        .takes(10)
        .finished()
    }

    /// To detach AWS's policy gives rights back: that is for a person who knows what was done with the key.
    pub(super) fn replace_leaked(&self) -> Remediation {
        let name = &self.user.name;
        self.with_deactivation(Remediation::new(format!(
            "Deactivate every access key of `{name}`. Review in CloudTrail what it was used for, then detach \
             AWS's policy"
        )))
        .console(format!(
            "An administrator does this: IAM > Users > {name} > Security credentials > Access keys > Actions: \
             Deactivate, then Delete; answer the case that AWS opened in the Support Center; then Permissions > \
             the policy > Remove"
        ))
        .see(LEAKED_PAGE)
        .see(KEYS_PAGE)
        .takes(20)
        .finished()
    }

    fn with_deactivation(&self, remedy: Remediation) -> Remediation {
        if self.is_own {
            let summary = format!("{}. You run this audit as that user: sign in another way first", remedy.summary);
            return Remediation { summary, ..remedy };
        }
        let user = |command: Command| command.option("--user-name", &self.user.name);
        let remedy = if self.needs_password { remedy.run(login_profile(user)) } else { remedy };
        let active = user(Command::aws("iam", "list-access-keys"))
            .option("--query", "AccessKeyMetadata[?Status=='Active'].[AccessKeyId]")
            .option("--output", "text");
        remedy.run(
            user(Command::aws("iam", "update-access-key"))
                .option("--status", "Inactive")
                .for_each(active, "--access-key-id"),
        )
    }
}
