//! The plan as one POSIX shell script, to be read before it is run. Commands stand in it as the findings print them; all else is a
//! comment, a question or a message, and no text from the account can leave its comment or its quotes.

use std::collections::BTreeSet;
use std::io::{self, Write};

use super::{NOTHING, comment, dollars, effort, remark, totals};
use crate::analysis::clock;
use crate::io::terminal::{clean, is_hidden};
use crate::model::remediation::Remediation;
use crate::report::plan::{Plan, Step, StepKind};
use crate::report::{Report, Source};

/// Writes a plan as a shell script.
pub(crate) fn write(plan: &Plan<'_>, report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut script = Script { out };
    script.head(plan, report)?;
    if plan.is_empty() {
        script.blank()?;
        return script.say(NOTHING);
    }
    let steps: Vec<(usize, &Step<'_>)> = plan.steps.iter().enumerate().map(|(index, step)| (index + 1, step)).collect();
    let (tests, steps): (Vec<_>, Vec<_>) = steps.into_iter().partition(|(_, step)| step.need == StepKind::Verify);
    if steps.iter().any(|(_, step)| is_run(step)) {
        script.inputs(plan)?;
        script.only_in_this_account(report)?;
    }
    for (number, step) in steps {
        script.step(number, step, plan.steps.len())?;
    }
    script.come_back(plan, report)?;
    for (number, step) in tests {
        script.step(number, step, plan.steps.len())?;
    }
    Ok(())
}

/// Whether the script runs the commands of a step. What should only be better, and a test, are for the reader to choose.
fn is_run(step: &Step<'_>) -> bool {
    matches!(step.need, StepKind::Required | StepKind::Diagnose)
        && step.remedy.commands.iter().any(|command| is_visible(command))
}

/// What does not show cannot be read before it is run. No remedy makes such a command; and this is the last place to stop one.
fn is_visible(command: &str) -> bool {
    !command.chars().any(is_hidden)
}

struct Script<'a> {
    out: &'a mut dyn Write,
}

