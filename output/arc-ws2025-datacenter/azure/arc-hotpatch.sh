#!/usr/bin/env bash
# Enrolls machines of Azure Arc for hotpatch, and reads and undoes that.
#
# Profile: arc-ws2025-datacenter
# GPO: Hotpatch: Azure Arc, Windows Server 2025 Datacenter
# Why: Windows Update installs on Sunday at 03:00, and restarts in baseline months.
# For: Windows Server 2025 Datacenter, Server Core, member servers, Azure Arc-enabled servers
# Digest: 4d7c7d7562bf071ba05d2ff3ed8411434d350d03f5688431a9f282e5009ceb3e
# Made by: gpogen 0.1.0
#
# The author of this file has not run it against Azure: it was tested against a stand-in of Azure
# Resource Manager. Try --dry-run first, then one machine.
set -u
subscription=''
group=''
location=''
named=()

usage() {
    cat <<'TEXT'
bash azure/arc-hotpatch.sh ACTION [OPTION]...

Actions:
  status      reads; changes nothing
  enroll      enables the hotpatch license of the machine and waits until it is Enabled or Failed
  disenroll   disables the license and waits until it is Disabled or Failed
  opt-out     keeps the license, and lets the machine install cumulative updates
  opt-in      ends the opt-out: the machine installs hotpatches again

Options:
  --machine NAME          a machine, by its name or its resource id; repeat it for more
  --list FILE             the machines, one name or resource id on each line
  --query FILE            a Resource Graph query whose result has a column id
  --subscription ID       if not the one of the profile
  --resource-group NAME   if not the one of the profile
  --location REGION       if not the one of the profile; a machine of another region is refused
  --dry-run               prints each request; sends only those that read
  --jobs NUMBER           machines at a time, 1 to 50 (8 by default)
  --results FILE          the results, one row for each machine (arc-hotpatch-results.csv by
                          default); a later run skips the machines that they show as done. status
                          adds its rows only to a file that you name
  --again                 does not skip anything
  --poll SECONDS          how often to ask (30 by default), unless Azure asks for another interval
  --limit SECONDS         how long to wait for one machine (1800 by default)

It calls Azure by `az rest` of the Azure CLI, as the account that `az login` signed in. Required role:
Azure Connected Machine Resource Administrator on the machines. It needs jq and bash 4.4, too.

Exit codes: 0 done, 1 something failed or was refused, 2 wrong usage, or not enabled (status), or
there is something to do (--dry-run), 3 not known: the time limit passed.
TEXT
}

api='2026-07-15' # Microsoft.HybridCompute

provider=Microsoft.HybridCompute/machines
action='' plan=false again=false recorded=false jobs=8 poll=30 limit=1800 results=arc-hotpatch-results.csv
chosen=() lists=() queries=()
actions='status enroll disenroll opt-out opt-in'

# --- Azure Resource Manager through az rest -------------------------------------------------------

if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 404)); then
    printf '%s: needs bash 4.4 or later; this is %s\n' "$0" "$BASH_VERSION" >&2
    exit 2
fi

endpoint='' # Azure Resource Manager of the cloud that az uses
poll=${poll:-30}
limit=${limit:-1800}
plan=${plan:-false}

say() { printf '%s\n' "$*" >&2; }

# Text of a service on one line, without control characters and not too long.
plain() { LC_ALL=C tr '\000-\037\177' ' ' | tr -s ' ' | cut -c 1-1000 | sed 's/ *$//'; }

