//! What to do about it.

use super::suspect::Suspect;
use crate::account::facts::{Caller, User};
use crate::account::{Fact, Seen};
use crate::judgement::documents::{ADMINISTRATOR_ACCESS, home_of};
use crate::remediation::{Command, Remediation};

pub(super) const CREATE_ADMIN_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/getting-started-emergency-iam-user.html";
pub(super) const MFA_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_enable_virtual.html";
pub(super) const KEYS_PAGE: &str = "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html";
const PASSWORD_PAGE: &str =
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_admin-change-user.html";
const LEAKED_PAGE: &str =
    "https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AWSCompromisedKeyQuarantineV3.html";

const SCAN: &str = "/dev/stdout";

/// There is no administrator with MFA who can sign in: completes the one who lacks least, else makes one.
pub(super) fn for_none(users: Seen<'_, Vec<User>>, suspects: &[Suspect<'_>], caller: Fact<'_, Caller>) -> Remediation {
    let administrators = || suspects.iter().filter(|suspect| suspect.standing.administrator == Ok(true));
    if let Some(suspect) = administrators().find(|suspect| suspect.has_device() == Ok(true)) {
        return set_password(suspect.user.get());
    }
    if let Some(suspect) = administrators().find(|suspect| suspect.can_sign_in() == Ok(true)) {
        return add_mfa(suspect.user.get());
    }
    let partition = match (users.get().first(), caller) {
        (Some(user), _) => Some(home_of(&user.arn).0),
        (None, Ok(caller)) => Some(caller.get().partition()),
        (None, Err(_)) => None,
    };
    create_administrator(partition)
}

fn create_administrator(partition: Option<&str>) -> Remediation {
    let remedy = Remediation::new(
        "Create an IAM user with AdministratorAccess, a console password and an MFA device; a role does not do, since the user must \
         work when all else breaks",
    )
    .console(
        "IAM > Users > Create user, with access to the console; attach AdministratorAccess. Then the user > Security credentials > \
         Multi-factor authentication (MFA) > Assign MFA device",
    )
    .see(CREATE_ADMIN_PAGE)
    .see(MFA_PAGE);
    let Some(partition) = partition else { return remedy };
    let user = |command: Command| command.input("--user-name", "ADMIN_USER", "name of the new administrator");
    let policy = format!("arn:{partition}:iam::aws:policy/{ADMINISTRATOR_ACCESS}");
    let codes = |command: Command| {
        command.input("--authentication-code1", "MFA_CODE_1", "a code of the new device").input(
            "--authentication-code2",
            "MFA_CODE_2",
            "the code that follows it",
        )
    };
    remedy
        .run(user(Command::aws("iam", "create-user")))
        .run(user(Command::aws("iam", "attach-user-policy")).option("--policy-arn", &policy))
        .run(
            user(Command::aws("iam", "create-login-profile"))
                .input("--password", "ADMIN_PASSWORD", "a first password, to be changed when signing in")
                .word("--password-reset-required"),
        )
        .run(
            Command::aws("iam", "create-virtual-mfa-device")
                .input("--virtual-mfa-device-name", "ADMIN_USER", "name of the new administrator")
                .option("--bootstrap-method", "Base32StringSeed")
                .option("--outfile", SCAN),
        )
        .run(codes(user(Command::aws("iam", "enable-mfa-device")).input(
            "--serial-number",
            "MFA_SERIAL",
            "the SerialNumber that create-virtual-mfa-device printed",
        )))
        .learns(&["MFA_SERIAL", "MFA_CODE_1", "MFA_CODE_2"])
        .takes(10)
        .finished()
}

fn set_password(user: &User) -> Remediation {
    let name = &user.name;
    Remediation::new(format!("Give `{name}`, who is administrator and has MFA, a console password"))
        .run(
            Command::aws("iam", "create-login-profile")
                .option("--user-name", name)
                .input("--password", "ADMIN_PASSWORD", "a first password, to be changed when signing in")
                .word("--password-reset-required"),
        )
        .console(format!("IAM > Users > {name} > Security credentials > Enable console access"))
        .see(PASSWORD_PAGE)
        .finished()
}

/// A virtual device for a user: its seed is printed for an authenticator app, and two codes of it enable it.
pub(super) fn add_mfa(user: &User) -> Remediation {
    let User { name, arn, .. } = user;
    let (partition, account) = home_of(arn);
    Remediation::new(format!("Enable an MFA device for `{name}`, or take away what makes this user administrator"))
        .run(
            Command::aws("iam", "create-virtual-mfa-device")
                .option("--virtual-mfa-device-name", name)
                .option("--bootstrap-method", "Base32StringSeed")
                .option("--outfile", SCAN),
        )
        .run(
            Command::aws("iam", "enable-mfa-device")
                .option("--user-name", name)
                .option("--serial-number", &format!("arn:{partition}:iam::{account}:mfa/{name}"))
                .input("--authentication-code1", "MFA_CODE_1", "a code of the new device")
                .input("--authentication-code2", "MFA_CODE_2", "the code that follows it"),
        )
        .console(format!(
            "IAM > Users > {name} > Security credentials > Multi-factor authentication (MFA) > Assign MFA device"
        ))
        .see(MFA_PAGE)
        .learns(&["MFA_CODE_1", "MFA_CODE_2"])
        .takes(5)
        .finished()
}

pub(super) fn deactivate_keys(user: &User) -> Remediation {
    let name = &user.name;
    with_deactivation(
        Remediation::new(format!("Deactivate the access key of `{name}` and use the console or short-lived credentials instead")),
        name,
    )
    .console(format!(
        "IAM > Users > {name} > Security credentials > Access keys > Actions: Deactivate, see that nothing breaks, then Delete"
    ))
    .see(KEYS_PAGE)
    .finished()
}

pub(super) fn replace_leaked_key(user: &User) -> Remediation {
    let name = &user.name;
    with_deactivation(
        Remediation::new(format!(
            "Deactivate every access key of `{name}`, look in CloudTrail for what was done with it, and detach AWS's policy only then"
        )),
        name,
    )
    .console(format!(
        "IAM > Users > {name} > Security credentials > Access keys > Actions: Deactivate, then Delete; and answer the case that AWS \
         opened in the Support Center"
    ))
    .see(LEAKED_PAGE)
    .see(KEYS_PAGE)
    .finished()
}

fn with_deactivation(remedy: Remediation, name: &str) -> Remediation {
    remedy
        .run(Command::aws("iam", "list-access-keys").option("--user-name", name))
        .run(
            Command::aws("iam", "update-access-key")
                .option("--user-name", name)
                .input("--access-key-id", "ACCESS_KEY_ID", "the id of an active key in the list")
                .option("--status", "Inactive"),
        )
        .learns(&["ACCESS_KEY_ID"])
        .takes(10)
}
