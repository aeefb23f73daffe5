"""Tables in the hands of pyarrow, DuckDB and Spark: the rows and sums of NDJSON, and a query over partitions.

parquet.py docs/fleet.md LAKE FILE.ndjson...
"""

import collections
import json
import os
import re
import sys

import duckdb
import pyarrow.dataset

guide, lake = sys.argv[1:3]
tables = ["connection", "tls_session", "http_exchange", "dns_lookup", "finding"]
# What is counted and added up of each table: a column, and the way to its value in a record.
columns = {
    "connection": {
        "client_payload_bytes": ("client", "payload_bytes"),
        "duration_ns": ("duration_ns",),
        "initial_rtt_ns": ("initial_rtt_ns",),
        "requests": ("requests",),
    },
    "tls_session": {"handshake_ns": ("handshake_ns",), "handshake_rtts": ("handshake_rtts",)},
    "http_exchange": {
        "status": ("status",),
        "timings_ns_wait": ("timings_ns", "wait"),
        "response_body_bytes": ("response", "body_bytes"),
    },
    "dns_lookup": {"duration_ns": ("duration_ns",)},
    "finding": {"cost_ns": ("cost_ns",)},
}


def value(record, way):
    for name in way:
        record = None if record is None else record[name]
    return record


# By table and column: how many are known, and their sum.
wanted = {table: collections.defaultdict(lambda: [0, 0]) for table in tables}
rows = collections.Counter()
for path in sys.argv[3:]:
    for line in open(path, encoding="utf-8"):
        record = json.loads(line)
        table = record["type"]
        if table not in columns:
            continue
        rows[table] += 1
        for column, way in columns[table].items():
            number = value(record, way)
            if number is not None:
                known = wanted[table][column]
                known[0] += 1
                known[1] += number

failures = 0


def check(who, table, column, told, expected):
    global failures
    if told != expected:
        failures += 1
        print(f"{who}: {table}.{column}: {told}, and NDJSON has {expected}", file=sys.stderr)


engine = duckdb.connect()
os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
spark = None
try:
    from pyspark.sql import SparkSession, functions

    # A master, a worker and an executor, each a process of its own.
    spark = (
        SparkSession.builder.master("local-cluster[1,1,1024]")
        .config("spark.ui.enabled", "false")
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
except Exception as error:  # No Java, say.
    print(f"spark cannot be started: {error}", file=sys.stderr)
    failures += 1

for table in tables:
    folder = f"{lake}/{table}"
    dataset = pyarrow.dataset.dataset(folder, partitioning="hive", exclude_invalid_files=False)
    source = f"read_parquet('{folder}/**/*.parquet', hive_partitioning=true)"
    check("pyarrow", table, "*", dataset.count_rows(), rows[table])
    check("duckdb", table, "*", engine.execute(f"select count(*) from {source}").fetchone()[0], rows[table])
    names = list(columns[table])
    asked = ", ".join(f"count({name}), sum({name})::hugeint" for name in names)
    by_duckdb = engine.execute(f"select {asked} from {source}").fetchone()
    by_arrow = dataset.to_table(columns=names)
    for index, name in enumerate(names):
        known, total = wanted[table][name]
        check("duckdb", table, name, (by_duckdb[2 * index], by_duckdb[2 * index + 1] or 0), (known, total))
        numbers = [number for number in by_arrow[name].to_pylist() if number is not None]
        check("pyarrow", table, name, (len(numbers), sum(numbers)), (known, total))
    if spark:
        frame = spark.read.parquet(folder)
        check("spark", table, "*", frame.count(), rows[table])
        sums = [part for name in names for part in (functions.count(name), functions.sum(name))]
        told = frame.agg(*sums).collect()[0]
        for index, name in enumerate(names):
            known, total = wanted[table][name]
            check("spark", table, name, (told[2 * index], told[2 * index + 1] or 0), (known, total))

# Times are the same whoever reads them, and lie in their partition.
connections = f"read_parquet('{lake}/connection/**/*.parquet', hive_partitioning=true, hive_types_autocast=false)"
apart = f"""select count(*) from {connections}
    where strftime("start" at time zone 'UTC', '%Y-%m-%d') <> "date" or hour("start" at time zone 'UTC') <> "hour"::int
       or epoch_us("start") <> start_ns // 1000"""
check("duckdb", "connection", "start", engine.execute(apart).fetchone()[0], 0)
# The questions of the guide have answers.
questions = re.findall(r"```sql\n(.*?)```", open(guide, encoding="utf-8").read(), flags=re.S)
for question in questions:
    answer = engine.execute(question.replace("'lake/", f"'{lake}/")).fetchall()
    if not answer:
        failures += 1
        print(f"duckdb: no answer to {question}", file=sys.stderr)
check("duckdb", "docs/fleet.md", "questions", len(questions), 3)
if spark:
    frame = spark.read.parquet(f"{lake}/connection")
    apart = frame.where("date(start) <> date or hour(start) <> hour or unix_micros(start) <> start_ns div 1000")
    check("spark", "connection", "start", apart.count(), 0)
    # Connections are found again by the run that they are of.
    joined = spark.read.parquet(f"{lake}/http_exchange").alias("e").join(
        frame.alias("c"), functions.expr("e.run = c.run and e.connection = c.id")
    )
    check("spark", "http_exchange", "connection", joined.count(), rows["http_exchange"])
    spark.stop()

print(f"parquet: {sum(rows.values())} rows in {len(tables)} tables, {failures} failed")
sys.exit(1 if failures else 0)