# call METHOD PATH API-VERSION [BODY-FILE]
# Sends one request; instead of a path it takes a whole address that Azure gave. Sets status to the HTTP
# status (000 when az tells none), lost to true when a request had no answer, retry to the seconds of
# Retry-After, next to the address to follow, and detail to the error's text; the body of the answer is
# in $room/out.
call() {
    local url="$endpoint$2?api-version=$3" code=0 operation
    case $2 in "$endpoint"/*) url=$2 ;; esac
    local arguments=(rest --method "$1" --url "$url" --output json --debug)
    if [ $# -gt 3 ]; then arguments+=(--body "@$4"); fi
    if [ "$plan" = true ]; then say "${1^^} $url"; fi
    az "${arguments[@]}" >"$room/out" 2>"$room/log" </dev/null || code=$?
    # az prints the status and the headers with --debug only. Text of the answer itself comes later.
    IFS=$'\t' read -r status lost retry next operation <<<"$(awk -v url="$url" '
        function header(name) {
            if (!match(tolower($0), "\047" name "\047: \047[^\047]*\047$")) return ""
            return substr($0, RSTART + length(name) + 5, RLENGTH - length(name) - 6)
        }
        function address(text) { return text ~ /^[A-Za-z0-9:\/_.~?=&%*+,;!@()-]+$/ ? text : "-" }
        { sub(/\r$/, "") }
        index($0, "Request URL: ") && index($0, url) { asked = 1 }
        !asked || over { next }
        !status && match($0, /Response status: [0-9][0-9][0-9]/) {
            status = substr($0, RSTART + 17, 3); next
        }
        status && index($0, "Response content:") { over = 1; next }
        status {
            if (header("retry-after") != "") retry = header("retry-after")
            if (header("location") != "") place = address(header("location"))
            if (header("azure-asyncoperation") != "") operation = address(header("azure-asyncoperation"))
        }
        END {
            printf "%s\t%s\t%s\t%s\t%s\n", (status ? status : "000"), (asked && !status ? "true" : "false"), \
                (retry == "" ? "-" : retry), (place == "" ? "-" : place), (operation == "" ? "-" : operation)
        }' "$room/log")"
    retry=$(seconds "$retry")
    # Location leads to the result itself, Azure-AsyncOperation to its state.
    if [ "$next" = - ]; then next=$operation; fi
    # shellcheck disable=SC2034 # one of the scripts does not follow addresses
    if [ "$next" = - ]; then next=''; fi
    detail=$(reason)
    case $status-$code in
    2*-0) ;;
    2*) status=000 ;;
    *-0) status=000 ;;
    esac
    if [ "$status" = 000 ] && [ -z "$detail" ]; then
        detail="az rest ended with $code and told no HTTP status"
    fi
}

# Why az failed, in its words: answers of Azure have several lines.
reason() {
    awk '!on && /^ERROR: / { on = 1; text = substr($0, 8); next }
        on && /^(DEBUG|INFO|WARNING|ERROR): / { exit }
        on { text = text " " $0 }
        END { print text }' "$room/log" | sed 's/^cli\.[a-z._]*: //' | plain
}

# seconds VALUE: what Retry-After says, in seconds: it is a number or a date; - for anything else.
seconds() {
    local found=-
    if [[ $1 =~ ^[0-9]+$ ]]; then
        found=86400
        if [ ${#1} -le 5 ]; then found=$((10#$1)); fi
    elif [ "$1" != - ]; then
        found=$(LC_ALL=C jq -rn --arg text "$1" '($text | strptime("%a, %d %b %Y %H:%M:%S GMT") | mktime) - now
            | ceil' 2>/dev/null) || found=-
    fi
    if [ "$found" != - ] && [ "$found" -lt 1 ]; then found=1; fi
    printf '%s' "$found"
}

# pause SECONDS: waits, but not beyond the time limit; fails when that has passed.
pause() {
    local left=$((deadline - SECONDS)) seconds=$1
    if [ "$left" -le 0 ]; then return 1; fi
    if [ "$seconds" -gt "$left" ]; then seconds=$left; fi
    sleep "$seconds"
}

# How long to wait after the last answer: what it asks for, else the polling interval.
patience() { if [ "$retry" = - ]; then printf '%s' "$poll"; else printf '%s' "$retry"; fi; }

# The service is busy, or the network lost the answer.
is_passing() {
    case $status in 408 | 429 | 500 | 502 | 503 | 504) return 0 ;; esac
    [ "$lost" = true ]
}

# ask PATH API-VERSION: reads, and tries again while the service is busy.
ask() {
    while :; do
        call get "$1" "$2"
        is_passing || return 0
        pause "$(patience)" || return 0
    done
}

# pick FILTER [FILE]: one value of an answer; empty when there is none.
pick() { jq -r "($1) // empty" "${2:-$room/out}" 2>/dev/null | head -n 1 | plain; }

# --- Results: one row for each machine -------------------------------------------------------------

quoted() {
    local text=$1
    case $text in [=+@-]*) text=" $text" ;; esac # No spreadsheet may take it for a formula.
    printf '"%s"' "${text//\"/\"\"}"
}

# Whether rows go into the file of results: those of a look only where --results names it.
keeps() {
    [ "$plan" = false ] || return 1
    case $action in
    status) [ "$recorded" = true ] ;;
    image | size) return 1 ;;
    esac
}

# row RESULT STATE DETAIL: prints the row of the machine at hand, and keeps it unless nothing changes.
row() {
    local line
    line="\"$subscription\",\"$group\",\"$machine\",\"$action\",\"$1\",$(quoted "$2"),$(quoted "$3")"
    printf '%s\n' "$line"
    if keeps; then printf '%s\n' "$line" >>"$results"; fi
    printf '%s\n' "$1" >"$room/result"
}

head_row='"subscription","resource_group","machine","action","result","state","detail"'

# What the last row of each machine says: a run that was stopped goes on where it was.
declare -A last=()
read_results() {
    local line key
    local pattern='^"([^",]*)","([^",]*)","([^",]*)","([^",]*)","([^",]*)",".*"$'
    keeps || return 0
    # Nothing is sent that cannot be recorded.
    { : >>"$results"; } 2>/dev/null || wrong "--results: the file $(printf '%q' "$results") cannot be written"
    if [ ! -s "$results" ]; then printf '%s\n' "$head_row" >"$results"; return; fi
    # A row that was cut off must not merge with the next one.
    if [ -n "$(tail -c 1 "$results")" ]; then printf '\n' >>"$results"; fi
    if [ "$action" = status ]; then return; fi
    while IFS= read -r line; do
        line=${line%$'\r'}
        [[ $line =~ $pattern ]] || continue
        key="${BASH_REMATCH[1]}/${BASH_REMATCH[2]}/${BASH_REMATCH[3]}"
        last[${key,,}]="${BASH_REMATCH[4]} ${BASH_REMATCH[5]}"
    done <"$results"
}

# --- Which machines -------------------------------------------------------------------------------

machines=()
declare -A seen=()
guid='[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}'
group_name='[A-Za-z0-9_().-]{0,89}[A-Za-z0-9_()-]'
machine_name='[A-Za-z0-9_.-]{1,64}'
wrong() { say "$0: $*"; exit 2; }

# add TEXT WHERE: a machine by its name, or by the id of its resource; each machine once, because two
# changes of one machine at the same time do not see each other.
add() {
    local text=$1 s=$subscription g=$group id key
    id="^/subscriptions/($guid)/resource[Gg]roups/($group_name)/providers/$provider/($machine_name)$"
    shopt -s nocasematch
    if [[ $text =~ $id ]]; then
        s=${BASH_REMATCH[1]} g=${BASH_REMATCH[3]} text=${BASH_REMATCH[4]}
    fi
    shopt -u nocasematch
    [[ $text =~ ^$machine_name$ && $text =~ [A-Za-z0-9] ]] ||
        wrong "$2: must be the name or the resource id of a machine; got $(printf '%q' "$text")"
    [[ $s =~ ^$guid$ ]] || wrong "$2: name the subscription by --subscription"
    [[ $g =~ ^$group_name$ ]] || wrong "$2: name the resource group by --resource-group"
    key="$s/$g/$text" key=${key,,}
    if [ -n "${seen[$key]:-}" ]; then return; fi
    seen[$key]=yes
    machines+=("$s $g $text")
}

add_list() {
    local line number=0
    [ -r "$1" ] || wrong "--list: the file $1 cannot be read"
    while IFS= read -r line || [ -n "$line" ]; do
        number=$((number + 1)) line=${line%$'\r'}
        if [ $number = 1 ]; then line=${line#$'\xef\xbb\xbf'}; fi
        case $line in '' | '#'*) continue ;; esac
        add "$line" "$1, line $number"
    done <"$1"
}

# The machines that a Resource Graph query finds; each row of its result has the column id.
add_query() {
    local token='' id ids
    [ -r "$1" ] || wrong "--query: the file $1 cannot be read"
    [[ $subscription =~ ^$guid$ ]] || wrong "--query: name the subscription by --subscription"
    room=$work deadline=$((SECONDS + limit))
    while :; do
        jq -n --rawfile query "$1" --arg subscription "$subscription" --arg token "$token" '
            {subscriptions: [$subscription], query: $query, options: ({"$top": 1000}
            + if $token == "" then {} else {"$skipToken": $token} end)}' >"$room/body"
        while :; do
            call post /providers/Microsoft.ResourceGraph/resources 2022-10-01 "$room/body"
            is_passing || break
            pause "$(patience)" || break
        done
        [ "$status" = 200 ] || { say "$0: --query: HTTP $status: $detail"; exit 1; }
        ids=$(jq -r '.data[] | .id | if type == "string" and startswith("/") then . else error("") end' \
            "$room/out" 2>/dev/null) ||
            wrong '--query: each row of the result must have the resource id of a machine in the column id'
        while IFS= read -r id; do if [ -n "$id" ]; then add "${id%$'\r'}" --query; fi; done <<<"$ids"
        token=$(jq -r '."$skipToken" // empty' "$room/out")
        if [ -n "$token" ]; then continue; fi
        [ "$(jq -r '.resultTruncated | tostring' "$room/out")" != true ] && return 0
        say "$0: --query: Azure returned only a part of the result, and no way to the rest"
        exit 1
    done
}

# --- All of them, some at a time ------------------------------------------------------------------

# each FUNCTION: calls it for every machine, at most $jobs at a time, each in its own room.
each() {
    local number=0 running=0 known
    for one in "${machines[@]}"; do
        read -r subscription group machine <<<"$one"
        known="$subscription/$group/$machine"
        if [ "$again" = false ] && [ "$action" != status ] && [ "${last[${known,,}]:-}" = "$action done" ]; then
            say "$machine: $action is done, as $results shows; --again repeats it"
            continue
        fi
        number=$((number + 1)) room=$work/$number
        mkdir "$room"
        if [ "$running" -ge "$jobs" ]; then wait -n || true; running=$((running - 1)); fi
        (deadline=$((SECONDS + limit)); "$1") &
        running=$((running + 1))
    done
    wait
}

# The exit code: 1 something failed, 3 something is not known, 2 there is something to do, 0 all done.
verdict() {
    local code=0 room
    for room in "$work"/*/; do
        [ -d "$room" ] || continue
        case $(cat "$room/result" 2>/dev/null) in
        done) ;;
        refused | failed) return 1 ;;
        planned | different) if [ $code = 0 ]; then code=2; fi ;;
        pending) code=3 ;;
        *) return 1 ;;
        esac
    done
    return $code
}

