use serde_json::Value;

use super::{cause, origin, source};
use crate::account::Cause;
use crate::cli::formats::Format;
use crate::config::settings::SettingSource;
use crate::io::terminal::{Style, is_hidden};
use crate::model::status::Status;
use crate::render::sample::{HOSTILE, every_report, hostile, mixed, ready, waived};
use crate::report::waivers::State;
use crate::report::{Report, Source, Verdict};

/// All variants of an enum; one that is not listed does not compile.
macro_rules! every {
    ($kind:ident: $($variant:ident),+) => {{
        fn listed(value: &$kind) {
            match value {
                $($kind::$variant { .. } => {})+
            }
        }
        let all = [$($kind::$variant),+];
        all.iter().for_each(listed);
        all
    }};
}

fn text(report: &Report) -> String {
    let mut out = Vec::new();
    Format::Json.write(report, &Style::plain(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn json(report: &Report) -> Value {
    serde_json::from_str(&text(report)).unwrap()
}

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../schema/report-v1.schema.json")).unwrap()
}

/// The enumeration at that place of the schema, as words.
fn enumeration(pointer: &str) -> Vec<String> {
    let schema = schema();
    let values = schema.pointer(&format!("{pointer}/enum")).and_then(Value::as_array);
    let mut words: Vec<String> =
        values.unwrap().iter().map(|word| word.as_str().map_or_else(|| word.to_string(), str::to_owned)).collect();
    words.sort_unstable();
    words
}

fn sorted<const N: usize>(words: [&str; N]) -> Vec<String> {
    let mut words = words.map(str::to_owned).to_vec();
    words.sort_unstable();
    words
}

#[test]
fn every_report_is_as_its_schema_says() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    for report in every_report() {
        let json = json(&report);
        let errors: Vec<String> =
            validator.iter_errors(&json).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn schema_refuses_missing_keys_unknown_words_and_waived_passes() {
    let validator = jsonschema::draft202012::new(&schema()).unwrap();
    let breaks: [fn(&mut Value); 5] = [
        |report| drop(report["account"].as_object_mut().unwrap().remove("alias")),
        |report| report["checks"][0]["status"] = "fine".into(),
        |report| report["checks"][3]["findings"][0]["unavailable"] = Value::Null,
        |report| report["surprise"] = true.into(),
        |report| report["checks"][0]["findings"][0]["waived"] = report["checks"][2]["findings"][1]["waived"].clone(),
    ];
    for break_it in breaks {
        let mut json = json(&mixed());
        let waived = serde_json::json!({"reason": "agreed", "owner": "mia", "until": "2027-03-01"});
        json["checks"][2]["findings"][1]["waived"] = waived;
        assert!(validator.is_valid(&json), "a failure may be waived");
        break_it(&mut json);
        assert!(!validator.is_valid(&json));
    }
}

/// Every object of ours names each of its keys as required, and has no others.
#[test]
fn the_schema_leaves_nothing_of_ours_open() {
    fn walk(place: &str, schema: &Value) {
        if schema["type"] == "object" && place != "$defs/evidence" {
            let mut keys: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
            keys.sort_unstable();
            let mut required: Vec<&str> =
                schema["required"].as_array().unwrap().iter().map(|key| key.as_str().unwrap()).collect();
            required.sort_unstable();
            assert_eq!(schema["additionalProperties"], false, "{place}");
            assert_eq!(keys, required, "{place}");
        }
        for group in ["properties", "$defs"] {
            for (name, inner) in schema[group].as_object().into_iter().flatten() {
                walk(&format!("{group}/{name}"), inner);
            }
        }
        if let Some(items) = schema.get("items") {
            walk(place, items);
        }
    }
    walk("report", &schema());
}

#[test]
fn the_words_of_the_schema_are_the_words_of_the_code() {
    let statuses = every!(Status: Pass, Warn, Unknown, Fail);
    let verdicts = every!(Verdict: Ready, SelectedPassed, NotReady, Undetermined);
    let origins = every!(SettingSource: Flag, Config, Environment, Profile, Default);
    let sources = every!(Source: Live, Snapshot);
    assert_eq!(enumeration("/$defs/status"), sorted(statuses.map(Status::word)));
    assert_eq!(enumeration("/properties/verdict"), sorted(verdicts.map(Verdict::word)));
    assert_eq!(enumeration("/$defs/origin"), sorted(origins.map(origin)));
    assert_eq!(enumeration("/properties/source"), sorted(sources.map(source)));
    let states = every!(State: Used, Expired, Unmatched, LeftOut);
    assert_eq!(enumeration("/$defs/waiver/properties/state"), sorted(states.map(State::word)));
}

fn causes() -> [Cause; 9] {
    let text = String::new;
    [
        Cause::Denied { message: None },
        Cause::Throttled,
        Cause::TimedOut,
        Cause::Credentials { code: text() },
        Cause::Unreachable { why: text() },
        Cause::Fault { code: text(), page: 1 },
        Cause::Malformed { why: text() },
        Cause::Unknowable { why: text() },
        Cause::NotCollected,
    ]
}

#[test]
fn cause_has_one_word_in_schema_report_and_snapshot() {
    let causes = causes();
    assert_eq!(enumeration("/$defs/cause"), sorted(causes.each_ref().map(cause)));
    for one in &causes {
        let recorded = match serde_json::to_value(one).unwrap() {
            Value::Object(tagged) => tagged.keys().next().unwrap().clone(),
            word => word.as_str().unwrap().to_owned(),
        };
        assert_eq!(cause(one), recorded);
    }
}

#[test]
fn an_origin_has_one_word_in_the_report_and_the_snapshot() {
    for one in every!(SettingSource: Flag, Config, Environment, Profile, Default) {
        assert_eq!(serde_json::to_value(one).unwrap(), origin(one));
    }
}

#[test]
fn every_exit_status_of_a_report_stands_in_the_schema() {
    for report in every_report() {
        assert!(enumeration("/properties/exit_code").contains(&report.exit_status().code().to_string()));
    }
}

#[test]
fn hostile_name_survives_json_and_is_harmless_on_a_terminal() {
    let text = text(&hostile());
    assert!(!text.contains(|c| c != '\n' && is_hidden(c)), "{text}");
    let report: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(report["account"]["alias"], HOSTILE);
    assert_eq!(report["checks"][0]["findings"][0]["resource"], HOSTILE);
}

#[test]
fn a_character_beyond_16_bits_is_escaped_as_a_pair() {
    let mut report = ready();
    report.account.alias = Ok(Some("tag\u{e0041}".to_owned()));
    assert!(text(&report).contains("tag\\udb40\\udc41"));
    assert_eq!(json(&report)["account"]["alias"], "tag\u{e0041}");
}

#[test]
fn ready_report_has_every_key_in_order() {
    let text = text(&ready()).replace(env!("CARGO_PKG_VERSION"), "0.0.0");
    insta::assert_snapshot!(text, @r#"
    {
      "schema_version": 1,
      "tool": {
        "name": "stagecheck",
        "version": "0.0.0"
      },
      "stage": "sample",
      "verdict": "ready",
      "headline": "Ready to create an organization: 1 of 1 check passed",
      "exit_code": 0,
      "strict": false,
      "generated_at": "2026-11-24T02:00:00Z",
      "source": "live",
      "account": {
        "id": "111122223333",
        "alias": "prod",
        "partition": "aws",
        "home_region": "us-west-2",
        "home_region_source": "default",
        "billing_region": "us-east-1",
        "enabled_regions": [
          "us-east-1",
          "us-west-2"
        ],
        "organization": "standalone",
        "organization_id": null,
        "caller": "arn:aws:iam::111122223333:user/admin",
        "unknown": []
      },
      "settings": {
        "topic": "SecurityAlerts",
        "threshold": 25.0,
        "organization": null,
        "sources": {
          "home_region": "default",
          "billing_region": "default",
          "topic": "config",
          "threshold": "default"
        }
      },
      "config": "stagecheck.toml",
      "summary": {
        "pass": 1,
        "warn": 0,
        "fail": 0,
        "unknown": 0,
        "waived": 0
      },
      "waivers": [],
      "missing_permissions": [],
      "skipped": [],
      "regions": {
        "home": {
          "region": "us-west-2",
          "source": "default"
        },
        "billing": {
          "region": "us-east-1",
          "source": "default"
        },
        "enabled": [
          "us-east-1",
          "us-west-2"
        ],
        "places": [
          {
            "thing": "root user",
            "resource": null,
            "scope": "global",
            "region": null,
            "standing": "present"
          }
        ],
        "mismatches": [],
        "suggested_region": null
      },
      "checks": [
        {
          "id": "root-mfa",
          "title": "Root user MFA",
          "status": "pass",
          "summary": "The root user has an MFA device",
          "chosen": null,
          "chain": [],
          "findings": [
            {
              "id": "root-mfa/mfa",
              "status": "pass",
              "severity": null,
              "message": "The root user has an MFA device",
              "resource": null,
              "region": null,
              "fingerprint": "34e9d44c9df199a78ea9de1835a8bf4b17c5a4f8",
              "documentation_url": null,
              "evidence": [
                {
                  "source": [
                    "ListAccountAliases"
                  ],
                  "alias": "prod",
                  "name": "evil\u001b[2J\n✔ PASS\u202etxt\u009b31m\u007f<b>|`\"'&"
                }
              ],
              "remediation": null,
              "resolves": null,
              "unavailable": null,
              "waived": null
            }
          ]
        }
      ],
      "plan": []
    }
    "#);
}

#[test]
fn unknown_finding_names_call_permission_and_cause() {
    let report = json(&mixed());
    let unknown = serde_json::to_string_pretty(&report["checks"][3]["findings"][0]).unwrap();
    insta::assert_snapshot!(unknown, @r#"
    {
      "id": "trail/logging",
      "status": "unknown",
      "severity": null,
      "message": "GetTrailStatus of trail-a in us-west-2: access denied. Grant `cloudtrail:GetTrailStatus`",
      "resource": "trail-a",
      "region": "us-west-2",
      "fingerprint": "815da15c2006bb6ba5986b59699a581689dfbbd5",
      "documentation_url": null,
      "evidence": [],
      "remediation": null,
      "resolves": null,
      "unavailable": {
        "operation": "GetTrailStatus",
        "action": "cloudtrail:GetTrailStatus",
        "region": "us-west-2",
        "target": "trail-a",
        "cause": "denied",
        "message": "access denied. Grant `cloudtrail:GetTrailStatus`"
      },
      "waived": null
    }
    "#);
}

#[test]
fn waived_failure_names_its_owner_and_waivers_their_state() {
    let report = json(&waived());
    let finding = &report["checks"][1]["findings"][1];
    assert_eq!((&finding["status"], &finding["waived"]["until"]), (&"fail".into(), &"2027-03-01".into()));
    let unused = serde_json::to_string_pretty(&report["waivers"][2]).unwrap();
    insta::assert_snapshot!(unused, @r#"
    {
      "finding": "alarm/exists",
      "resource": "arn:*",
      "reason": "a Budget watches the bill",
      "owner": "finance@example.com",
      "until": "2026-11-23",
      "state": "expired",
      "message": "the waiver of alarm/exists of arn:* by finance@example.com expired on 2026-11-23: renew or remove it"
    }
    "#);
}

#[test]
fn unknown_account_facts_differ_from_absent_ones() {
    let report = json(&mixed());
    assert_eq!(report["account"]["alias"], Value::Null);
    assert_eq!(report["account"]["unknown"][0]["fact"], "alias");
    assert_eq!(report["account"]["unknown"][0]["cause"], "denied");
    assert_eq!(json(&ready())["account"]["unknown"], Value::Array(Vec::new()));
}
