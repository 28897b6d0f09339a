//! The `stagecheck` program: see the library.

fn main() -> std::process::ExitCode {
    stagecheck::run(std::env::args_os()).into()
}
