from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from gpogen.artifacts.render.contexts.powershell import literal
from gpogen.document.nodes import plain
from gpogen.errors import FormatError
from gpogen.formats import playframe
from gpogen.formats.playbook import FORMAT, Play, encode, losses
from gpogen.formats.playbookread import MODULE, read
from gpogen.formats.subkeys import delete_key
from gpogen.formats.yamlread import document, kind
from gpogen.policy.records import Record, set_value
from gpogen.policy.types import Action, Hive, RegType
from gpogen.verify.records import same_records
from tests.formats.hostile import RECORDS, by_1_1
from tests.formats.strategies import POLICY
from tests.support.powershell import needed_engine

KEY = r"SOFTWARE\X"
RECORDER = """#!/usr/bin/python
import json
import os
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({
    "path": {"required": True}, "name": {}, "data": {"type": "raw"}, "type": {},
    "state": {}, "delete_key": {"type": "bool"},
}, supports_check_mode=True)
with open(os.environ["RECORDED"], "a") as file:
    file.write(json.dumps(module.params) + "\\n")
module.exit_json(changed=True)
"""


def task(arguments: str, more: str = "") -> bytes:
    return (
        f"- hosts: all\n  tasks:\n    - name: A\n      {MODULE}: {{{arguments}}}\n{more}".encode()
    )


def one(kind: RegType, value: Any, name: str = "N") -> Record:
    return set_value(Hive.HKLM, KEY, name, kind, value)


def test_a_playbook_has_one_task_a_value() -> None:
    records = [
        one(RegType.DWORD, 4),
        one(RegType.SZ, "{{ x }}", ""),
        one(RegType.MULTI_SZ, ("a", "b")),
        one(RegType.MULTI_SZ, ()),
        one(RegType.BINARY, b"\0\xff"),
        one(RegType.BINARY, b""),
        Record(Hive.HKLM, KEY, "", Action.DELETE),
        Record(Hive.HKLM, KEY, "", Action.CREATE_KEY),
        delete_key(Hive.HKLM, KEY),
    ]

    data = encode(records, ["head"])

    assert data.decode().startswith(
        """\
---
- name: Set registry values
# head
  hosts: all
  gather_facts: false
  tasks:
    - name: 'Set N (1)'
      ansible.windows.win_regedit:
        path: 'HKLM:\\SOFTWARE\\X'
        name: 'N'
        data: 4
        type: dword
        state: present
    - name: 'Set SOFTWARE X (2)'
      ansible.windows.win_regedit:
        path: 'HKLM:\\SOFTWARE\\X'
        name: ''
        data: !unsafe '{{ x }}'
        type: string
        state: present
"""
    )
    path = r"HKLM:\SOFTWARE\X"
    assert [item[MODULE] for item in by_1_1(data)[0]["tasks"][2:]] == [
        {"path": path, "name": "N", "data": ["a", "b"], "type": "multistring", "state": "present"},
        {"path": path, "name": "N", "type": "multistring", "state": "present"},
        {"path": path, "name": "N", "data": "hex:00,ff", "type": "binary", "state": "present"},
        {"path": path, "name": "N", "data": "", "type": "binary", "state": "present"},
        {"path": path, "name": "", "state": "absent", "delete_key": False},
        {"path": path, "state": "present"},
        {"path": path, "state": "absent"},
    ]
    assert [item.record for item in read(data).entries] == records


def test_hostile_texts_come_back() -> None:
    assert [item.record for item in read(encode(RECORDS)).entries] == list(RECORDS)


