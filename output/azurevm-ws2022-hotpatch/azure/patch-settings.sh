#!/usr/bin/env bash
# Sets who patches Azure VMs (properties.osProfile.windowsConfiguration.patchSettings).
#
# Profile: azurevm-ws2022-hotpatch
# GPO: Hotpatch: Azure VMs, Windows Server 2022 Azure Edition
# Why: Azure guest patching installs; the GPO turns on VBS, and blocks drivers and the upgrade to Windows Server 2025.
# For: Windows Server 2022 Datacenter: Azure Edition, Desktop Experience, member servers, Azure virtual machines
# Digest: 4980989344011c6bee6a87a426a4a62cf39de6dbca2a883aa9d98864e4b837d3
# Made by: gpogen 0.1.0
#
# The author of this file has not run it against Azure: it was tested against a stand-in of Azure
# Resource Manager. Try --dry-run first, then one VM.
set -u
wanted='{"automaticByPlatformSettings": {"bypassPlatformSafetyChecksOnUserSchedule": false}, "enableHotpatching": true, "patchMode": "AutomaticByPlatform"}'
publisher='MicrosoftWindowsServer'
offer='WindowsServer'
sku='2022-datacenter-azure-edition-hotpatch'
images='MicrosoftWindowsServer/WindowsServer/2022-datacenter-azure-edition-core MicrosoftWindowsServer/WindowsServer/2022-datacenter-azure-edition-core-smalldisk MicrosoftWindowsServer/WindowsServer/2022-datacenter-azure-edition-hotpatch MicrosoftWindowsServer/WindowsServer/2022-datacenter-azure-edition-hotpatch-smalldisk MicrosoftWindowsServer/WindowsServer/2025-datacenter-azure-edition MicrosoftWindowsServer/WindowsServer/2025-datacenter-azure-edition-smalldisk MicrosoftWindowsServer/WindowsServer/2025-datacenter-azure-edition-core MicrosoftWindowsServer/WindowsServer/2025-datacenter-azure-edition-core-smalldisk'

usage() {
    cat <<'TEXT'
bash azure/patch-settings.sh ACTION [OPTION]...

Actions:
  status      reads the settings, and says who patches
  apply       writes the settings of the profile by PATCH and waits until the VM has them
  image       looks whether the region of --location has the image of the profile
  size        looks whether the subscription can use the VM size of --size there, with generation 2

Options:
  --machine NAME          a VM, by its name or its resource id; repeat it for more
  --list FILE             the VMs, one name or resource id on each line
  --query FILE            a Resource Graph query whose result has a column id
  --subscription ID       the subscription
  --resource-group NAME   the resource group
  --location REGION       the region, for image and size
  --size NAME             the VM size, for size, such as Standard_D2s_v5
  --dry-run               prints each request; sends only those that read
  --jobs NUMBER           VMs at a time, 1 to 50 (8 by default)
  --results FILE          the results, one row for each VM (patch-settings-results.csv by default);
                          a later run skips the VMs that they show as done. status adds its rows
                          only to a file that you name
  --again                 does not skip anything
  --poll SECONDS          how often to ask (30 by default), unless Azure asks for another interval
  --limit SECONDS         how long to wait for one VM (1800 by default)

It calls Azure by `az rest` of the Azure CLI, as the account that `az login` signed in. Required role:
Virtual Machine Contributor on the VMs; image and size need Reader on the subscription. It needs jq and
bash 4.4, too. enableAutomaticUpdates and provisionVMAgent can be set only when a VM is created: nothing
here writes them.

Exit codes: 0 done, 1 something failed or was refused, 2 wrong usage, or not as the profile says
(status), or there is something to do (--dry-run), 3 not known: the time limit passed.
TEXT
}

api='2024-03-01' # Microsoft.Compute
assignments_api='2023-04-01' # Microsoft.Maintenance

provider=Microsoft.Compute/virtualMachines
action='' plan=false again=false recorded=false jobs=8 poll=30 limit=1800 results=patch-settings-results.csv
subscription='' group='' location='' named=()
chosen=() lists=() queries=()
actions='status apply image size' size=''

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


windows=.properties.osProfile.windowsConfiguration

# What no call may change, for a comparison.
rest_of_vm() {
    # resources are the extensions: the platform adds that of its patching.
    jq -cS 'del(.etag, .resources, .properties.provisioningState, .properties.instanceView,
        .properties.osProfile.windowsConfiguration.patchSettings)' "$1"
}

