"""A stand-in of Azure Resource Manager for hotpatch of Arc machines and Azure VMs.

It answers as Microsoft.HybridCompute 2026-07-15 says (azure-rest-api-specs): which status codes an
operation has, which properties an update takes, which states a license goes through. Where the
specification leaves it open it does the worst: PUT replaces the whole license profile, and
patchSettings of a machine are replaced as a whole.
"""

from __future__ import annotations

import copy
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

API = "2026-07-15"
SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"
GROUP = "rg-servers"
PREFIX = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{GROUP}"
MACHINES = f"{PREFIX}/providers/Microsoft.HybridCompute/machines"
VMS = f"{PREFIX}/providers/Microsoft.Compute/virtualMachines"
APIS = {
    "/providers/Microsoft.ResourceGraph/resources": "2022-10-01",
    "/configurationAssignments": "2023-04-01",
    "Microsoft.HybridCompute/": API,
    "Microsoft.Compute/": "2024-03-01",
}
"""The API version of a path, by the first part that it contains."""
_LICENSE = {"properties": {"softwareAssurance", "esuProfile", "productProfile"}}
_PRODUCT = {"subscriptionStatus", "productType", "productFeatures"}
_PATCHED = {"assessmentMode", "patchMode", "enableHotpatching", "status"}
_MACHINE = {
    "locationData",
    "osProfile",
    "cloudMetadata",
    "agentUpgrade",
    "parentClusterResourceId",
    "privateLinkScopeResourceId",
    "identityKeyStore",
    "tpmEkCertificate",
}


@dataclass(frozen=True)
class Request:
    """One request that arrived."""

    method: str
    path: str
    body: Any

    @property
    def machine(self) -> str:
        """The name of its machine, or nothing."""
        found = re.search(r"/(?:machines|virtualMachines)/([^/]+)", self.path)
        return found[1] if found else ""


@dataclass
class Machine:
    """One machine with its license profile.

    Attributes:
        body: the resource.
        profile: its license profile; None where there is none.
        faults: what to answer instead, first one first: (method, path's end, status, headers);
            the status 0 closes the connection without an answer, and -1 lets one request pass.
        outcome: the state in which an enrollment ends.
        steps: how often a change is read before it is in effect.
        waiting: (reads left, what to do then), or None.
        loses: whether a change of the license also takes Software Assurance away.
    """

    body: dict[str, Any]
    profile: dict[str, Any] | None = None
    faults: list[tuple[str, str, int, dict[str, str]]] = field(default_factory=list)
    outcome: str = "Enabled"
    steps: int = 1
    waiting: list[Any] | None = None
    loses: bool = False


def machine(
    name: str,
    *,
    sku: str = "Windows Server 2025 Standard",
    version: str = "10.0.26100.4946",
    status: str = "Connected",
    location: str = "westeurope",
    profile: dict[str, Any] | None = None,
    **rest: Any,
) -> tuple[str, Machine]:
    """Make a machine as Machines_Get shows it."""
    body = {
        "id": f"{MACHINES}/{name}",
        "name": name,
        "location": location,
        "tags": {"ring": "1"},
        "type": "Microsoft.HybridCompute/machines",
        "properties": {
            "status": status,
            "osSku": sku,
            "osVersion": version,
            "osProfile": {
                "windowsConfiguration": {
                    "patchSettings": {
                        "assessmentMode": "AutomaticByPlatform",
                        "patchMode": "Manual",
                        "status": {"hotpatchEnablementStatus": "Unknown"},
                    }
                }
            },
        },
    }
    return name, Machine(body=body, profile=profile, **rest)


def license_profile(state: str | None = None, **features: str) -> dict[str, Any]:
    """Make a license profile with an ESU license and Software Assurance."""
    found = [{"name": key, "subscriptionStatus": value} for key, value in features.items()]
    if state is not None:
        found.append({"name": "Hotpatch", "subscriptionStatus": state})
    return {
        "name": "default",
        "location": "westeurope",
        "type": "Microsoft.HybridCompute/machines/licenseProfiles",
        "properties": {
            "softwareAssurance": {"softwareAssuranceCustomer": True},
            "esuProfile": {"assignedLicense": f"{PREFIX}/licenses/esu"},
            "productProfile": {"productType": "WindowsServer", "productFeatures": found},
        },
    }


@dataclass
class Vm:
    """One Azure VM.

    Attributes:
        body: the resource.
        assigned: how many maintenance configurations are assigned to it.
        outcome: the provisioningState in which a change ends.
        fault: the status and the code by which each change is refused, or None.
        loses: whether a change also takes a tag and a disk away.
    """

    body: dict[str, Any]
    assigned: int = 0
    fault: tuple[int, str] | None = None
    loses: bool = False
    outcome: str = "Succeeded"

    @property
    def settings(self) -> dict[str, Any]:
        """The patch settings."""
        found = self.body["properties"]["osProfile"]["windowsConfiguration"]["patchSettings"]
        assert isinstance(found, dict)
        return found