@given(POLICY)
def test_readers_of_both_versions_of_yaml_find_the_same(records: list[Record]) -> None:
    data = encode(records)
    by_1_2 = plain(document(data, kind("a document", "a list", ("!unsafe",))))

    assert by_1_1(data) == by_1_2
    assert same_records([item.record for item in read(data).entries], FORMAT.kept(records))


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (one(RegType.DWORD, 1, ""), "sets a default value only as REG_SZ; it has REG_DWORD"),
        (one(RegType.DWORD_BIG_ENDIAN, 1), "does not have the type REG_DWORD_BIG_ENDIAN"),
        (Record(Hive.HKLM, KEY, "N", Action.SET, 4, b"\1"), "its data does not fit its type"),
        (Record(Hive.HKLM, KEY, "N", Action.SOFT, 4, bytes(4)), "'only if the value is absent'"),
        (Record(Hive.HKLM, KEY, "", Action.SECURE_KEY, 4, bytes(4)), "the protection of a key"),
        (Record(Hive.HKLM, KEY, "", Action.DELETE_VALUES), "the deletion of all values of a key"),
        (set_value(Hive.HKCU, KEY, "N", RegType.DWORD, 1), "a user setting"),
        (set_value(Hive.HKLM, r"X\A::B\C", "N", RegType.DWORD, 1), "cannot name a key with ::"),
        (delete_key(Hive.HKLM, r"X\A::B"), "cannot name a key with ::"),
    ],
)
def test_the_playbook_names_what_it_cannot_hold(record: Record, reason: str) -> None:
    (loss,) = losses([record])

    assert reason in loss.reason
    assert loss.reason in encode([record]).decode()
    assert read(encode([record])).entries == ()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"- hosts: all\n", "line 1: a play: it has no tasks"),
        (
            b"- {hosts: a, tasks: [{debug: {}}]}\n",
            "a task: it is not a task of ansible.windows.win",
        ),
        (task(r"path: HKLM:\A::B, name: A"), "A: Split-Path takes what stands before :: for a"),
        (task(r"path: HKU:\X, name: A, data: a"), "A: no GPO has values of its hive"),
        (task(r"path: HKLM:\X, data: 1, type: dword"), "A: a default value can only be a string"),
        (task(r"path: HKLM:\X, name: A, hive: C:\x"), "A: it sets values in the hive of a file"),
    ],
)
def test_what_no_record_can_mean_is_skipped(data: bytes, reason: str) -> None:
    (skipped,) = read(data).skipped

    assert reason in str(skipped)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a: 1\n", "line 1: a playbook must be a list; got a mapping"),
        (b"- a\n", "line 1: a play must be a mapping; got a single value"),
        (b"- {hosts: a, tasks: x}\n", "line 1: tasks must be a list; got a single value"),
        (b"- {hosts: a, pre_tasks: x}\n", "line 1: pre_tasks must be a list; got a single value"),
        (b"- {hosts: a, tasks: [x]}\n", "line 1: a task must be a mapping; got a single value"),
        (b"- {tasks: []}\n", "line 1: hosts must be the name of a group or a machine, or a list"),
        (b"- {hosts: [], tasks: []}\n", "line 1: hosts must be the name of a group or a machine"),
        (b"- {hosts: [a, 1], tasks: []}\n", "line 1: hosts must be the name of a group or a"),
        (b"- {hosts: '', tasks: []}\n", "line 1: hosts must be the name of a group or a machine"),
        (b"- {hosts: a, gather_facts: 1}\n", "line 1: gather_facts must be true or false"),
        (b"- {hosts: a, gather_facts: no}\n", "line 1: 'no' is one thing by YAML 1.1 and another"),
        (task(r"path: HKLM:\X, name: A, data: yes"), "line 4: 'yes' is one thing by YAML 1.1"),
        (
            task(r"path: HKLM:\X, name: A, data: [on], type: multistring"),
            "'on' is one thing",
        ),
        (task(r"path: HKLM:\X, name: off, data: a"), "line 4: 'off' is one thing by YAML 1.1"),
        (
            task(r"path: HKLM\X, name: A"),
            r"path must begin with HKLM:\ or another hive",
        ),
        (b"- !vault x\n", "the tag '!vault': a playbook cannot have tags other than !unsafe"),
        (task("path: 'HKLM:\\X', nme: A"), "line 4: 'nme' is not allowed in ansible.windows."),
        (task("name: A"), "line 4: path must be a single value; got nothing"),
        (task(r"path: HKLM:\X, state: gone"), "line 4: state must be present or absent; got"),
        (task(r"path: HKLM:\X, state: absent, delete_key: 1"), "delete_key must be true or false"),
        (task(r"path: HKLM:\X;Y, state: absent"), "a policy cannot delete a key with ;"),
        (task(r"path: HKLM:\X, name: A, type: word"), "line 4: 'word' is not a type; allowed: "),
        (task(r"path: HKLM:\X, name: A, data: x, type: dword"), "data must be a whole number"),
        (task(r"path: HKLM:\X, name: A, data: 1"), "line 4: data must be text"),
        (task(r"path: HKLM:\X, name: A, data: [1], type: multistring"), "must be a list of texts"),
        (task(r"path: HKLM:\X, name: A, data: xy, type: binary"), "data must be hex: and pairs"),
        (task(r"path: HKLM:\X, name: A, data: -1, type: dword"), "-1 is outside 0 to 4294967295"),
        (task(r"path: HKLM:\X, name: A, data: '-1', type: dword"), "must be a whole number"),
        (task(r"path: HKLM:\X, name: A, data: [256], type: binary"), "numbers from 0 to 255"),
        (task(r"path: HKLM:\X, name: A, data: [true], type: binary"), "numbers from 0 to 255"),
        (task(r"path: HKLM:\X, name: A, data: 1, type: multistring"), "must be a list of texts"),
    ],
)
def test_a_malformed_playbook_is_refused_with_its_line(data: bytes, message: str) -> None:
    with pytest.raises(FormatError) as error:
        read(data)

    assert message in str(error.value)


