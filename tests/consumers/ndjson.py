"""Every line is what docs/ndjson.schema.json says, and has nothing that the schema does not know (python-jsonschema).

ndjson.py SCHEMA FILE.ndjson...
"""

import json
import sys

from jsonschema import Draft202012Validator


def closed(schema):
    """The schema with no room for fields that it does not name."""
    if isinstance(schema, dict):
        schema = {key: closed(value) for key, value in schema.items()}
        if "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
        return schema
    return [closed(value) for value in schema] if isinstance(schema, list) else schema


schema = json.load(open(sys.argv[1]))
Draft202012Validator.check_schema(schema)
by_type = {name: Draft202012Validator(closed(one)) for name, one in schema["$defs"].items()}
whole = Draft202012Validator(schema)

lines = failures = 0
seen = {}
for path in sys.argv[2:]:
    for line in open(path, encoding="utf-8"):
        record = json.loads(line)
        lines += 1
        kind = record["type"]
        errors = [error.message for error in by_type[kind].iter_errors(record)]
        if seen.setdefault(kind, 0) < 20:
            errors += [error.message for error in whole.iter_errors(record)]
        seen[kind] += 1
        for error in errors[:3]:
            failures += 1
            print(f"{path}: {kind}: {error[:300]}", file=sys.stderr)
missing = sorted(set(by_type) - set(seen))
if missing:
    failures += 1
    print(f"no record of type {', '.join(missing)}", file=sys.stderr)
print(f"ndjson: {len(sys.argv) - 2} files, {lines} lines of {len(seen)} types, {failures} failed")
sys.exit(1 if failures else 0)