def vm(
    name: str,
    *,
    sku: str = "2022-datacenter-azure-edition-hotpatch",
    agent: bool = True,
    automatic: bool = True,
    settings: dict[str, Any] | None = None,
    **rest: Any,
) -> tuple[str, Vm]:
    """Make a VM as VirtualMachines_Get shows it."""
    image = {"publisher": "MicrosoftWindowsServer", "offer": "WindowsServer", "sku": sku}
    windows = {
        "provisionVMAgent": agent,
        "enableAutomaticUpdates": automatic,
        "patchSettings": settings or {"patchMode": "AutomaticByOS"},
    }
    body = {
        "id": f"{VMS}/{name}",
        "name": name,
        "location": "westeurope",
        "tags": {"ring": "1"},
        "etag": "1",
        "identity": {"type": "SystemAssigned"},
        "properties": {
            "provisioningState": "Succeeded",
            "hardwareProfile": {"vmSize": "Standard_D2s_v5"},
            "storageProfile": {"imageReference": image, "dataDisks": [{"lun": 0}]},
            "osProfile": {"computerName": name, "windowsConfiguration": windows},
        },
    }
    return name, Vm(body=body, **rest)


class Arm:
    """The stand-in's state and its log."""

    def __init__(self, *machines: tuple[str, Machine | Vm]) -> None:
        """Take the machines."""
        self.machines = {name: one for name, one in machines if isinstance(one, Machine)}
        self.vms = {name: one for name, one in machines if isinstance(one, Vm)}
        self.images: dict[str, list[str]] = {}
        self.sizes: dict[str, list[dict[str, Any]]] = {}
        self.rows: list[dict[str, Any]] | None = None
        self.truncated = "false"
        self.endpoint = "https://management.azure.com"
        self.operations: dict[str, list[Any]] = {}
        self.ends: dict[str, Any] = {}
        self.log: list[Request] = []
        self.lock = threading.Lock()
        self.most = 0
        self.delay = 0.0
        self.port = 0

    def changes(self, name: str = "") -> list[Request]:
        """Return the requests that change something."""
        return [
            one
            for one in self.log
            if one.method not in ("GET", "POST") and (not name or one.machine == name)
        ]

    def profile(self, name: str) -> dict[str, Any]:
        """Return a machine's license profile."""
        found = self.machines[name].profile
        assert found is not None
        return found

    def state(self, name: str) -> str:
        """Return the state of a machine's hotpatch license."""
        return str(_hotpatch(self.profile(name))["subscriptionStatus"])

    def settings(self, name: str) -> dict[str, Any]:
        """Return a machine's patch settings."""
        return _settings(self.machines[name])

    def answer(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
        """Answer one request."""
        self.log.append(Request(method, path, body))
        if path == "/providers/Microsoft.ResourceGraph/resources":
            return self._graph(body)
        if path in self.operations:
            return self._operation(path)
        if path.endswith(("/assessPatches", "/installPatches")):
            return self._begin(method, path)
        if "/Microsoft.Compute/" in path:
            return self._compute(method, path, body)
        found = re.fullmatch(rf"{re.escape(MACHINES)}/([^/]+)(/licenseProfiles/default)?", path)
        if found is None:
            return _error(404, "InvalidResourceType")
        one = self.machines.get(found[1])
        if one is None:
            return _error(404, "ResourceNotFound" if not found[2] else "ParentResourceNotFound")
        fault = _fault(one, method, path)
        if fault is not None:
            return fault
        if method == "GET":
            _go_on(one)
        if found[2]:
            return self._license(one, method, body)
        return self._machine(one, method, body)

    def skus(self, path: str, query: str) -> tuple[int, dict[str, str], Any]:
        """Answer the list of SKUs, whose one filter is the region."""
        self.log.append(Request("GET", path, None))
        where = re.fullmatch(r"api-version=2021-07-01&%24filter=location%20eq%20%27(.*)%27", query)
        if where is None:
            return _error(400, "InvalidParameter")
        return 200, {}, {"value": self.sizes.get(where[1], [])}

    def _graph(self, body: Any) -> tuple[int, dict[str, str], Any]:
        assert body["subscriptions"] == [SUBSCRIPTION]
        if self.rows is not None:
            return 200, {}, {"data": self.rows, "resultTruncated": self.truncated}
        names = list(self.machines)
        at = int(body["options"].get("$skipToken", "0"))
        page: dict[str, Any] = {
            "data": [{"id": f"{MACHINES}/{name}"} for name in names[at : at + 2]]
        }
        if at + 2 < len(names):
            page["$skipToken"] = str(at + 2)
        return 200, {}, page

    def _operation(self, path: str) -> tuple[int, dict[str, str], Any]:
        left = self.operations[path]
        left[0] -= 1
        if left[0] > 0:
            if "/async" in path:
                return 200, {}, {"status": "Running"}
            return 202, {"Location": f"{self.endpoint}{path}?x=1&y=2%2F3"}, None
        if "/async" in path:
            return 200, {}, {"status": "Succeeded", "properties": {"output": left[1]}}
        if isinstance(left[1], int):
            return _error(left[1], "Fault")
        return 200, {}, left[1]

    def _begin(self, method: str, path: str) -> tuple[int, dict[str, str], Any]:
        name = path.split("/")[8]
        if method != "POST" or name not in self.ends:
            return _error(405, "MethodNotAllowed")
        end = self.ends[name]
        if isinstance(end, list):
            status = end.pop(0)
            self.ends[name] = end[0] if len(end) == 1 else end
            return status, {"Retry-After": "1"}, _error(status, "Busy")[2]
        # Resource providers name operations with an asterisk, too.
        address = f"/subscriptions/{SUBSCRIPTION}/providers/x/operations/{name}*9939"
        self.operations[address] = [2, end]
        header = "Azure-AsyncOperation" if name.startswith("async") else "Location"
        return 202, {header: f"{self.endpoint}{address}?x=1&y=2%2F3"}, None

    def _compute(self, method: str, path: str, body: Any) -> tuple[int, dict[str, str], Any]:
        if "/locations/" in path:
            names = self.images.get(path.split("/providers/")[1])
            return (200, {}, [{"name": one} for one in names]) if names else _error(404, "NotFound")
        found = re.fullmatch(rf"{re.escape(VMS)}/([^/]+)(/.*)?", path)
        one = self.vms.get(found[1]) if found else None
        if found is None or one is None:
            return _error(404, "ResourceNotFound")
        if found[2]:
            assert found[2] == "/providers/Microsoft.Maintenance/configurationAssignments"
            return 200, {}, {"value": [{"name": str(number)} for number in range(one.assigned)]}
        properties = one.body["properties"]
        if method == "GET":
            shown = copy.deepcopy(one.body)
            if properties["provisioningState"] == "Updating":
                properties["provisioningState"] = one.outcome
            return 200, {}, shown
        if method != "PATCH" or set(body) != {"properties"}:
            return _error(405, "MethodNotAllowed")
        new = body["properties"]["osProfile"]["windowsConfiguration"]["patchSettings"]
        platform = new.get("automaticByPlatformSettings", {})
        if new.get("enableHotpatching") and platform.get(
            "bypassPlatformSafetyChecksOnUserSchedule"
        ):
            return _error(400, "InvalidParameter")
        if one.fault is not None:
            status, code = one.fault
            return _error(status, code)
        properties["osProfile"]["windowsConfiguration"]["patchSettings"] = new
        properties["provisioningState"] = "Updating"
        one.body["etag"] = "2"
        if one.loses:
            one.body["tags"] = {"ring": "2"}
            properties["storageProfile"]["dataDisks"] = []
        one.body["resources"] = [{"name": "WindowsPatchExtension"}]
        return 200, {"Retry-After": "1"}, one.body

    def _machine(self, one: Machine, method: str, body: Any) -> tuple[int, dict[str, str], Any]:
        if method == "GET":
            return 200, {}, one.body
        if method != "PATCH":
            return _error(405, "MethodNotAllowed")
        if set(body) - {"properties", "identity", "kind", "tags"}:
            return _error(400, "InvalidRequestContent")
        if set(body["properties"]) - _MACHINE:
            return _error(400, "InvalidRequestContent")
        new = body["properties"]["osProfile"]["windowsConfiguration"]["patchSettings"]
        if set(new) - _PATCHED:
            return _error(400, "InvalidRequestContent")
        status = {"hotpatchEnablementStatus": "PendingEvaluation"}
        settings = one.body["properties"]["osProfile"]["windowsConfiguration"]
        settings["patchSettings"] = {**new, "status": status}
        on = new["enableHotpatching"]
        one.waiting = [one.steps, lambda: status.update(hotpatchEnablementStatus=_word(on, one))]
        return 200, {}, one.body

    def _license(self, one: Machine, method: str, body: Any) -> tuple[int, dict[str, str], Any]:
        if method == "GET":
            if one.profile is None:
                return _error(404, "ResourceNotFound")
            return 200, {}, one.profile
        if method == "PUT":
            if set(body) - {"location", "tags", "properties"} or "location" not in body:
                return _error(400, "LocationRequired")
            one.profile = {"name": "default", **copy.deepcopy(body)}
            _begin(one, _hotpatch(one.profile), "Enabling", one.outcome)
            return 201, _asynchronous(), one.profile
        if method != "PATCH" or one.profile is None:
            return _error(405, "MethodNotAllowed")
        if set(body) - {"properties", "tags"} or set(body["properties"]) - _LICENSE["properties"]:
            return _error(400, "InvalidRequestContent")
        product = body["properties"]["productProfile"]
        if set(product) - _PRODUCT:
            return _error(400, "InvalidRequestContent")
        (new,) = product["productFeatures"]
        if new["subscriptionStatus"] not in ("Enable", "Disable"):
            return _error(400, "InvalidSubscriptionStatus")
        new_product = {"productFeatures": [], "subscriptionStatus": "Unknown"}
        old = one.profile["properties"].setdefault("productProfile", new_product)
        old["productType"] = product["productType"]
        if "subscriptionStatus" in product:
            old["subscriptionStatus"] = "Enabled"
        _lose(one)
        on = new["subscriptionStatus"] == "Enable"
        end = one.outcome if on else "Disabled"
        _begin(one, _hotpatch(one.profile), "Enabling" if on else "Disabling", end)
        return 202, _asynchronous(), None


def _lose(one: Machine) -> None:
    if one.loses and one.profile is not None:
        one.profile["properties"]["softwareAssurance"] = {}


def _fault(one: Machine, method: str, path: str) -> tuple[int, dict[str, str], Any] | None:
    for number, (verb, end, status, headers) in enumerate(one.faults):
        if verb == method and path.endswith(end):
            del one.faults[number]
            if status < 0:
                return None
            return status, headers, _error(status, "Fault")[2]
    return None


def _go_on(one: Machine) -> None:
    if one.waiting is None:
        return
    one.waiting[0] -= 1
    if one.waiting[0] <= 0:
        one.waiting[1]()
        one.waiting = None


def _word(on: bool, one: Machine) -> str:
    return ("Enabled" if one.outcome == "Enabled" else "ActionRequired") if on else "Disabled"


def _settings(one: Machine) -> dict[str, Any]:
    found = one.body["properties"]["osProfile"]["windowsConfiguration"]["patchSettings"]
    assert isinstance(found, dict)
    return found


def _hotpatch(profile: dict[str, Any]) -> dict[str, Any]:
    features = profile["properties"]["productProfile"]["productFeatures"]
    for one in features:
        if one["name"] == "Hotpatch":
            assert isinstance(one, dict)
            return one
    features.append({"name": "Hotpatch", "subscriptionStatus": "Disabled"})
    return _hotpatch(profile)


def _begin(one: Machine, feature: dict[str, Any], now: str, end: str) -> None:
    feature["subscriptionStatus"] = now

    def finish() -> None:
        feature["subscriptionStatus"] = end
        if end == "Failed":
            feature["error"] = {"code": "LicenseFailed", "message": 'no license, "said" Azure'}

    one.waiting = [one.steps, finish]


def _asynchronous() -> dict[str, str]:
    url = "https://management.azure.com/operations/1"
    return {"Azure-AsyncOperation": url, "Location": url, "Retry-After": "1"}


def _error(status: int, code: str) -> tuple[int, dict[str, str], Any]:
    return (
        status,
        {},
        {"error": {"code": code, "message": f"{code}, line one\nResponse status: 200"}},
    )


@contextmanager
def serving(arm: Arm) -> Iterator[Arm]:
    """Serve the stand-in on a free port of this machine."""
    busy = 0

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            nonlocal busy
            path, _, query = self.path.partition("?")
            size = int(self.headers.get("Content-Length", 0))
            text = self.rfile.read(size).decode("utf-8")
            api = next((api for part, api in APIS.items() if part in path), "")
            with arm.lock:
                busy += 1
                arm.most = max(arm.most, busy)
            time.sleep(arm.delay)
            with arm.lock:
                if path.endswith("/Microsoft.Compute/skus"):
                    answer = arm.skus(path, query)
                elif query == f"api-version={api}" or path in arm.operations:
                    answer = arm.answer(self.command, path, json.loads(text) if text else None)
                else:
                    answer = _error(400, "InvalidApiVersionParameter")
                status, headers, body = copy.deepcopy(answer)
                busy -= 1
            if not status:
                self.close_connection = True
                return
            # Errors have several lines, as those of Microsoft.Compute.
            wide = 2 if status >= 400 else None
            data = b"" if body is None else json.dumps(body, indent=wide).encode()
            data = data.replace(b"\n", b"\r\n")
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_PUT = do_PATCH = do_POST = do_DELETE = _handle  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    arm.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield arm
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
