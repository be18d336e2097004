//! Types of the database as Prisma's types and native types.

use ormsync_schema::{DataType, TypeArgument};

use super::Writer;
use crate::native::{NativeType, ScalarType};
use crate::syntax::quote;

/// A type as Prisma writes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SpelledType {
    /// `Decimal`, an enum's name, `Unsupported("…")`.
    pub(crate) name: String,
    pub(crate) scalar: Option<ScalarType>,
    /// `@db.Decimal(18, 8)`, where it is not the scalar's own.
    pub(crate) native: Option<String>,
    pub(crate) is_list: bool,
}

impl Writer<'_> {
    /// The type of a column. None where not even its text is known.
    pub(crate) fn data_type(&self, table: &str, column: &str, data_type: &DataType) -> Option<SpelledType> {
        let plain = |name: String| SpelledType { name, scalar: None, native: None, is_list: false };
        match data_type {
            DataType::Unreadable(_) => None,
            DataType::Array(element) => Some(SpelledType { is_list: true, ..self.data_type(table, column, element)? }),
            DataType::Enum { .. } | DataType::InlineEnum(_) => Some(plain(self.enum_name(table, column, data_type))),
            DataType::InlineSet(_) | DataType::UserDefined { .. } => Some(plain(self.unsupported(data_type))),
            DataType::Named(_) => {
                Some(self.scalar(table, column, data_type).unwrap_or_else(|| plain(self.unsupported(data_type))))
            }
        }
    }

    fn unsupported(&self, data_type: &DataType) -> String {
        format!("Unsupported({})", quote(&self.facts.dialect.type_text(data_type)))
    }

    fn scalar(&self, table: &str, column: &str, data_type: &DataType) -> Option<SpelledType> {
        let spelled = |scalar: ScalarType, native: Option<String>| SpelledType {
            name: scalar.name().to_owned(),
            scalar: Some(scalar),
            native,
            is_list: false,
        };
        let is_same = |sql: &str| self.facts.dialect.parse_type(sql) == *data_type;
        if let Some(scalar) = ScalarType::ALL.into_iter().find(|scalar| is_same((self.facts.default_type)(*scalar))) {
            return Some(spelled(scalar, None));
        }
        let native =
            self.facts.natives.iter().find_map(|native| Some((native, matching(native, data_type, &is_same)?)));
        let Some((native, arguments)) = native else {
            let name = &data_type.as_named()?.name;
            return (self.facts.loose_type)(name).map(|scalar| spelled(scalar, None));
        };
        // A type that goes with two of Prisma's keeps the one that the source has.
        let own = self.own_column(table, column).and_then(|own| self.scalar_of_own(own));
        let scalar =
            own.filter(|scalar| native.scalars.contains(scalar)).or_else(|| native.scalars.first().copied())?;
        Some(spelled(scalar, Some(format!("@{}.{}{arguments}", self.scope(), native.name))))
    }

    fn scalar_of_own(&self, column: &ormsync_schema::Column) -> Option<ScalarType> {
        ScalarType::ALL
            .into_iter()
            .find(|scalar| self.facts.dialect.parse_type((self.facts.default_type)(*scalar)) == column.data_type)
    }

    /// The name of the datasource, which native types begin with. The canonical schema does not keep it.
    fn scope(&self) -> &'static str {
        "db"
    }
}

/// The arguments with which a native type is the wanted type, as Prisma writes them.
fn matching(native: &NativeType, data_type: &DataType, is_same: &impl Fn(&str) -> bool) -> Option<String> {
    let named = data_type.as_named()?;
    let numbers: Option<Vec<i64>> = named
        .arguments
        .iter()
        .map(|argument| match argument {
            TypeArgument::Number(number) => Some(*number),
            TypeArgument::Word(_) => None,
        })
        .collect();
    let numbers = numbers?;
    let (fewest, most) = native.arguments.bounds();
    if fewest == 0 && is_same(native.sql) {
        return Some(String::new());
    }
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    let fits = numbers.len() == most && most > 0 && is_same(&format!("{}({})", native.sql, texts.join(",")));
    fits.then(|| format!("({})", texts.join(", ")))
}
