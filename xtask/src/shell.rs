//! Running other programs.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The workspace's folder.
pub(crate) fn root() -> PathBuf {
    // The manifest's folder is `<root>/xtask`, so there is a parent.
    let manifest = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().map_or(manifest.clone(), PathBuf::from)
}

/// Runs a program in the workspace's folder; its failure is an error.
pub(crate) fn run<A: AsRef<OsStr>>(program: &str, arguments: impl IntoIterator<Item = A>) -> Result<()> {
    run_with(program, arguments, [])
}

/// The same with variables added to the environment.
pub(crate) fn run_with<'a, A: AsRef<OsStr>>(
    program: &str,
    arguments: impl IntoIterator<Item = A>,
    variables: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> Result<()> {
    let mut command = Command::new(program);
    command.args(arguments).envs(variables).current_dir(root());
    let status = command.status().with_context(|| format!("cannot run {program}"))?;
    ensure!(status.success(), "{command:?} ended with {status}");
    Ok(())
}

/// Builds the program as users get it and gives its path.
pub(crate) fn tapline() -> Result<PathBuf> {
    release("tapline", "tapline", &[])
}

/// Builds a program of a package as users get it and gives its path.
pub(crate) fn release(package: &str, program: &str, features: &[&str]) -> Result<PathBuf> {
    let features = features.join(",");
    let what = ["--package", package, "--bin", program, "--features", &features];
    run("cargo", ["build", "--release", "--quiet"].into_iter().chain(what))?;
    Ok(target().join("release").join(program))
}

/// Where cargo builds.
pub(crate) fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// Whether a program can be started.
pub(crate) fn is_there(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok()
}