FRAME = playframe.build_check("Windows Server 2025", "10.0.26100")
RESTARTS = Play(pre_tasks=(FRAME,), handlers=playframe.HANDLERS, notifies=lambda _: "Restart")
WHOLE = encode([one(RegType.DWORD, 4)], (), RESTARTS).decode()


def test_the_frame_that_gpogen_writes_is_read_without_a_word() -> None:
    found = read(WHOLE.encode())

    assert [item.record for item in found.entries] == [one(RegType.DWORD, 4)]
    assert found.skipped == ()


@pytest.mark.parametrize(
    ("data", "kind", "value"),
    [
        ("'4'", "dword", 4),
        ("'0xFF2500AE'", "dword", 0xFF2500AE),
        ("0xff2500ae", "dword", 0xFF2500AE),
        ("'18446744073709551615'", "qword", 2**64 - 1),
        ("[0xbe, 0xef]", "binary", b"\xbe\xef"),
        ("[]", "binary", b""),
        ("'0xBE,0xef'", "binary", b"\xbe\xef"),
        ("'hex:be,ef'", "binary", b"\xbe\xef"),
        ("one", "multistring", ("one",)),
    ],
)
def test_data_is_read_in_every_form_that_the_module_documents(
    data: str, kind: str, value: Any
) -> None:
    (found,) = read(task(rf"path: HKLM:\X, name: A, data: {data}, type: {kind}")).entries

    assert found.record.value == value


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("(''10.0.26100.'')", "(''10.0.1.'')", "it is not a task of"),
        ("startswith(", "endswith(", "it is not a task of"),
        ("'The profile is for", "!unsafe 'The profile is for", "it is not a task of"),
        ("'The profile is for", "'{{ x }} The profile is for", "it is not a task of"),
        ("quiet: true", "quiet: false", "it is not a task of"),
        ("gather_facts: true", "gather_facts: false", "it is not a task of"),
        ("run_once: true", "run_once: false", "handlers: gpogen reads only those that it"),
        (
            "ansible.windows.win_reboot: {}",
            "ansible.builtin.shell: id",
            "handlers: gpogen reads",
        ),
        ("when: not ansible_check_mode", "when: true", "handlers: gpogen reads only those that"),
        (
            "'Set N (1)'",
            "'{{ lookup(''pipe'', ''id'') }}'",
            "Ansible runs a text of it as a template",
        ),
        ("Set registry values", "'{{ x }}'", "a play: Ansible runs a text of it as a template"),
        ("hosts: all", "hosts: '{{ x }}'", "a play: Ansible runs a text of it as a template"),
        ("notify: Restart", "notify: Other", "its notify is not 'Restart' with the handlers"),
        ("notify: Restart", "notify: [Restart]", "its notify is not 'Restart' with the handlers"),
    ],
)
def test_a_change_of_the_frame_is_named(old: str, new: str, named: str) -> None:
    text = WHOLE.replace(old, new)
    assert text != WHOLE

    assert named in "\n".join(map(str, read(text.encode()).skipped))


