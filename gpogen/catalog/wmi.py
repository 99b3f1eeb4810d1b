"""The WQL query that finds the machines of a profile, by system, installation and role."""

from __future__ import annotations

from collections.abc import Iterable

from gpogen.catalog.platforms import OperatingSystem, operating_systems, product_types


def machine_query(os: str, installation: str, role: str) -> str:
    r"""Write the query of a WMI filter in the namespace ``root\CIMv2``.

    Args:
        os: a word of `operating_systems`; empty for an unspecified target.
        installation: core or desktop; empty for both.
        role: a word of `product_types`.

    Returns:
        One line; empty where no system is named. The revision of a build is not in Version, and
        BuildNumber is a text, which ``>=`` would compare as such.
    """
    system = operating_systems().get(os)
    if system is None:
        return ""
    skus = {"core": (system.sku_core,), "desktop": (system.sku_desktop,)}
    own = skus.get(installation, (system.sku_desktop, system.sku_core))
    return (
        f"SELECT Version FROM Win32_OperatingSystem WHERE {_is_build(system)} "
        f'AND ProductType = "{product_types()[role]}" AND ({_any_sku(own)})'
    )


def target_queries(os: str) -> tuple[str, str]:
    """Write the queries of item-level targeting for a system, all of which must find something.

    Args:
        os: a word of `operating_systems`.
    """
    system = operating_systems()[os]
    skus = _any_sku((system.sku_desktop, system.sku_core))
    return (
        f"SELECT OperatingSystemSKU FROM Win32_OperatingSystem WHERE {skus}",
        f"SELECT Version FROM Win32_OperatingSystem WHERE {_is_build(system)}",
    )


def _is_build(system: OperatingSystem) -> str:
    return f'Version LIKE "{system.build}%"'


def _any_sku(numbers: Iterable[int]) -> str:
    return " OR ".join(f"OperatingSystemSKU = {number}" for number in numbers)
