#!/bin/sh
# From the text of a CVE to a signed, scoped and tested patch: runs the commands of docs/virtual-patches.md in a new folder, prints each,
# and prints how long they took. The rest of the ten minutes is for reading the CVE and writing the rule.
#
#   sh examples/virtual-patch.sh [FOLDER]      (default: virtual-patch; `weir` must be in the PATH)
set -eu
page=$(cd "$(dirname "$0")/../docs" && pwd)/virtual-patches.md
folder=${1:-virtual-patch}
mkdir "$folder"
cd "$folder"
began=$(date +%s)
awk '/^```sh$/ { inside = 1; next } /^```$/ { inside = 0 } inside' "$page" > commands.sh
sh -euv commands.sh
echo "a signed, scoped and tested patch after $(($(date +%s) - began)) s: $folder/$(ls ./*.tgz)"
