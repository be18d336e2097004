//! The names that SQLAlchemy gives to constraints and indexes that have none (`sqlalchemy/sql/naming.py`).

use md5::{Digest, Md5};

use crate::lower::Lowering;
use crate::mapping::{ColumnId, TableId};
use crate::python::Value;

/// What is being named.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Named {
    Index,
    Unique,
    Check,
    ForeignKey,
    PrimaryKey,
}

impl Named {
    fn prefix(self) -> &'static str {
        match self {
            Self::Index => "ix",
            Self::Unique => "uq",
            Self::Check => "ck",
            Self::ForeignKey => "fk",
            Self::PrimaryKey => "pk",
        }
    }

    /// What it is, for messages.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Index => "an index",
            Self::Unique => "a unique constraint",
            Self::Check => "a check constraint",
            Self::ForeignKey => "a foreign key",
            Self::PrimaryKey => "the primary key",
        }
    }

    /// The class under which a convention may also be given: `{Index: "…"}`.
    fn class(self) -> &'static str {
        match self {
            Self::Index => "Index",
            Self::Unique => "UniqueConstraint",
            Self::Check => "CheckConstraint",
            Self::ForeignKey => "ForeignKeyConstraint",
            Self::PrimaryKey => "PrimaryKeyConstraint",
        }
    }
}

/// What a name is made of.
pub(super) struct Naming<'n> {
    pub(super) kind: Named,
    pub(super) table: TableId,
    pub(super) columns: &'n [ColumnId],
    /// For a foreign key: the table and columns referred to.
    pub(super) referred: Option<(&'n str, &'n [String])>,
}

/// The outcome of naming.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Name {
    /// A name, written or made.
    Known(String),
    /// The server names it.
    Server,
    /// There is a convention, but it could not be followed: why.
    Unknown(String),
}

impl Name {
    pub(super) fn known(self) -> Option<String> {
        match self {
            Self::Known(name) => Some(name),
            Self::Server | Self::Unknown(_) => None,
        }
    }
}

