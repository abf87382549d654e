"""The tables of a results folder: every column described once, and written and read by that."""

from cips_models.tables.columns import Column, Tables
from cips_models.tables.declared import TABLES, data_dictionary
from cips_models.tables.files import empty_table, read_table, write_table, write_tables

__all__ = [
    "TABLES",
    "Column",
    "Tables",
    "data_dictionary",
    "empty_table",
    "read_table",
    "write_table",
    "write_tables",
]
