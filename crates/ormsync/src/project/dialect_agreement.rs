//! Which dialect a run is about: everything that names one must name the same.

use ormsync_dialect::Dialect;
use ormsync_schema::{Diagnostic, Origin, SourceFiles};

use crate::failure::{Failure, Result};

/// Something that names a dialect.
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    /// The dialect.
    pub(crate) dialect: &'static dyn Dialect,
    /// What names it, in words: `the datasource in prisma/schema.prisma`.
    pub(crate) said_by: String,
    /// Where.
    pub(crate) origin: Origin,
}

/// The one dialect that all claims name.
///
/// # Errors
/// When there is no claim, or two claims differ: one `provider-mismatch` error that names each place.
pub(crate) fn agree(claims: &[Claim], files: &SourceFiles) -> Result<&'static dyn Dialect> {
    let Some(first) = claims.first() else {
        return Err(Failure::new("dialect", "nothing says which database server this is about")
            .with_help("add --dialect postgresql, mysql or sqlite, or `dialect = …` to ormsync.toml"));
    };
    if claims.iter().all(|claim| claim.dialect.name() == first.dialect.name()) {
        return Ok(first.dialect);
    }
    let sayings: Vec<String> =
        claims.iter().map(|claim| format!("{} says {}", claim.said_by, claim.dialect.name())).collect();
    let message = format!("the sources are for different database servers: {}", sayings.join(", "));
    let odd_one = claims.iter().find(|claim| !claim.origin.is_nowhere()).unwrap_or(first);
    let help = "make them name the same server, or leave the wrong one out; nothing was compared";
    let diagnostic = Diagnostic::error("provider-mismatch", message, odd_one.origin.clone()).with_help(help);
    Err(Failure::from_diagnostics(vec![diagnostic], files.clone()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use ormsync_dialect::by_name;

    use super::*;

    fn claim(dialect: &str, said_by: &str) -> Claim {
        Claim { dialect: by_name(dialect).unwrap(), said_by: said_by.to_owned(), origin: Origin::nowhere() }
    }

    #[test]
    fn mariadb_is_a_flavour_of_mysql() {
        let claims = [claim("mysql", "the datasource"), claim("mariadb", "ormsync.toml")];
        assert_eq!(agree(&claims, &SourceFiles::default()).unwrap().name(), "mysql");
    }

    #[test]
    fn every_place_is_named() {
        let claims =
            [claim("mysql", "the datasource"), claim("postgresql", "DATABASE_URL"), claim("mysql", "--dialect")];
        let failure = agree(&claims, &SourceFiles::default()).unwrap_err();
        assert_eq!(failure.diagnostics[0].code, "provider-mismatch");
        assert_eq!(
            failure.diagnostics[0].message,
            "the sources are for different database servers: the datasource says mysql, DATABASE_URL says postgresql, \
             --dialect says mysql"
        );
    }
}
