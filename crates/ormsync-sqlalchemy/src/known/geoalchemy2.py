"""GeoAlchemy2's types, as PostGIS has them. What other databases make of them is not known."""

from ormsync import dialect
from sqlalchemy.types import UserDefinedType


class Spatial(UserDefinedType):
    word = "geometry"

    def __init__(self, geometry_type="GEOMETRY", srid=-1, *args, **kwargs):
        self.geometry_type = geometry_type
        self.srid = srid

    def get_col_spec(self, **kw):
        if dialect.name != "postgresql":
            return spatial_types_are_read_for_postgresql_only()
        if not self.geometry_type:
            return self.word
        return "%s(%s,%d)" % (self.word, self.geometry_type.upper(), self.srid)


class Geometry(Spatial):
    pass


class Geography(Spatial):
    word = "geography"


class Raster(UserDefinedType):
    def __init__(self, *args, **kwargs):
        pass

    def get_col_spec(self, **kw):
        return "raster"
