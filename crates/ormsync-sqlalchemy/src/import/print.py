"""What SQLAlchemy makes of the tables that were collected, as JSON values. Goes on where `collect.py` ends."""


def make_dialect(request):
    """The dialect as it is after connecting to the server, as far as DDL depends on that."""
    name = request["dialect"]
    module = importlib.import_module("sqlalchemy.dialects." + name)
    if name == "postgresql" and request["psycopg"]:
        # Before 2.1 the dialect is psycopg2's, whose types are others.
        module = getattr(module, "psycopg", module)
    version = tuple(request.get("server_version") or ())
    # The drivers' usual styles double every percent sign.
    if not request.get("mariadb"):
        dialect = module.dialect(paramstyle="named")
    else:
        dialect = module.dialect(paramstyle="named", is_mariadb=True)
        import sqlalchemy

        if version_of(sqlalchemy) >= (2, 1):
            dialect.supports_native_uuid = version >= (10, 7)
        # What `initialize` finds out on a connection.
        dialect.supports_sequences = not version or version >= (10, 3)
    if version:
        dialect.server_version_info = version
    return dialect


def version_of(sqlalchemy):
    parts = []
    for part in sqlalchemy.__version__.split(".")[:2]:
        digits = "".join(letter for letter in part if letter.isdigit())
        parts.append(int(digits or 0))
    return tuple(parts)


def plain(value):
    """Text without SQLAlchemy's own string classes."""
    return None if value is None else str(value)