impl Script<'_> {
    fn line(&mut self, line: &str) -> io::Result<()> {
        writeln!(self.out, "{line}")
    }

    fn blank(&mut self) -> io::Result<()> {
        self.line("")
    }

    fn comment(&mut self, text: &str, hang: &str) -> io::Result<()> {
        comment(self.out, text, hang)
    }

    fn heading(&mut self, text: &str) -> io::Result<()> {
        self.blank()?;
        self.comment(&format!("── {text} ──"), "")
    }

    /// A message to whoever runs the script.
    fn say(&mut self, text: &str) -> io::Result<()> {
        self.line(&format!("printf '%s\\n' {}", quoted(text)))
    }

    fn head(&mut self, plan: &Plan<'_>, report: &Report) -> io::Result<()> {
        self.line("#!/bin/sh")?;
        self.comment("Remediation steps by stagecheck.", "")?;
        self.line("#")?;
        self.comment(
            "Review before running: stagecheck runs none of this itself. Requires AWS CLI v2 and administrator \
             credentials for the account. It stops at the first error: then audit and plan again. Recommended \
             steps and the final test are commented out: remove the # to run them.",
            "",
        )?;
        self.line("#")?;
        let source = match report.source {
            Source::Live => "",
            Source::Snapshot => ", from a snapshot",
        };
        let when = clock::at(report.generated_at);
        if let Ok(caller) = &report.account.caller {
            self.comment(&format!("Account:  {}", caller.account), "          ")?;
        }
        self.comment(&format!("Audited:  {when}{source}: {}", report.headline()), "          ")?;
        if !plan.is_empty() {
            self.comment(&format!("Plan:     {}", totals(plan)), "          ")?;
        }
        self.line("# Messages are quoted so that nothing in them is expanded.")?;
        self.line("# shellcheck disable=SC2016")?;
        self.line("set -eu")?;
        self.blank()?;
        // <https://docs.aws.amazon.com/cli/latest/userguide/cli-usage-error-format.html>
        self.comment("No pager, and error codes in the form that the commands look for.", "")?;
        self.line("export AWS_PAGER='' AWS_CLI_ERROR_FORMAT=legacy")
    }

    /// Refuses to begin without what only the operator knows.
    fn inputs(&mut self, plan: &Plan<'_>) -> io::Result<()> {
        let run = || plan.steps.iter().filter(|step| is_run(step)).map(|step| &step.remedy);
        let mut known = BTreeSet::new();
        for remedy in run() {
            let learned = &remedy.planned.learned;
            for input in remedy.inputs.iter().filter(|input| !learned.contains(input)) {
                if known.is_empty() {
                    self.blank()?;
                    self.comment("Variables: set them first.", "")?;
                }
                if known.insert(*input) {
                    self.line(&format!(": \"${{{input}:?{}}}\"", meaning(remedy, input)))?;
                }
            }
        }
        Ok(())
    }

    fn only_in_this_account(&mut self, report: &Report) -> io::Result<()> {
        let Ok(caller) = &report.account.caller else { return Ok(()) };
        let region = quoted(report.expectations.home());
        self.blank()?;
        self.comment("The commands are for this account only.", "")?;
        self.line(&format!("account=$(aws sts get-caller-identity --query Account --output text --region {region})"))?;
        self.line(&format!("if [ \"$account\" != {} ]; then", quoted(&caller.account)))?;
        self.line("  printf 'these are the credentials of account %s\\n' \"$account\" >&2")?;
        self.line("  exit 1")?;
        self.line("fi")
    }

    fn step(&mut self, number: usize, step: &Step<'_>, of: usize) -> io::Result<()> {
        let remark = remark(step.need).map(|remark| format!(" ({remark})")).unwrap_or_default();
        self.heading(&format!("Step {number} of {of}: {}{remark}", effort(step)))?;
        let remedy = &step.remedy;
        self.comment(&remedy.summary, "")?;
        for finding in &step.findings {
            self.comment(&format!("- {}: {}", finding.id, finding.message), "  ")?;
        }
        for resolves in step.resolves() {
            self.comment(&format!("Resolves: {resolves}"), "  ")?;
        }
        for cost in step.costs() {
            let dollars = dollars(cost.monthly_cents);
            self.comment(&format!("Costs: up to {dollars} a month; {}: {}", cost.basis, cost.page), "  ")?;
        }
        if let Some(console) = &remedy.console {
            let how = if remedy.commands.is_empty() { "By hand" } else { "Console" };
            self.comment(&format!("{how}: {console}"), "  ")?;
        }
        for page in &remedy.references {
            self.comment(&format!("Docs: {page}"), "  ")?;
        }
        let who = step.who().words();
        if is_run(step) {
            self.say(&format!("Step {number} of {of}: {}", remedy.summary))?;
            self.commands(remedy)
        } else if matches!(step.need, StepKind::Required | StepKind::Diagnose) {
            self.say(&format!("Step {number} of {of}, in the console or by yourself ({who}): {}", remedy.summary))
        } else {
            if step.need == StepKind::Verify {
                self.say(&format!("Step {number} of {of}, later, when it has taken effect: {}", remedy.summary))?;
            }
            remedy
                .commands
                .iter()
                .filter(|command| is_visible(command))
                .try_for_each(|command| self.line(&format!("# {command}")))
        }
    }

    /// The commands, each behind a question for what only the commands before it tell.
    fn commands(&mut self, remedy: &Remediation) -> io::Result<()> {
        let mut asked: Vec<&str> = Vec::new();
        for command in remedy.commands.iter().filter(|command| is_visible(command)) {
            for input in &remedy.planned.learned {
                if command.contains(&format!("${{{input}:?")) && !asked.contains(input) {
                    self.line(&format!("if [ -z \"${{{input}:-}}\" ]; then"))?;
                    let question = format!("{input} ({}): ", meaning(remedy, input));
                    self.line(&format!("  printf '%s' {} >&2", quoted(&question)))?;
                    self.line(&format!("  read -r {input}"))?;
                    self.line("fi")?;
                    asked.push(input);
                }
            }
            self.line(command)?;
        }
        if asked.is_empty() {
            return Ok(());
        }
        self.comment("Other steps may read some of these.", "")?;
        self.line(&format!("unset {}", asked.join(" ")))
    }

    fn come_back(&mut self, plan: &Plan<'_>, report: &Report) -> io::Result<()> {
        self.heading("When to audit again")?;
        for resolves in plan.resolves() {
            self.comment(&format!("- {resolves}"), "  ")?;
            self.say(&format!("Resolves: {resolves}"))?;
        }
        self.comment("Some checks depend on these steps.", "")?;
        self.say(&format!("Run again: stagecheck audit{}", report.stage.option))
    }
}

/// What an input is, in the words of the command that asks for it, which hold no quotes.
fn meaning<'r>(remedy: &'r Remediation, input: &str) -> &'r str {
    remedy.meaning_of(input).unwrap_or("it is not set")
}

/// One word of the shell, whatever it holds.
fn quoted(text: &str) -> String {
    shell_words::quote(&clean(text)).into_owned()
}
