#!/usr/bin/env python3
"""Writes vectors.ndjson beside this: data that fastavro wrote, and what fastavro reads them as.

    pip install fastavro==1.12.1 && ./make_vectors.py

A line each: a name, the writer's schema, the reader's (or null), the datum in hex, and the value as JSON text in
the form that the daemon gives it: RFC 3339, bytes in base64, decimals as numbers.
"""

import base64
import datetime
import decimal
import io
import json
import uuid
from pathlib import Path

import fastavro

assert fastavro.__version__ == "1.12.1"
UTC = datetime.timezone.utc


def text(value):
    """JSON as the daemon writes it."""
    if isinstance(value, dict):
        return "{" + ",".join(json.dumps(k) + ":" + text(v) for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(text, value)) + "]"
    if isinstance(value, bytes):
        return json.dumps(base64.b64encode(value).decode())
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        local = value.tzinfo is None
        value = value.replace(tzinfo=None)
        digits = "seconds" if not value.microsecond else "milliseconds" if value.microsecond % 1000 == 0 else "microseconds"
        return json.dumps(value.isoformat(timespec=digits) + ("" if local else "Z"))
    if isinstance(value, datetime.time):
        digits = "seconds" if not value.microsecond else "milliseconds" if value.microsecond % 1000 == 0 else "microseconds"
        return json.dumps(value.isoformat(timespec=digits))
    if isinstance(value, (datetime.date, uuid.UUID)):
        return json.dumps(str(value))
    return json.dumps(value)


def logical(kind, name, **more):
    return {"type": kind, "logicalType": name, **more}


def record(name, *fields, **more):
    return {"type": "record", "name": name, "fields": [dict(zip(("name", "type", "default"), f)) for f in fields], **more}


NODE = record("Node", ("value", "long"), ("next", ["null", "Node"]))
SUIT = {"type": "enum", "name": "Suit", "symbols": ["SPADES", "HEARTS", "CLUBS"]}
MONEY = logical("bytes", "decimal", precision=9, scale=2)
ORDER = record(
    "Order",
    ("id", "long"),
    ("paid", "boolean"),
    ("note", ["null", "string"]),
    ("amount", MONEY),
    ("at", logical("long", "timestamp-micros")),
    ("suit", SUIT),
    ("again", "Suit"),
    ("tags", {"type": "array", "items": "string"}),
    ("counts", {"type": "map", "values": "int"}),
    ("key", {"type": "fixed", "name": "Key", "size": 4}),
    ("price", "double"),
    ("ratio", "float"),
    ("raw", "bytes"),
    namespace="shop.orders",
)
AN_ORDER = {
    "id": -7, "paid": True, "note": "naïve ☃", "amount": decimal.Decimal("-12.50"),
    "at": datetime.datetime(2026, 3, 1, 12, 0, 0, 123456, UTC), "suit": "HEARTS", "again": "CLUBS",
    "tags": ["a", "", "long " * 30], "counts": {"x": 1, "y": -2147483648}, "key": b"\x00\xff\x10A",
    "price": 0.1, "ratio": 0.5, "raw": b"\x80\x81",
}

