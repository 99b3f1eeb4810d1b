#!/bin/sh
# Creates a GPO from this folder with samba-tool, and sets what samba-tool does not: its version
# and its disabled sides. Without a version no Windows machine applies a GPO.
#
#   sh publish.sh -H ldap://dc1.example.com -U Administrator
#
# All arguments go to samba-tool, ldbsearch and ldbmodify. It links the GPO nowhere; samba-tool gpo
# setlink does. If a step fails after the GPO was created, the GPO keeps version 0 and no machine
# applies it: delete it with samba-tool gpo del, and run this script again.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
for backup in "$here"/policy/*; do :; done
title=$(sed -n 's/^title=//p' "$here/gpo.txt")
version=$(sed -n 's/^version=//p' "$here/gpo.txt")
flags=$(sed -n 's/^flags=//p' "$here/gpo.txt")

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
samba-tool gpo restore --restore-metadata --tmpdir="$work" "$@" -- "$title" "$backup" \
    > "$work/said" || { cat "$work/said" >&2; exit 1; }
cat "$work/said"
guid=$(sed -n "s/^GPO '.*' created as \({[0-9A-Fa-f-]*}\)\$/\1/p" "$work/said")
if [ -z "$guid" ]; then
    echo "publish.sh: samba-tool did not print the GUID of the new GPO; its version is still 0" >&2
    exit 1
fi
ldbsearch "$@" -s base -b '' defaultNamingContext > "$work/root"
base=$(sed -n 's/^defaultNamingContext: //p' "$work/root")
cat > "$work/change" <<LDIF
dn: CN=$guid,CN=Policies,CN=System,$base
changetype: modify
replace: versionNumber
versionNumber: $version
-
replace: flags
flags: $flags
LDIF
ldbmodify "$@" "$work/change"
echo "$guid has version $version"
