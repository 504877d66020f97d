"""Prints the JSON Schema of OCSF's class Detection Finding with the profile that the audit log names, for audit-schemas.test.ts."""

import json

from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

schema = OcsfJsonSchemaEmbedded(get_ocsf_schema("1.5.0"))
print(json.dumps(schema.get_class_schema("detection_finding", profiles=["security_control"])))
