//! The program runs and says which it is. Being here, this test also makes cargo build
//! the program that the root package's tests run.

use std::process::Command;

#[test]
fn tells_its_version() {
    let output = Command::new(env!("CARGO_BIN_EXE_ormsync"))
        .arg("--version")
        .output()
        .expect("the program cargo has just built runs");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), concat!("ormsync ", env!("CARGO_PKG_VERSION")));
}