class Printer:
    """Tables as JSON values, by the compilers of one dialect."""

    def __init__(self, dialect, collected):
        import sqlalchemy

        self.sqlalchemy = sqlalchemy
        self.dialect = dialect
        self.name = dialect.name
        self.collected = collected
        self.ddl = dialect.ddl_compiler(dialect, None)
        self.types = getattr(dialect, "type_compiler_instance", None) or dialect.type_compiler
        self.mapped = collected.mapped()
        self.sequences = {}

    def sql(self, expression):
        return self.ddl.sql_compiler.process(expression, include_table=False, literal_binds=True)

    def condition(self, expression):
        if isinstance(expression, str):
            return expression
        return self.sql(expression)

    def failing(self, make, *arguments):
        """What `make` gives, or why it can't."""
        try:
            return make(*arguments)
        except Exception as error:
            return {"failed": "{}: {}".format(type(error).__name__, str(error).split("\n")[0])}

    def printed(self, table):
        value = self.mapped.get(id(table))
        mapper = value.__mapper__ if value is not None else None
        return {
            "name": str(table.name),
            "schema": plain(table.schema),
            "bind_key": plain(table.metadata.info.get("bind_key")),
            "comment": plain(table.comment),
            "options": {key: option for key, option in table.kwargs.items() if isinstance(option, (str, int, bool))},
            "class": place_of_class(value) if value is not None else None,
            "bases": [place_of_class(each) for each in value.__mro__[1:-1]] if value is not None else [],
            "variable": self.variable(table),
            "columns": [self.column(each, mapper) for each in table.columns if not each.system],
            "primary_key": self.failing(self.primary_key, table),
            "uniques": self.constraints(table, self.sqlalchemy.UniqueConstraint, self.unique),
            "indexes": [self.failing(self.index, table, each) for each in indexes_of(table) if self.is_made(each)],
            "foreign_keys": self.constraints(table, self.sqlalchemy.ForeignKeyConstraint, self.foreign_key),
            "checks": self.constraints(table, self.sqlalchemy.CheckConstraint, self.check),
            "exclusions": self.exclusions(table),
            "has_events": self.has_events(table),
            "relationships": self.relationships(mapper) if mapper is not None else [],
        }

    def relationships(self, mapper):
        """What is done with the rows that refer to a deleted one of this class, by each relationship to them."""
        found = []
        for each in self.collected.relationships(mapper):
            target = each.mapper.local_table
            if each.viewonly or each.secondary is not None or not isinstance(target, self.sqlalchemy.Table):
                continue
            if each.direction.name != "ONETOMANY":
                continue
            remote = [str(column.name) for _, column in each.local_remote_pairs]
            found.append({
                "name": each.key,
                "schema": plain(target.schema),
                "table": str(target.name),
                "columns": remote,
                "deletes": bool(each.cascade.delete),
                "orphans": bool(each.cascade.delete_orphan),
                "passive": each.passive_deletes if isinstance(each.passive_deletes, str) else bool(each.passive_deletes),
            })
        return found

    def has_events(self, table):
        """Whether SQL of the project's own that runs when the table is made may give it indexes and constraints."""
        for each in listeners(table):
            if is_function_of_project(each):
                # What it sends is known only when it runs, which it must not here.
                return True
            if isinstance(each, self.sqlalchemy.DDL) and is_telling(each.statement) and self.is_event_meant(each, table):
                return True
        # What hears of all tables concerns those that it names.
        for each in listeners(table.metadata):
            if is_function_of_project(each):
                statements = texts_of(each.__code__)
            elif isinstance(each, self.sqlalchemy.DDL) and self.is_event_meant(each, table.metadata):
                statements = [each.statement]
            else:
                continue
            if any(is_telling(text) and table.name in words_of(text) for text in statements):
                return True
        return False

    def is_event_meant(self, statement, table):
        condition = getattr(statement, "_ddl_if", None)
        if condition is not None:
            return condition._should_execute(statement, table, None, compiler=self.ddl)
        # SQLAlchemy 1.4.
        meant = getattr(statement, "dialect", None)
        return meant is None or self.name in ([meant] if isinstance(meant, str) else meant)

    def variable(self, table):
        file, name = self.collected.variables.get(id(table), (None, None))
        return {"file": file, "name": name} if name is not None else None

    def column(self, column, mapper):
        try:
            attribute = mapper.get_property_by_column(column).key if mapper is not None else None
        except Exception:
            attribute = None
        default = column.server_default
        is_text = isinstance(default, self.sqlalchemy.schema.DefaultClause)
        identity = getattr(column, "identity", None)
        computed = getattr(column, "computed", None)
        if is_text:
            printed = self.failing(self.ddl.get_column_default_string, column)
            self.note_sequence(getattr(default.arg, "sequence", None))
        else:
            printed = {"fetched": True} if default is not None and default not in (identity, computed) else None
        if isinstance(column.default, self.sqlalchemy.Sequence):
            self.note_sequence(column.default)
        if isinstance(printed, dict) or printed is None:
            default_text, default_failed = None, printed
        else:
            default_text, default_failed = printed, None
        return {
            "name": str(column.name),
            "attribute": attribute,
            "type": self.failing(self.type, column.type, column),
            "nullable": bool(column.nullable) and not self.has_spatial_index(column),
            "nullable_given": is_nullable_given(column),
            "default": default_text,
            "default_unknown": default_failed,
            "numbered": self.is_numbered(column),
            "identity": self.identity(identity) if identity is not None else None,
            "computed": self.failing(self.computed, computed) if computed is not None else None,
            "comment": plain(column.comment),
            "client_default": client_side(column.default),
            "client_update": client_side(column.onupdate),
            "version_counter": mapper is not None and mapper.version_id_col is column,
            "decimal_as_float": self.is_decimal_as_float(column.type),
        }

    def is_decimal_as_float(self, given):
        """Whether exact decimals become floats in Python."""
        resolved = self.resolved(given)
        types = self.sqlalchemy.types
        is_exact = isinstance(resolved, types.Numeric) and not isinstance(resolved, types.Float)
        return is_exact and resolved.asdecimal is False

    def is_numbered(self, column):
        """The conditions of the dialects' `get_column_specification`."""
        table = column.table
        numbered = getattr(table, "autoincrement_column", None)
        if numbered is None:
            numbered = getattr(table, "_autoincrement_column", None)
        if column is not numbered:
            return False
        default = column.default
        is_sequence = isinstance(default, self.sqlalchemy.Sequence)
        if self.name == "postgresql":
            return default is None or (is_sequence and default.optional)
        if self.name == "mysql":
            has_default = column.server_default is not None and getattr(column, "identity", None) is None
            uses_sequence = self.dialect.supports_sequences and is_sequence and not default.optional
            return not has_default and not uses_sequence
        return True

    def type(self, given, column):
        resolved = self.resolved(given)
        sqlalchemy = self.sqlalchemy
        collation = plain(getattr(resolved, "collation", None))
        charset = self.charset(resolved)
        if collation is None and charset is not None and getattr(resolved, "binary", False) is True:
            collation = charset + "_bin"
        if isinstance(resolved, sqlalchemy.Enum) and resolved.native_enum and self.dialect.supports_native_enum:
            if self.name != "postgresql":
                labels = [str(label) for label in resolved.enums]
                return {"labels": labels, "collation": collation, "charset": charset}
            if not resolved.name:
                raise ValueError("an enum of strings needs a `name` on PostgreSQL")
            return {"enum": self.enum(resolved)}
        if type(resolved).__name__ == "SET" and self.name == "mysql":
            return {"set": [str(label) for label in resolved.values], "collation": collation, "charset": charset}
        if isinstance(resolved, sqlalchemy.ARRAY) and self.name == "postgresql":
            return {"array": self.type(resolved.item_type, column)}
        if type(resolved).__name__ == "DOMAIN" and self.name == "postgresql":
            return {"domain": self.domain(resolved, column)}
        if isinstance(resolved, sqlalchemy.types.NullType):
            raise ValueError("it has no type")
        bare = resolved
        if collation is not None or charset is not None:
            bare = copy.copy(resolved)
            bare.__dict__.pop("_static_cache_key", None)
            bare.collation = None
            if getattr(bare, "charset", None) is not None:
                bare.charset = None
            for flag in ("national", "unicode", "ascii", "binary"):
                if vars(bare).get(flag) is True:
                    setattr(bare, flag, False)
        text = self.types.process(bare, type_expression=column)
        if self.name == "mysql" and is_spatial(resolved):
            # GeoAlchemy2 writes more of the column into it: NOT NULL and the system of coordinates.
            text = text.split(" ")[0]
        return {"sql": text, "collation": collation, "charset": charset}

    def charset(self, resolved):
        """The character set of a type of MySQL's, also where only a flag says it."""
        if self.name != "mysql":
            return None
        if getattr(resolved, "charset", None) is not None:
            return str(resolved.charset)
        flags = vars(resolved)
        if flags.get("national") is True or type(resolved).__name__ in ("NVARCHAR", "NCHAR"):
            return "utf8mb3"
        if flags.get("unicode") is True:
            return "ucs2"
        if flags.get("ascii") is True:
            return "latin1"
        return "utf8mb4" if flags.get("binary") is True else None

    def resolved(self, given):
        """The type without variants and decorators: what is compiled."""
        for _ in range(20):
            variants = getattr(given, "_variant_mapping", None)
            if variants and self.name in variants:
                given = variants[self.name]
            elif isinstance(given, self.sqlalchemy.types.TypeDecorator) and not self.is_compiled_by_project(given):
                given = given.type_engine(self.dialect)
            else:
                break
        return given

    def is_compiled_by_project(self, given):
        """Whether a function under `@compiles` writes the decorator itself."""
        written = getattr(type(given), "_compiler_dispatcher", None)
        return written is not None and ("default" in written.specs or self.name in written.specs)

    def enum(self, resolved):
        return {
            "name": str(resolved.name),
            "schema": plain(resolved.schema),
            "labels": [str(label) for label in resolved.enums],
            "class": place_of_class(resolved.enum_class) if getattr(resolved, "enum_class", None) else None,
        }

    def domain(self, domain, column):
        return {
            "name": str(domain.name),
            "schema": plain(domain.schema),
            "type": self.type(domain.data_type, column),
            "not_null": bool(domain.not_null),
            "check": self.sql(domain.check) if domain.check is not None else None,
        }

    def identity(self, identity):
        return {"always": bool(identity.always), "start": identity.start, "increment": identity.increment}

    def computed(self, computed):
        return {"sql": self.sql(computed.sqltext), "persisted": computed.persisted}

    def note_sequence(self, sequence):
        if sequence is not None and not (sequence.optional and self.name == "postgresql"):
            self.sequences.setdefault((plain(sequence.schema), str(sequence.name)), sequence)

    def printed_sequences(self):
        for metadata in self.collected.metadata.values():
            for sequence in getattr(metadata, "_sequences", {}).values():
                self.note_sequence(sequence)
        names = ["start", "increment", "minvalue", "maxvalue", "cycle"]
        return [
            dict({"name": name, "schema": schema}, **{each: getattr(sequence, each, None) for each in names})
            for (schema, name), sequence in self.sequences.items()
        ]

    def printed_types(self):
        """Enum types that `create_all` makes though no column has them."""
        found = []
        if self.name == "postgresql":
            for each in self.collected.types.values():
                if isinstance(each, self.sqlalchemy.Enum) and each.native_enum and each.name and each.metadata is not None:
                    found.append(self.enum(each))
        return found

    def constraint_name(self, constraint):
        if constraint.name is None:
            return None
        return plain(self.ddl.preparer.format_constraint(constraint, _alembic_quote=False))

    def primary_key(self, table):
        key = table.primary_key
        is_implicit = getattr(key, "_implicit_generated", False)
        columns = list(key.columns_autoinc_first if is_implicit else key.columns)
        if not columns:
            return None
        return {"name": self.constraint_name(key), "columns": [str(each.name) for each in columns]}

    def constraints(self, table, kind, make):
        # Those of a column stand in its own line, before those of the table.
        of_columns = [each for column in table.columns for each in column.constraints]
        found = [each for each in of_columns + list(table._sorted_constraints) if isinstance(each, kind)]
        found = [each for each in found if self.is_created(each)]
        printed = [self.failing(make, table, each) for each in found]
        return [each for each in printed if each is not None]

    def is_created(self, constraint):
        if hasattr(constraint, "_should_create_for_compiler"):
            return constraint._should_create_for_compiler(self.ddl)
        return constraint._create_rule is None or constraint._create_rule(self.ddl)

    def is_made(self, index):
        """Whether `index.ddl_if(…)` lets this dialect make it."""
        condition = getattr(index, "_ddl_if", None)
        if condition is None:
            return True
        statement = self.sqlalchemy.schema.CreateIndex(index)
        return condition._should_execute(statement, index, None, compiler=self.ddl)

    def unique(self, table, constraint):
        columns = [str(each.name) for each in constraint.columns]
        if not columns:
            return None
        return dict(
            deferrability(constraint),
            name=self.constraint_name(constraint),
            columns=columns,
            include=self.included(table, constraint.kwargs.get("postgresql_include")),
            nulls_not_distinct=constraint.kwargs.get("postgresql_nulls_not_distinct") is True,
        )

    def included(self, table, columns):
        named = [table.c[each] if isinstance(each, str) else each for each in columns or []]
        return [str(each.name) for each in named]

    def foreign_key(self, table, constraint):
        targets = [self.target(each) for each in constraint.elements]
        if self.name == "sqlite" and targets[0]["schema"] != plain(table.schema):
            return None
        return dict(
            deferrability(constraint),
            name=self.constraint_name(constraint),
            columns=[str(each.parent.name) for each in constraint.elements],
            schema=targets[0]["schema"],
            table=targets[0]["table"],
            referenced=[each["column"] for each in targets],
            on_delete=constraint.ondelete,
            on_update=constraint.onupdate,
            match=constraint.match,
            not_valid=bool(constraint.kwargs.get("postgresql_not_valid")),
        )

    def target(self, key):
        try:
            column = key.column
            return {"schema": plain(column.table.schema), "table": str(column.table.name), "column": str(column.name)}
        except self.sqlalchemy.exc.NoReferenceError:
            parts = key.target_fullname.split(".")
            schema = ".".join(parts[:-2]) or None
            return {"schema": schema, "table": parts[-2], "column": parts[-1]}

    def check(self, table, constraint):
        return {"name": self.constraint_name(constraint), "sql": self.sql(constraint.sqltext)}

    def exclusions(self, table):
        if self.name != "postgresql":
            return []
        from sqlalchemy.dialects.postgresql import ExcludeConstraint

        return self.constraints(table, ExcludeConstraint, self.exclusion)

    def exclusion(self, table, constraint):
        parts = []
        for expression, _, operator in constraint._render_exprs:
            text = self.sql(expression)
            operator_class = constraint.ops.get(getattr(expression, "key", None))
            parts.append("{}{} WITH {}".format(text, " " + operator_class if operator_class else "", operator))
        text = "EXCLUDE USING {} ({})".format(constraint.using.lower(), ", ".join(parts))
        if constraint.where is not None:
            text += " WHERE ({})".format(self.sql(constraint.where))
        deferred = (constraint.initially or "").upper() == "DEFERRED"
        if constraint.deferrable is not False and (constraint.deferrable or deferred):
            text += " DEFERRABLE" + (" INITIALLY DEFERRED" if deferred else "")
        return {"name": self.constraint_name(constraint), "sql": text}

    def has_spatial_index(self, column):
        """Whether GeoAlchemy2 adds one when the table is made: on MySQL, where only a column without NULL can have one."""
        resolved = self.resolved(column.type)
        return self.name == "mysql" and is_spatial(resolved) and resolved.spatial_index is True

    def index(self, table, index):
        printed = self.plain_index(table, index)
        columns = [each for each in index.expressions if isinstance(each, self.sqlalchemy.Column)]
        if len(columns) == 1 and self.has_spatial_index(columns[0]):
            if index.name == "idx_{}_{}".format(table.name, columns[0].name):
                # The other one that it makes instead, which the server names.
                printed.update(name=None, prefix="SPATIAL", using=None)
        return printed

    def plain_index(self, table, index):
        options = index.kwargs
        get = lambda option: options.get("{}_{}".format(self.name, option))  # noqa: E731
        where = get("where")
        length = get("length") if self.name == "mysql" else None
        classes = get("ops") if self.name == "postgresql" else None
        return {
            "name": self.constraint_name(index),
            "unique": bool(index.unique),
            "parts": [self.index_part(each, length, classes or {}) for each in index.expressions],
            "where": self.condition(where) if where is not None else None,
            "using": plain(get("using") or None) if self.name != "sqlite" else None,
            "prefix": plain(get("prefix") or None) if self.name == "mysql" else None,
            "include": self.included(table, get("include")) if self.name == "postgresql" else [],
            "nulls_not_distinct": get("nulls_not_distinct") is True if self.name == "postgresql" else False,
        }

    def index_part(self, expression, length, classes):
        from sqlalchemy.sql import elements, operators

        part = {"descending": False, "nulls": None}
        part["operator_class"] = plain(classes.get(getattr(expression, "key", None)))
        first, last = (
            getattr(operators, "nulls_" + word + "_op", None) or getattr(operators, "nulls" + word + "_op")
            for word in ("first", "last")
        )
        while True:
            modifier = getattr(expression, "modifier", None)
            if modifier is operators.desc_op:
                part["descending"] = True
            elif modifier is first or modifier is last:
                part["nulls"] = "first" if modifier is first else "last"
            elif modifier is not operators.asc_op and not isinstance(expression, elements.Label):
                break
            expression = expression.element
        if isinstance(expression, self.sqlalchemy.Column):
            part["column"] = str(expression.name)
            part["length"] = length.get(expression.name) if isinstance(length, dict) else length
            if part["operator_class"] is None:
                part["operator_class"] = plain(classes.get(expression.key))
        else:
            part["sql"] = self.sql(expression)
            part["length"] = length.get(part["sql"]) if isinstance(length, dict) else length
        return part


