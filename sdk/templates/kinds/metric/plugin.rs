//! metric/@name@: how pure clusters are. In Rust, without crates; what the names mean: shoal.rs, and Shoal's abi.h.
#![allow(non_upper_case_globals)]
mod shoal;
use shoal::*;
use std::collections::BTreeMap;
use std::ffi::c_void;
use std::os::raw::c_int;

/// The share of the examples that are of the commonest class of their cluster; noise, −1, never is.
struct Purity;

fn purity(predicted: &Array, labels: &Array) -> Result<f64, Failure> {
    let n = labels.size(0);
    if predicted.size(0) != n {
        return Err(input_error(format!("there are {} predicted labels, but {} true ones", predicted.size(0), n)));
    }
    if n == 0 {
        return Err(input_error("there are no examples".to_string()));
    }
    let mut count: BTreeMap<i64, BTreeMap<i64, i64>> = BTreeMap::new(); // of each class in each cluster
    for i in (0..n).filter(|&i| predicted.label(i) >= 0) {
        *count.entry(predicted.label(i)).or_default().entry(labels.label(i)).or_default() += 1;
    }
    let right: i64 = count.values().filter_map(|classes| classes.values().max()).sum();
    Ok(right as f64 / n as f64)
}

extern "C" fn compute(_: *const c_void, context: *const Context, inputs: *const *const Array, results: *const Results) -> c_int {
    guarded(context, || unsafe {
        let (predicted, labels) = (&**inputs, &**inputs.add(1)); // in the order of the ports
        (*results).give(c(b"purity\0"), purity(predicted, labels)?)
    })
}
static TABLE: Metric = Metric { size: std::mem::size_of::<Metric>() as u32, compute };

impl Offered for Purity {
    const INTERFACE: &'static str = "metric/1";
    fn make(_: &Values) -> Result<Self, Failure> {
        Ok(Purity)
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
        let mut purity = component::<Purity>("metric/@name@", "how pure clusters are", vec![], &[]);
        purity.inputs = list(vec![
            port(REQUIRED, "predicted", "labels", "clusters (N); -1 is noise"),
            port(REQUIRED, "labels", "labels", "true classes (N)"),
        ]);
        let help = "share that is of its cluster's commonest class; rises with K";
        purity.outputs = list(vec![port(HIGHER, "purity", "number", help)]);
        count = offer(out, vec![purity]);
        Ok(())
    });
    if status == OK { count } else { -status }
}