start() {
    for tool in az jq awk; do
        command -v "$tool" >/dev/null || wrong "needs $tool, which is not on PATH"
    done
    endpoint=$(az cloud show --query endpoints.resourceManager --output tsv </dev/null 2>/dev/null)
    endpoint=${endpoint%$'\r'} endpoint=${endpoint%/}
    if ! [[ $endpoint =~ ^https://[A-Za-z0-9.-]+$ ]]; then
        say "$0: az cloud show names no address of Azure Resource Manager"
        exit 1
    fi
    umask 077
    work=$(mktemp -d) || exit 1
    trap 'rm -rf "$work"' EXIT
    trap 'kill $(jobs -p) 2>/dev/null; exit 1' INT TERM
}


# --- A change -------------------------------------------------------------------------------------

# change METHOD PATH BODY-FILE: fails when it is not sent (--dry-run) or is refused, with a row; is
# repeated by the caller, from the reading on, when the service is busy or another change is under way.
change() {
    if [ "$plan" = true ]; then
        { printf '%s %s\n' "${1^^}" "$endpoint$2?api-version=$api"; jq . "$3"; } >"$room/plan"
        cat "$room/plan" >&2
        row planned "$state" "$1 is not sent"
        return 1
    fi
    call "$1" "$2" "$api" "$3"
    case $status in
    200 | 201 | 202) sent=true ;;
    409)
        # The other conflicts pass when the other change has ended.
        case $detail in
        *PropertyChangeNotAllowed*) row failed "$state" "$1: HTTP $status: $detail"; return 1 ;;
        esac ;;
    *) is_passing || { row failed "$state" "$1: HTTP $status: $detail"; return 1; } ;;
    esac
    pause "$(patience)" ||
        { row pending "$state" "$1: HTTP $status; the time limit passed${detail:+: $detail}"; return 1; }
}