def indexes_of(table):
    """In the order of their making: `table.indexes` is a set."""
    return sorted(table.indexes, key=lambda index: (getattr(index, "_creation_order", 0), str(index.name)))


def listeners(made):
    return [each for event in (made.dispatch.before_create, made.dispatch.after_create) for each in event]


def is_function_of_project(listener):
    """Whether a listener is none of those by which SQLAlchemy and GeoAlchemy2 make types, sequences and spatial indexes."""
    package = str(getattr(listener, "__module__", "")).partition(".")[0]
    return hasattr(listener, "__code__") and package not in ("geoalchemy2", "sqlalchemy")


def is_telling(statement):
    """Whether SQL may make what the schema would know of."""
    return any(word in statement.upper() for word in ("INDEX", "CONSTRAINT", "ALTER TABLE"))


def words_of(text):
    return "".join(letter if letter.isalnum() or letter == "_" else " " for letter in text).split()


def texts_of(code):
    """The strings that are written in a function."""
    for each in code.co_consts:
        if isinstance(each, str):
            yield each
        elif hasattr(each, "co_consts"):
            yield from texts_of(each)


def is_spatial(resolved):
    """Whether a type is one of GeoAlchemy2's."""
    return type(resolved).__module__.split(".")[0] == "geoalchemy2" and hasattr(resolved, "spatial_index")