@pytest.mark.parametrize(
    "more",
    [
        "when: x",
        "tags: never",
        "ignore_errors: true",
        "delegate_to: other",
        "vars: {a: 1}",
        "loop: [1]",
        "with_items: [1]",
        "become: true",
        "check_mode: true",
        "failed_when: x",
        "changed_when: x",
        "register: ansible_connection",
        "run_once: true",
        "any_errors_fatal: true",
        "args: {}",
        "until: x",
        "environment: {}",
        "block: []",
        "action: x",
        "x: 1",
    ],
)
def test_a_keyword_that_can_change_what_runs_is_named(more: str) -> None:
    arguments = r"path: HKLM:\X, name: A, data: a"
    of_task = read(task(arguments, f"      {more}\n"))
    of_play = read(task(arguments, f"  {more}\n"))
    keyword = more.partition(":")[0]

    assert of_task.entries == of_play.entries == ()
    assert [str(item) for item in of_task.skipped] == [
        f"line 3: A: its '{keyword}' can change what it does"
    ]
    assert [str(item) for item in of_play.skipped] == [
        f"line 5: a play: gpogen reads no play with '{keyword}', which can change what its tasks do"
    ]


@pytest.mark.parametrize("key", ["roles", "post_tasks", "import_playbook", "serial", "strategy"])
def test_a_play_with_more_than_tasks_is_named(key: str) -> None:
    found = read(task(r"path: HKLM:\X, name: A", f"  {key}: x\n"))

    assert found.entries == ()
    assert f"gpogen reads no play with '{key}'" in str(found.skipped[0])


def test_other_tasks_before_and_between_are_named() -> None:
    other = "{name: B, ansible.builtin.shell: id}"
    data = task(r"path: HKLM:\X, name: A", f"    - {other}\n  pre_tasks: [{other}]\n")
    found = read(data)

    assert len(found.entries) == 1
    assert [str(item) for item in found.skipped] == [
        f"line 6: B: it is not a task of {MODULE}",
        f"line 5: B: it is not a task of {MODULE}",
    ]


@pytest.mark.parametrize("mark", ["{{ x }}", "a {% if x %}", "{# x #}", "#jinja2: x:'['\n"])
@pytest.mark.parametrize(
    "arguments",
    [
        r"path: 'HKLM:\X', name: A, data: {}",
        r"path: 'HKLM:\X', name: {}, data: a",
        r"path: 'HKLM:\X', name: A, data: [a, {}], type: multistring",
        r"path: 'HKLM:\X', name: A, data: a, state: {}",
        r"path: {}, name: A, data: a",
    ],
)
def test_a_text_that_ansible_would_run_is_named(mark: str, arguments: str) -> None:
    text = json.dumps(mark)
    found = read(task(arguments.replace("{}", text)))

    assert found.entries == ()
    assert [item.reason for item in found.skipped] == [
        "Ansible runs a text of it as a template, because it lacks !unsafe"
    ]


@pytest.mark.parametrize(
    ("word", "value"),
    [("string", ""), ("expandstring", ""), ("dword", 0), ("qword", 0), ("binary", b"")],
)
def test_a_value_without_data_is_empty(word: str, value: Any) -> None:
    (item,) = read(task(rf"path: HKLM:\X, name: A, type: {word}")).entries

    assert (item.record.action, item.record.name, item.record.value) == (Action.SET, "A", value)
    (other,) = read(task(r"path: HKLM:\X, name: A")).entries
    assert (other.record.type, other.record.value) == (RegType.SZ, "")


