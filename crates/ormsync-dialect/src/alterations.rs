//! What a plan has to know of how a server changes things.

/// How a server changes what is there. Each answer says what would be refused, or lost, otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Alterations {
    /// Tables are made anew where more than a column is added.
    pub rebuilds_tables: bool,
    /// Indexes stand inside CREATE TABLE, not behind it.
    pub indexes_in_table: bool,
    /// Foreign keys can only stand inside CREATE TABLE.
    pub foreign_keys_in_table: bool,
    /// A foreign key keeps its columns and the indexes it rests on from changing.
    pub foreign_keys_hold_columns: bool,
    /// A column that an expression names can't be renamed.
    pub expressions_hold_names: bool,
    /// A view, policy or trigger keeps the columns it names from changing.
    pub views_hold_tables: bool,
    /// Keys and checks can be renamed.
    pub renames_constraints: bool,
    /// Indexes can be renamed.
    pub renames_indexes: bool,
    /// A table that is there can be split into partitions, and joined again.
    pub splits_tables: bool,
    /// Indexes can be made and dropped while others write.
    pub concurrent_indexes: bool,
    /// A statement can say by which algorithm a table is to be changed, and what it is locked against meanwhile.
    pub takes_algorithm: bool,
}

/// What a change of type does to the values that are there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conversion {
    /// Every value stays what it is.
    Safe,
    /// Values may be cut, rounded or refused.
    Narrowing,
    /// Values are written out and read again; those that do not read as the new type are refused.
    Reading,
}
