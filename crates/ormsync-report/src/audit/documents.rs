//! The audit for people: Markdown, and one HTML file that holds all it needs.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, Value, context};

use super::details::details;
use super::diagram::svg;
use super::model::Audit;
use super::view::View;
use crate::markdown::{code, escape};

const MARKDOWN: &str = include_str!("../../templates/audit.md.j2");
const HTML: &str = include_str!("../../templates/audit.html.j2");
const STYLE: &str = include_str!("../../templates/audit.css");
const SCRIPT: &str = include_str!("../../templates/audit.js");
const DIAGRAM_SCRIPT: &str = include_str!("../../templates/diagram.js");

/// The audit as Markdown, for a wiki or a repository.
///
/// # Errors
/// When the template can't be rendered: a defect.
pub fn audit_markdown(audit: &Audit) -> Result<String, String> {
    let view = Value::from(Serde(View::of(audit)));
    let details = Value::from(Serde(details(audit)));
    render("audit.md", MARKDOWN, context! { audit => view, details => details })
}

/// The audit as one HTML file, which needs nothing beside it and asks nothing of any network.
///
/// # Errors
/// When the template can't be rendered: a defect.
pub fn audit_html(audit: &Audit) -> Result<String, String> {
    let view = Value::from(Serde(View::of(audit)));
    let data = serde_json::to_string(audit).map_err(|error| error.to_string())?;
    let context = context! {
        audit => view,
        style => Value::from_safe_string(STYLE.to_owned()),
        scripts => [SCRIPT, DIAGRAM_SCRIPT].map(|text| Value::from_safe_string(text.to_owned())).to_vec(),
        // Inside a script element nothing is escaped as HTML; without a `<` nothing can end the element.
        data => Value::from_safe_string(data.replace('<', "\\u003c")),
        diagram => Value::from_safe_string(svg(audit, false)),
    };
    render("audit.html", HTML, context)
}

fn render(name: &str, template: &'static str, context: Value) -> Result<String, String> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    environment.set_syntax(syntax.map_err(|error| error.to_string())?);
    environment.add_filter("text", |text: String| escape(&text));
    environment.add_filter("code", |text: String| code(&text));
    let rendered =
        environment.add_template(name, template).and_then(|()| environment.get_template(name)?.render(context));
    rendered.map_err(|error: Error| format!("{error:#}"))
}
