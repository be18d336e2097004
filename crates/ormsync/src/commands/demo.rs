//! `ormsync demo [DIR]`.
use crate::command_line::{DemoOptions, GlobalOptions};
use crate::failure::Result;
use crate::terminal::Terminal;
pub(super) fn run(_: &GlobalOptions, _: &DemoOptions, _: &Terminal) -> Result<u8> {
    Ok(0)
}
