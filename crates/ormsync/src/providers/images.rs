//! Images of database servers in the files of containers and CI systems. These are looked at line by line: an image is a
//! plain scalar in all of them, and a file that is no good YAML says as much.

/// What images of a database server are called, behind their registry and owner.
const IMAGES: &[(&str, &str)] = &[
    ("postgres", "postgresql"),
    ("postgresql", "postgresql"),
    ("postgis", "postgresql"),
    ("pgvector", "postgresql"),
    ("timescaledb", "postgresql"),
    ("timescaledb-ha", "postgresql"),
    ("mysql", "mysql"),
    ("mysql-server", "mysql"),
    ("mariadb", "mysql"),
    ("percona", "mysql"),
];

/// The database images of a file: the byte of the line, the image, and the dialect.
pub(super) fn images(text: &str) -> Vec<(usize, String, &'static str)> {
    let mut found = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.split(" #").next().unwrap_or_default().trim();
        let is_item = content.starts_with("- ");
        let item = content.strip_prefix("- ").unwrap_or(content).trim();
        let value = match item.split_once(": ") {
            Some(("image", value)) => Some(value),
            // GitLab's services have names; so has everything else, but not with a tag.
            Some(("name", value)) if value.contains(':') => Some(value),
            Some(_) => None,
            None => (is_item && item.contains(':')).then_some(item),
        };
        let image = value.map(|value| value.trim().trim_matches(['"', '\'']));
        if let Some(image) = image
            && let Some(dialect) = dialect_of(image)
        {
            found.push((at, image.to_owned(), dialect));
        }
        at += line.len();
    }
    found
}

fn dialect_of(image: &str) -> Option<&'static str> {
    let name = image.rsplit('/').next()?.split([':', '@']).next()?;
    IMAGES.iter().find(|(known, _)| *known == name).map(|(_, dialect)| *dialect)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(String, &'static str)> {
        images(text).into_iter().map(|(_, image, dialect)| (image, dialect)).collect()
    }

    #[test]
    fn images_of_all_systems() {
        let compose = "services:\n  db:\n    image: \"mysql:8\" # old\n  web:\n    image: node:22\n";
        assert_eq!(names(compose), [("mysql:8".to_owned(), "mysql")]);
        let gitlab = "test:\n  services:\n    - postgres:16\n    - name: mariadb:11\n  name: mysql\n";
        assert_eq!(names(gitlab), [("postgres:16".to_owned(), "postgresql"), ("mariadb:11".to_owned(), "mysql")]);
        let circle = "    docker:\n      - image: cimg/postgres:16.2\n      - image: cimg/node:22\n";
        assert_eq!(names(circle), [("cimg/postgres:16.2".to_owned(), "postgresql")]);
        assert_eq!(names("    - postgres\n    # image: mysql:8\n"), []);
    }
}
