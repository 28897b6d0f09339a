#!/usr/bin/env bash
# Fills the formula of a tap: homebrew.sh VERSION REPOSITORY SHA256SUMS
#
# REPOSITORY is the address whose releases hold the archives, e.g. https://example.com/owner/stagecheck.
set -euo pipefail

version=$1
repository=$2
sums=$3

sum() {
  local found
  found=$(awk -v name="stagecheck-$version-$1.tar.gz" '$2 == name { print $1 }' "$sums")
  if [[ ! "$found" =~ ^[0-9a-f]{64}$ ]]; then
    printf 'error: %s has no checksum of %s\n' "$sums" "$1" >&2
    exit 1
  fi
  printf '%s' "$found"
}

formula=$(< "$(dirname "$0")/stagecheck.rb.in")
formula=${formula//@VERSION@/$version}
formula=${formula//@REPOSITORY@/$repository}
for target in aarch64-apple-darwin x86_64-apple-darwin aarch64-unknown-linux-musl x86_64-unknown-linux-musl; do
  checksum=$(sum "$target")
  formula=${formula//@SHA256 $target@/$checksum}
done
printf '%s\n' "$formula"
