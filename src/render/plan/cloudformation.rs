//! One CloudFormation template of what is missing. It is YAML for its comments: who deploys it, where, and what it cannot do.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{comment, dollars};
use crate::io::terminal::{clean, is_hidden};
use crate::model::cfn_resource::{Parameter, Resource, made};
use crate::report::Report;
use crate::report::plan::{Plan, Step, StepKind};

const AT_HOME: &str = "InHomeRegion";
const AT_BILLING: &str = "InBillingRegion";
/// What the deploy commands call the file.
const FILE: &str = "stagecheck.yaml";

/// Writes a plan as a template.
pub(crate) fn write(plan: &Plan<'_>, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let template = Template::of(plan, report);
    template.head(plan, out)?;
    if template.resources.is_empty() {
        return Ok(());
    }
    let options = serde_saphyr::ser_options! { prefer_block_scalars: false };
    let text = serde_saphyr::to_string_with_options(&template.document(), options).map_err(io::Error::other)?;
    write!(out, "{text}")
}

/// The resources that the plan's musts ask for, each once, in the plan's order.
struct Template<'a> {
    report: &'a Report,
    account: Option<&'a str>,
    resources: Vec<&'a Resource>,
}

impl<'a> Template<'a> {
    fn of(plan: &Plan<'_>, report: &'a Report) -> Self {
        let account = report.account.caller.as_ref().ok().map(|caller| caller.account.as_str());
        let mut resources: Vec<&Resource> = Vec::new();
        let expect = &report.expectations;
        if [account.unwrap_or_default(), expect.home(), expect.billing()].iter().any(|name| name.chars().any(is_hidden))
        {
            return Template { report, account, resources };
        }
        let musts = plan.steps.iter().filter(|step| step.need == StepKind::Required);
        for id in musts.flat_map(|step| &step.findings).map(|finding| finding.id) {
            // Half a recipe is worse than none, so one hostile name takes all of a check's resources away.
            let harmless = report.checks.iter().filter(|check| check.template.iter().all(Resource::is_visible));
            for resource in harmless.flat_map(|check| &check.template).filter(|resource| resource.closes == id) {
                if !resources.iter().any(|known| known.id == resource.id) {
                    resources.push(resource);
                }
            }
        }
        Template { report, account, resources }
    }

    fn is_elsewhere(&self, resource: &Resource) -> bool {
        let (home, billing) = (self.report.expectations.home(), self.report.expectations.billing());
        home != billing && resource.region.as_deref() == Some(billing)
    }

    /// The regions in which it is to be deployed, with the condition of each.
    fn regions(&self) -> Vec<(&'static str, &'a str)> {
        let expect = &self.report.expectations;
        let elsewhere = self.resources.iter().filter(|resource| self.is_elsewhere(resource)).count();
        let at_home = (self.resources.len() > elsewhere).then_some((AT_HOME, expect.home()));
        let at_billing = (elsewhere > 0).then_some((AT_BILLING, expect.billing()));
        at_home.into_iter().chain(at_billing).collect()
    }

    /// The parameters, each once.
    fn parameters(&self) -> BTreeMap<&'a str, &'a Parameter> {
        let asked = self.resources.iter().flat_map(|resource| resource.asks.iter().chain(&resource.unless));
        asked.map(|parameter| (parameter.id.as_str(), parameter)).collect()
    }

    fn head(&self, plan: &Plan<'_>, out: &mut dyn Write) -> io::Result<()> {
        let of = self.account.map(|account| format!(" in account {account}")).unwrap_or_default();
        if self.resources.is_empty() {
            comment(out, &format!("Nothing is missing{of} that a template can create."), "")?;
        } else {
            comment(out, &format!("CloudFormation template for the missing resources{of}."), "")?;
            writeln!(out, "#")?;
            comment(
                out,
                "Review before deploying: stagecheck deploys nothing itself. Save it as stagecheck.yaml and \
                 deploy it as an administrator, with your own values, in each of these Regions. A condition skips \
                 the resources of the other Region:",
                "",
            )?;
            writeln!(out, "#")?;
            for (condition, region) in self.regions() {
                writeln!(out, "#   {}", self.deploy(condition, region))?;
            }
            writeln!(out, "#")?;
            let cents =
                self.steps(plan, true).iter().flat_map(|step| step.costs()).map(|cost| cost.monthly_cents).sum();
            if cents > 0 {
                let cost = dollars(cents);
                comment(out, &format!("It adds up to {cost} a month in AWS charges (see `stagecheck plan`)."), "")?;
            }
            comment(
                out,
                "Deploy each plan as its own stack, under the name that it has here: CloudFormation deletes from \
                 a stack what its new template lacks. To undo the deployment, delete the stack in each Region. \
                 The log bucket, the trail, and the topics with their subscriptions stay. If a name is taken, the \
                 deployment fails and CloudFormation removes what it created.",
                "",
            )?;
        }
        self.remains(plan, out)
    }

