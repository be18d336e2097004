//! A command of the project's: started, listened to, and ended with all that it started when it takes too long.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

/// As much of what a command says as is kept.
const MOST_SAID: u64 = 8 * 1024 * 1024;

/// How long its pipes may stay open when it has ended: a process that it started may hold them.
const GRACE: Duration = Duration::from_secs(2);

/// How a command went.
#[derive(Debug)]
pub(super) struct Ended {
    /// How it ended; none where it was ended for taking too long.
    pub(super) status: Option<ExitStatus>,
    /// All that it said, standard output first.
    pub(super) said: String,
    /// How long it took.
    pub(super) took: Duration,
}

/// Runs a command without a standard input, so that it can't ask anything.
///
/// # Errors
/// Where it can't be started.
pub(super) fn run(command: &mut Command, limit: Duration) -> std::io::Result<Ended> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // `npx` and `uv run` start others: all of them are ended together.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    let start = Instant::now();
    let mut child = command.spawn()?;
    let (output, complaint) = (listen(child.stdout.take()), listen(child.stderr.take()));
    let status = wait(&mut child, limit);
    if status.is_none() {
        end(&mut child);
    }
    let took = start.elapsed();
    let text = |receiver: Receiver<Vec<u8>>| {
        String::from_utf8_lossy(&receiver.recv_timeout(GRACE).unwrap_or_default()).into_owned()
    };
    let said = [text(output), text(complaint)].join("\n");
    Ok(Ended { status, said, took })
}

/// Ends a process and those that it has started.
fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(group) = rustix::process::Pid::from_raw(i32::try_from(child.id()).unwrap_or_default()) {
        // It may have ended by itself meanwhile.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// Reads a pipe to its end in a thread of its own.
fn listen(pipe: Option<impl Read + Send + 'static>) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // What was read before an error is what there is; the process is not to be stopped by a full pipe.
            let _ = pipe.by_ref().take(MOST_SAID).read_to_end(&mut bytes);
            let _ = std::io::copy(&mut pipe, &mut std::io::sink());
        }
        // Nobody may be listening any more.
        let _ = sender.send(bytes);
    });
    receiver
}

fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    let end = Instant::now() + limit;
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Some(status),
            Ok(None) if Instant::now() < end => thread::sleep(Duration::from_millis(10)),
            Ok(None) | Err(_) => return None,
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_takes_too_long_is_ended_with_all_that_it_started() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo begun; (sleep 30; echo late) & wait"]);
        let ended = run(&mut command, Duration::from_millis(300)).unwrap();
        assert!(ended.status.is_none() && ended.took < Duration::from_secs(10));
        assert_eq!(ended.said.trim(), "begun");
        let ended = run(Command::new("sh").args(["-c", "echo a; echo b >&2; exit 3"]), GRACE).unwrap();
        assert_eq!((ended.status.unwrap().code(), ended.said.as_str()), (Some(3), "a\n\nb\n"));
    }
}
