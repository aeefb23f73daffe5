//! The smallest exchange over loopback: one request a connection, answered with five octets.

use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};

/// Answers so many requests, one after the other.
///
/// # Errors
/// Where a connection breaks off.
pub fn serve(listener: &TcpListener, count: usize) -> io::Result<()> {
    for stream in listener.incoming().take(count) {
        let mut stream = stream?;
        let _ = stream.read(&mut [0; 1024])?;
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")?;
    }
    Ok(())
}

/// Asks a port of this machine for a target and waits for the answer.
///
/// # Errors
/// Where nobody listens, or the connection breaks off.
pub fn ask(port: u16, target: &str) -> io::Result<()> {
    let mut stream = TcpStream::connect(("127.0.0.1", port))?;
    // In one piece: the server reads once.
    stream.write_all(format!("GET {target} HTTP/1.1\r\nHost: a.example\r\n\r\n").as_bytes())?;
    stream.read_to_end(&mut Vec::new())?;
    Ok(())
}