# unread: the row after a read that failed. Once a change is sent, its end is not known.
unread() {
    if [ "$sent" = true ]; then row pending "$state" "the change was sent; get: HTTP $status: $detail"
    else row failed "$state" "get: HTTP $status: $detail"; fi
}

wait_on() { pause "$poll" || { row pending "$state" "the time limit passed"; return 1; }; }

# kept FUNCTION FILE: compares what must not change, and names what did.
kept() {
    local names
    [ -e "$room/kept" ] || return 0
    names=$("$1" "$2" | jq -r --slurpfile kept "$room/kept" '
        def flat: [paths(type | . != "object" and . != "array") as $path
            | {key: ($path | map(tostring) | join(".")), value: getpath($path)}] | from_entries;
        flat as $new | ($kept[0] | flat) as $old
        | [$old + $new | keys[] | select($old[.] != $new[.])] | join(", ")') || names='the answer is not JSON'
    if [ -z "$names" ]; then return 0; fi
    row failed "$state" "$(printf 'another property changed: %s' "$names" | plain)"
    return 1
}


# --- The command line -----------------------------------------------------------------------------

number() { # OPTION VALUE LOWEST HIGHEST
    if ! [[ $2 =~ ^[0-9]{1,6}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
        wrong "$1: must be a number from $3 to $4; got $(printf '%q' "$2")"
    fi
}

# This script has no other options.
option() { return 1; }
checks() { return 0; }


run_all() {
    while [ $# -gt 0 ]; do
        case $1 in
        [a-z]*)
            case " $actions " in *" $1 "*) action=$1; shift; continue ;; esac
            wrong "$1 is not an action; there are: $actions" ;;
        --dry-run) plan=true; shift; continue ;;
        --again) again=true; shift; continue ;;
        --resume) again=false; shift; continue ;;
        -h | --help) usage; exit 0 ;;
        --*) if option "$@"; then shift 2; continue; fi ;;
        esac
        case $1 in
        --machine | --list | --query | --subscription | --resource-group | --location | --jobs | \
            --results | --poll | --limit) ;;
        *) wrong "$(printf '%q' "$1") is not an action or an option; --help lists them" ;;
        esac
        [ $# -gt 1 ] || wrong "$1: a value is missing"
        case $1 in
        --machine) chosen+=("$2") ;;
        --list) lists+=("$2") ;;
        --query) queries+=("$2") ;;
        --subscription) subscription=$2 ;;
        --resource-group) group=$2 ;;
        --location) location=$2 ;;
        --jobs) number "$1" "$2" 1 50; jobs=$((10#$2)) ;;
        --results) results=$2 recorded=true ;;
        --poll) number "$1" "$2" 1 3600; poll=$((10#$2)) ;;
        --limit) number "$1" "$2" 1 86400; limit=$((10#$2)) ;;
        esac
        shift 2
    done
    [ -n "$action" ] || { usage >&2; exit 2; }
    [[ $location =~ ^([a-z][a-z0-9]{2,39})?$ ]] || wrong "--location: must be a region such as westeurope"

    checks
    start
    case $action in
    image | size)
        [[ $subscription =~ ^$guid$ ]] || wrong "$action: name the subscription by --subscription"
        [ -n "$location" ] || wrong "$action: name the region by --location"
        printf '%s\n' "$head_row"
        region
        verdict
        return ;;
    esac
    for name in "${chosen[@]}"; do add "$name" --machine; done
    for file in "${lists[@]}"; do add_list "$file"; done
    for file in "${queries[@]}"; do add_query "$file"; done
    if [ ${#chosen[@]} = 0 ] && [ ${#lists[@]} = 0 ] && [ ${#queries[@]} = 0 ]; then
        for name in "${named[@]}"; do add "$name" 'the profile'; done
    fi
    if [ ${#machines[@]} = 0 ]; then
        if [ ${#lists[@]} = 0 ] && [ ${#queries[@]} = 0 ]; then wrong 'no machine: use --machine, --list or --query'; fi
        wrong 'no machine: the list or the query names none'
    fi
    read_results
    printf '%s\n' "$head_row"
    each one
    verdict
}


# --- What a request says --------------------------------------------------------------------------

# No location in a PATCH. productProfile.subscriptionStatus is billing and is never sent.
patch_body() {
    jq -n --arg value "$1" '{properties: {productProfile: {productType: "WindowsServer",
        productFeatures: [{name: "Hotpatch", subscriptionStatus: $value}]}}}'
}

put_body() {
    jq -n --arg location "$1" '{location: $location, properties: {productProfile:
        {productType: "WindowsServer",
        productFeatures: [{name: "Hotpatch", subscriptionStatus: "Enabled"}]}}}'
}

# The settings beside enableHotpatching are passed on as they are.
opt_body() {
    jq --argjson value "$1" '(.properties.osProfile.windowsConfiguration.patchSettings // {}) as $p
        | {properties: {osProfile: {windowsConfiguration: {patchSettings:
        (({assessmentMode: $p.assessmentMode, patchMode: $p.patchMode}
        | with_entries(select(.value != null))) + {enableHotpatching: $value})}}}}' "$room/machine"
}

# What no call may change, for a comparison.
rest_of_profile() {
    jq -cS '{location, tags: (.tags // {}), assurance: .properties.softwareAssurance,
        esu: .properties.esuProfile.assignedLicense,
        type: (.properties.productProfile.productType // "WindowsServer"),
        billed: (.properties.productProfile.subscriptionStatus | . == "Enabled" or . == "Enabling"),
        features: [.properties.productProfile.productFeatures[]? | select(.name != "Hotpatch")
        | {name, subscriptionStatus}]}' "$1"
}

rest_of_machine() {
    jq -cS '{location, tags: (.tags // {}), kind, identity: .identity.type,
        settings: (.properties.osProfile.windowsConfiguration.patchSettings // {}
        | {assessmentMode, patchMode}), linux: .properties.osProfile.linuxConfiguration,
        scope: .properties.privateLinkScopeResourceId,
        cluster: .properties.parentClusterResourceId, data: .properties.locationData}' "$1"
}

# --- One machine ----------------------------------------------------------------------------------

settings=.properties.osProfile.windowsConfiguration.patchSettings
feature='[.properties.productProfile.productFeatures[]? | select(.name == "Hotpatch")][0]'
failure="$feature.error | select(. != null) | \"\(.code): \(.message)\""

# Reads the machine, and says why hotpatch cannot be enabled on it.
preflight() {
    local sku edition version
    ask "$path" "$api"
    case $status in
    200) ;;
    404) row refused '' "not found: no such machine, or no right to read it"; return 1 ;;
    *) row failed '' "get: HTTP $status: $detail"; return 1 ;;
    esac
    cp "$room/out" "$room/machine"
    [ "$action" = enroll ] || [ "$action" = opt-in ] || return 0
    sku=$(pick .properties.osSku "$room/machine") edition=${sku,,}
    version=$(pick .properties.osVersion "$room/machine")
    state=$(pick .properties.status "$room/machine")
    where=$(pick .location "$room/machine")
    if [ "$state" != Connected ]; then
        row refused "$state" "the agent must be Connected; it is ${state:-unknown}"
        return 1
    fi
    case $edition in
    *'azure edition'*) row refused "$state" "Azure Edition needs no license of Azure Arc"; return 1 ;;
    *'windows server 2025'*) ;;
    *) row refused "$state" "must be Windows Server 2025 Standard or Datacenter; got '$sku'"; return 1 ;;
    esac
    if [[ $version =~ ^10\.0\.26100\.([0-9]{1,6})$ ]]; then
        if ((10#${BASH_REMATCH[1]} < 1742)); then
            row refused "$state" "the build must be 26100.1742 or later; got $version"
            return 1
        fi
    elif [[ $version != 10.0.26100 ]]; then
        row refused "$state" "the build must be 26100.1742 or later; got '$version'"
        return 1
    fi
    if [ -n "$location" ] && [ "$where" != "$location" ]; then
        row refused "$state" "the machine is in '$where', not in '$location'"
        return 1
    fi
}

# The license: GET first. Where there is a profile, PATCH; only 404 lets it be created.
license() {
    local wanted=$1 word=$2 product before='' moved=false
    while :; do
        ask "$path/licenseProfiles/default" "$api"
        case $status in
        200)
            cp "$room/out" "$room/profile"
            state=$(pick "$feature.subscriptionStatus" "$room/profile")
            product=$(pick .properties.productProfile.productType "$room/profile")
            if [ -n "$product" ] && [ "$product" != WindowsServer ]; then
                row refused "$state" "the license profile is for $product"
                return
            fi
            ;;
        404)
            state=''
            if [ "$sent" = false ] && [ "$word" = Disable ]; then
                row 'done' '' 'there is no license profile'
                return
            fi
            ;;
        *) unread; return ;;
        esac
        if [ "$sent" = true ] && [ "$state" != "$before" ]; then moved=true; fi
        if [ "$state" = "$wanted" ] || { [ -z "$state" ] && [ "$word" = Disable ]; }; then
            kept rest_of_profile "$room/profile" || return
            row 'done' "$state" "$(note)"
            return
        fi
        if [ "$state" = Failed ] && [ "$sent" = true ] && [ "$moved" = true ]; then
            row failed Failed "$(pick "$failure" "$room/profile")"
            return
        fi
        if [ "$sent" = true ] || [ "$state" = Enabling ] || [ "$state" = Disabling ]; then
            wait_on || return
            continue
        fi
        before=$state
        if [ "$status" = 404 ]; then
            unlicensed || return
            put_body "$where" >"$room/body"
            change put "$path/licenseProfiles/default" "$room/body" || return
        else
            rest_of_profile "$room/profile" >"$room/kept"
            patch_body "$word" >"$room/body"
            change patch "$path/licenseProfiles/default" "$room/body" || return
        fi
    done
}

