//! The form in which MySQL and MariaDB would report a schema.

use ormsync_schema::{Schema, Server};

/// Brings `schema` into normal form.
pub(super) fn normalise(_schema: &mut Schema, _server: Option<&Server>) {}