# The settings of the VM with those of the profile over them.
vm_body() {
    jq --argjson wanted "$wanted" "{properties: {osProfile: {windowsConfiguration: {patchSettings:
        (($windows.patchSettings // {}) * \$wanted)}}}}" "$room/machine"
}

has_all() {
    jq -e --argjson wanted "$wanted" "($windows.patchSettings // {}) as \$p | (\$p * \$wanted) == \$p" \
        "$room/machine" >/dev/null
}

# Who patches (Microsoft Learn, prerequisites of scheduled patching), by the settings and by whether
# a maintenance configuration is assigned to the VM itself. The VM does not show the dynamic scopes that
# find it.
who_patches() {
    local mode bypass
    mode=$(pick "$windows.patchSettings.patchMode" "$room/machine")
    bypass=$(pick "$windows.patchSettings.automaticByPlatformSettings
        .bypassPlatformSafetyChecksOnUserSchedule | select(. == true) | tostring" "$room/machine")
    case $mode-$bypass-$assigned in
    AutomaticByPlatform-true-0) printf 'nobody, unless a dynamic scope assigns a schedule' ;;
    AutomaticByPlatform-true-*) printf 'the schedule' ;;
    AutomaticByPlatform--0) printf 'automatic guest patching, or nobody if a dynamic scope assigns a schedule' ;;
    AutomaticByPlatform--*) printf 'nobody: neither the schedule nor guest patching runs' ;;
    *) printf 'not the platform: patchMode is %s' "${mode:-not set}" ;;
    esac
}

is_wanted() { printf '%s' "$wanted" | jq -e "$1" >/dev/null; }

# Says why the settings cannot be written, or would leave the VM unpatched.
refusal() {
    local mode now automatic found
    if ! jq -e "$windows" "$room/machine" >/dev/null; then
        printf 'the VM has no osProfile.windowsConfiguration'
        return
    fi
    mode=$(printf '%s' "$wanted" | jq -r '.patchMode // empty')
    now=$(pick "$windows.patchSettings.patchMode" "$room/machine")
    automatic=$(pick "$windows.enableAutomaticUpdates | select(. != null) | tostring" "$room/machine")
    case $now-$mode in
    AutomaticByOS-Manual | Manual-AutomaticByOS)
        printf 'patchMode cannot change from %s to %s' "$now" "$mode"; return ;;
    AutomaticByPlatform-Manual | Manual-AutomaticByPlatform)
        if [ "$automatic" = true ]; then
            printf 'patchMode cannot change from %s to %s with enableAutomaticUpdates true' "$now" "$mode"
            return
        fi ;;
    AutomaticByPlatform-AutomaticByOS | AutomaticByOS-AutomaticByPlatform)
        if [ "$automatic" = false ]; then
            printf 'patchMode cannot change from %s to %s with enableAutomaticUpdates false' "$now" "$mode"
            return
        fi ;;
    esac
    if is_wanted '.enableHotpatching == true'; then
        if [ "$(pick "$windows.provisionVMAgent | tostring" "$room/machine")" != true ]; then
            printf 'hotpatching requires provisionVMAgent true'
            return
        fi
        found=$(pick '.properties.storageProfile.imageReference | select(. != null)
            | if .sku then "\(.publisher)/\(.offer)/\(.sku)" else .id end' "$room/machine")
        case " ${images,,} " in
        *" ${found,,} "*) ;;
        *) printf "hotpatching requires a hotpatch image; the VM has '%s'" "${found:-none}"; return ;;
        esac
    fi
    if is_wanted '.patchMode == "AutomaticByPlatform" and
        .automaticByPlatformSettings.bypassPlatformSafetyChecksOnUserSchedule == false' &&
        [ "$assigned" != 0 ]; then
        printf 'a maintenance configuration is assigned: neither it nor guest patching would run'
    fi
}

# Reads the VM.
look() {
    ask "$path" "$api"
    case $status in
    200) cp "$room/out" "$room/machine" ;;
    404) row refused '' "not found: no such VM, or no right to read it"; return 1 ;;
    *) unread; return 1 ;;
    esac
}

assignments() {
    ask "$path/providers/Microsoft.Maintenance/configurationAssignments" "$assignments_api"
    if [ "$status" != 200 ]; then row failed '' "assignments: HTTP $status: $detail"; return 1; fi
    assigned=$(jq -r '.value | length' "$room/out")
}

