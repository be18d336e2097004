//! Standard output and standard error: findings to one, everything else to the other.

use std::io::{self, ErrorKind, Write};

use anstream::{AutoStream, ColorChoice};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use ormsync_report::{TextStyle, diagnostic_text};
use ormsync_schema::{Diagnostic, Severity, SourceFiles};

use crate::command_line::{Colour, GlobalOptions};
use crate::failure::{Failure, Result};

/// The width of text when nothing says how wide the terminal is.
const DEFAULT_WIDTH: usize = 100;

/// Where a run writes to, and how much.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terminal {
    colour: Colour,
    /// `-q`: nothing but what is wrong.
    pub(crate) quiet: bool,
    /// `-v`: what is read, from where, and how long it takes.
    pub(crate) verbose: bool,
}

impl Terminal {
    /// As the options say.
    pub(crate) fn new(options: &GlobalOptions) -> Self {
        Self { colour: options.color, quiet: options.quiet, verbose: options.verbose }
    }

    /// One that tells nothing.
    pub(crate) fn silent() -> Self {
        Self { colour: Colour::Never, quiet: true, verbose: false }
    }

    /// How text on standard output looks.
    pub(crate) fn text_style(&self) -> TextStyle {
        TextStyle { colour: self.colours(&io::stdout()), width: width() }
    }

    /// Writes to standard output. A reader that has gone away (`| head`) is no error.
    pub(crate) fn output(&self, text: &str) -> Result<()> {
        let choice = if self.colours(&io::stdout()) { ColorChoice::Always } else { ColorChoice::Never };
        let mut stream = AutoStream::new(io::stdout().lock(), choice);
        match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
            Err(error) if error.kind() != ErrorKind::BrokenPipe => {
                Err(Failure::new("output", format!("standard output could not be written: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Tells something worth knowing on standard error, unless `-q`.
    pub(crate) fn note(&self, text: &str) {
        if !self.quiet {
            self.standard_error(&format!("{text}\n"));
        }
    }

    /// Tells a detail on standard error, with `-v`.
    pub(crate) fn detail(&self, text: &str) {
        if self.verbose {
            self.standard_error(&format!("{text}\n"));
        }
    }

    /// Tells on standard error why the run ends.
    pub(crate) fn failure(&self, failure: &Failure) {
        self.diagnostics(&failure.diagnostics, &failure.files);
    }

    /// Tells diagnostics on standard error; with `-q` no notes.
    pub(crate) fn diagnostics(&self, diagnostics: &[Diagnostic], files: &SourceFiles) {
        let style = TextStyle { colour: self.colours(&io::stderr()), width: width() };
        for diagnostic in diagnostics {
            if diagnostic.severity > Severity::Note || !self.quiet {
                let text = diagnostic_text(diagnostic, files, style);
                self.standard_error(&format!("{}\n\n", text.trim_end()));
            }
        }
    }

    /// A bar that tells how far something long has come, on standard error where that is a terminal, unless `-q`.
    pub(crate) fn progress(&self, total: usize, what: &'static str) -> Progress {
        let target = if self.quiet { ProgressDrawTarget::hidden() } else { ProgressDrawTarget::stderr() };
        let bar = ProgressBar::with_draw_target(Some(count(total)), target);
        // The template is the same each time: that it is one, the test below sees.
        let style = ProgressStyle::with_template("{bar:30} {human_pos} of {human_len} {msg}, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style);
        }
        bar.set_message(what);
        Progress(bar)
    }

    /// Writes to standard error; when even that is gone there is nobody left to tell.
    fn standard_error(&self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    fn colours(&self, stream: &impl anstream::stream::RawStream) -> bool {
        match self.colour {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => AutoStream::choice(stream) != ColorChoice::Never,
        }
    }
}

/// How far something long has come.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// So much more.
    pub(crate) fn add(&self, more: usize) {
        self.0.inc(count(more));
    }

    /// So far, whatever was told before.
    pub(crate) fn at(&self, done: usize) {
        self.0.set_position(count(done));
    }

    /// That was all: the bar goes away.
    pub(crate) fn end(&self) {
        self.0.finish_and_clear();
    }
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

fn width() -> usize {
    let told = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok());
    told.or_else(|| terminal_size::terminal_size().map(|(width, _)| usize::from(width.0))).unwrap_or(DEFAULT_WIDTH)
}
