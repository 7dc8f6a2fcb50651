//! dataset/@name@: spirals that wind around each other. In Rust, without crates; what the names mean: shoal.rs, and Shoal's abi.h.
#![allow(non_upper_case_globals)]
mod shoal;
use shoal::*;
use std::f64::consts::PI;
use std::ffi::c_void;
use std::os::raw::c_int;

struct Spirals {
    examples: i64,
    arms: i64,
    turns: f64,
    names: *const *const std::os::raw::c_char,
}

impl Spirals {
    /// Example i is of arm i mod `arms`; along an arm radius and angle grow evenly.
    fn point(&self, example: i64) -> (f64, f64) {
        let steps = (self.examples + self.arms - 1) / self.arms; // of the longest arm
        let share = ((example / self.arms) as f64 + 1.0) / steps as f64;
        let angle = 2.0 * PI * (self.turns * share + (example % self.arms) as f64 / self.arms as f64);
        let radius = 0.25 + 0.75 * share; // in the middle the arms would meet
        (radius * angle.cos(), radius * angle.sin())
    }

    fn describe(&self, info: &mut DatasetInfo) {
        info.rank = 1;
        info.code = CODE_FLOAT;
        info.bits = 64;
        info.count = self.examples;
        info.shape[0] = 2;
        info.labelled = 1;
        info.class_names = self.names;
    }
}

extern "C" fn open(this: *mut c_void, context: *const Context, info: *mut DatasetInfo) -> c_int {
    guarded(context, || {
        unsafe { (*(this as *const Spirals)).describe(&mut *info) };
        Ok(())
    })
}
/// `examples` and `labels` may be null: then they are not wanted.
extern "C" fn read(
    this: *const c_void,
    context: *const Context,
    n: i64,
    which: *const i64,
    examples: *const Array,
    labels: *const Array,
) -> c_int {
    guarded(context, || {
        let (this, which) = unsafe { (&*(this as *const Spirals), std::slice::from_raw_parts(which, n as usize)) };
        for (row, &example) in (0..).zip(which) {
            if let Some(labels) = unsafe { labels.as_ref() } {
                labels.set_label(row, example % this.arms);
            }
            if let Some(examples) = unsafe { examples.as_ref() } {
                let (x, y) = this.point(example);
                examples.set(row, 0, x);
                examples.set(row, 1, y);
            }
        }
        Ok(())
    })
}
static TABLE: Dataset = Dataset { size: std::mem::size_of::<Dataset>() as u32, open, read };

impl Offered for Spirals {
    const INTERFACE: &'static str = "dataset/1";
    fn make(values: &Values) -> Result<Self, Failure> {
        let (examples, arms, turns) = (values.int(0), values.int(1), values.real(2));
        if arms > examples {
            return Err(input_error(format!("{examples} examples cannot have {arms} classes")));
        }
        let names = list((0..arms).map(|arm| text(&format!("arm {arm}"))).collect());
        Ok(Spirals { examples, arms, turns, names })
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
        let examples = param("examples", "number of points", Value::int(1000)).min(Value::int(1));
        let arms = param("arms", "number of spirals, and so of classes", Value::int(2)).min(Value::int(1)).max(Value::int(8));
        let turns = param("turns", "how often a spiral goes around the centre", Value::real(1.5)).above(Value::real(0.0));
        let summary = "spirals that wind around each other";
        count = offer(out, vec![component::<Spirals>("dataset/@name@", summary, vec![examples, arms, turns], &[])]);
        Ok(())
    });
    if status == OK { count } else { -status }
}
