//! reporter/@name@: how long each node took, as a table in the run folder. In Rust, without crates; what the names mean: shoal.rs, and Shoal's abi.h.
#![allow(non_upper_case_globals)]
mod shoal;
use shoal::*;
use std::ffi::{c_void, CStr, OsStr};
use std::fs::File;
use std::io::Write;
use std::os::raw::{c_char, c_int};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

struct Times {
    name: String,
    path: PathBuf,
    file: Option<File>, // none before begin
}

/// What the system says of an error, without the number behind it.
fn reason(error: &std::io::Error) -> String {
    let said = error.to_string();
    said.split(" (os error").next().unwrap_or_default().to_string()
}

impl Times {
    fn begin(&mut self, run_folder: &Path) -> Result<(), Failure> {
        self.path = run_folder.join(&self.name);
        let created = File::create(&self.path);
        self.file = Some(created.map_err(|e| input_error(format!("cannot create {}: {}", self.path.display(), reason(&e))))?);
        self.write("row,node,component,seconds,ended\n")
    }

    fn on(&mut self, event: &Event) -> Result<(), Failure> {
        if event.kind != NODE_END {
            return Ok(());
        }
        let ended = if event.status < 0 { "stored" } else if event.status == OK { "done" } else { "failed" };
        self.write(&format!("{},{},{},{},{}\n", event.row, event.node(), event.component(), event.seconds, ended))
    }

    fn write(&mut self, line: &str) -> Result<(), Failure> {
        let file = self.file.as_mut().ok_or_else(|| state_error("an event before begin"))?;
        file.write_all(line.as_bytes()).map_err(|e| input_error(format!("cannot write {}: {}", self.path.display(), reason(&e))))
    }
}

extern "C" fn begin(this: *mut c_void, context: *const Context, run_folder: *const c_char, _: *const c_char) -> c_int {
    guarded(context, || unsafe {
        (*(this as *mut Times)).begin(Path::new(OsStr::from_bytes(CStr::from_ptr(run_folder).to_bytes())))
    })
}
extern "C" fn on_event(this: *mut c_void, context: *const Context, event: *const Event) -> c_int {
    guarded(context, || unsafe { (*(this as *mut Times)).on(&*event) })
}
static TABLE: Reporter = Reporter { size: std::mem::size_of::<Reporter>() as u32, begin, on_event };

impl Offered for Times {
    const INTERFACE: &'static str = "reporter/1";
    fn make(values: &Values) -> Result<Self, Failure> {
        let name = values.text(0);
        if name.is_empty() || name.contains('/') {
            return Err(input_error(format!("'file' must be a name in the run folder, but is '{name}'")));
        }
        Ok(Times { name, path: PathBuf::new(), file: None })
    }
    fn table() -> *const c_void {
        table(&TABLE)
    }
}

#[no_mangle]
#[used]
#[link_section = ".shoal"]
pub static shoal_descriptor_v1: Descriptor = Descriptor::new("@name@", "0.1.0");

#[no_mangle]
pub extern "C" fn shoal_plugin_v1(context: *const Context, out: *mut *const *const Component) -> i32 {
    let mut count = 0;
    let status = guarded(context, || {
        let file = param("file", "its name in the run folder", Value::text("@name@.csv"));
        let summary = "how long each node took, as comma-separated values";
        count = offer(out, vec![component::<Times>("reporter/@name@", summary, vec![file], &[])]);
        Ok(())
    });
    if status == OK { count } else { -status }
}
