//! Going through the attributes of something and the arguments of an attribute, each exactly once: what is
//! left over at the end is unknown, what is met twice is a duplicate.

use smallvec::{SmallVec, smallvec};

use crate::report::Report;
use crate::syntax::{Argument, Attribute, Expression, ExpressionKind};

/// Attributes that Prisma 8 has and the engines before it have not. None of them changes what the others say.
const OF_PRISMA_8: &[&str] = &["@@check", "@@control", "@@rls", "@@noCheck", "@noCheck"];

/// Which ones of a list are taken. Few lists are long, and a schema has tens of thousands.
type Taken = SmallVec<[bool; 16]>;

/// The attributes of a field, block or enum value.
pub(super) struct Attributes<'t> {
    /// `@` or `@@`, for messages.
    prefix: &'static str,
    all: &'t [Attribute],
    taken: Taken,
}

impl<'t> Attributes<'t> {
    pub(super) fn new(prefix: &'static str, all: &'t [Attribute]) -> Self {
        Self { prefix, all, taken: smallvec![false; all.len()] }
    }

    /// The attribute of that name, which may stand only once. Of several, the first counts.
    pub(super) fn single(&mut self, name: &str, report: &mut Report<'_>) -> Option<&'t Attribute> {
        let prefix = self.prefix;
        let mut found = self.repeated(name);
        let first = found.next()?;
        let others: SmallVec<[&Attribute; 1]> = found.collect();
        if !others.is_empty() {
            for attribute in std::iter::once(first).chain(others) {
                report.error("prisma-attribute", attribute.span, format!("`{prefix}{name}` may stand only once here."));
            }
        }
        Some(first)
    }

    /// All attributes of that name; they are taken as the iterator reaches them.
    pub(super) fn repeated<'a>(&'a mut self, name: &'a str) -> impl Iterator<Item = &'t Attribute> + 'a {
        self.take(move |written| written == name)
    }

    /// The attributes with a dot in their name: native types.
    pub(super) fn scoped(&mut self) -> impl Iterator<Item = &'t Attribute> {
        self.take(|written| written.contains('.'))
    }

    fn take<'a>(&'a mut self, is_wanted: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = &'t Attribute> + 'a {
        self.taken.iter_mut().zip(self.all).filter_map(move |(taken, attribute)| {
            let is_wanted = is_wanted(&attribute.name.text);
            *taken |= is_wanted;
            is_wanted.then_some(attribute)
        })
    }

    /// Reports what nobody took.
    pub(super) fn finish(self, report: &mut Report<'_>) {
        for (_, attribute) in self.taken.iter().zip(self.all).filter(|(taken, _)| !**taken) {
            let written = format!("{}{}", self.prefix, attribute.name.text);
            if OF_PRISMA_8.contains(&written.as_str()) {
                report.of_prisma_8(attribute.span, &format!("`{written}`"));
            } else {
                report.error("prisma-attribute", attribute.span, format!("There is no attribute `{written}` here."));
            }
        }
    }
}

/// The arguments of one attribute or function.
pub(super) struct Arguments<'t> {
    attribute: &'t Attribute,
    all: &'t [Argument],
    taken: Taken,
    /// Whether something was wrong, so that nothing follows from what is missing.
    pub(super) broken: bool,
}

impl<'t> Arguments<'t> {
    pub(super) fn new(attribute: &'t Attribute, report: &mut Report<'_>) -> Self {
        let mut arguments = Self {
            attribute,
            all: &attribute.arguments,
            taken: smallvec![false; attribute.arguments.len()],
            broken: false,
        };
        arguments.refuse_duplicates(report);
        arguments
    }

    fn refuse_duplicates(&mut self, report: &mut Report<'_>) {
        for (position, argument) in self.all.iter().enumerate() {
            self.broken |= argument.value.is_none();
            let name = argument.name.as_ref().map(|name| name.text.as_str());
            let is_again =
                self.all[..position].iter().any(|earlier| earlier.name.as_ref().map(|name| name.text.as_str()) == name);
            if is_again {
                self.broken = true;
                self.taken[position] = true;
                let message = match name {
                    Some(name) => format!("The argument `{name}` is given twice."),
                    None => "Only one argument may go without a name.".to_owned(),
                };
                report.error("prisma-attribute", argument.span, message);
            }
        }
    }

    /// A named argument.
    pub(super) fn named(&mut self, name: &str) -> Option<&'t Expression> {
        let found = self.all.iter().position(|argument| argument.name.as_ref().is_some_and(|given| given.text == name));
        self.take(found)
    }

    /// The argument without a name.
    pub(super) fn unnamed(&mut self) -> Option<&'t Expression> {
        let found = self.all.iter().position(|argument| argument.name.is_none());
        self.take(found)
    }

    /// The argument of that name, or the one without a name.
    pub(super) fn default(&mut self, name: &str, report: &mut Report<'_>) -> Option<&'t Expression> {
        let named = self.named(name);
        let unnamed = self.unnamed();
        if let (Some(_), Some(second)) = (named, unnamed) {
            self.broken = true;
            report.error("prisma-attribute", second.span, format!("The argument `{name}` is given twice."));
        }
        named.or(unnamed)
    }

    /// Like [`Arguments::default`], but its absence is an error.
    pub(super) fn required(&mut self, name: &str, report: &mut Report<'_>) -> Option<&'t Expression> {
        let found = self.default(name, report);
        if found.is_none() {
            self.broken = true;
            report.error(
                "prisma-attribute",
                self.attribute.span,
                format!("`{}` lacks its argument `{name}`.", self.attribute.name.text),
            );
        }
        found
    }

    /// A named string that is not empty.
    pub(super) fn text(&mut self, name: &str, report: &mut Report<'_>) -> Option<&'t str> {
        let value = self.named(name)?;
        let text = expect_text(value, name, report)?;
        if text.is_empty() {
            report.error("prisma-attribute", value.span, format!("The argument `{name}` must not be empty."));
            return None;
        }
        Some(text)
    }

    fn take(&mut self, position: Option<usize>) -> Option<&'t Expression> {
        let position = position?;
        self.taken[position] = true;
        self.all[position].value.as_ref()
    }

    /// Reports what nobody took.
    pub(super) fn finish(self, report: &mut Report<'_>) {
        for (taken, argument) in self.taken.iter().zip(self.all) {
            if !taken {
                let message = match &argument.name {
                    Some(name) => format!("`{}` has no argument `{}`.", self.attribute.name.text, name.text),
                    None => format!("`{}` has no argument without a name.", self.attribute.name.text),
                };
                report.error("prisma-attribute", argument.span, message);
            }
        }
    }
}

/// The text of a string argument.
pub(super) fn expect_text<'t>(value: &'t Expression, name: &str, report: &mut Report<'_>) -> Option<&'t str> {
    let text = value.as_text();
    if text.is_none() {
        report.error(
            "prisma-attribute",
            value.span,
            format!("The argument `{name}` takes a string, not {}.", value.form()),
        );
    }
    text
}

/// The elements of a list; a single value is a list of one, as the engine has it.
pub(super) fn elements(value: &Expression) -> &[Expression] {
    match &value.kind {
        ExpressionKind::Array(elements) => elements,
        _ => std::slice::from_ref(value),
    }
}
