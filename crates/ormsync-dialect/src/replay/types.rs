//! Enums, domains, composite types and ranges.

use ormsync_schema::{Check, CompositeType, Domain, EnumType, Operation, QualifiedName};
use sqlparser::ast::{
    AlterType, AlterTypeAddValuePosition, AlterTypeOperation, CreateDomain, Ident, ObjectName, TableConstraint,
    UserDefinedTypeRepresentation,
};

use super::{Outcome, Replay};

impl Replay<'_> {
    pub(super) fn create_type(
        &mut self,
        name: &ObjectName,
        definition: Option<&UserDefinedTypeRepresentation>,
    ) -> Outcome {
        let name = self.path(name);
        let content = self.content(&name.namespace);
        let is_there = content.enums.contains_key(&name.name)
            || content.composite_types.contains_key(&name.name)
            || content.ranges.contains_key(&name.name);
        if is_there {
            return if self.tolerant { Ok(()) } else { Err(format!("the type {name} is there already")) };
        }
        let origin = self.origin.clone();
        let operation = match definition {
            Some(UserDefinedTypeRepresentation::Enum { labels }) => {
                let labels = labels.iter().map(|label| self.label(label)).collect();
                Operation::CreateEnum { name, enum_type: EnumType { labels, comment: None, origin } }
            }
            Some(UserDefinedTypeRepresentation::Composite { attributes }) => {
                let field = |name: &Ident, text: String| (self.fold(name), (self.rules.grammar.parse_type)(&text));
                let fields = attributes.iter().map(|it| field(&it.name, it.data_type.to_string())).collect();
                Operation::CreateCompositeType { name, composite_type: CompositeType { fields, comment: None, origin } }
            }
            Some(UserDefinedTypeRepresentation::Range { .. }) => {
                return Err("ranges of one's own are not known".to_owned());
            }
            _ => return Err("nothing is known of such a type".to_owned()),
        };
        self.apply(&operation)
    }

    fn label(&self, label: &Ident) -> String {
        self.rules.constant(&label.value)
    }

    pub(super) fn alter_type(&mut self, statement: &AlterType) -> Outcome {
        let name = self.path(&statement.name);
        match &statement.operation {
            AlterTypeOperation::Rename(rename) => {
                let to = QualifiedName::new(&name.namespace, self.fold(&rename.new_name));
                let content = self.content(&name.namespace);
                if let Some(composite) = content.composite_types.remove(&name.name) {
                    content.composite_types.insert(to.name, composite);
                    return Ok(());
                }
                (self.rules.resolve_types)(self.schema);
                self.apply(&Operation::RenameEnum { from: name, to })
            }
            AlterTypeOperation::AddValue(add) => {
                let label = self.label(&add.value);
                let position = add.position.as_ref().map(|position| match position {
                    AlterTypeAddValuePosition::Before(other) => (self.label(other), 0),
                    AlterTypeAddValuePosition::After(other) => (self.label(other), 1),
                });
                let is_guarded = add.if_not_exists || self.tolerant;
                let labels = &mut self.enum_mut(&name)?.labels;
                if labels.contains(&label) {
                    return if is_guarded { Ok(()) } else { Err(format!("{name} has a label {label} already")) };
                }
                let at = match position {
                    None => labels.len(),
                    Some((other, offset)) => {
                        let found = labels.iter().position(|it| *it == other);
                        found.ok_or_else(|| format!("{name} has no label {other}"))? + offset
                    }
                };
                labels.insert(at, label);
                Ok(())
            }
            AlterTypeOperation::RenameValue(rename) => {
                let (from, to) = (self.label(&rename.from), self.label(&rename.to));
                let labels = &mut self.enum_mut(&name)?.labels;
                let found = labels.iter_mut().find(|label| **label == from);
                *found.ok_or_else(|| format!("{name} has no label {from}"))? = to;
                Ok(())
            }
        }
    }

    fn enum_mut(&mut self, name: &QualifiedName) -> Result<&mut EnumType, String> {
        self.content(&name.namespace).enums.get_mut(&name.name).ok_or_else(|| format!("there is no enum {name}"))
    }

    pub(super) fn create_domain(&mut self, statement: &CreateDomain) -> Outcome {
        let name = self.path(&statement.name);
        let data_type = (self.rules.grammar.parse_type)(&statement.data_type.to_string());
        let default = statement.default.as_ref();
        let default = default.map(|value| self.rules.dialect.parse_default(&value.to_string(), &data_type));
        let checks: Vec<Check> = statement
            .constraints
            .iter()
            .filter_map(|constraint| match constraint {
                TableConstraint::Check(check) => Some(self.check(None, check)),
                _ => None,
            })
            .collect();
        if checks.len() != statement.constraints.len() {
            self.leave_out("a constraint of the domain");
        }
        let domain = Domain {
            data_type,
            nullable: true,
            not_null: None,
            default,
            collation: statement.collation.as_ref().map(|name| name.value.clone()),
            checks,
            comment: None,
            origin: self.origin.clone(),
        };
        self.apply(&Operation::CreateDomain { name, domain })
    }
}
