"""Facts as Parquet files, for those who analyse them elsewhere; needs the optional package `duckdb`."""

import duckdb

TYPES = {
    "int4": "INTEGER",
    "int8": "BIGINT",
    "float8": "DOUBLE",
    "bool": "BOOLEAN",
    "date": "DATE",
    "timestamp": "TIMESTAMP",
}
MEMORY = "512MB"


def write_parquet(request):
    """Turn a CSV file with a header into a Parquet file.

    :param request: dict of `source` and `target` (paths), and `columns`: pairs of name and type in PostgreSQL
    :return: dict with the number of rows
    """
    columns = {name: TYPES.get(kind, "VARCHAR") for name, kind in request["columns"]}
    with duckdb.connect(config={"threads": 1, "memory_limit": MEMORY}) as connection:
        rows = connection.read_csv(request["source"], header=True, columns=columns)
        rows.write_parquet(request["target"], compression="zstd")
        count = connection.read_parquet(request["target"]).count("*").fetchall()[0][0]
    return {"rows": count}
