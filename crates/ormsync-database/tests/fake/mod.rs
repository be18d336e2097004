//! Servers that do one thing only.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// A listener on a free port of this machine, for as long as the test runs.
pub(crate) struct FakeServer {
    pub(crate) port: u16,
}

/// A port that nobody listens on.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

impl FakeServer {
    fn answering(answer: impl Fn(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                answer(&mut stream);
            }
        });
        Self { port }
    }

    /// Takes connections and says nothing.
    pub(crate) fn silent() -> Self {
        Self::answering(|_| thread::sleep(Duration::from_secs(3)))
    }

    /// Says this at once and closes.
    pub(crate) fn saying(text: &'static [u8]) -> Self {
        Self::answering(move |stream| {
            let _ = stream.write_all(text);
            hear(stream);
        })
    }

    /// Says this after it has been spoken to, and closes.
    pub(crate) fn saying_later(text: &'static [u8]) -> Self {
        Self::answering(move |stream| {
            hear(stream);
            let _ = stream.write_all(text);
            let _ = stream.flush();
            thread::sleep(Duration::from_millis(100));
        })
    }

    /// Has no TLS and refuses the log-in with an ErrorResponse of PostgreSQL's protocol.
    pub(crate) fn postgres_error(code: &'static str, message: &'static str) -> Self {
        Self::answering(move |stream| {
            // Eight bytes ask for TLS.
            if hear(stream) == 8 {
                let _ = stream.write_all(b"N");
                hear(stream);
            }
            let fields = format!("SFATAL\0VFATAL\0C{code}\0M{message}\0\0");
            let mut packet = vec![b'E'];
            packet.extend(u32::try_from(fields.len() + 4).unwrap().to_be_bytes());
            packet.extend(fields.as_bytes());
            let _ = stream.write_all(&packet);
            thread::sleep(Duration::from_millis(50));
        })
    }

    /// Lets everybody in without a password and answers every query with this one text, as PostgreSQL does.
    pub(crate) fn postgres_of_version(version: &'static str) -> Self {
        let message = |kind: u8, body: &[u8]| {
            let mut message = vec![kind];
            message.extend(u32::try_from(body.len() + 4).unwrap().to_be_bytes());
            message.extend(body);
            message
        };
        let ready = message(b'Z', b"I");
        let mut welcome = message(b'R', &[0; 4]);
        welcome.extend(&ready);
        // One column of the type text, one row.
        let mut answer = message(b'T', b"\x00\x01v\0\0\0\0\0\0\0\0\0\0\x19\xff\xff\xff\xff\xff\xff\0\0");
        let length = u32::try_from(version.len()).unwrap().to_be_bytes();
        answer.extend(message(b'D', &[&[0, 1], &length[..], version.as_bytes()].concat()));
        answer.extend(message(b'C', b"SHOW\0"));
        answer.extend(&ready);
        Self::answering(move |stream| {
            hear(stream);
            let _ = stream.write_all(&welcome);
            hear(stream);
            let _ = stream.write_all(&answer);
            hear(stream);
        })
    }

    /// Greets as MySQL 8 without TLS and refuses the log-in with an ERR packet.
    pub(crate) fn mysql_error(number: u16, message: &'static str) -> Self {
        Self::answering(move |stream| {
            let _ = stream.write_all(&packet(0, &greeting()));
            hear(stream);
            let mut error = vec![0xff];
            error.extend(number.to_le_bytes());
            error.extend(b"#28000");
            error.extend(message.as_bytes());
            let _ = stream.write_all(&packet(2, &error));
            thread::sleep(Duration::from_millis(50));
        })
    }
}

/// Takes in what the client says; gives how many bytes it was.
fn hear(stream: &mut TcpStream) -> usize {
    let _ = stream.set_read_timeout(Some(Duration::from_millis(500)));
    stream.read(&mut [0; 4096]).unwrap_or_default()
}

fn packet(number: u8, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
    let mut packet = length[..3].to_vec();
    packet.push(number);
    packet.extend(payload);
    packet
}

/// The first packet of MySQL's protocol, version 10: capabilities without the bit for TLS (0x800).
fn greeting() -> Vec<u8> {
    let capabilities: u32 = 0x00ff_f7ff;
    let [low0, low1, high0, high1] = capabilities.to_le_bytes();
    let mut greeting = vec![10];
    greeting.extend(b"8.0.36\0");
    greeting.extend(7_u32.to_le_bytes());
    greeting.extend(b"abcdefgh\0");
    greeting.extend([low0, low1, 45, 2, 0, high0, high1, 21]);
    greeting.extend([0; 10]);
    greeting.extend(b"ijklmnopqrst\0");
    greeting.extend(b"mysql_native_password\0");
    greeting
}
