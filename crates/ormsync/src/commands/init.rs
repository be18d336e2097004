//! `ormsync init`.
use crate::command_line::InitOptions;
use crate::failure::Result;
use crate::terminal::Terminal;
pub(super) fn run(_: &InitOptions, _: &Terminal) -> Result<u8> {
    Ok(0)
}
