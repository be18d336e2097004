//! The revisions of a project as their files say them, and the order in which Alembic runs them.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use ormsync_schema::{Diagnostic, Span};

use crate::program::ModuleId;
use crate::python::{Evaluator, Located, Place, Value};

/// A revision.
pub(super) struct Found<'a> {
    pub(super) id: Rc<str>,
    /// Those that it comes behind.
    down: Vec<Rc<str>>,
    /// Those that it wants to have run, without coming behind them: identifiers, beginnings of them, or labels.
    depends_on: Vec<Rc<str>>,
    labels: Vec<Rc<str>>,
    pub(super) module: ModuleId,
    /// The file, for what is said of it as a whole.
    pub(super) place: Place,
    /// Why what it comes behind is not known.
    unknown: Option<&'static str>,
    lifetime: std::marker::PhantomData<&'a ()>,
}

/// Evaluates the modules and looks for revisions among them.
pub(super) fn revisions_of<'a>(evaluator: &mut Evaluator<'a>, modules: &[ModuleId]) -> Vec<Found<'a>> {
    modules.iter().filter_map(|module| revision_of(evaluator, *module)).collect()
}

/// A module without `revision` is none.
fn revision_of<'a>(evaluator: &mut Evaluator<'a>, module: ModuleId) -> Option<Found<'a>> {
    let scope = evaluator.run_module(module);
    let place = Place { module, span: Span::new(0, 0) };
    let id = scope.own("revision")?;
    let mut unknown = None;
    let mut read = |name: &str, reason: &'static str| match scope.own(name).map(|value| texts(&value)) {
        None => Vec::new(),
        Some(Some(texts)) => texts,
        Some(None) => {
            unknown = Some(reason);
            Vec::new()
        }
    };
    let down = read("down_revision", "`down_revision` is neither a string, nor None, nor a tuple of strings");
    let depends_on = read("depends_on", "`depends_on` is neither a string, nor None, nor a tuple of strings");
    let labels = read("branch_labels", "`branch_labels` is neither a string, nor None, nor a tuple of strings");
    let (id, unknown) = match id.as_text() {
        Some(id) => (id, unknown),
        None => ("".into(), Some("`revision` is no string that is known")),
    };
    Some(Found { id, down, depends_on, labels, module, place, unknown, lifetime: std::marker::PhantomData })
}

/// A string, None, or several strings.
fn texts(value: &Value<'_>) -> Option<Vec<Rc<str>>> {
    match value {
        Value::None => Some(Vec::new()),
        other => match other.as_text() {
            Some(text) => Some(vec![text]),
            None => other.elements()?.iter().map(|Located { value, .. }| value.as_text()).collect(),
        },
    }
}

/// The revisions in an order in which each comes behind what it needs. What is wrong with the chain is said, as errors:
/// Alembic itself runs nothing then.
pub(super) fn in_order<'f, 'a>(
    found: &'f [Found<'a>],
    evaluator: &Evaluator<'a>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<&'f Found<'a>> {
    let mut chain = Chain { found, by_name: HashMap::new(), evaluator, diagnostics };
    chain.enter();
    let needs: Vec<Vec<usize>> = (0..found.len()).map(|index| chain.needs_of(index)).collect();
    let order = sorted(&needs);
    let ran: HashSet<usize> = order.iter().copied().collect();
    let circle: Vec<usize> = circle_among(&needs, &ran);
    if let Some(first) = circle.first() {
        let names: Vec<&str> = circle.iter().map(|index| found[*index].id.as_ref()).collect();
        chain.complain(
            "alembic-circle",
            format!("the revisions {} come behind one another in a circle", names.join(", ")),
            "give one of them the `down_revision` that it was written behind",
            found[*first].place,
        );
    }
    chain.tell_heads(&needs);
    order.into_iter().map(|index| &found[index]).collect()
}

struct Chain<'f, 'e, 'a> {
    found: &'f [Found<'a>],
    /// By identifier and label.
    by_name: HashMap<Rc<str>, usize>,
    evaluator: &'e Evaluator<'a>,
    diagnostics: &'e mut Vec<Diagnostic>,
}

