#!/usr/bin/env bash
# Assesses machines for missing patches, or installs patches now.
#
# Profile: azurevm-ws2022-hotpatch
# GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
# Why: Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.
# For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
# Digest: 4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3
# Made by: gpogen 0.1.0
#
# The author of this file has not run it against Azure: it was tested against a stand-in of Azure
# Resource Manager. Try --dry-run first, then one machine.
set -u
provider='Microsoft.Compute/virtualMachines'
api='2024-03-01'
subscription=''
group=''
named=()
excluded=()

usage() {
    cat <<'TEXT'
bash azure/patch-now.sh ACTION [OPTION]...

Actions:
  assess      looks for missing patches, and says how many there are
  install     installs patches now. That ignores the availability-first order of Azure, and it may
              restart machines, also in a hotpatch month

Options of install:
  --reboot SETTING        IfRequired, Never or Always; required
  --classifications LIST  Critical,Security and so on: classes that are installed
  --include KB            installs this update, such as KB5094125; repeat it for more
  --exclude KB            does not install it; the exclusions of the profile count, too
  --without-restart YES   yes: only updates that never need a restart (no by default)
  --duration PT2H         how long the installation may take (PT2H by default)

Options:
  --machine NAME          a machine, by its name or its resource id; repeat it for more
  --list FILE             the machines, one name or resource id on each line
  --query FILE            a Resource Graph query whose result has a column id
  --subscription ID       the subscription, if not the one of the profile
  --resource-group NAME   the resource group, if not the one of the profile
  --dry-run               prints each request; sends none that assesses or installs
  --jobs NUMBER           machines at a time, 1 to 50 (8 by default)
  --results FILE          the results, one row for each machine (patch-now-results.csv by default)
  --resume                skips the machines that the results show as done
  --poll SECONDS          how often to ask (30 by default), unless Azure asks for another interval
  --limit SECONDS         how long to wait for one machine (14400 by default)

It calls Azure by `az rest` of the Azure CLI, as the account that `az login` signed in. Required
role: Azure Connected Machine Resource Administrator for Arc machines, Virtual Machine Contributor for
Azure VMs. It needs jq and bash 4.4, too.

Exit codes: 0 done, 1 something failed or was refused, 2 wrong usage, or the operation ended with
warnings, or there is something to do (--dry-run), 3 not known: the time limit passed, or another
operation is under way.
TEXT
}

action='' plan=false again=true recorded=false jobs=8 poll=30 limit=14400 results=patch-now-results.csv location=''
reboot='' duration=PT2H classes=() included=() without=false
chosen=() lists=() queries=()
actions='assess install'

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


# --- The command line -----------------------------------------------------------------------------

number() { # OPTION VALUE LOWEST HIGHEST
    if ! [[ $2 =~ ^[0-9]{1,6}$ ]] || ((10#$2 < $3 || 10#$2 > $4)); then
        wrong "$1: must be a number from $3 to $4; got $(printf '%q' "$2")"
    fi
}



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


option() {
    case $1 in
    --reboot | --classifications | --include | --exclude | --without-restart | --duration) ;;
    *) return 1 ;;
    esac
    [ $# -gt 1 ] || wrong "$1: a value is missing"
    case $1 in
    --reboot)
        case $2 in IfRequired | Never | Always) reboot=$2 ;; *) wrong "$1: must be IfRequired, Never or Always" ;; esac ;;
    --classifications)
        local known=' Critical Security UpdateRollUp FeaturePack ServicePack Definition Tools Updates ' one
        IFS=, read -r -a classes <<<"$2"
        for one in "${classes[@]}"; do
            case $known in *" $one "*) ;; *) wrong "$1: must be of$known" ;; esac
        done ;;
    --include | --exclude)
        [[ $2 =~ ^KB[0-9]{6,8}$ ]] || wrong "$1: must be a KB number such as KB5094125"
        if [ "$1" = --include ]; then included+=("$2"); else excluded+=("$2"); fi ;;
    --without-restart)
        case $2 in yes) without=true ;; no) without=false ;; *) wrong "$1: must be yes or no" ;; esac ;;
    --duration) [[ $2 =~ ^PT([0-9]{1,2}H)?([0-9]{1,2}M)?$ && $2 != PT ]] || wrong "$1: must be a duration such as PT2H30M"
        duration=$2 ;;
    esac
}

