#!/usr/bin/env bash
# The step of action.yml that finds the program: the one that is named, a release, or a build of this action's own source.
set -euo pipefail

fail() {
  printf '::error title=stagecheck::%s\n' "$1"
  exit 2
}

found() {
  printf 'program=%s\n' "$1" >> "$GITHUB_OUTPUT"
  exit 0
}

path=${STAGECHECK_PATH:-}
version=${STAGECHECK_VERSION:-}
version=${version#v}
folder=${RUNNER_TEMP:-$(mktemp -d)}/stagecheck

if [ -n "$path" ]; then
  case "$path" in
    *$'\n'* | *$'\r'*) fail 'the input path has more than one line' ;;
  esac
  command -v "$path" > /dev/null || fail 'the input path names no program'
  found "$path"
fi

if [ -z "$version" ]; then
  cargo install --locked --quiet --path "$GITHUB_ACTION_PATH" --root "$folder"
  found "$folder/bin/stagecheck"
fi

[[ "$version" =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$ ]] || fail 'the input version is no version, such as 0.1.0'
case "${RUNNER_OS:-}-${RUNNER_ARCH:-}" in
  Linux-X64) target=x86_64-unknown-linux-musl ending=tar.gz ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ending=tar.gz ;;
  macOS-X64) target=x86_64-apple-darwin ending=tar.gz ;;
  macOS-ARM64) target=aarch64-apple-darwin ending=tar.gz ;;
  Windows-X64) target=x86_64-pc-windows-msvc ending=zip ;;
  *) fail "there is no release for ${RUNNER_OS:-this system} on ${RUNNER_ARCH:-this machine}; build it: leave the input version out" ;;
esac
name=stagecheck-$version-$target
mkdir -p "$folder"
cd "$folder"
gh release download "v$version" --repo "$ACTION_REPOSITORY" --pattern "$name.$ending" --clobber
# Built by this repository's release workflow, or not run at all.
gh attestation verify "$name.$ending" --repo "$ACTION_REPOSITORY" > /dev/null
if [ "$ending" = zip ]; then
  unzip -q -o "$name.$ending"
else
  tar -xzf "$name.$ending"
fi
found "$folder/$name/stagecheck"