    /// The steps of the plan that the template does, or those that it does not.
    fn steps<'p>(&self, plan: &'p Plan<'p>, done: bool) -> Vec<&'p Step<'p>> {
        let does = |step: &Step<'_>| {
            let ids: BTreeSet<&str> = step.findings.iter().map(|finding| finding.id).collect();
            let is_own = !step.remedy.commands.is_empty() || step.remedy.console.is_some();
            is_own
                && step.need == StepKind::Required
                && !step.is_follow_up
                && self.resources.iter().any(|resource| ids.contains(resource.closes))
        };
        plan.steps.iter().filter(|step| does(step) == done).collect()
    }

    fn remains(&self, plan: &Plan<'_>, out: &mut dyn Write) -> io::Result<()> {
        let remaining = self.steps(plan, false);
        if remaining.is_empty() {
            return Ok(());
        }
        writeln!(out, "#")?;
        comment(out, "Remaining steps (see `stagecheck plan`):", "")?;
        for step in remaining {
            comment(out, &format!("- {}: {}", step.who().words(), step.remedy.summary), "  ")?;
        }
        Ok(())
    }

    /// The stack's name: to deploy a template to a stack deletes what the one before it made and this one does not have. The clock is the
    /// report's, so that a snapshot has the same name each time.
    fn stack(&self) -> String {
        format!("stagecheck-plan-{}", self.report.generated_at.strftime("%Y%m%d-%H%M%S"))
    }

    fn deploy(&self, condition: &str, region: &str) -> String {
        let mut command = format!(
            "aws cloudformation deploy --stack-name {} --template-file {FILE} --region {}",
            self.stack(),
            quoted(region)
        );
        if condition == AT_HOME && self.resources.iter().any(|resource| resource.kind.starts_with("AWS::IAM::")) {
            command.push_str(" --capabilities CAPABILITY_IAM");
        }
        let parameters = self.parameters();
        let given: Vec<String> = parameters
            .values()
            .filter_map(|parameter| {
                let Parameter { id, what, .. } = parameter;
                parameter.variable.map(|variable| format!("{id}=\"${{{variable}:?{what}}}\""))
            })
            .collect();
        if !given.is_empty() {
            command.push_str(" --parameter-overrides ");
            command.push_str(&given.join(" "));
        }
        command
    }

    fn document(&self) -> Value {
        let mut document = json!({
            "AWSTemplateFormatVersion": "2010-09-09",
            "Description": format!(
                "Missing resources, found by stagecheck; for account {} only",
                self.account.unwrap_or("(unknown)")
            ),
        });
        let parts = [
            ("Parameters", self.parameters().values().map(|parameter| declared(parameter)).collect::<Map<_, _>>()),
            ("Conditions", self.conditions()),
            ("Resources", self.resources.iter().map(|resource| self.resource(resource)).collect()),
        ];
        if let Some(entries) = document.as_object_mut() {
            let parts = parts.into_iter().filter(|(_, part)| !part.is_empty());
            entries.extend(parts.map(|(name, part)| (name.to_owned(), Value::Object(part))));
        }
        document
    }

    /// Each region's, which holds in no other account; and those of what may exist.
    fn conditions(&self) -> Map<String, Value> {
        let is = |what: &str, value: &str| json!({"Fn::Equals": [{"Ref": what}, value]});
        let mut conditions = Map::new();
        for (condition, region) in self.regions() {
            let mut all = vec![is("AWS::Region", region)];
            all.extend(self.account.map(|account| is("AWS::AccountId", account)));
            let condition_value = match all.as_slice() {
                [one] => one.clone(),
                _ => json!({"Fn::And": all}),
            };
            conditions.insert(condition.to_owned(), condition_value);
        }
        for resource in &self.resources {
            if let Some(parameter) = &resource.unless {
                let missing = is(&parameter.id, parameter.default.unwrap_or_default());
                let both = json!({"Fn::And": [{"Condition": self.region_of(resource)}, missing]});
                conditions.insert(made(&parameter.id), both);
            }
        }
        conditions
    }

    fn region_of(&self, resource: &Resource) -> &'static str {
        if self.is_elsewhere(resource) { AT_BILLING } else { AT_HOME }
    }

    fn resource(&self, resource: &Resource) -> (String, Value) {
        let condition = match &resource.unless {
            Some(parameter) => made(&parameter.id),
            None => self.region_of(resource).to_owned(),
        };
        let mut declared = json!({"Type": resource.kind, "Condition": condition});
        if let Some(entries) = declared.as_object_mut() {
            if !resource.after.is_empty() {
                entries.insert("DependsOn".to_owned(), json!(resource.after));
            }
            if resource.is_kept {
                entries.insert("DeletionPolicy".to_owned(), json!("Retain"));
                entries.insert("UpdateReplacePolicy".to_owned(), json!("Retain"));
            }
            entries.insert("Properties".to_owned(), resource.properties.clone());
        }
        (resource.id.clone(), declared)
    }
}

fn declared(parameter: &Parameter) -> (String, Value) {
    let mut declared = json!({
        "Type": "String",
        "Description": parameter.what,
        "AllowedPattern": parameter.pattern,
    });
    if let (Some(default), Some(entries)) = (parameter.default, declared.as_object_mut()) {
        entries.insert("Default".to_owned(), json!(default));
    }
    (parameter.id.clone(), declared)
}

fn quoted(text: &str) -> String {
    shell_words::quote(&clean(text)).into_owned()
}
