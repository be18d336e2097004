//! Packages outside the project of which it is known what their types and base classes bring.
//!
//! The knowledge is written in Python, as little of it as decides the DDL, and is evaluated like the project's own
//! files. Judged with the real packages: `fixtures/sqlalchemy/known-*` and the versions in
//! `scripts/judges/python/requirements.txt`.

/// A package, and what stands for it. All names are in one module: which submodule a name is imported from says
/// nothing about it.
const PACKAGES: &[(&str, &str)] = &[
    ("advanced_alchemy", include_str!("advanced_alchemy.py")),
    ("fastapi_users.db", include_str!("fastapi_users_db_sqlalchemy.py")),
    ("fastapi_users_db_sqlalchemy", include_str!("fastapi_users_db_sqlalchemy.py")),
    ("geoalchemy2", include_str!("geoalchemy2.py")),
    ("litestar.contrib.sqlalchemy", include_str!("advanced_alchemy.py")),
    ("litestar.plugins.sqlalchemy", include_str!("advanced_alchemy.py")),
    ("pgvector", include_str!("pgvector.py")),
    ("sqlalchemy_json", include_str!("sqlalchemy_json.py")),
    ("sqlalchemy_utc", include_str!("sqlalchemy_utc.py")),
    ("sqlalchemy_utils", include_str!("sqlalchemy_utils.py")),
];

/// Submodules that are imported as such: `from advanced_alchemy import base`.
const SUBMODULES: &[&str] = &["base", "extensions", "generics", "litestar", "fastapi", "mixins", "sqlalchemy", "types"];

/// The package that a dotted name is of, and its text.
pub(crate) fn package_of(name: &str) -> Option<(&'static str, &'static str)> {
    PACKAGES
        .iter()
        .copied()
        .find(|(package, _)| name.strip_prefix(package).is_some_and(|rest| rest.is_empty() || rest.starts_with('.')))
}

/// Whether a name of a package is a submodule, and so the same as the package itself here.
pub(crate) fn is_submodule(name: &str) -> bool {
    SUBMODULES.contains(&name)
}
