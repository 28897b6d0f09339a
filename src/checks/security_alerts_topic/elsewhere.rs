//! The topic of the same name in the billing Region, where the one in the home Region has no confirmed subscription: the labs make both,
//! and it is easy to confirm one email of two.

use crate::account::facts::{Caller, Subscription};
use crate::account::{Account, Fact};
use crate::analysis::billing_region;
use crate::analysis::subscriber::{Readers, is_confirmed_by_people};
use crate::analysis::tristate;
use crate::config::settings::Settings;
use crate::model::finding::Judgement;
use crate::model::status::Status;

/// The other topic's subscriptions.
pub(super) struct Elsewhere<'a> {
    region: String,
    list: Fact<'a, Option<Vec<Subscription>>>,
}

impl<'a> Elsewhere<'a> {
    /// Asks who is subscribed there, where that can make a difference: the topic at home has no confirmed subscription, and there is
    /// another billing Region.
    pub(super) async fn ask(
        account: &'a Account,
        expect: &Settings,
        caller: Fact<'a, Caller>,
        readers: &Readers<'_>,
    ) -> Option<Self> {
        match readers.judge(None) {
            Ok(outcome) if outcome.status() == Status::Fail => {}
            Ok(_) | Err(_) => return None,
        }
        let region = match billing_region::known(caller, expect) {
            Ok(region) if region != expect.home() => region,
            Ok(_) | Err(_) => return None,
        };
        let Ok(caller) = caller else { return None };
        let (partition, id) = (caller.get().partition(), &caller.get().account);
        let arn = format!("arn:{partition}:sns:{region}:{id}:{}", expect.topic.value);
        Some(Elsewhere { region: region.to_owned(), list: account.subscriptions(region, &arn).await })
    }
}

/// `/subscriber`: who is subscribed to the topic at home; without anyone, who is to the one elsewhere.
pub(super) fn judge(readers: &Readers<'_>, elsewhere: Option<&Elsewhere<'_>>, expect: &Settings) -> Judgement {
    let outcome = readers.judge(None)?;
    let Some(Elsewhere { region, list }) = elsewhere else { return Ok(outcome) };
    let Some(list) = (*list)?.present() else { return Ok(outcome) };
    if !tristate::any(list.each().map(is_confirmed_by_people))? {
        return Ok(outcome);
    }
    let (name, home) = (&expect.topic.value, expect.home());
    let message =
        format!("No confirmed subscriber in {home}: messages sent there are lost. {name} in {region} has one");
    Ok(outcome.milder(message, |evidence| evidence.and(list, "subscriptions_in_billing_region", list.get().len())))
}
