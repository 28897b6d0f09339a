//! What to do next: of every recorded account, in every form.

mod cloudformation;
mod order;
mod script;

use serde_json::Value;

use crate::command_line::fixture;
use crate::stories::Story;
use crate::support::run::Run;

/// A plan of a fixture.
fn plan_of(story: &str, arguments: &[&str]) -> Run {
    Run::stagecheck(["plan", "--snapshot"]).arg(fixture(story)).args(arguments.iter().copied())
}

/// The same as programs read it.
fn steps_of(story: &Story) -> Vec<Value> {
    let json = plan_of(story.name, &["--format", "json"]).expect(story.exit).json();
    json["plan"].as_array().unwrap().clone()
}

fn strings(value: &Value) -> Vec<&str> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}