# Name, schema, datum; read as the schema itself.
WRITTEN = [
    *((f"long {n}", "long", n) for n in (0, -1, 1, -64, 64, 8191, -8193, 2**31, -(2**31) - 1, 2**63 - 1, -(2**63))),
    *((f"int {n}", "int", n) for n in (0, 63, -65, 2**31 - 1, -(2**31))),
    *((f"double {n}", "double", n) for n in (0.0, 1.5, -0.1, 1e308, 5e-324)),
    *((f"float {n}", "float", n) for n in (0.0, 1.5, -2.25)),
    *((f"boolean {n}", "boolean", n) for n in (True, False)),
    ("null", "null", None),
    ("string", "string", "naïve ☃"),
    ("empty string", "string", ""),
    ("bytes", "bytes", bytes(range(256))),
    ("fixed", {"type": "fixed", "name": "F", "size": 3}, b"\x01\x02\x03"),
    ("enum", SUIT, "CLUBS"),
    ("empty array", {"type": "array", "items": "long"}, []),
    ("array", {"type": "array", "items": "long"}, [3, 27]),
    ("array of arrays", {"type": "array", "items": {"type": "array", "items": "string"}}, [["a"], [], ["b", "c"]]),
    ("map", {"type": "map", "values": "long"}, {"a": 1, "b": -1}),
    ("map of unions", {"type": "map", "values": ["null", "int", "string"]}, {"a": None, "b": 5, "c": "x"}),
    ("null second", ["string", "null"], None),
    ("string first", ["string", "null"], "a"),
    ("list of nodes", NODE, {"value": 1, "next": {"value": 2, "next": {"value": 3, "next": None}}}),
    ("order", ORDER, AN_ORDER),
    ("no note", ORDER, {**AN_ORDER, "note": None, "tags": [], "counts": {}}),
    ("empty record", record("Nothing"), {}),
    *((f"decimal {n}", MONEY, decimal.Decimal(n)) for n in
      ("0.00", "0.01", "-0.01", "1.27", "1.28", "-1.28", "-1.29", "9999999.99", "-9999999.99")),
    *((f"wide decimal {n}", logical("bytes", "decimal", precision=60, scale=10), decimal.Decimal(n)) for n in
      ("92233720368.5477580700", "12345678901234567890123456789012345678901234567890.0123456789",
       "-12345678901234567890123456789012345678901234567890.0123456789", "-1844674407.3709551616",
       "18446744073.7095516160", "-0.0000000001")),
    *((f"fixed decimal {n}", {"type": "fixed", "name": "D", "size": 9, "logicalType": "decimal", "precision": 18,
                              "scale": 4}, decimal.Decimal(n)) for n in ("1.0000", "-1.0000", "-12345678901234.5678")),
    ("decimal of scale 0", logical("bytes", "decimal", precision=30), decimal.Decimal(-10**29)),
    *((f"date {n}", logical("int", "date"), datetime.date.fromisoformat(n)) for n in
      ("1970-01-01", "1969-12-31", "0001-01-01", "9999-12-31", "2024-02-29")),
    ("time-millis", logical("int", "time-millis"), datetime.time(23, 59, 59, 999000)),
    ("time-micros", logical("long", "time-micros"), datetime.time(0, 0, 0, 1)),
    ("midnight", logical("long", "time-micros"), datetime.time()),
    ("timestamp-millis", logical("long", "timestamp-millis"), datetime.datetime(1969, 12, 31, 23, 59, 59, 999000, UTC)),
    ("timestamp-micros", logical("long", "timestamp-micros"), datetime.datetime(2026, 3, 1, 1, 2, 3, 4, UTC)),
    ("local-timestamp-millis", logical("long", "local-timestamp-millis"), datetime.datetime(2026, 3, 1, 1, 2, 3)),
    ("local-timestamp-micros", logical("long", "local-timestamp-micros"), datetime.datetime(1960, 1, 1, 0, 0, 0, 7)),
    ("uuid", logical("string", "uuid"), uuid.UUID("12345678-9abc-def0-1234-56789abcdef0")),
    ("unknown logical type", logical("int", "kelvin"), 273),
]

# Name, writer, datum, reader.
RESOLVED = [
    *((f"{w} as {r}", w, n, r) for w, r, n in (
        ("int", "long", -5), ("int", "float", 7), ("int", "double", 7), ("long", "float", 1 << 20),
        ("long", "double", 1 << 40), ("float", "double", 0.5), ("string", "bytes", "é"), ("bytes", "string", b"abc"))),
    ("field dropped", ORDER, AN_ORDER, record("Order", ("price", "double"), ("id", "double"), namespace="shop.orders")),
    ("fields in another order", record("R", ("a", "int"), ("b", "string")), {"a": 1, "b": "x"},
     record("R", ("b", "string"), ("a", "long"))),
    ("default of a missing field", record("R", ("a", "int")), {"a": 1},
     record("R", ("a", "int"), ("b", ["null", "string"], None), ("c", "string", "none"),
            ("d", {"type": "array", "items": "int"}, [1, 2]), ("e", {"type": "map", "values": "long"}, {"k": 3}),
            ("f", record("In", ("x", "int"), ("y", "double")), {"x": 1, "y": 2.5}), ("g", "boolean", True))),
    ("alias of a field", record("R", ("old", "int")), {"old": 4},
     {"type": "record", "name": "R", "fields": [{"name": "new", "type": "int", "aliases": ["old"]}]}),
    ("alias of a record", record("Old", ("a", "int")), {"a": 1},
     {**record("New", ("a", "int")), "aliases": ["Old"]}),
    ("enum default", SUIT, "CLUBS",
     {"type": "enum", "name": "Suit", "symbols": ["UNKNOWN", "SPADES", "HEARTS"], "default": "UNKNOWN"}),
    ("union to one of its branches", ["null", "string", "long"], 9, "long"),
    ("promoted out of a union", ["null", "int"], 9, "double"),
    ("into a union", "int", 9, ["null", "string", "int"]),
    ("union to a wider one", ["null", "int"], 9, ["string", "long", "null"]),
    ("elements promoted", {"type": "array", "items": "int"}, [1, 2], {"type": "array", "items": "double"}),
    ("values promoted", {"type": "map", "values": "int"}, {"a": 1}, {"type": "map", "values": ["null", "long"]}),
    ("recursive", NODE, {"value": 1, "next": {"value": 2, "next": None}},
     record("Node", ("value", "double"), ("label", "string", "-"), ("next", ["null", "Node"]))),
]


def main():
    lines = []
    for name, writer, datum, reader in [(*each, None) for each in WRITTEN] + RESOLVED:
        parsed = fastavro.parse_schema(writer, {})
        out = io.BytesIO()
        fastavro.schemaless_writer(out, parsed, datum)
        out.seek(0)
        value = fastavro.schemaless_reader(out, parsed, fastavro.parse_schema(reader, {}) if reader else None)
        lines.append(json.dumps({
            "name": name, "writer": json.dumps(writer), "reader": json.dumps(reader) if reader else None,
            "hex": out.getvalue().hex(), "value": text(value)}, ensure_ascii=False))
    Path(__file__).with_name("vectors.ndjson").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