impl Chain<'_, '_, '_> {
    fn complain(&mut self, code: &str, message: String, help: &str, place: Place) {
        let origin = self.evaluator.origin(place);
        self.diagnostics.push(Diagnostic::error(code, message, origin).with_help(help));
    }

    fn enter(&mut self) {
        for (index, revision) in self.found.iter().enumerate() {
            if let Some(reason) = revision.unknown {
                let message = format!("this revision does not say where it stands: {reason}");
                self.complain("alembic-revision", message, "write it as a constant, as Alembic does", revision.place);
            }
            if let Some(known) = self.by_name.insert(Rc::clone(&revision.id), index) {
                let other = &self.evaluator.program.module(self.found[known].module).path;
                let message = format!("the revision `{}` is there twice: also in {other}", revision.id);
                self.complain("alembic-duplicate", message, "give one of them another `revision`", revision.place);
            }
        }
        for (index, revision) in self.found.iter().enumerate() {
            for label in &revision.labels {
                self.by_name.entry(Rc::clone(label)).or_insert(index);
            }
        }
    }

    /// The positions of all that a revision needs.
    fn needs_of(&mut self, index: usize) -> Vec<usize> {
        let revision = &self.found[index];
        let mut needs = Vec::new();
        for (name, is_dependency) in
            revision.down.iter().map(|name| (name, false)).chain(revision.depends_on.iter().map(|name| (name, true)))
        {
            // A dependency may be written as the beginning of an identifier.
            let begins = || {
                let mut fitting = self.found.iter().enumerate().filter(|(_, other)| other.id.starts_with(&**name));
                fitting.next().map(|(at, _)| at).filter(|_| is_dependency && name.len() >= 4)
            };
            match self.by_name.get(name).copied().or_else(begins) {
                Some(found) => needs.push(found),
                None => {
                    let word = if is_dependency { "depends on" } else { "comes behind" };
                    let message =
                        format!("the revision `{}` {word} `{name}`, which is in none of the files", revision.id);
                    let help = "bring its file back, or name the last revision that is there in `down_revision`";
                    self.complain("alembic-missing-revision", message, help, revision.place);
                }
            }
        }
        needs
    }

    /// Several heads are no mistake by themselves, but `alembic upgrade head` refuses them.
    fn tell_heads(&mut self, needs: &[Vec<usize>]) {
        let behind: HashSet<usize> = needs.iter().flatten().copied().collect();
        let heads: Vec<usize> = (0..self.found.len()).filter(|index| !behind.contains(index)).collect();
        let has_labels = self.found.iter().any(|revision| !revision.labels.is_empty());
        let [first, _, ..] = heads.as_slice() else { return };
        if has_labels {
            return;
        }
        let names: Vec<&str> = heads.iter().map(|index| self.found[*index].id.as_ref()).collect();
        let origin = self.evaluator.origin(self.found[*first].place);
        let message = format!("the revisions have several heads, {}: all are taken", names.join(", "));
        self.diagnostics.push(
            Diagnostic::warning("alembic-heads", message, origin).with_help("join them with `alembic merge heads`"),
        );
    }
}

/// Each behind what it needs, else in the order given. What is in a circle, or needs what is, is left out.
pub(in crate::alembic) fn sorted(needs: &[Vec<usize>]) -> Vec<usize> {
    let mut waiting: Vec<usize> = needs.iter().map(Vec::len).collect();
    let mut followers: Vec<Vec<usize>> = vec![Vec::new(); needs.len()];
    for (index, needed) in needs.iter().enumerate() {
        needed.iter().for_each(|need| followers[*need].push(index));
    }
    let mut ready: std::collections::BTreeSet<usize> = (0..needs.len()).filter(|index| waiting[*index] == 0).collect();
    let mut order = Vec::new();
    while let Some(next) = ready.pop_first() {
        order.push(next);
        for follower in &followers[next] {
            waiting[*follower] -= 1;
            if waiting[*follower] == 0 {
                ready.insert(*follower);
            }
        }
    }
    order
}

/// One circle among those that did not run.
pub(in crate::alembic) fn circle_among(needs: &[Vec<usize>], ran: &HashSet<usize>) -> Vec<usize> {
    let Some(start) = (0..needs.len()).find(|index| !ran.contains(index)) else { return Vec::new() };
    let mut path = vec![start];
    loop {
        let last = path[path.len() - 1];
        // Of what did not run each has a need that did not run either.
        let Some(next) = needs[last].iter().copied().find(|need| !ran.contains(need)) else { return Vec::new() };
        if let Some(at) = path.iter().position(|index| *index == next) {
            return path.split_off(at);
        }
        path.push(next);
    }
}

#[cfg(test)]
mod tests {
    use super::{circle_among, sorted};

    #[test]
    fn each_comes_behind_what_it_needs() {
        assert_eq!(sorted(&[vec![1], vec![], vec![0, 3], vec![1]]), [1, 0, 3, 2]);
        let circle = [vec![], vec![2], vec![3], vec![1], vec![3]];
        let order = sorted(&circle);
        assert_eq!(order, [0]);
        assert_eq!(circle_among(&circle, &order.into_iter().collect()), [1, 2, 3]);
    }
}