apply() {
    local why
    while :; do
        state=$(who_patches)
        if has_all && [ "$sent" = false ]; then row 'done' "$state" 'the settings were there'; return; fi
        if [ "$sent" = true ]; then
            case $(pick .properties.provisioningState "$room/machine") in
            Failed) row failed "$state" 'provisioningState is Failed'; return ;;
            Succeeded)
                if has_all; then
                    kept rest_of_vm "$room/machine" || return
                    row 'done' "$state" ''
                    return
                fi ;;
            esac
            wait_on || return
        else
            why=$(refusal)
            if [ -n "$why" ]; then row refused "$state" "$why"; return; fi
            rest_of_vm "$room/machine" >"$room/kept"
            vm_body >"$room/body"
            change patch "$path" "$room/body" || return
        fi
        look || return
    done
}

report() {
    state=$(who_patches)
    if has_all; then row 'done' "$state" "$(jq -c "$windows.patchSettings" "$room/machine")"
    else row different "$state" "$(jq -c "$windows.patchSettings" "$room/machine")"; fi
}

one() {
    local state='' sent=false assigned=0 path
    path="/subscriptions/$subscription/resourceGroups/$group/providers/$provider/$machine"
    look || return
    assignments || return
    case $action in
    status) report ;;
    apply) apply ;;
    esac
}

# What a region has, before a VM is created there.
region() {
    local state='' path="/subscriptions/$subscription/providers/Microsoft.Compute"
    room=$work/region deadline=$((SECONDS + limit)) group=$location
    mkdir "$room"
    case $action in image) machine=$sku; image ;; size) machine=$size; size ;; esac
}

# Whether the region has the image: without it, the creation of a VM fails with HTTP 400.
image() {
    local versions
    ask "$path/locations/$location/publishers/$publisher/artifacttypes/vmimage/offers/$offer/skus/$sku/versions" "$api"
    case $status in
    200) versions=$(jq -r 'length' "$room/out") ;;
    404) versions=0 ;;
    *) row failed '' "versions: HTTP $status: $detail"; return ;;
    esac
    if [ "$versions" = 0 ]; then row different "$location" 'the region does not have the image'
    else row 'done' "$location" "$versions versions"; fi
}

# Whether the subscription can use the VM size there; hotpatch requires generation 2.
size() {
    local found command=(vm list-skus --location "$location" --size "$size" --resource-type virtualMachines
        --all --subscription "$subscription" --output json)
    if [ "$plan" = true ]; then say "az ${command[*]}"; fi
    if ! az "${command[@]}" >"$room/out" 2>"$room/log" </dev/null; then
        row failed '' "az vm list-skus: $(reason)"
        return
    fi
    # az finds names that contain the size, too.
    found=$(jq -r --arg size "$size" '[.[] | select((.name | ascii_downcase) == ($size | ascii_downcase))][0]
        | [.capabilities[]? | select(.name == "HyperVGenerations") | .value | split(",")[]] as $generations
        | [.restrictions[]? | select(.type == "Location") | .reasonCode] as $closed
        | [.restrictions[]? | select(.type == "Zone") | .restrictionInfo.zones[]?] as $zones
        | if . == null then "the region does not have the size"
        elif $closed != [] then "the subscription cannot use it there: \($closed | join(", "))"
        elif ($generations | index("V2")) == null then "the size has no generation 2"
        else "ok" + (if $zones == [] then "" else " not in zone \($zones | unique | join(", "))" end)
        end' "$room/out" 2>/dev/null | plain)
    case $found in
    ok*) found=${found#ok}; row 'done' "$location" "${found# }" ;;
    '') row failed '' 'az vm list-skus: the answer is not a list of sizes' ;;
    *) row different "$location" "$found" ;;
    esac
}

option() {
    [ "$1" = --size ] || return 1
    [ $# -gt 1 ] || wrong "$1: a value is missing"
    [[ $2 =~ ^[A-Za-z0-9_-]{1,64}$ ]] || wrong "$1: must be the name of a VM size such as Standard_D2s_v5"
    size=$2
}

checks() {
    case $action in
    image) [ -n "$sku" ] || wrong 'image: the profile names no image' ;;
    size) [ -n "$size" ] || wrong 'size: name the VM size by --size' ;;
    esac
}

run_all "$@"
