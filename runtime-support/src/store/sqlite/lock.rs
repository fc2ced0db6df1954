//! One engine process a file: a lock beside the file keeps a second one out.

use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::store::OpenError;

/// Held as long as the store is open; the operating system releases it when the process ends, however it ends.
pub(super) struct Lock(#[expect(dead_code, reason = "the lock lives as long as the open file")] File);

impl Lock {
    pub(super) fn acquire(store: &Path) -> Result<Lock, OpenError> {
        let shown = store.display().to_string();
        let path = beside(store);
        let failed = |error| OpenError::caused(&shown, &format!("its lock `{}` cannot be had", path.display()), error);
        let options = File::options().read(true).write(true).create(true).truncate(false).to_owned();
        let mut file = options.open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::new(&shown, &in_use(&mut file))),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(failed)?;
        Ok(Lock(file))
    }
}

/// The holder wrote its number into the file; if that cannot be read, the message does without.
fn in_use(file: &mut File) -> String {
    let mut holder = String::new();
    match file.read_to_string(&mut holder) {
        Ok(_) if holder.bytes().all(|byte| byte.is_ascii_digit()) && !holder.is_empty() => {
            format!("process {holder} has it open; one engine at a time can use a file")
        }
        Ok(_) | Err(_) => "another process has it open; one engine at a time can use a file".to_owned(),
    }
}

fn beside(store: &Path) -> PathBuf {
    let mut name = store.as_os_str().to_owned();
    name.push(".lock");
    name.into()
}
