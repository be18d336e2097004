//! Sits between us and PostgreSQL, notes what we say, and hangs up on wish.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What was said, as kind and text, noted while it is passed on.
type Notes = Arc<Mutex<Vec<(u8, String)>>>;

/// A proxy on a port of its own.
pub(crate) struct Proxy {
    pub(crate) port: u16,
    messages: Notes,
}

impl Proxy {
    /// Passes everything on to `server` (`scheme://user@host:port`). With `hang_ups`, so many connections are closed
    /// when they ask for indexes.
    pub(crate) fn to(server: &str, hang_ups: usize) -> Self {
        let place = server.rsplit(['@', '/']).next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let messages = Arc::new(Mutex::new(Vec::new()));
        let notes = Arc::clone(&messages);
        thread::spawn(move || {
            for (number, client) in listener.incoming().flatten().enumerate() {
                let server = TcpStream::connect(&place).unwrap();
                let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
                thread::spawn(move || _ = std::io::copy(&mut from_server, &mut to_client));
                let notes = Arc::clone(&notes);
                thread::spawn(move || pass_on(client, server, &notes, number < hang_ups));
            }
        });
        Self { port, messages }
    }

    /// What was said to the server: the kind of message (0 for the first one, which has none) and its text.
    pub(crate) fn messages(&self) -> Vec<(u8, String)> {
        self.messages.lock().unwrap().clone()
    }
}

fn pass_on(mut client: TcpStream, mut server: TcpStream, notes: &Mutex<Vec<(u8, String)>>, hangs_up: bool) {
    let mut kind = [0_u8];
    let mut is_first = true;
    loop {
        if !is_first && client.read_exact(&mut kind).is_err() {
            break;
        }
        let mut length = [0; 4];
        if client.read_exact(&mut length).is_err() {
            break;
        }
        let mut text = vec![0; u32::from_be_bytes(length) as usize - 4];
        client.read_exact(&mut text).unwrap();
        let readable = String::from_utf8_lossy(&text).into_owned();
        if hangs_up && readable.contains("pg_index") {
            break;
        }
        notes.lock().unwrap().push((kind[0], readable));
        if !is_first {
            server.write_all(&kind).unwrap();
        }
        server.write_all(&length).unwrap();
        server.write_all(&text).unwrap();
        is_first = false;
    }
    let _ = client.shutdown(std::net::Shutdown::Both);
    let _ = server.shutdown(std::net::Shutdown::Both);
}

/// The same for MySQL and MariaDB: the statements that were said, and the kinds of all commands.
pub(crate) fn listen_to_mysql(server: &str) -> (u16, Notes) {
    let place = server.rsplit(['@', '/']).next().unwrap().to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let commands = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&commands);
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = TcpStream::connect(&place).unwrap();
            let (mut from_server, mut to_client) = (server.try_clone().unwrap(), client.try_clone().unwrap());
            thread::spawn(move || _ = std::io::copy(&mut from_server, &mut to_client));
            let notes = Arc::clone(&notes);
            thread::spawn(move || pass_packets_on(client, server, &notes));
        }
    });
    (port, commands)
}

fn pass_packets_on(mut client: TcpStream, mut server: TcpStream, notes: &Mutex<Vec<(u8, String)>>) {
    let mut header = [0; 4];
    // A packet is three bytes of length, its number, and what it holds; a command is a packet number 0.
    while client.read_exact(&mut header).is_ok() {
        let mut packet = vec![0; u32::from_le_bytes([header[0], header[1], header[2], 0]) as usize];
        client.read_exact(&mut packet).unwrap();
        if let (0, [kind, text @ ..]) = (header[3], packet.as_slice()) {
            notes.lock().unwrap().push((*kind, String::from_utf8_lossy(text).into_owned()));
        }
        server.write_all(&header).and_then(|()| server.write_all(&packet)).unwrap();
    }
}