# A machine that shows an ESU license or Software Assurance has a profile, whatever the answer says.
unlicensed() {
    local shown
    shown=$(pick '.properties.licenseProfile | select(.softwareAssurance.softwareAssuranceCustomer
        == true or .esuProfile.licenseAssignmentState == "Assigned"
        or .softwareAssuranceCustomer == true) | "yes"' "$room/machine")
    if [ -z "$shown" ]; then return 0; fi
    row refused '' 'the machine shows Software Assurance or an ESU license, but no license profile'
    return 1
}

# What Azure reports about the machine, in addition to the license.
note() {
    local text
    ask "$path" "$api"
    if [ "$status" != 200 ]; then printf 'the machine: HTTP %s' "$status"; return; fi
    text=$(pick "$settings.status.hotpatchEnablementStatus")
    printf 'hotpatchEnablementStatus %s' "${text:-not set}"
    text=$(pick "$settings.enableHotpatching | select(. != null) | tostring")
    printf ', enableHotpatching %s' "${text:-not set}"
    text=$(pick "$settings.status.error.message")
    if [ -n "$text" ]; then printf ': %s' "$text"; fi
}

# Whether the machine gets hotpatches although it is enrolled.
opt() {
    local wanted=$1 end=$2 found
    while :; do
        found=$(pick "$settings.enableHotpatching | select(. != null) | tostring" "$room/machine")
        state=$(pick "$settings.status.hotpatchEnablementStatus" "$room/machine")
        if [ "$found" = "$wanted" ]; then
            kept rest_of_machine "$room/machine" || return
            if [ "$state" = "$end" ]; then row 'done' "$state" ''; return; fi
            if [ "$state" = ActionRequired ] && [ "$wanted" = true ]; then
                row failed "$state" "$(pick "$settings.status.error.message" "$room/machine")"
                return
            fi
            wait_on || return
        elif [ "$sent" = true ]; then
            wait_on || return
        else
            rest_of_machine "$room/machine" >"$room/kept"
            opt_body "$wanted" >"$room/body"
            change patch "$path" "$room/body" || return
        fi
        ask "$path" "$api"
        if [ "$status" != 200 ]; then unread; return; fi
        cp "$room/out" "$room/machine"
    done
}

report() {
    local license error text
    ask "$path/licenseProfiles/default" "$api"
    case $status in
    200) license=$(pick "$feature.subscriptionStatus")
        error=$(pick "$failure") ;;
    404) license='no license profile' error='' ;;
    *) row failed '' "get: HTTP $status: $detail"; return ;;
    esac
    cp "$room/machine" "$room/out"
    state=$(pick "$settings.status.hotpatchEnablementStatus")
    text=$(note)
    text="license ${license:-not enrolled}, $text"
    if [ -n "$error" ]; then text="$text; $error"; fi
    if [ "$license" = Enabled ] && [ "$state" = Enabled ]; then row 'done' "$state" "$text"
    else row different "$state" "$text"; fi
}

one() {
    local state='' where='' sent=false path
    path="/subscriptions/$subscription/resourceGroups/$group/providers/$provider/$machine"
    preflight || return
    case $action in
    status) report ;;
    enroll) license Enabled Enable ;;
    disenroll) license Disabled Disable ;;
    opt-out) opt false Disabled ;;
    opt-in) opt true Enabled ;;
    esac
}

run_all "$@"
