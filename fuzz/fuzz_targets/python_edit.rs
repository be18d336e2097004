//! Edits of any text: refused or made, never a panic; and what is made is what was there plus the edit.

#![no_main]

use libfuzzer_sys::fuzz_target;
use ormsync_sqlalchemy::{Call, Edit, Which, edit_models};

fuzz_target!(|data: &[u8]| {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let call = || Call::Attribute { class: "A".to_owned(), attribute: "x".to_owned() };
    let argument = || Which::Keyword("comment".to_owned());
    let edits = [
        Edit::SetArgument { call: call(), argument: argument(), value: "'new'".to_owned() },
        Edit::RemoveArgument { call: call(), argument: argument() },
        Edit::AddArgument { call: call(), value: "Integer".to_owned() },
        Edit::AddAttribute { class: "A".to_owned(), after: None, text: "y: int".to_owned() },
        Edit::RemoveAttribute { class: "A".to_owned(), attribute: "x".to_owned() },
        Edit::AddTableArgument { class: "A".to_owned(), value: "Index('i', 'x')".to_owned() },
        Edit::SetTableOption { class: "A".to_owned(), option: "comment".to_owned(), value: "'c'".to_owned() },
        Edit::RemoveClass { class: "A".to_owned() },
        Edit::AddImport { module: "sqlalchemy".to_owned(), name: "Index".to_owned() },
    ];
    for edit in edits {
        let _ = edit_models(text, std::slice::from_ref(&edit));
    }
});
