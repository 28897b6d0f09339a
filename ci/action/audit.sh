#!/usr/bin/env bash
# The step of action.yml that audits: options from the environment, annotations on standard output, a step summary, outputs.
set -euo pipefail

fail() {
  printf '::error title=stagecheck::%s\n' "$1"
  exit 2
}

# A switch of action.yml, where everything is text.
switched_on() {
  case "$2" in
    true) return 0 ;;
    false | '') return 1 ;;
    *) fail "the input $1 is neither true nor false" ;;
  esac
}

folder=${RUNNER_TEMP:-$(mktemp -d)}
report=${STAGECHECK_REPORT:-$folder/stagecheck-report.json}
summary=$folder/stagecheck-summary.md
# An output is a line: a name that breaks it could write another.
case "$report" in
  *$'\n'* | *$'\r'*) fail 'the input report has more than one line' ;;
esac
rm -f "$report" "$summary"

arguments=(audit --no-progress --format github "--output=json=$report" "--output=markdown=$summary")
for option in PROFILE REGION BILLING_REGION EXPECT_ACCOUNT THRESHOLD TOPIC ONLY SKIP CONFIG TIMEOUT SNAPSHOT; do
  variable=STAGECHECK_$option
  value=${!variable:-}
  if [ -n "$value" ]; then
    name=$(printf '%s' "$option" | tr '[:upper:]_' '[:lower:]-')
    # With the sign between them, a value that begins with a hyphen is not taken for an option.
    arguments+=("--$name=$value")
  fi
done
if switched_on strict "${STAGECHECK_STRICT:-}"; then
  arguments+=(--strict)
fi
gate=no
if switched_on gate "${STAGECHECK_GATE:-true}"; then
  gate=yes
fi

status=0
"${STAGECHECK:-stagecheck}" "${arguments[@]}" || status=$?

if [ -f "$summary" ]; then
  cat "$summary" >> "$GITHUB_STEP_SUMMARY"
fi
if [ -f "$report" ]; then
  # The report's own key stands at the beginning of a line after two blanks; what comes from the account never begins a line.
  verdict=$(sed -n 's/^  "verdict": "\([a-z-]*\)",$/\1/p' "$report")
else
  verdict=none
  report=
fi
{
  printf 'verdict=%s\n' "$verdict"
  printf 'status=%s\n' "$status"
  printf 'report=%s\n' "$report"
} >> "$GITHUB_OUTPUT"

case "$status" in
  1 | 3) if [ "$gate" = no ]; then status=0; fi ;;
esac
exit "$status"
