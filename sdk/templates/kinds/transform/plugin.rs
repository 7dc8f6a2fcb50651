//! transform/@name@: every column scaled to one range. In Rust, without crates; what the names mean: shoal.rs, and Shoal's abi.h.
#![allow(non_upper_case_globals)]
mod shoal;
use shoal::*;
use std::ffi::c_void;
use std::os::raw::c_int;

struct Scale {
    low: f64,
    high: f64,
    ranges: Vec<(f64, f64)>, // least and greatest of each column; empty before fit
}

impl Scale {
    fn fit(&mut self, x: &Array) {
        let range = |column| {
            let values = (0..x.size(0)).map(|row| x.at(row, column));
            values.fold((f64::INFINITY, f64::NEG_INFINITY), |(least, greatest), v| (least.min(v), greatest.max(v)))
        };
        self.ranges = (0..x.size(1)).map(range).collect();
    }

    fn apply(&self, context: &Context, x: &Array, out: &Array) -> Result<(), Failure> {
        if self.ranges.is_empty() {
            return Err(state_error("apply before fit"));
        }
        if x.size(1) != self.ranges.len() as i64 {
            return Err(input_error(format!("expected {} columns, got {}", self.ranges.len(), x.size(1))));
        }
        context.parallel(x.size(0), 1024, |from, to| {
            for row in from..to {
                for (column, (least, greatest)) in (0..).zip(&self.ranges) {
                    let width = greatest - least;
                    let share = if width > 0.0 { (x.at(row, column) - least) / width } else { 0.0 };
                    out.set(row, column, self.low + share * (self.high - self.low));
                }
            }
        })
    }
}

extern "C" fn fit(this: *mut c_void, context: *const Context, x: *const Array) -> c_int {
    guarded(context, || {
        unsafe { (*(this as *mut Scale)).fit(&*x) };
        Ok(())
    })
}
extern "C" fn apply(this: *const c_void, context: *const Context, x: *const Array, out: *const Array) -> c_int {
    guarded(context, || unsafe { (*(this as *const Scale)).apply(&*context, &*x, &*out) })
}
// No `columns`: a result has as many as what it is made of.
static TABLE: Transform = Transform { size: std::mem::size_of::<Transform>() as u32, fit, columns: None, apply };

impl Offered for Scale {
    const INTERFACE: &'static str = "transform/1";
    fn make(values: &Values) -> Result<Self, Failure> {
        let (low, high) = (values.real(0), values.real(1));
        if low < high {
            return Ok(Scale { low, high, ranges: Vec::new() });
        }
        Err(input_error(format!("'low' must be less than 'high', but they are {low} and {high}")))
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
        let low = param("low", "what the least number of a column becomes", Value::real(0.0));
        let high = param("high", "what the greatest becomes", Value::real(1.0));
        let summary = "every column scaled to one range";
        count = offer(out, vec![component::<Scale>("transform/@name@", summary, vec![low, high], &[])]);
        Ok(())
    });
    if status == OK { count } else { -status }
}