as_list() { jq -n '$ARGS.positional' --args -- "$@"; }

install_body() {
    jq -n --arg duration "$duration" --arg reboot "$reboot" --argjson classes "$(as_list "${classes[@]}")" \
        --argjson in "$(as_list "${included[@]}")" --argjson out "$(as_list "${excluded[@]}")" \
        --argjson without "$without" '{maximumDuration: $duration, rebootSetting: $reboot,
        windowsParameters: {classificationsToInclude: $classes, kbNumbersToInclude: $in,
        kbNumbersToExclude: $out, excludeKbsRequiringReboot: $without}}'
}

# Follows the operation to its end. The answer of the operation names its status.
follow() {
    local address='' word
    while :; do
        case $status in
        200)
            # Azure-AsyncOperation has the result in properties.output.
            word=$(pick '(.properties.output.status?) // .status')
            case $word in
            '' | InProgress | Accepted | NotStarted | Running) ;;
            *) finish "$word"; return ;;
            esac ;;
        202) ;;
        *) is_passing || { row pending "${word:-}" "it began; its end is not known: HTTP $status: $detail"; return; } ;;
        esac
        if [ -n "$next" ]; then address=$next; fi
        case $address in
        "$endpoint"/*) ;;
        *) row pending "${word:-}" 'Azure named no address to follow'; return ;;
        esac
        pause "$(patience)" || { row pending "${word:-}" 'the time limit passed'; return; }
        call get "$address" "$api"
    done
}

finish() {
    local text
    text=$(jq -r '(.properties.output? // .) | (.availablePatchCountByClassification // {}) + {criticalAndSecurityPatchCount,
        otherPatchCount, rebootPending, installedPatchCount, failedPatchCount, pendingPatchCount,
        rebootStatus, error: (.error.message // .errorDetails.message)} | to_entries
        | map(select(.value != null) | "\(.key) \(.value)") | join(", ")' "$room/out" | plain)
    case $1 in
    Succeeded) row 'done' "$1" "$text" ;;
    CompletedWithWarnings) row different "$1" "$text" ;;
    *) row failed "$1" "$text" ;;
    esac
}

one() {
    local path
    path="/subscriptions/$subscription/resourceGroups/$group/providers/$provider/$machine"
    ask "$path" "$api"
    case $status in
    200) ;;
    404) row refused '' 'not found: no such machine, or no right to read it'; return ;;
    *) row failed '' "get: HTTP $status: $detail"; return ;;
    esac
    install_body >"$room/body"
    path="$path/${action}Patches"
    if [ "$plan" = true ]; then
        { printf 'POST %s\n' "$endpoint$path?api-version=$api"
            if [ "$action" = install ]; then jq . "$room/body"; fi; } >"$room/plan"
        cat "$room/plan" >&2
        row planned '' 'POST is not sent'
        return
    fi
    while :; do
        if [ "$action" = install ]; then call post "$path" "$api" "$room/body"
        else call post "$path" "$api"; fi
        case $status in
        200 | 202) follow; return ;;
        409) row pending '' "another operation is under way: $detail"; return ;;
        # Only these two say that nothing has begun.
        429 | 503) pause "$(patience)" || { row pending '' "HTTP $status; the time limit passed"; return; } ;;
        *)
            if is_passing; then row pending '' "post: HTTP $status: whether it began is not known: $detail"
            else row failed '' "post: HTTP $status: $detail"; fi
            return ;;
        esac
    done
}

checks() {
    [ "$action" = install ] || return 0
    [ -n "$reboot" ] || wrong 'install: name --reboot'
    [ ${#classes[@]} -gt 0 ] || [ ${#included[@]} -gt 0 ] ||
        wrong 'install: name --classifications or --include'
}

run_all "$@"
