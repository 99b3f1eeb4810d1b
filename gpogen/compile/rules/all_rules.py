"""Every rule by its id, in the order in which they run."""

from __future__ import annotations

from collections.abc import Mapping

from gpogen.compile.rules import client, hotpatch, preferences, restart, vbs, wsus
from gpogen.compile.rules.engine import Rule

RULES: Mapping[str, Rule] = {
    "HP003": vbs.hp003,
    "HP004": vbs.hp004,
    "HP005": vbs.hp005,
    "HP008": hotpatch.hp008,
    "HP009": hotpatch.hp009,
    "HP011": hotpatch.hp011,
    "HP012": hotpatch.hp012,
    "HP018": restart.hp018,
    "HP027": client.hp027,
    "HP033": vbs.hp033,
    "HP034": client.hp034,
    "HP037": client.hp037,
    "FEATURE-UPDATE-HOLD": client.feature_update_hold,
    "AU-SCHEDULE-ONLY-4": client.au_schedule_only_4,
    "AU-5-DEAD": client.au_5_dead,
    "AU-1-NOT-POLICY": client.au_1_not_policy,
    "AU-6-UNKNOWN": client.au_6_unknown,
    "AU-DISABLED-KILLS": client.au_disabled_kills,
    "AU-MAINT-VS-SCHEDULE": client.au_maint_vs_schedule,
    "AU-WEEKS": client.au_weeks,
    "REBOOT-LOGGEDON-NEEDS-4": restart.reboot_loggedon_needs_4,
    "REBOOT-LOGGEDON-VS-ALWAYS": restart.reboot_loggedon_vs_always,
    "ACTIVEHOURS-DEAD": restart.activehours_dead,
    "ACTIVEHOURS-SPAN": restart.activehours_span,
    "DEADLINE-OVERRIDES-AU": restart.deadline_overrides_au,
    "WSUS-NEEDS-BOTH-URLS": wsus.needs_both_urls,
    "WSUS-URL-WITHOUT-USE": wsus.url_without_use,
    "WSUS-ALT-FILL": wsus.alt_fill,
    "WSUS-REQUIRED-BY": wsus.required_by,
    "WSUS-DUALSCAN": wsus.dualscan,
    "GPP-VARIABLES": preferences.gpp_variables,
}
