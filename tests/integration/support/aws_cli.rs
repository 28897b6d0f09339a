//! The AWS CLI, as the commands of a remedy find it: a program `aws` in a folder for `PATH`.

use std::fs;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use super::python::{AWS_CLI, fresh_folder};

const SERVER: &str = include_str!("aws_cli.py");

/// Hands a call over to the server.
const CLIENT: &str = r#"#!/bin/sh
exec PYTHON -I -S -c '
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect(sys.argv[1])
call = {"arguments": sys.argv[2:], "folder": os.getcwd(), "environment": dict(os.environ)}
socket.send_fds(server, [json.dumps(call).encode()], [0, 1, 2])
sys.exit((server.recv(1) or b"\xff")[0])
' SOCKET "$@"
"#;

struct Server {
    folder: PathBuf,
    /// It ends with its standard input, which ends with this process.
    _process: Child,
}

/// The folder of the program `aws`.
pub(crate) fn folder() -> PathBuf {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(start).folder.clone()
}

fn start() -> Server {
    let python = AWS_CLI.interpreter();
    let folder = fresh_folder("aws-cli");
    // A socket's path has room for a hundred characters, and the target folder's may be longer.
    let socket = tempfile::Builder::new().prefix("aws-cli-").tempdir().expect("a folder for a socket").keep().join("s");
    let client =
        CLIENT.replace("PYTHON", &python.display().to_string()).replace("SOCKET", &socket.display().to_string());
    fs::write(folder.join("aws"), client).expect("the program aws");
    fs::set_permissions(folder.join("aws"), fs::Permissions::from_mode(0o755)).expect("a program that may be run");
    let mut server = Command::new(&python)
        .args(["-c", SERVER])
        .arg(&socket)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("HOME", &folder)
        .env("AWS_EC2_METADATA_DISABLED", "true")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the AWS CLI");
    let mut said = String::new();
    BufReader::new(server.stdout.take().expect("the server's output")).read_line(&mut said).expect("what it says");
    assert_eq!(said, "ready\n", "the AWS CLI did not start");
    Server { folder, _process: server }
}
