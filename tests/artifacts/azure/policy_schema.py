"""The properties of a policy definition, transcribed from the published JSON schemas.

Azure/azure-resource-manager-schemas, schemas/2020-10-01/policyDefinition.json, for the rule, and
azure-rest-api-specs, Microsoft.Authorization 2023-04-01, policyDefinitions.json, for the rest.
"""

from __future__ import annotations

from typing import Any

_TEXT = {"type": "string"}
_OPERATORS: dict[str, Any] = {
    "equals": {"type": ["number", "string", "boolean"]},
    "notEquals": {"type": ["number", "string"]},
    "like": _TEXT,
    "notLike": _TEXT,
    "contains": _TEXT,
    "notContains": _TEXT,
    "in": {"type": ["array", "string"]},
    "notIn": {"type": ["array", "string"]},
    "match": _TEXT,
    "exists": {"type": ["string", "boolean"]},
    "greaterOrEquals": {"type": ["number", "string"]},
    "lessOrEquals": {"type": ["number", "string"]},
}
"""A number or a text can be compared; Microsoft's own policies compare booleans, too."""
_CONDITION = {"$ref": "#/definitions/any"}
SCHEMA: dict[str, Any] = {
    "$schema": "http://json-schema.org/draft-04/schema#",
    "type": "object",
    "additionalProperties": False,
    "required": ["properties"],
    "properties": {"properties": {"$ref": "#/definitions/properties"}},
    "definitions": {
        "properties": {
            "type": "object",
            "additionalProperties": False,
            "required": ["displayName", "mode", "policyRule"],
            "properties": {
                "policyType": {"enum": ["NotSpecified", "BuiltIn", "Custom", "Static"]},
                "mode": {"enum": ["Indexed", "All"]},
                "displayName": {"type": "string", "maxLength": 128},
                "description": {"type": "string", "maxLength": 512},
                "policyRule": {"$ref": "#/definitions/rule"},
                "metadata": {"type": "object"},
                "parameters": {
                    "type": "object",
                    "additionalProperties": {"$ref": "#/definitions/parameter"},
                },
            },
        },
        "parameter": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type"],
            "properties": {
                "type": {"enum": ["String", "Array", "Object", "Boolean", "Integer", "Float"]},
                "allowedValues": {"type": "array"},
                "defaultValue": {},
                "metadata": {"type": "object"},
            },
        },
        "rule": {
            "type": "object",
            "additionalProperties": False,
            "required": ["if", "then"],
            "properties": {
                "if": _CONDITION,
                "then": {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["effect"],
                    "properties": {
                        "effect": _TEXT,
                        "details": {"$ref": "#/definitions/details"},
                    },
                },
            },
        },
        "details": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type"],
            "properties": {
                "type": _TEXT,
                "name": _TEXT,
                "resourceGroupName": _TEXT,
                "existenceScope": {"enum": ["resourceGroup", "subscription"]},
                "deploymentScope": {"enum": ["resourceGroup", "subscription"]},
                "roleDefinitionIds": {"type": "array", "items": _TEXT},
                "evaluationDelay": _TEXT,
                "existenceCondition": _CONDITION,
                "deployment": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {"properties": {"$ref": "#/definitions/deployment"}},
                },
            },
        },
        "deployment": {
            "type": "object",
            "additionalProperties": False,
            "required": ["mode"],
            "properties": {
                "mode": {"enum": ["incremental", "complete"]},
                "template": {"$ref": "#/definitions/template"},
                "parameters": {
                    "type": "object",
                    "additionalProperties": {"type": "object", "required": ["value"]},
                },
            },
        },
        "template": {
            "type": "object",
            "additionalProperties": False,
            "required": ["$schema", "contentVersion", "resources"],
            "properties": {
                "$schema": {"type": "string", "pattern": "deploymentTemplate.json#$"},
                "contentVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+\.\d+$"},
                "parameters": {"type": "object"},
                "variables": {"type": "object"},
                "resources": {"type": "array", "items": {"$ref": "#/definitions/resource"}},
                "outputs": {"type": "object"},
            },
        },
        "resource": {
            "type": "object",
            "additionalProperties": False,
            "required": ["type", "apiVersion", "name"],
            "properties": {
                "type": _TEXT,
                "apiVersion": {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}(-preview)?$"},
                "name": _TEXT,
                "location": _TEXT,
                "condition": _TEXT,
                "dependsOn": {"type": "array"},
                "properties": {"type": "object"},
            },
        },
        "any": {
            "oneOf": [
                *(
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "required": [word],
                        "properties": {word: {"type": "array", "minItems": 1, "items": _CONDITION}},
                    }
                    for word in ("allOf", "anyOf")
                ),
                *(
                    {
                        "type": "object",
                        "additionalProperties": False,
                        "required": [subject, operator],
                        "properties": {subject: found, operator: wanted},
                    }
                    for subject, found in (
                        ("field", _TEXT),
                        ("value", _TEXT),
                        ("count", {"$ref": "#/definitions/count"}),
                    )
                    for operator, wanted in _OPERATORS.items()
                ),
            ]
        },
        "count": {
            "type": "object",
            "additionalProperties": False,
            "required": ["field"],
            "properties": {"field": _TEXT, "where": _CONDITION},
        },
    },
}