impl<'a> Lowering<'_, 'a> {
    /// The name of a constraint or index: `given` as it was written, or what the convention makes.
    pub(super) fn name(&self, naming: &Naming<'_>, given: Option<&Value<'a>>) -> Name {
        let (given, is_final) = match given {
            None | Some(Value::None) => (None, false),
            Some(value) => match value.as_text() {
                // `conv("x")` and an f-string alike: a text; `conv` alone is left as it is.
                Some(text) => (Some(text), is_conv(value)),
                None => return Name::Unknown("its name could not be worked out".to_owned()),
            },
        };
        let written = || given.as_ref().map_or(Name::Server, |given| Name::Known(given.to_string()));
        if is_final {
            return written();
        }
        let convention = match self.convention(naming) {
            Ok(Some(convention)) => convention,
            Ok(None) => return written(),
            Err(reason) if given.is_none() => return Name::Unknown(reason),
            Err(_) => return written(),
        };
        if given.is_some() && !convention.contains("constraint_name") {
            return written();
        }
        match self.follow(&convention, naming, given.as_deref()) {
            Ok(name) => Name::Known(self.cut(name)),
            Err(reason) => Name::Unknown(reason),
        }
    }

    /// The convention's template for a kind, if there is one.
    fn convention(&self, naming: &Naming<'_>) -> Result<Option<String>, String> {
        let metadata = &self.draft(naming.table).metadata;
        let default = || (naming.kind == Named::Index).then(|| "ix_%(column_0_label)s".to_owned());
        let setting = self
            .evaluator
            .metadata_setting(metadata, 2, "naming_convention")
            .ok_or_else(|| "the naming convention of its MetaData is not known".to_owned())?;
        let Some(setting) = setting.filter(|setting| !matches!(setting.value, Value::None)) else {
            return Ok(default());
        };
        let Value::Dict(entries) = &setting.value else {
            return match setting.value.text_entries() {
                Some(entries) => Ok(entries
                    .iter()
                    .find(|(key, _)| key.as_ref() == naming.kind.prefix())
                    .and_then(|(_, template)| template.value.as_text())
                    .map(|template| template.to_string())),
                None => Err("the naming convention of its MetaData could not be worked out".to_owned()),
            };
        };
        let entries = entries.borrow();
        if entries.is_empty() {
            return Ok(default());
        }
        let found = entries.iter().find(|(key, _)| match key {
            Value::External(path) => crate::python::last_segment(path) == naming.kind.class(),
            key => key.as_text().is_some_and(|key| key.as_ref() == naming.kind.prefix()),
        });
        match found {
            // A convention without `ix` leaves unnamed indexes without a name, which SQLAlchemy refuses.
            None => Ok(None),
            Some((_, template)) => match template.value.as_text() {
                Some(template) => Ok(Some(template.to_string())),
                None => Err("the naming convention of its MetaData could not be worked out".to_owned()),
            },
        }
    }

    /// Fills in a template such as `fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s`.
    fn follow(&self, template: &str, naming: &Naming<'_>, given: Option<&str>) -> Result<String, String> {
        let mut name = String::new();
        let mut rest = template;
        while let Some((before, behind)) = rest.split_once('%') {
            name.push_str(before);
            if let Some(behind) = behind.strip_prefix('%') {
                name.push('%');
                rest = behind;
                continue;
            }
            let (token, behind) = behind
                .strip_prefix('(')
                .and_then(|behind| behind.split_once(")s"))
                .ok_or_else(|| format!("the naming convention `{template}` could not be followed"))?;
            name.push_str(&self.token(token, naming, given)?);
            rest = behind;
        }
        name.push_str(rest);
        Ok(name)
    }

    fn token(&self, token: &str, naming: &Naming<'_>, given: Option<&str>) -> Result<String, String> {
        let unknown = || format!("the token `{token}` of the naming convention is not known");
        match token {
            "table_name" => return Ok(self.draft(naming.table).name.to_string()),
            "constraint_name" => {
                return given.map(str::to_owned).ok_or_else(|| {
                    "the naming convention asks for a name that is not given, so SQLAlchemy refuses it".to_owned()
                });
            }
            "referred_table_name" => {
                return naming.referred.map(|(table, _)| table.to_owned()).ok_or_else(unknown);
            }
            _ => {}
        }
        // `column_0_name`, `column_0N_name`, `column_0_N_label`, `referred_column_0_name` …
        let (is_referred, column_token) = match token.strip_prefix("referred_") {
            Some(rest) => (true, rest),
            None => (false, token),
        };
        let rest = column_token.strip_prefix("column_").ok_or_else(unknown)?;
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let position: usize = rest[..digits].parse().map_err(|_| unknown())?;
        let rest = &rest[digits..];
        let (separator, attribute) = if let Some(attribute) = rest.strip_prefix("_N_") {
            (Some("_"), attribute)
        } else if let Some(attribute) = rest.strip_prefix("N_") {
            (Some(""), attribute)
        } else {
            (None, rest.strip_prefix('_').ok_or_else(unknown)?)
        };
        let parts: Vec<String> = if is_referred {
            let (_, columns) = naming.referred.ok_or_else(unknown)?;
            columns.to_vec()
        } else {
            naming.columns.iter().map(|column| self.column_token(*column, attribute)).collect()
        };
        Ok(match separator {
            Some(separator) => parts.join(separator),
            // A position that is not there counts as empty.
            None => parts.get(position).cloned().unwrap_or_default(),
        })
    }

    fn column_token(&self, column: ColumnId, attribute: &str) -> String {
        let draft = self.evaluator.registry.column(column);
        match attribute {
            "key" => draft.key.to_string(),
            "label" => {
                let table = &self.draft(column.table).name;
                match self.schema_of(column.table) {
                    Some(schema) => format!("{}_{table}_{}", schema.replace('.', "_"), draft.name),
                    None => format!("{table}_{}", draft.name),
                }
            }
            _ => draft.name.to_string(),
        }
    }

    /// Cuts a made name as SQLAlchemy does: the beginning, and four digits of the whole name's MD5.
    fn cut(&self, name: String) -> String {
        let limit = self.compiler.name_limit();
        if name.chars().count() <= limit {
            return name;
        }
        let digest = Md5::digest(name.as_bytes());
        let tail: String = digest.iter().rev().take(2).rev().map(|byte| format!("{byte:02x}")).collect();
        let start: String = name.chars().take(limit - 8).collect();
        format!("{start}_{tail}")
    }
}

fn is_conv(value: &Value<'_>) -> bool {
    value
        .as_symbol()
        .and_then(|symbol| symbol.external_call())
        .is_some_and(|(path, _)| crate::python::last_segment(path) == "conv")
}
