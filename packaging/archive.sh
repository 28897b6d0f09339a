#!/usr/bin/env bash
# Packs the programs of a release: archive.sh PROGRAM BINARIES OUT
#
# PROGRAM runs on this machine and writes man pages and completions, which are the same for every target. BINARIES has a folder for
# each target with the program in it. OUT receives an archive for each, and SHA256SUMS.
set -euo pipefail

program=$(realpath "$1")
binaries=$(realpath "$2")
out=$(realpath -m "$3")
here=$(realpath "$(dirname "$0")/..")
# All files bear this time, so that the same programs make the same archives.
time=${SOURCE_DATE_EPOCH:-0}

version=$("$program" -V)
version=${version#stagecheck }
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$out"

for folder in "$binaries"/*/; do
  target=$(basename "$folder")
  name=stagecheck-$version-$target
  mkdir -p "$stage/$name/completions"
  "$program" man --dir "$stage/$name/man"
  "$program" completions bash > "$stage/$name/completions/stagecheck.bash"
  "$program" completions fish > "$stage/$name/completions/stagecheck.fish"
  "$program" completions powershell > "$stage/$name/completions/_stagecheck.ps1"
  "$program" completions zsh > "$stage/$name/completions/_stagecheck"
  cp "$here"/{CHANGELOG.md,LICENSE,README.md,SECURITY.md} "$stage/$name/"
  # What has passed through an artifact of a workflow has lost its mode.
  install -m 755 "$folder"/stagecheck* "$stage/$name/"
  find "$stage/$name" -exec touch -h -d "@$time" {} +
  case "$target" in
    *-windows-*) (cd "$stage" && find "$name" -type f | LC_ALL=C sort | TZ=UTC zip -q -X "$out/$name.zip" -@) ;;
    *)
      tar -C "$stage" --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$time" -cf - "$name" \
        | gzip -n -9 > "$out/$name.tar.gz"
      ;;
  esac
done
cd "$out"
sha256sum -- stagecheck-* > SHA256SUMS
