//! The `voxbridge` command.

fn main() -> std::process::ExitCode {
    voxbridge::cli::run()
}
