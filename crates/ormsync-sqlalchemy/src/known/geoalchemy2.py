"""GeoAlchemy2's types, as PostGIS and MySQL have them, and the index that each column of them gets
(`geoalchemy2/types/__init__.py`, `geoalchemy2/admin/`). What SpatiaLite makes of them is not known."""

from ormsync import dialect
from sqlalchemy.types import UserDefinedType


class Spatial(UserDefinedType):
    word = "geometry"
    index_function = None

    def __init__(
        self,
        geometry_type="GEOMETRY",
        srid=-1,
        dimension=None,
        spatial_index=True,
        use_N_D_index=False,
        use_typmod=None,
        from_text=None,
        name=None,
        nullable=True,
        **kwargs
    ):
        self.geometry_type = geometry_type
        self.srid = srid
        self.spatial_index = spatial_index
        self.use_N_D_index = use_N_D_index
        self.use_typmod = use_typmod
        self.nullable = nullable

    def get_col_spec(self, **kw):
        if dialect.name == "mysql" or dialect.name == "mariadb":
            # The system of coordinates is none of the type's name.
            return self.geometry_type.upper() if self.geometry_type else "GEOMETRY"
        if dialect.name != "postgresql":
            return spatial_types_are_not_read_for_this_database()
        if self.use_typmod is False:
            return columns_that_AddGeometryColumn_adds_are_not_read()
        if not self.geometry_type:
            return self.word
        return "%s(%s,%d)" % (self.word, self.geometry_type.upper(), self.srid)

    def _ormsync_makes(self):
        index = None
        not_null = not self.nullable
        if self.spatial_index and dialect.name == "postgresql":
            index = {"prefix": "idx", "method": "gist", "function": self.index_function}
            if self.use_N_D_index:
                index["operator_class"] = "gist_geometry_ops_nd"
        elif self.spatial_index and (dialect.name == "mysql" or dialect.name == "mariadb"):
            index = {"method": "spatial"}
            not_null = True
        elif self.spatial_index:
            index = indexes_of_spatial_columns_are_not_read_for_this_database()
        return {"index": index, "not_null": not_null}


class Geometry(Spatial):
    pass


class Geography(Spatial):
    word = "geography"


class Raster(Spatial):
    word = "raster"
    index_function = "ST_ConvexHull"

    def __init__(self, spatial_index=True, from_text=None, name=None, nullable=True, **kwargs):
        self.geometry_type = None
        self.srid = -1
        self.spatial_index = spatial_index
        self.use_N_D_index = False
        self.use_typmod = None
        self.nullable = nullable