def deferrability(constraint):
    return {"deferrable": constraint.deferrable, "initially": plain(constraint.initially)}


def is_nullable_given(column):
    """Whether `nullable=` was written: SQLAlchemy treats a generated column differently then."""
    given = getattr(column, "_user_defined_nullable", None)
    return isinstance(given, bool)


def client_side(default):
    """A default of SQLAlchemy's own, in words like the source's."""
    if default is None:
        return None
    if getattr(default, "is_sequence", False):
        return "Sequence({!r})".format(str(default.name))
    argument = getattr(default, "arg", None)
    if getattr(default, "is_callable", False):
        return getattr(argument, "__qualname__", None) or getattr(argument, "__name__", None) or "a function"
    if getattr(default, "is_scalar", False):
        return repr(argument)
    from sqlalchemy.sql.functions import FunctionElement

    # SQL that the database works out, and not this program.
    return "func.{}".format(argument) if isinstance(argument, FunctionElement) else "text({!r})".format(str(argument))


def run(request):
    """The answer to a request."""
    answer = {"format": FORMAT, "python": "{}.{}".format(*sys.version_info[:2]), "tables": [], "errors": []}
    models = Models(request)
    try:
        import sqlalchemy
    except ImportError as error:
        return dict(answer, unusable="missing", detail=str(error))
    answer["sqlalchemy"] = sqlalchemy.__version__
    if version_of(sqlalchemy) < (1, 4):
        return dict(answer, unusable="old")
    models.load(request["files"])
    collected = Collected(models.modules())
    printer = Printer(make_dialect(request), collected)
    for metadata in collected.metadata.values():
        for table in metadata.tables.values():
            answer["tables"].append(printer.failing(printer.printed, table))
            answer["tables"][-1].setdefault("name", str(table.name))
            answer["tables"][-1].setdefault("schema", plain(table.schema))
    answer["sequences"] = printer.printed_sequences()
    answer["enums"] = printer.printed_types()
    answer["errors"] = models.errors
    return answer


def main():
    # What the models print must not get between the lines of the answer.
    sys.stdout.flush()
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    request = json.loads(sys.stdin.buffer.read().decode("utf-8"))
    answer = run(request)
    output.write(json.dumps(answer).encode("utf-8"))
    output.close()
    # Threads and exit handlers of the models have nothing to add.
    sys.stderr.flush()
    os._exit(0)


main()
