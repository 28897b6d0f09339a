//! Endpoints of subscriptions are personal data: they are masked where they enter, so that no report, snapshot or log can
//! hold them.

/// What stands for the characters that are not told.
const HIDDEN: &str = "••";

/// An endpoint as it may be shown.
pub(super) fn endpoint(protocol: Option<&str>, endpoint: &str) -> String {
    match protocol {
        Some("email" | "email-json") => email(endpoint),
        Some("sms") => phone(endpoint),
        Some("http" | "https") => url(endpoint),
        _ if endpoint.starts_with("arn:") => endpoint.to_owned(),
        _ if endpoint.contains("://") => url(endpoint),
        _ if endpoint.contains('@') => email(endpoint),
        _ => phone(endpoint),
    }
}

fn email(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or(("", ""));
    if domain.is_empty() {
        return HIDDEN.to_owned();
    }
    let first = local.chars().next().map(String::from).unwrap_or_default();
    format!("{first}{HIDDEN}@{domain}")
}

fn url(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return HIDDEN.to_owned() };
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    // A user's name and password may stand before the host.
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = match host.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
        Some((v6, _)) => format!("[{v6}]"),
        None => host.split(':').next().unwrap_or_default().to_owned(),
    };
    format!("{scheme}://{host}")
}

fn phone(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    match digits.as_slice() {
        [_, _, _, .., tens, ones] => format!("{}{tens}{ones}", HIDDEN.repeat(3)),
        _ => HIDDEN.repeat(3),
    }
}

#[cfg(test)]
mod tests {
    use super::endpoint;

    #[test]
    fn an_e_mail_address_keeps_its_first_letter_and_its_domain() {
        assert_eq!(endpoint(Some("email"), "ops@example.com"), "o••@example.com");
        assert_eq!(endpoint(Some("email-json"), "é.o@example.com"), "é••@example.com");
        assert_eq!(endpoint(Some("email"), "\"a@b\"@example.com"), "\"••@example.com");
        assert_eq!(endpoint(Some("email"), "not an address"), "••");
    }

    #[test]
    fn url_keeps_scheme_and_host_only() {
        assert_eq!(
            endpoint(Some("https"), "https://u:secret@hooks.example.com:8443/a?token=x#y"),
            "https://hooks.example.com"
        );
        assert_eq!(endpoint(Some("http"), "http://[2001:db8::1]:80/secret"), "http://[2001:db8::1]");
        assert_eq!(endpoint(Some("https"), "https://example.com?token=x"), "https://example.com");
        assert_eq!(endpoint(Some("https"), "https:secret"), "••");
    }

    #[test]
    fn a_phone_number_keeps_its_last_two_digits() {
        assert_eq!(endpoint(Some("sms"), "+1 555 0100 42"), "••••••42");
        assert_eq!(endpoint(Some("sms"), "42"), "••••••");
    }

    #[test]
    fn an_arn_is_no_secret() {
        let queue = "arn:aws:sqs:us-east-1:111122223333:alerts";
        assert_eq!(endpoint(Some("sqs"), queue), queue);
    }

    #[test]
    fn an_endpoint_without_a_known_protocol_is_masked_by_its_looks() {
        assert_eq!(endpoint(None, "ops@example.com"), "o••@example.com");
        assert_eq!(endpoint(None, "https://example.com/secret"), "https://example.com");
        assert_eq!(endpoint(Some("new"), "15550100"), "••••••00");
        assert_eq!(endpoint(Some("new"), "secret"), "••••••");
    }
}
