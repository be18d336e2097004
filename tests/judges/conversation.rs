//! A judge that runs as a process and answers requests, one JSON document a line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde_json::Value;

/// A process that is asked. It ends with this.
pub(crate) struct Conversation {
    name: &'static str,
    process: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Conversation {
    /// Starts the process, which messages call by this name.
    ///
    /// # Errors
    ///
    /// Where it does not start.
    pub(crate) fn start(name: &'static str, command: &mut Command) -> std::io::Result<Self> {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        Ok(Self {
            name,
            questions: process.stdin.take().expect("standard input is a pipe"),
            answers: BufReader::new(process.stdout.take().expect("standard output is a pipe")),
            process,
        })
    }

    /// One question and its answer.
    ///
    /// # Errors
    ///
    /// Where the process has ended, or answers something else.
    pub(crate) fn ask<Answer: serde::de::DeserializeOwned>(&mut self, question: &Value) -> Result<Answer, String> {
        let mut line = String::new();
        writeln!(self.questions, "{question}")
            .and_then(|()| self.answers.read_line(&mut line))
            .map_err(|error| format!("{} ended: {error}", self.name))?;
        serde_json::from_str(&line).map_err(|error| format!("{} answered {line:?}: {error}", self.name))
    }
}

impl Drop for Conversation {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
