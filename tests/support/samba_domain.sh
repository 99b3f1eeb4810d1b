#!/bin/bash
# samba_domain.sh FOLDER COMMAND...: a Samba domain in FOLDER, alone in its namespaces, and a command
# beside its domain controller. Every process ends with the command. Needs root and Debian's packages
# samba, samba-ad-provision, samba-dsdb-modules, smbclient, winbind, ldb-tools, iproute2. SAMBA_ROOT
# is the root of another Debian that has them, such as one with a newer Samba.
set -eu
if [ -z "${INSIDE:-}" ]; then
    exec unshare --net --mount --pid --fork --kill-child --mount-proc env INSIDE=1 bash "$0" "$@"
fi
at=$1
if [ -n "${SAMBA_ROOT:-}" ]; then
    shared=$(dirname "$at")
    for name in /dev "$shared"; do
        mkdir -p "$SAMBA_ROOT$name"
        mount --rbind "$name" "$SAMBA_ROOT$name"
    done
    mount -t proc proc "$SAMBA_ROOT/proc"
    cp "$0" "$shared/samba_domain.sh"
    exec env SAMBA_ROOT= TMPDIR=/tmp chroot "$SAMBA_ROOT" bash "$shared/samba_domain.sh" "$@"
fi
shift
# A socket's path has at most 107 bytes; pytest's folders are long.
mkdir -p "$at"
mount --bind "$at" /mnt
log=$at.log at=/mnt
ip link set lo up
ip addr add 10.99.0.1/24 dev lo
samba-tool domain provision --targetdir="$at" --realm=EXAMPLE.TEST --domain=EXAMPLE \
    --server-role=dc --dns-backend=SAMBA_INTERNAL --adminpass="$PASSWORD" --host-name=dc1 \
    --host-ip=10.99.0.1 --use-rfc2307 --option='interfaces=10.99.0.1/24' \
    --option='bind interfaces only=yes' > "$log" 2>&1 || { cat "$log"; exit 98; }
mkdir -p "$at/run/ncalrpc" "$at/cache" /run/samba
chmod 755 "$at/run/ncalrpc"
printf 'nameserver 10.99.0.1\nsearch example.test\n' > "$at/run/resolv.conf"
printf '127.0.0.1 localhost\n10.99.0.1 dc1.example.test dc1\n' > "$at/run/hosts"
mount --bind "$at/run/resolv.conf" /etc/resolv.conf
mount --bind "$at/run/hosts" /etc/hosts
# The path of winbind's socket is compiled into its library.
mount -t tmpfs -o mode=755 tmpfs /run/samba
export SMB_CONF_PATH="$at/etc/lab.conf" KRB5_CONFIG="$at/private/krb5.conf"
export KRB5CCNAME="FILE:$at/run/krb5cc"
cat > "$SMB_CONF_PATH" <<CONF
[global]
    realm = EXAMPLE.TEST
    workgroup = EXAMPLE
    netbios name = DC1
    server role = active directory domain controller
    interfaces = 10.99.0.1/24
    bind interfaces only = yes
    dns forwarder =
    private dir = $at/private
    lock directory = $at
    state directory = $at/state
    cache directory = $at/cache
    pid directory = $at/run
    ncalrpc dir = $at/run/ncalrpc
    nmbd:socket dir = $at/run/nmbd
    ntp signd socket directory = $at/run/ntp_signd
    binddns dir = $at/bind-dns
    log file = $at/run/log.%m
    disable spoolss = yes
    load printers = no
    printcap name = /dev/null
    server services = s3fs, rpc, wrepl, ldap, cldap, kdc, drepl, winbindd, ntp_signd, kcc, dns
    idmap_ldb:use rfc2307 = yes
[sysvol]
    path = $at/state/sysvol
    read only = No
[netlogon]
    path = $at/state/sysvol/example.test/scripts
    read only = No
CONF
samba -F --no-process-group -M prefork -s "$SMB_CONF_PATH" > "$at/run/samba.out" 2>&1 &
for _ in $(seq 300); do
    if smbclient //dc1.example.test/sysvol -U "Administrator%$PASSWORD" -c ls > /dev/null 2>&1 &&
        ldbsearch -H ldap://dc1.example.test -U "Administrator%$PASSWORD" -s base -b '' \
            > /dev/null 2>&1; then
        "$@"
        exit $?
    fi
    sleep 0.1
done
tail -n 40 "$at/run/samba.out" "$at"/run/log.*
exit 99
