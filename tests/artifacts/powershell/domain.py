"""A domain in miniature for the import script: GPOs, their values, links and extension names."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from gpogen.artifacts import gpo_backup, powershell_import
from gpogen.artifacts.backup.comments import VALUES, gpo_comment, value_list
from gpogen.artifacts.extensions import extension_names
from gpogen.artifacts.powershell_text import KINDS
from gpogen.artifacts.render.contexts.powershell import typed_value
from gpogen.compile.result import Compiled
from gpogen.policy.data import RegData
from gpogen.policy.records import Record
from gpogen.policy.types import Action, Hive
from tests.artifacts.powershell.harness import Engine, Outcome, read_calls, write

SERVER = "dc1.contoso.com"

_FIXTURES = r"""
$before = @({before})
$after = @({after})
$script:now = $before
$long = @{{ HKLM = 'HKEY_LOCAL_MACHINE'; HKCU = 'HKEY_CURRENT_USER' }}
function Get-Below($p, $via) {{
    $path = $p.Key.Replace('HKEY_LOCAL_MACHINE', 'HKLM').Replace('HKEY_CURRENT_USER', 'HKCU')
    $answered = $false
    $seen = @()
    foreach ($item in $script:now) {{
        if ($item.Via -ne $via) {{ continue }}
        if ($p.Contains('Context') -and "$($p.Context)" -ne $item.Context) {{ continue }}
        $own = "$($item.Hive)\$($item.KeyPath)"
        if ($own -eq $path) {{ $answered = $true; $item }}
        elseif ($own.ToLowerInvariant().StartsWith($path.ToLowerInvariant() + '\')) {{
            $next = $item.KeyPath.Substring($path.Length - 5 + 1).Split('\')[0]
            $key = "$($path.Substring(5))\$next"
            if ($seen -contains $key) {{ continue }}
            $seen += $key
            $answered = $true
            @{{ KeyPath = $key; FullKeyPath = "$($long[$item.Hive])\$key"; Hive = $item.Hive }}
        }}
    }}
    if (-not $answered) {{ [System.ArgumentException]::new('The registry setting was not found.') }}
}}
@{{
    'Get-ADDomain' = {{ {no_domain}@{{ PDCEmulator = '{server}'; DNSRoot = 'contoso.com' }} }}
    'Get-GPRegistryValue' = {{ param($p) {denied}Get-Below $p 'policy' }}
    'Get-GPPrefRegistryValue' = {{ param($p) Get-Below $p 'preference' }}
    'Import-GPO' = {{ param($p) {import_failure}
        $script:now = $after
        foreach ($path in [IO.Directory]::GetFiles($p.Path, '*', 'AllDirectories')) {{
            $name = $path.Substring($p.Path.Length + 1)
            $bytes = [IO.File]::ReadAllBytes($path)
            $hash = [Convert]::ToHexString([Security.Cryptography.SHA256]::HashData($bytes))
            [IO.File]::AppendAllText('imported.txt', "$name $($hash.ToLowerInvariant())`n")
        }}
        $id = "$($p.BackupId)".ToUpperInvariant()
        $inside = [IO.Path]::Combine($p.Path, "{{$id}}", 'DomainSysvol', 'GPO')
        $domain = $(if ($p.Domain) {{ $p.Domain }} else {{ 'contoso.com' }})
        $to = "\\$($p.Server)\SYSVOL\$domain\Policies\{{$("$($p.TargetGuid)".ToUpperInvariant())}}"
        foreach ($path in [IO.Directory]::GetFiles($inside, '*', 'AllDirectories')) {{
            $target = [IO.Path]::Combine($to, $path.Substring($inside.Length + 1))
            $null = [IO.Directory]::CreateDirectory([IO.Path]::GetDirectoryName($target))
            [IO.File]::Copy($path, $target, $true)
        }}
        {after_import} }}
    'Get-GPInheritance' = {{ param($p) @{{ Path = $p.Target; GpoLinks = @({links}) }} }}
    {extra}
}}
"""

_PRELUDE = r"""
$null = New-GPO -Name 'Default Domain Policy' -Server x
{gpos}
foreach ($gpo in @(Get-GPO -All -Server x)) {{
    # On Linux a path with backslashes is one name, of a folder in the current one.
    $folder = "\\{server}\SYSVOL\contoso.com\Policies\{{$("$($gpo.Id)".ToUpperInvariant())}}"
    $null = [IO.Directory]::CreateDirectory($folder)
    [IO.File]::WriteAllText("$folder/GPT.INI", '[General]')
    {in_sysvol}
}}
$env:PSRUN_CALLS = $env:GPOGEN_CALLS
function global:New-Object {{
    param([string] $TypeName, [object[]] $ArgumentList)
    switch ($TypeName) {{
        'System.DirectoryServices.DirectoryEntry' {{
            return @{{ Path = $ArgumentList[0]; Properties = @{{
                gPCMachineExtensionNames = @{{ Value = {machine} }}
                gPCUserExtensionNames = @{{ Value = {user} }} }} }}
        }}
        'Microsoft.GroupPolicy.GPSearchCriteria' {{ return @{{ }} }}
        'Microsoft.GroupPolicy.GPDomain' {{
            $made = [pscustomobject]@{{ DomainName = $ArgumentList[0] }}
            $made | Add-Member -MemberType ScriptMethod -Name SearchWmiFilters -Value {{
                param($criteria)
                [pscustomobject]@{{ Name = 'Azure Edition 2022' }}
                [pscustomobject]@{{ Name = 'Other' }} }}
            return $made
        }}
    }}
    throw "no stand-in for $TypeName"
}}
"""


@dataclass(frozen=True)
class Setting:
    """One value of a GPO as the cmdlets answer it."""

    hive: str
    key: str
    name: str
    kind: str = "DWord"
    value: RegData = 1
    state: str = "Set"
    action: str = ""

    @property
    def text(self) -> str:
        via = "preference" if self.action else "policy"
        how = f"Action = '{self.action}'; DisabledDirectly = $false"
        how = how if self.action else f"PolicyState = '{self.state}'"
        context = "User" if self.hive == "HKCU" else "Computer"
        data = "$null" if self.state == "Delete" else typed_value(self.value)
        return (
            f"@{{ Via = '{via}'; Hive = '{self.hive}'; Context = '{context}'; "
            f"KeyPath = {typed_value(self.key)}; ValueName = {typed_value(self.name)}; "
            f"Type = '{self.kind}'; Value = {data}; HasValue = $true; {how} }}"
        )


def settings(sample: Compiled) -> list[Setting]:
    """What the cmdlets would answer once the profile has been imported."""
    found = [_setting(item.record, "") for item in sample.policy]
    return found + [_setting(item.record, "Update") for item in sample.preferences]


def _setting(record: Record, action: str) -> Setting:
    gone = record.action is Action.DELETE
    value = record.value
    return Setting(
        hive=record.hive.value,
        key=record.key,
        name=record.name,
        kind="String" if gone else KINDS.get(record.type or 0, "Unknown"),
        value=b"" if value is None else value,
        state="Delete" if gone else "Set",
        action="Delete" if gone and action else action,
    )


def lies(name: str, text: str) -> str:
    """A file that lies in the folders of the GPOs before the run."""
    return f'[IO.File]::WriteAllText("$folder/{name}", {typed_value(text)})'


@dataclass
class Domain:
    """What the script finds, and how it is run."""

    engine: Engine
    folder: Path
    sample: Compiled
    gpos: list[tuple[str, str]] = field(default_factory=list)
    before: Sequence[Setting] = ()
    after: Sequence[Setting] | None = None
    machine: str | None = None
    links: str = ""
    import_failure: str = ""
    denied: str = ""
    no_domain: str = ""
    after_import: str = ""
    in_sysvol: str = ""
    extra: str = ""
    without_backup: bool = False
    tamper: Callable[[Path], object] = lambda _folder: None
    tamper_module: Callable[[Path], object] = lambda _module: None

    @property
    def saved(self) -> Path:
        return self.folder / "saved"

    @property
    def backup(self) -> Path:
        """The folder of the backup beside the script's; it is there after a run."""
        return next((self.folder / "out/gpo").glob("{*}"))

    @property
    def imported(self) -> dict[str, str]:
        """What Import-GPO was given in the last run: paths and SHA-256."""
        path = self.folder / "imported.txt"
        if not path.exists():
            return {}
        lines = path.read_text(encoding="utf-8").splitlines()
        return {name: digest for name, _, digest in (line.rpartition(" ") for line in lines)}

    def having(
        self,
        comment: str,
        before: Iterable[Setting],
        title: str | None = None,
        values: str | None = None,
    ) -> Domain:
        """The same domain with a GPO of the profile's name in it, and its list of values."""
        gpo = (title or self.sample.header.title, comment)
        listed = "" if values is None else lies(VALUES, values)
        return replace(
            self,
            gpos=[*self.gpos, gpo],
            before=list(before),
            in_sysvol=f"{self.in_sysvol}\n{listed}",
        )

    def left(self, older: Compiled, before: Iterable[Setting] | None = None) -> Domain:
        """The same domain after an import of ``older``."""
        held = settings(older) if before is None else before
        return self.having(gpo_comment(older), held, values=value_list(older))

    @property
    def sysvol(self) -> Path:
        """The folder of the profile's GPO, as the last run left it."""
        target = self.run().of("Import-GPO")[0]["TargetGuid"]
        name = f"{{{str(target).upper()}}}"
        return next(path for path in self.folder.iterdir() if path.name.endswith(name))

    def run(self, *arguments: str, keep_path: bool = True) -> Outcome:
        if os.name == "nt":
            pytest.skip("on Windows the SYSVOL of the stand-in is a path in the network")
        script = self._files()
        calls = self.folder / "calls.jsonl"
        for path in (calls, self.folder / "imported.txt"):
            path.unlink(missing_ok=True)
        paths = ("-BackupPath", str(self.saved)) if keep_path else ()
        done = self.engine.run(
            script,
            *paths,
            *arguments,
            prelude=(self.folder / "prelude.ps1",),
            environment={
                "GPOGEN_CALLS": str(calls),
                "PSRUN_FIXTURES": str(self.folder / "fixtures.ps1"),
                "HOME": str(self.folder),
            },
            folder=self.folder,
        )
        made = read_calls(calls)
        assert all("Server" in call.parameters for call in made if "-GP" in call.command)
        return replace(done, calls=made)

    def _files(self) -> Path:
        if not self.without_backup:
            write(gpo_backup.emit(self.sample), self.folder / "out")
        self.tamper(self.folder / "out/gpo")
        script, module = write(powershell_import.emit(self.sample), self.folder / "out")
        self.tamper_module(module)
        after = settings(self.sample) if self.after is None else self.after
        machine = extension_names(self.sample, Hive.HKLM) if self.machine is None else self.machine
        fixtures = _FIXTURES.format(
            before="\n".join(item.text for item in self.before),
            after="\n".join(item.text for item in after),
            server=SERVER,
            import_failure=self.import_failure,
            after_import=self.after_import,
            denied=self.denied,
            no_domain=self.no_domain,
            links=self.links,
            extra=self.extra,
        )
        prelude = _PRELUDE.format(
            gpos="\n".join(
                # The stand-in reckons the id from the name: two of one name need two at first.
                f"$gpo = New-GPO -Name 'made {number}'\n$gpo.DisplayName = {typed_value(name)}\n"
                f"$gpo.Description = {typed_value(comment)}"
                for number, (name, comment) in enumerate(self.gpos)
            ),
            server=SERVER,
            in_sysvol=self.in_sysvol,
            machine=typed_value(machine),
            user=typed_value(extension_names(self.sample, Hive.HKCU)),
        )
        for name, text in (("fixtures.ps1", fixtures), ("prelude.ps1", prelude)):
            (self.folder / name).write_text(text, encoding="utf-8-sig")
        return script
