//! Which values a type takes, as far as it takes to make some up.

use ormsync_schema::{DataType, NamedType};

/// The values of a type. What is not known is [`Values::Unknown`], never guessed.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Whole numbers from the least to the most.
    Integer {
        /// The least.
        least: i128,
        /// The most.
        most: i128,
    },
    /// Decimal numbers.
    Decimal {
        /// Digits in front of the point.
        whole: u32,
        /// Digits behind the point.
        scale: u32,
        /// Whether they may be below zero.
        signed: bool,
    },
    /// Floating-point numbers.
    Float,
    /// Texts.
    Text {
        /// The most characters; none where there is no limit to speak of.
        most: Option<usize>,
    },
    /// Byte strings.
    Bytes {
        /// The most bytes.
        most: usize,
        /// Whether all have this length.
        fixed: bool,
    },
    /// True and false.
    Boolean,
    /// Dates.
    Date,
    /// Times of day.
    Time,
    /// Dates with times.
    Moment,
    /// Years, as four digits.
    Year,
    /// JSON documents.
    Json,
    /// UUIDs in their usual text form.
    Uuid,
    /// One of these.
    Labels(Vec<String>),
    /// Any of these with commas between them.
    Set(Vec<String>),
    /// Zeros and ones, so many.
    Bits {
        /// How many.
        length: usize,
        /// Whether SQL writes them as a number.
        as_number: bool,
    },
    /// These constants in the server's text form are known to be such values, and there are others.
    Examples(&'static [&'static str]),
    /// These SQL expressions give such values.
    Expressions(&'static [&'static str]),
    /// Lists of other values, in the text form `{…}`.
    List(Box<Self>),
    /// Nothing is known of them.
    Unknown,
}

impl Values {
    /// Whole numbers of so many bits.
    pub(crate) fn integer(bits: u32, unsigned: bool) -> Self {
        if unsigned {
            Self::Integer { least: 0, most: (1 << bits) - 1 }
        } else {
            Self::Integer { least: -(1 << (bits - 1)), most: (1 << (bits - 1)) - 1 }
        }
    }

    /// Decimal numbers of a type with precision and scale; of one without, what every server takes.
    pub(crate) fn decimal(named: &NamedType, signed: bool) -> Self {
        let number = |position| named.number(position);
        let (precision, scale) = (number(0).unwrap_or(12), number(1).unwrap_or(if number(0).is_some() { 0 } else { 2 }));
        // A scale may be below zero (PostgreSQL): the last digits in front of the point are zeros then.
        let whole = u32::try_from(precision - scale).unwrap_or(0);
        Self::Decimal { whole, scale: u32::try_from(scale).unwrap_or(0), signed }
    }

    /// Texts of a type with a length.
    pub(crate) fn text(named: &NamedType, usual: Option<usize>) -> Self {
        Self::Text { most: named.number(0).and_then(|length| usize::try_from(length).ok()).or(usual) }
    }
}

/// The type as it is named, where it has a name of the server's own.
pub(crate) fn own_name(data_type: &DataType) -> Option<(&str, &NamedType)> {
    data_type.as_named().map(|named| (named.name.as_str(), named))
}
