//! Any text is read as models: no panic, no hang (`-timeout=10`), on any dialect.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ormsync_sqlalchemy::ReadOptions;

fuzz_target!(|data: &[u8]| {
    let folder = tempfile::tempdir().expect("the temporary folder can be written to");
    let file = folder.path().join("models.py");
    std::fs::write(&file, data).expect("the temporary folder can be written to");
    for dialect in ormsync_dialect::all() {
        let options = ReadOptions { dialect, server: None, default_namespace: None };
        ormsync_sqlalchemy::read(std::slice::from_ref(&file), &options);
    }
});
