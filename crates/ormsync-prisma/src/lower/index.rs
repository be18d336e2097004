//! Primary keys, uniques and indexes.

use ormsync_schema::{Expression, Index, IndexKind, IndexPart, IndexTarget, PrimaryKey, SortOrder};

use super::{Lowering, names};
use crate::resolve::model::{FieldKind, Key, KeyKind, KeyPart, Model, OperatorClass, Predicate};
use crate::syntax::{Expression as Value, ExpressionKind};

impl<'t> Lowering<'_, 't> {
    /// The primary key of a model.
    pub(super) fn primary_key(&self, model: &Model<'t>) -> Option<PrimaryKey> {
        let key = model.primary_key.as_ref()?;
        Some(PrimaryKey {
            name: names::of_key(model, key, self.model.facts),
            parts: self.parts(model, key),
            origin: model.origin(key.attribute.span),
            ..PrimaryKey::default()
        })
    }

    /// The uniques and indexes of a model.
    pub(super) fn indexes(&self, model: &Model<'t>) -> Vec<Index> {
        model.keys.iter().map(|key| self.index(model, key)).collect()
    }

    fn index(&self, model: &Model<'t>, key: &Key<'t>) -> Index {
        let kind = if key.kind == KeyKind::Unique { IndexKind::UniqueIndex } else { IndexKind::Plain };
        let name = names::of_key(model, key, self.model.facts);
        let mut index = Index::on_columns(kind, name, [], model.origin(key.attribute.span));
        index.parts = self.parts(model, key);
        index.method = match key.kind {
            KeyKind::Fulltext => Some("fulltext".to_owned()),
            _ => key.method.filter(|method| *method != "BTree").map(str::to_lowercase),
        };
        index.predicate = key.predicate.as_ref().map(|predicate| self.predicate(model, predicate));
        index
    }

    fn parts(&self, model: &Model<'t>, key: &Key<'t>) -> Vec<IndexPart> {
        key.parts.iter().map(|part| self.part(model, key, part)).collect()
    }

    fn part(&self, model: &Model<'t>, key: &Key<'t>, part: &KeyPart<'t>) -> IndexPart {
        let mut lowered = IndexPart::new(IndexTarget::Column(model.fields[part.field].column.to_owned()));
        if part.descending == Some(true) {
            lowered.order = SortOrder::Descending;
        }
        lowered.prefix_length = part.length;
        lowered.operator_class = match part.operator_class.filter(|_| self.model.facts.has_operator_classes) {
            None => None,
            Some(OperatorClass::Raw(text)) => Some(text.to_owned()),
            Some(OperatorClass::Known(name)) => operator_class(name, key.method),
        };
        lowered
    }

    fn predicate(&self, model: &Model<'t>, predicate: &Predicate<'t>) -> Expression {
        let conditions = match predicate {
            Predicate::Raw(text) => return Expression::written(*text),
            Predicate::Conditions(conditions) => conditions,
        };
        let conditions: Vec<String> = conditions
            .iter()
            .map(|(field, is_negated, value)| {
                let column = self.model.facts.dialect.quote_identifier(model.fields[*field].column);
                self.condition(&column, *is_negated, value, &model.fields[*field].kind)
            })
            .collect();
        Expression::written(conditions.join(" AND "))
    }

    fn condition(&self, column: &str, is_negated: bool, value: &Value, kind: &FieldKind<'_>) -> String {
        let operand = match &value.kind {
            ExpressionKind::Constant(word) if word == "null" => {
                return format!("{column} IS {}NULL", if is_negated { "NOT " } else { "" });
            }
            ExpressionKind::Text(text) => {
                // The engine takes an enum's label here, not its name in Prisma.
                let _ = kind;
                self.model.facts.dialect.quote_text(text)
            }
            _ => value.to_string(),
        };
        format!("{column} {} {operand}", if is_negated { "!=" } else { "=" })
    }
}

/// The server's name of one of Prisma's operator classes; none for the type's default one.
fn operator_class(name: &str, method: Option<&str>) -> Option<String> {
    let is_default = match name {
        "InetOps" => method == Some("SpGist"),
        "JsonbOps" | "ArrayOps" | "TextOps" => true,
        name => name.ends_with("MinMaxOps") || name == "InetInclusionOps",
    };
    // An inclusion class is the default for addresses; the minmax class is not.
    let is_default = is_default && name != "InetMinMaxOps";
    (!is_default).then(|| snake_case(name))
}

/// `TimestampTzMinMaxMultiOps` is `timestamptz_minmax_multi_ops`.
fn snake_case(name: &str) -> String {
    let name = name.replace("MinMax", "Minmax").replace("TimestampTz", "Timestamptz").replace("TimeTz", "Timetz");
    let name = name.replace("VarBit", "Varbit");
    let mut words = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && !words.is_empty() {
            words.push('_');
        }
        words.push(character.to_ascii_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::operator_class;

    /// The right side is what Prisma's engine 7.10 writes; what it writes for a default class, the server drops.
    #[test]
    fn operator_classes_have_the_servers_names() {
        for (prisma, method, server) in [
            ("JsonbPathOps", "Gin", Some("jsonb_path_ops")),
            ("JsonbOps", "Gin", None),
            ("InetOps", "Gist", Some("inet_ops")),
            ("InetOps", "SpGist", None),
            ("Int4BloomOps", "Brin", Some("int4_bloom_ops")),
            ("Int4MinMaxOps", "Brin", None),
            ("TimestampTzMinMaxMultiOps", "Brin", Some("timestamptz_minmax_multi_ops")),
            ("VarBitMinMaxOps", "Brin", None),
            ("InetMinMaxOps", "Brin", Some("inet_minmax_ops")),
        ] {
            assert_eq!(operator_class(prisma, Some(method)).as_deref(), server, "{prisma}");
        }
    }
}
