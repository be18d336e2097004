"""Imports a project's models and prints what SQLAlchemy makes of them, as one JSON document.

ormsync hands this text to the project's own Python (`python -B -c`), and the request to its standard input:
nothing is installed, and no file is written. It connects to nothing; a dialect's driver is not needed. What the
models do when they are imported, they do.

All that SQLAlchemy decides (types, defaults, names of constraints) is asked of its own compilers. Works with
SQLAlchemy 1.4 to 2.1 and Python 3.7 and later.
"""

import copy
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import traceback

FORMAT = 1


class SharedModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Makes one module of one file, by whatever name it is imported.

    The models may be reached as `models.user` and as `app.models.user`; run twice, every table in them would be
    declared twice.
    """

    def __init__(self, folders):
        self.folders = folders
        self.foreign = [os.sep + part + os.sep for part in ("site-packages", "dist-packages")]
        self.foreign += [os.path.join(os.path.realpath(each), "lib", "") for each in {sys.prefix, sys.base_prefix}]
        self.names = {}
        self.busy = False

    def find_spec(self, name, path, target=None):
        if self.busy:
            return None
        self.busy = True
        try:
            spec = None
            for finder in sys.meta_path:
                if finder is not self and hasattr(finder, "find_spec"):
                    spec = finder.find_spec(name, path, target)
                    if spec is not None:
                        break
        finally:
            self.busy = False
        if spec is None or not spec.has_location or not self.is_project(spec.origin):
            return spec
        known = self.names.setdefault(os.path.realpath(spec.origin), name)
        if known != name and known in sys.modules:
            return importlib.machinery.ModuleSpec(name, self, origin=spec.origin, loader_state=known)
        self.names[os.path.realpath(spec.origin)] = name
        return spec

    def create_module(self, spec):
        return sys.modules[spec.loader_state]

    def exec_module(self, module):
        """It has run, or is running, under its first name."""

    def is_project(self, path):
        path = os.path.realpath(path)
        inside = any(path.startswith(folder + os.sep) for folder in self.folders)
        return inside and not any(part in path for part in self.foreign)


class Models:
    """Importing the files that were asked for."""

    def __init__(self, request):
        self.folders = [os.path.realpath(folder) for folder in request["search"]]
        self.shared = SharedModules(self.folders)
        self.errors = []

    def load(self, files):
        # As for a script: its own folder first. The other folders last, since a file in the middle of a package
        # may have the name of one of Python's own modules.
        sys.path[:0] = self.folders[:1]
        sys.path.extend(folder for folder in self.folders[1:] if folder not in sys.path)
        sys.meta_path.insert(0, self.shared)
        for file in files:
            self.load_file(os.path.realpath(file))

    def load_file(self, file):
        if file in self.shared.names:
            return
        for attempt, name in enumerate(names_of(file)):
            try:
                module = importlib.import_module(name)
                # Another file of that name may come first on the path: then this one is loaded by its place.
                if os.path.realpath(getattr(module, "__file__", None) or "") == file:
                    self.shared.names.setdefault(file, name)
                elif file not in self.shared.names:
                    self.load_by_place(file, name)
                return
            except ImportError as error:
                sys.modules.pop(name, None)
                self.shared.names.pop(file, None)
                if attempt < 3 and "relative import" in str(error):
                    # It is meant as part of a package that has no `__init__.py`.
                    continue
                return self.fail(file, error)
            except BaseException as error:  # noqa: B902: a module may call sys.exit()
                if isinstance(error, KeyboardInterrupt):
                    raise
                return self.fail(file, error)

    def load_by_place(self, file, name):
        name = "_ormsync_" + name.replace(".", "_")
        spec = importlib.util.spec_from_file_location(name, file)
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        self.shared.names[file] = name
        spec.loader.exec_module(module)

    def fail(self, file, error):
        place = {"file": file, "line": 0}
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename in self.shared.names or self.shared.is_project(frame.filename):
                place = {"file": os.path.realpath(frame.filename), "line": frame.lineno or 0}
        if isinstance(error, SyntaxError) and error.filename and os.path.exists(error.filename):
            place = {"file": os.path.realpath(error.filename), "line": error.lineno or 0}
        known = {(each["file"], each["line"], each["message"]) for each in self.errors}
        message = str(error) or "it says no more"
        if (place["file"], place["line"], message) not in known:
            kind = type(error).__name__
            missing = getattr(error, "name", None) if isinstance(error, ImportError) else None
            self.errors.append(dict(place, type=kind, message=message, missing=missing, asked=file))

    def modules(self):
        found = [sys.modules.get(name) for name in self.shared.names.values()]
        return [module for module in found if module is not None]


def names_of(file):
    """The names a file can be imported by: within its packages, then with one more folder each."""
    folder, base = os.path.split(file)
    parts = [] if base == "__init__.py" else [base[: -len(".py")]]
    while os.path.exists(os.path.join(folder, "__init__.py")):
        folder, name = os.path.split(folder)
        parts.insert(0, name)
    while True:
        yield ".".join(parts)
        folder, name = os.path.split(folder)
        if not name:
            return
        parts.insert(0, name)
        if folder not in sys.path:
            sys.path.append(folder)


class Collected:
    """Every MetaData, mapped class and standalone type that the project's modules reach."""

    def __init__(self, modules):
        import sqlalchemy
        import sqlalchemy.orm

        self.sqlalchemy = sqlalchemy
        self.metadata = {}
        self.classes = {}
        self.variables = {}
        self.types = {}
        for module in modules:
            for name, value in list(vars(module).items()):
                self.visit(module, name, value, 0)
        # A class may be out of reach (made by a function), and its registry is not.
        for mapper in list(self.mappers()):
            self.add_class(mapper.class_)

    def visit(self, module, name, value, depth):
        sqlalchemy = self.sqlalchemy
        if isinstance(value, sqlalchemy.MetaData):
            self.metadata.setdefault(id(value), value)
        elif isinstance(value, sqlalchemy.Table):
            self.metadata.setdefault(id(value.metadata), value.metadata)
            self.variables.setdefault(id(value), (getattr(module, "__file__", None), name))
        elif isinstance(value, sqlalchemy.types.TypeEngine):
            self.types.setdefault(id(value), value)
        elif isinstance(value, (dict, list, tuple, set)):
            if depth < 2 and len(value) < 10000:
                for each in list(value.values()) if isinstance(value, dict) else list(value):
                    self.visit(module, name, each, depth + 1)
        elif depth == 0 or isinstance(value, type):
            self.visit_object(value)

    def visit_object(self, value):
        try:
            metadata = getattr(value, "metadata", None)
            several = getattr(value, "metadatas", None)
            if isinstance(value, type) and "__mapper__" in vars(value):
                self.add_class(value)
        except Exception:  # A lazy object that is not ready (a proxy of a request) has no tables.
            return
        if isinstance(metadata, self.sqlalchemy.MetaData):
            self.metadata.setdefault(id(metadata), metadata)
        if isinstance(several, dict):
            for each in several.values():
                if isinstance(each, self.sqlalchemy.MetaData):
                    self.metadata.setdefault(id(each), each)

    def add_class(self, value):
        mapper = value.__mapper__
        for table in mapper.tables:
            if isinstance(table, self.sqlalchemy.Table):
                self.metadata.setdefault(id(table.metadata), table.metadata)
        self.classes.setdefault(id(value), value)

    def mappers(self):
        registries = {}
        for each in self.classes.values():
            registry = getattr(each.__mapper__, "registry", None)
            if registry is not None:
                registries[id(registry)] = registry
        for registry in registries.values():
            # `registry.mappers` fails for a concrete base that waits for its subclasses and has no mapper yet.
            for manager in list(registry._managers):
                if manager.is_mapped:
                    yield manager.mapper

    def relationships(self, mapper):
        """The relationships of one class, with those that another's `backref` gives it; none where SQLAlchemy refuses
        them."""
        try:
            self.sqlalchemy.orm.configure_mappers()
            return [each for each in mapper.relationships if each.parent is mapper]
        except Exception:  # One that leads to a class which is not there: the tables are as good as ever.
            return []

    def mapped(self):
        """The classes that have a table of their own, by that table."""
        found = {}
        for each in self.classes.values():
            mapper = each.__mapper__
            is_own = mapper.inherits is None or mapper.inherits.local_table is not mapper.local_table
            if is_own and isinstance(mapper.local_table, self.sqlalchemy.Table):
                found.setdefault(id(mapper.local_table), each)
        return found


def place_of_class(value):
    module = sys.modules.get(value.__module__)
    return {"file": getattr(module, "__file__", None), "name": value.__qualname__}