def test_powershell_finds_the_key_of_every_path_as_the_module_does(tmp_path: Path) -> None:
    records = [
        *RECORDS,
        *(
            set_value(Hive.HKLM, key, "N", RegType.DWORD, 1)
            for key in (r"A\b/c*[x]", r"A\ b \.\..")
        ),
    ]
    paths = [item[MODULE]["path"] for item in by_1_1(encode(records))[0]["tasks"]]
    script = tmp_path / "split.ps1"
    # The line of win_regedit.ps1 that takes a path apart.
    lines = (f"(Split-Path -Path {literal(path)} -NoQualifier).Substring(1)\n" for path in paths)
    script.write_text("".join(lines), encoding="utf-8-sig")
    run = needed_engine().start(script)

    assert run.stdout.splitlines() == [record.key for record in records]


def recorded(folder: Path, data: bytes) -> list[dict[str, Any]]:
    """Run a playbook with a module that records its arguments, and return those."""
    program = shutil.which("ansible-playbook")
    if program is None:
        pytest.skip("ansible-playbook is not installed")
    modules = folder / "ansible_collections" / "ansible" / "windows" / "plugins" / "modules"
    modules.mkdir(parents=True)
    (modules / "win_regedit.py").write_text(RECORDER)
    (folder / "play.yml").write_bytes(data)
    python = f"ansible_python_interpreter={sys.executable}"
    found = folder / "recorded"
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(folder),
        "ANSIBLE_LOCALHOST_WARNING": "false",
        "HOME": str(folder),
        "RECORDED": str(found),
        "LC_ALL": "C.UTF-8",
    }
    run = subprocess.run(
        [program, "-i", "localhost,", "-c", "local", "-e", python, "play.yml"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    return [json.loads(line) for line in found.read_text().splitlines()]


@pytest.mark.slow
def test_ansible_gives_the_module_every_text_unchanged(tmp_path: Path) -> None:
    # The last but one has all texts in one list; each task takes a third of a second.
    records = [*RECORDS[4::9], *RECORDS[-2:]]
    found = recorded(tmp_path, encode(records))

    assert [(item["path"], item["name"], item["data"]) for item in found] == [
        (
            f"HKLM:\\{record.key}",
            record.name,
            list(record.value) if isinstance(record.value, tuple) else record.value,
        )
        for record in records
    ]


@pytest.mark.slow
def test_what_is_read_is_what_ansible_gives_the_module(tmp_path: Path) -> None:
    plain = (
        "a}}",
        "100%}",
        "{x}",
        "$(id) %x%",
        "a: b",
        "!x",
        " {x ",
        "jinja2: x",
        "'",
        "\U0001f600",
    )
    run = ("{{ 1 + 1 }}", "{% if true %}x{% endif %}", "a{# x #}b")
    more = ("when: false", "loop: []", "tags: never", "check_mode: true")
    texts = [json.dumps(text, ensure_ascii=False) for text in (*plain, *run)]
    texts += [f"!unsafe {json.dumps(text)}" for text in run]
    lines = [
        f"    - {MODULE}: {{path: 'HKLM:\\X', name: V{number}, data: {text}}}"
        for number, text in enumerate(texts)
    ]
    lines += [
        f"    - {{{MODULE}: {{path: 'HKLM:\\X', name: W{number}, data: x}}, {keyword}}}"
        for number, keyword in enumerate(more)
    ]
    data = "\n".join(["- hosts: all", "  gather_facts: false", "  tasks:", *lines, ""]).encode()
    given = {item["name"]: item["data"] for item in recorded(tmp_path, data)}
    found = {item.record.name: item.record.value for item in read(data).entries}

    assert found == {name: given[name] for name in found}
    assert len(found) == len(plain) + len(run)
    assert [given.get(f"W{number}") for number in range(3)] == [None] * 3
