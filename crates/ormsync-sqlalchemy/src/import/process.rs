//! The Python process: started, given its request, listened to, and ended when it takes too long.

use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant};

/// The script, which lives in this binary and is handed over as an argument.
const SCRIPT: &str = concat!(include_str!("collect.py"), "\n\n", include_str!("print.py"));

/// More than any schema needs: a process that prints for ever must not fill the memory.
const LARGEST_ANSWER: u64 = 512 * 1024 * 1024;

/// As much of standard error as is kept.
const LARGEST_COMPLAINT: u64 = 1024 * 1024;

/// How long the pipes may stay open when the process has ended: a process it started may hold them.
const GRACE: Duration = Duration::from_secs(2);

/// What came of running the script.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) status: ExitStatus,
    pub(super) output: Vec<u8>,
    /// What was written to standard error, the end of it.
    pub(super) complaint: String,
}

/// Why the script gave no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// The process could not be started.
    NotStarted(std::io::Error),
    /// It did not end in time; what it had written to standard error.
    TooSlow(String),
}

/// Runs the script in `folder` with the request on its standard input.
pub(super) fn run(python: &Path, folder: &Path, request: &str, limit: Duration) -> Result<Outcome, NoAnswer> {
    let mut command = Command::new(python);
    // `-B` and the variable: no `__pycache__` among the user's files, not by a process it starts either.
    command.args(["-B", "-c", SCRIPT]).env("PYTHONDONTWRITEBYTECODE", "1").current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(NoAnswer::NotStarted)?;
    let start = Instant::now();
    let output = listen(child.stdout.take(), LARGEST_ANSWER);
    let complaint = listen(child.stderr.take(), LARGEST_COMPLAINT);
    if let Some(mut input) = child.stdin.take() {
        let request = request.to_owned();
        // A process that never reads must not hold us up; one that has ended does not listen any more.
        thread::spawn(move || drop(input.write_all(request.as_bytes())));
    }
    let received = output.recv_timeout(limit);
    let status = match received {
        Ok(_) => wait(&mut child, limit.saturating_sub(start.elapsed()).max(GRACE)),
        Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => None,
    };
    let Some(status) = status else {
        // It may have ended by itself meanwhile.
        let _ = child.kill();
        let _ = child.wait();
        return Err(NoAnswer::TooSlow(text(complaint.recv_timeout(GRACE).unwrap_or_default())));
    };
    let complaint = text(complaint.recv_timeout(GRACE).unwrap_or_default());
    Ok(Outcome { status, output: received.unwrap_or_default(), complaint })
}

/// Reads a pipe to its end in a thread of its own.
fn listen(pipe: Option<impl Read + Send + 'static>, limit: u64) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is what there is.
            let _ = pipe.by_ref().take(limit).read_to_end(&mut bytes);
            // The process is not to be stopped by a full pipe.
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        // Nobody may be listening any more.
        let _ = sender.send(bytes);
    });
    receiver
}

/// Waits for the end of a process that has closed its output.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(5)),
            Ok(None) | Err(_) => return None,
        }
    }
}

fn text(bytes: Vec<u8>) -> String {
    String::from_utf8_lossy(&bytes).trim().to_owned()
}
