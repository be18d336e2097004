//! The histories that packages on PyPI ship: replayed without a server they are what the real tool makes of them.

use super::replayed::{deploy, is_the_same};
use crate::case::Dialect;
use crate::judges::scratch::Scratch;
use crate::judges::{Judge, folder};

macro_rules! prisma_packages {
    ($($package:ident: $dialect:ident, $folder:literal;)*) => {
        $(
            #[test]
            fn $package() {
                is_what_prisma_makes($folder, Dialect::$dialect);
            }
        )*
    };
}

prisma_packages! {
    litellm_proxy_extras: Postgresql, "pypi/litellm_proxy_extras/litellm_proxy_extras/migrations";
}

fn is_what_prisma_makes(path: &str, dialect: Dialect) {
    let Some(database) = Scratch::new(dialect).filter(|_| !Judge::Prisma.waived()) else { return };
    let migrations = folder().join("packages").join(path);
    assert!(migrations.is_dir(), "{} is missing: run scripts/judges/install", migrations.display());
    deploy(&migrations, &database, dialect);
    is_the_same(&format!("prisma-migrations:{}", migrations.display()), &database);
}
