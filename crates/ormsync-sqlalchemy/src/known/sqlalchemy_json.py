"""The types of sqlalchemy-json: documents that follow changes."""

from sqlalchemy import JSON

MutableJson = JSON
NestedMutableJson = JSON


def mutable_json_type(dbtype=JSON, nested=False):
    return dbtype
