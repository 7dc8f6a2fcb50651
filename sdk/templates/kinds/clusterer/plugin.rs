//! clusterer/@name@: K examples such that nobody is far from all of them. In Rust, without crates; what the names mean: shoal.rs, and Shoal's abi.h.
#![allow(non_upper_case_globals)]
mod shoal;
use shoal::*;
use std::ffi::c_void;
use std::os::raw::c_int;

struct FarthestFirst {
    k: i64,
    columns: i64,
    centers: Vec<f64>, // (k, columns); empty before fit
}

impl FarthestFirst {
    fn squared_distance(x: &Array, row: i64, center: &[f64]) -> f64 {
        (0..).zip(center).map(|(column, c)| (x.at(row, column) - c) * (x.at(row, column) - c)).sum()
    }

    /// Gonzalez, TCS 38 (1985) 293–306: the first centre is drawn, each further one is the example farthest from those
    /// before it.
    fn choose(&self, context: &Context, x: &Array) -> Result<Vec<f64>, Failure> {
        let (n, columns) = (x.size(0), x.size(1));
        let mut centers: Vec<f64> = Vec::new();
        let mut nearest = vec![f64::INFINITY; n as usize];
        let mut next = (context.seed(c(b"first\0")) % n as u64) as i64;
        for done in 0..self.k {
            context.progress(done, self.k, c(b"centres\0"))?; // a user who stops the run is heard here
            let center: Vec<f64> = (0..columns).map(|column| x.at(next, column)).collect();
            next = 0;
            for row in 0..n {
                let i = row as usize;
                nearest[i] = nearest[i].min(Self::squared_distance(x, row, &center));
                if nearest[i] > nearest[next as usize] {
                    next = row;
                }
            }
            centers.extend(center);
        }
        Ok(centers)
    }

    /// The nearest centre of each row; the lowest label wins a tie.
    fn label(&self, context: &Context, x: &Array, labels: &Array) -> Result<(), Failure> {
        context.parallel(x.size(0), 1024, |from, to| {
            for row in from..to {
                let mut nearest = f64::INFINITY;
                for (label, center) in (0..).zip(self.centers.chunks(self.columns as usize)) {
                    let d = Self::squared_distance(x, row, center);
                    if d < nearest {
                        nearest = d;
                        labels.set_label(row, label);
                    }
                }
            }
        })
    }

    /// `x` (N, D) is finite: the host has looked.
    fn fit(&mut self, context: &Context, x: &Array, out: &mut Clustering) -> Result<(), Failure> {
        let (n, columns) = (x.size(0), x.size(1));
        if n < self.k {
            return Err(input_error(format!("needs at least {} examples, but there are only {}", self.k, n)));
        }
        self.centers = self.choose(context, x)?;
        self.columns = columns;
        let labels = context.allocate(CODE_INT, 64, &[n])?;
        let centroids = context.allocate(CODE_FLOAT, 64, &[self.k, columns])?;
        for (i, value) in (0..).zip(&self.centers) {
            centroids.array().set(i / columns, i % columns, *value);
        }
        self.label(context, x, labels.array())?;
        out.labels = labels.hand_over();
        out.centroids = centroids.hand_over();
        out.clusters = self.k;
        out.iterations = self.k;
        out.converged = 1;
        Ok(())
    }

    fn predict(&self, context: &Context, x: &Array, labels: &Array) -> Result<(), Failure> {
        if self.centers.is_empty() {
            return Err(state_error("predict before fit"));
        }
        if x.size(1) != self.columns {
            return Err(input_error(format!("expected {} columns, got {}", self.columns, x.size(1))));
        }
        self.label(context, x, labels)
    }
}

extern "C" fn fit(this: *mut c_void, context: *const Context, input: *const FitInput, out: *mut Clustering) -> c_int {
    guarded(context, || unsafe { (*(this as *mut FarthestFirst)).fit(&*context, &*(*input).features, &mut *out) })
}
extern "C" fn predict(this: *const c_void, context: *const Context, x: *const Array, labels: *const Array) -> c_int {
    guarded(context, || unsafe { (*(this as *const FarthestFirst)).predict(&*context, &*x, &*labels) })
}
static TABLE: Clusterer = Clusterer { size: std::mem::size_of::<Clusterer>() as u32, fit, predict };

impl Offered for FarthestFirst {
    const INTERFACE: &'static str = "clusterer/1";
    fn make(values: &Values) -> Result<Self, Failure> {
        Ok(FarthestFirst { k: values.int(0), columns: 0, centers: Vec::new() })
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
        let k = param("k", "number of centres, and so of clusters", Value::int(8)).min(Value::int(1));
        let summary = "k-centre by farthest-first traversal";
        count = offer(out, vec![component::<FarthestFirst>("clusterer/@name@", summary, vec![k], &["random"])]);
        Ok(())
    });
    if status == OK { count } else { -status }
}
