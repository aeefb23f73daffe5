//! A site on loopback that real servers give out: a key and a certificate made anew, pages, nginx's configuration.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::wiretap::{free_port, wait_for_port};

/// A folder with a server's key, its certificate and pages; it stays until its owner removes it.
pub struct Site {
    folder: PathBuf,
}

/// A server program, stopped when it is dropped.
pub struct Server {
    child: Child,
    /// Where it listens.
    pub port: u16,
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Server {
    /// Starts a program that listens on a port, and waits until it does.
    ///
    /// # Errors
    /// Where it does not start or does not listen.
    pub fn start(command: &mut Command, port: u16) -> io::Result<Self> {
        let quiet = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let server = Self { child: quiet.spawn()?, port };
        if wait_for_port(port) {
            Ok(server)
        } else {
            Err(io::Error::other(format!("{command:?} does not listen")))
        }
    }
}

/// How nginx speaks.
#[derive(Clone, Copy, Debug)]
pub struct Speech<'a> {
    /// `ssl_protocols`.
    pub protocols: &'a str,
    /// `ssl_ciphers`.
    pub ciphers: &'a str,
    /// Whether HTTP/2 is offered.
    pub http2: bool,
}

impl Site {
    /// Makes key, certificate (`server.key`, `server.pem`) and pages: `page.html`, small, and `large.bin`, which no
    /// compression makes smaller.
    ///
    /// # Errors
    /// Where openssl is missing or fails, or the folder cannot be written to.
    pub fn new(folder: &Path) -> io::Result<Self> {
        let site = Self { folder: folder.to_owned() };
        site.openssl(&[
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "30",
            "-subj",
            "/CN=www.example.test",
            "-keyout",
            "server.key",
            "-out",
            "server.pem",
        ])?;
        fs::write(site.path("page.html"), "<h1>A page</h1><p>Fetched to be captured.</p>\n".repeat(16))?;
        fs::write(site.path("large.bin"), noise(400_000))?;
        Ok(site)
    }

    /// A file of the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Runs openssl in the folder.
    ///
    /// # Errors
    /// Where it is missing or fails.
    pub fn openssl(&self, arguments: &[&str]) -> io::Result<()> {
        let output = Command::new("openssl").args(arguments).current_dir(&self.folder).output()?;
        let said = || String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(()) } else { Err(io::Error::other(said())) }
    }

    /// nginx gives out the folder over TLS.
    ///
    /// # Errors
    /// Where it is missing or does not start.
    pub fn nginx(&self, speech: &Speech<'_>) -> io::Result<Server> {
        let Speech { protocols, ciphers, http2 } = speech;
        let folder = self.folder.display();
        let tls = format!(
            "ssl_certificate {folder}/server.pem; ssl_certificate_key {folder}/server.key;
            ssl_protocols {protocols}; ssl_ciphers {ciphers};"
        );
        self.serve(if *http2 { "ssl http2" } else { "ssl" }, &tls)
    }

    /// nginx gives out the folder in clear, by HTTP/1.1 or by HTTP/2 without asking.
    ///
    /// # Errors
    /// Where it is missing or does not start.
    pub fn nginx_in_clear(&self, http2: bool) -> io::Result<Server> {
        self.serve(if http2 { "http2" } else { "" }, "")
    }

    fn serve(&self, listens: &str, tls: &str) -> io::Result<Server> {
        let (port, folder) = (free_port()?, self.folder.display());
        let configuration = format!(
            "daemon off; master_process off; pid {folder}/nginx-{port}.pid; error_log {folder}/nginx.log;
            events {{ worker_connections 2048; }}
            http {{
                access_log off; root {folder}; default_type application/octet-stream;
                keepalive_requests 100000; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
                fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
                server {{ listen 127.0.0.1:{port} {listens}; {tls} }}
            }}"
        );
        let path = self.path(&format!("nginx-{port}.conf"));
        fs::write(&path, configuration)?;
        let mut command = Command::new("nginx");
        command.arg("-e").arg(self.path("nginx.log")).arg("-c").arg(path);
        Server::start(&mut command, port)
    }
}

/// Octets that do not compress, the same every time: a linear congruential generator.
fn noise(length: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [high, ..] = state.to_be_bytes();
        high
    };
    (0..length).map(next).collect()
}
