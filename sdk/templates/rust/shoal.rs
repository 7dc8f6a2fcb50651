//! What a portable plugin uses of shoal/abi.h, which says what all of it means, and a little around it: errors as
//! `Result`, panics that do not cross the border, tables that are never freed. No crates.
#![allow(dead_code)]

use std::ffi::{c_void, CStr, CString};
use std::os::raw::{c_char, c_int};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::ptr::null;

// ---- Errors

pub const OK: c_int = 0;
pub const E_INPUT: c_int = 1;
pub const E_STATE: c_int = 2;
pub const E_MEMORY: c_int = 5;
pub const E_FAILED: c_int = 6;

/// A status, and what is to be said of it; no message where the host has said it already.
pub struct Failure {
    pub code: c_int,
    pub message: Option<String>,
}

/// What was given is wrong: say both numbers, wanted and got.
pub fn input_error(message: String) -> Failure {
    Failure { code: E_INPUT, message: Some(message) }
}

/// Called out of order.
pub fn state_error(message: &str) -> Failure {
    Failure { code: E_STATE, message: Some(message.to_string()) }
}

/// Runs `body` and turns what goes wrong in it, panics too, into a status with a message.
pub fn guarded(context: *const Context, body: impl FnOnce() -> Result<(), Failure>) -> c_int {
    let failure = match catch_unwind(AssertUnwindSafe(body)) {
        Ok(Ok(())) => return OK,
        Ok(Err(failure)) => failure,
        Err(panic) => {
            let what = panic.downcast_ref::<&str>().map(|s| s.to_string());
            let what = what.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
            Failure { code: E_FAILED, message: Some(format!("panicked: {what}")) }
        }
    };
    match failure.message {
        None => failure.code,
        Some(message) => {
            let message = CString::new(message.replace('\0', " ")).unwrap_or_default(); // which the host copies
            unsafe { ((*(*context).host).fail)(context, failure.code, message.as_ptr()) }
        }
    }
}

fn check(status: c_int) -> Result<(), Failure> {
    if status == OK { Ok(()) } else { Err(Failure { code: status, message: None }) }
}

// ---- Texts and tables, which live as long as the process

/// The text, NUL-terminated. For what is said once: names, help.
pub fn text(text: &str) -> *const c_char {
    CString::new(text.replace('\0', " ")).unwrap_or_default().into_raw()
}

pub fn kept<T>(value: T) -> *const T {
    Box::leak(Box::new(value))
}

/// A null-ended array of pointers.
pub fn list<T>(pointers: Vec<*const T>) -> *const *const T {
    let mut all = pointers;
    all.push(null());
    Box::leak(all.into_boxed_slice()).as_ptr()
}

// ---- abi.h

#[repr(C, align(8))]
pub struct Descriptor {
    magic: [u8; 8],
    size: u32,
    abi_major: u16,
    abi_minor: u16,
    flags: u64,
    name: [u8; 48],
    version: [u8; 24],
    sdk: [u8; 24],
    toolchain: [u8; 72],
    isa: [u8; 64],
    torch: [u8; 32],
    torch_build: [u8; 48],
    reserved: [u8; 176],
}

const fn bytes<const N: usize>(text: &str) -> [u8; N] {
    let mut out = [0; N];
    let mut i = 0;
    while i < text.len() {
        out[i] = text.as_bytes()[i];
        i += 1;
    }
    out
}

impl Descriptor {
    pub const fn new(name: &str, version: &str) -> Descriptor {
        Descriptor {
            magic: *b"SHOAL\r\n\x1a",
            size: 512,
            abi_major: 1,
            abi_minor: 1,
            flags: 0,
            name: bytes(name),
            version: bytes(version),
            sdk: bytes("@shoal@"),
            toolchain: bytes("rustc"),
            isa: [0; 64],
            torch: [0; 32],
            torch_build: [0; 48],
            reserved: [0; 176],
        }
    }
}

pub const INT: i32 = 2;
pub const REAL: i32 = 3;
pub const TEXT: i32 = 4;

#[repr(C)]
#[derive(Clone, Copy)]
pub union Content {
    integer: i64,
    real: f64,
    text: *const c_char,
}

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Value {
    kind: i32,
    reserved: i32,
    count: i64,
    content: Content,
}

impl Value {
    pub const NONE: Value = Value { kind: 0, reserved: 0, count: 0, content: Content { integer: 0 } };
    pub fn int(value: i64) -> Value {
        Value { kind: INT, content: Content { integer: value }, ..Value::NONE }
    }
    pub fn real(value: f64) -> Value {
        Value { kind: REAL, content: Content { real: value }, ..Value::NONE }
    }
    pub fn text(value: &str) -> Value {
        Value { kind: TEXT, count: value.len() as i64, content: Content { text: text(value) }, ..Value::NONE }
    }
}

/// The values of a component's parameters, in the order in which they are declared: all there, checked, typed.
pub struct Values(*const Value);

impl Values {
    pub fn int(&self, index: usize) -> i64 {
        unsafe { (*self.0.add(index)).content.integer }
    }
    pub fn real(&self, index: usize) -> f64 {
        unsafe { (*self.0.add(index)).content.real }
    }
    pub fn text(&self, index: usize) -> String {
        unsafe { CStr::from_ptr((*self.0.add(index)).content.text) }.to_string_lossy().into_owned()
    }
}

pub const OPEN_MIN: u32 = 16;

#[repr(C)]
pub struct Param {
    size: u32,
    kind: i32,
    item_kind: i32,
    flags: u32,
    name: *const c_char,
    help: *const c_char,
    unit: *const c_char,
    initial: Value,
    min: Value,
    max: Value,
    choices: *const *const c_char,
    renamed_from: *const *const c_char,
    fields: *const *const Param,
}

/// A parameter with its default.
pub fn param(name: &str, help: &str, initial: Value) -> Param {
    Param {
        size: std::mem::size_of::<Param>() as u32,
        kind: initial.kind,
        item_kind: 0,
        flags: 0,
        name: text(name),
        help: text(help),
        unit: null(),
        initial,
        min: Value::NONE,
        max: Value::NONE,
        choices: null(),
        renamed_from: null(),
        fields: null(),
    }
}

impl Param {
    pub fn min(self, min: Value) -> Param {
        Param { min, ..self }
    }
    pub fn max(self, max: Value) -> Param {
        Param { max, ..self }
    }
    pub fn above(self, min: Value) -> Param {
        Param { min, flags: self.flags | OPEN_MIN, ..self }
    }
}

pub const CODE_INT: c_int = 0;
pub const CODE_FLOAT: c_int = 2;

#[repr(C)]
pub struct Array {
    pub data: *mut c_void,
    device_type: i32,
    device_id: i32,
    rank: i32,
    code: u8,
    pub bits: u8,
    lanes: u16,
    shape: *const i64,
    strides: *const i64,
    byte_offset: u64,
}

impl Array {
    pub fn size(&self, axis: usize) -> i64 {
        unsafe { *self.shape.add(axis) }
    }
    fn place(&self, row: i64, column: i64) -> usize {
        (unsafe { row * *self.strides } + column) as usize
    }
    /// The number at a row and column of features, which are float32 or float64.
    pub fn at(&self, row: i64, column: i64) -> f64 {
        let place = self.place(row, column);
        unsafe {
            if self.bits == 32 { f64::from(*(self.data as *const f32).add(place)) } else { *(self.data as *const f64).add(place) }
        }
    }
    /// Writes a number there. Rows that several threads write to are different ones.
    pub fn set(&self, row: i64, column: i64, value: f64) {
        let place = self.place(row, column);
        unsafe {
            if self.bits == 32 { *(self.data as *mut f32).add(place) = value as f32 } else { *(self.data as *mut f64).add(place) = value }
        }
    }
    /// Labels (N) int64.
    pub fn label(&self, row: i64) -> i64 {
        unsafe { *(self.data as *const i64).add(row as usize) }
    }
    pub fn set_label(&self, row: i64, label: i64) {
        unsafe { *(self.data as *mut i64).add(row as usize) = label }
    }
}
unsafe impl Sync for Array {}

#[repr(C)]
pub struct Buffer {
    pub array: Array,
    retain: extern "C" fn(*mut Buffer),
    release: extern "C" fn(*mut Buffer),
}

/// An array of the host that is to be a result; given back where it does not become one.
pub struct Owned(*mut Buffer);

impl Owned {
    pub fn array(&self) -> &Array {
        unsafe { &(*self.0).array }
    }
    pub fn hand_over(self) -> *mut Buffer {
        let buffer = self.0;
        std::mem::forget(self);
        buffer
    }
}
impl Drop for Owned {
    fn drop(&mut self) {
        unsafe { ((*self.0).release)(self.0) }
    }
}

#[repr(C)]
pub struct Context {
    size: u32,
    host: *const Host,
}
unsafe impl Sync for Context {}

#[repr(C)]
struct Host {
    size: u32,
    fail: extern "C" fn(*const Context, c_int, *const c_char) -> c_int,
    message: extern "C" fn(*const Context) -> *const c_char,
    allocate: extern "C" fn(*const Context, c_int, c_int, c_int, *const i64) -> *mut Buffer,
    parallel: extern "C" fn(*const Context, i64, i64, extern "C" fn(*mut c_void, i64, i64) -> c_int, *mut c_void) -> c_int,
    seed: extern "C" fn(*const Context, *const c_char) -> u64,
    progress: extern "C" fn(*const Context, i64, i64, *const c_char) -> c_int,
    // log, scalar, open, close and extension follow
}

extern "C" fn call<F: Fn(i64, i64) + Sync>(body: *mut c_void, from: i64, to: i64) -> c_int {
    let body = unsafe { &*(body as *const F) };
    if catch_unwind(AssertUnwindSafe(|| body(from, to))).is_ok() { OK } else { E_FAILED }
}

impl Context {
    fn host(&self) -> &Host {
        unsafe { &*self.host }
    }
    pub fn allocate(&self, code: c_int, bits: c_int, shape: &[i64]) -> Result<Owned, Failure> {
        let made = (self.host().allocate)(self, code, bits, shape.len() as c_int, shape.as_ptr());
        if made.is_null() { Err(Failure { code: E_MEMORY, message: None }) } else { Ok(Owned(made)) }
    }
    /// Calls body(from, to) for blocks of `n` on the process's thread pool.
    pub fn parallel<F: Fn(i64, i64) + Sync>(&self, n: i64, block: i64, body: F) -> Result<(), Failure> {
        match (self.host().parallel)(self, n, block, call::<F>, &body as *const F as *mut c_void) {
            E_FAILED => Err(Failure { code: E_FAILED, message: Some("panicked in a block of rows".to_string()) }),
            status => check(status),
        }
    }
    /// Of this node, for a purpose; where chance is wanted.
    pub fn seed(&self, purpose: &'static CStr) -> u64 {
        (self.host().seed)(self, purpose.as_ptr())
    }
    /// An error where the user stopped the run: let it pass.
    pub fn progress(&self, done: i64, total: i64, unit: &'static CStr) -> Result<(), Failure> {
        check((self.host().progress)(self, done, total, unit.as_ptr()))
    }
}

/// "text\0" as a C string.
pub fn c(text: &'static [u8]) -> &'static CStr {
    CStr::from_bytes_with_nul(text).expect("a text that ends in \\0")
}

// ---- Components

#[repr(C)]
pub struct Port {
    size: u32,
    flags: u32,
    name: *const c_char,
    kind: *const c_char,
    help: *const c_char,
    needs: *const c_char,
}
pub const REQUIRED: u32 = 1;
pub const HIGHER: u32 = 256;

pub fn port(flags: u32, name: &str, kind: &str, help: &str) -> *const Port {
    let size = std::mem::size_of::<Port>() as u32;
    kept(Port { size, flags, name: text(name), kind: text(kind), help: text(help), needs: null() })
}

#[repr(C)]
pub struct Component {
    size: u32,
    id: *const c_char,
    summary: *const c_char,
    params: *const *const Param,
    traits: *const *const c_char,
    create: extern "C" fn(*const Context, *const Value, *mut *mut c_void) -> c_int,
    destroy: extern "C" fn(*mut c_void),
    find: extern "C" fn(*const c_char) -> *const c_void,
    pub inputs: *const *const Port,
    pub outputs: *const *const Port,
}

/// A component that is made from its parameters alone, and the one interface that it offers.
pub trait Offered: Sized {
    const INTERFACE: &'static str;
    fn make(values: &Values) -> Result<Self, Failure>;
    fn table() -> *const c_void;
}

extern "C" fn create<T: Offered>(context: *const Context, values: *const Value, out: *mut *mut c_void) -> c_int {
    guarded(context, || {
        let made = Box::new(T::make(&Values(values))?);
        unsafe { *out = Box::into_raw(made) as *mut c_void };
        Ok(())
    })
}
extern "C" fn destroy<T: Offered>(component: *mut c_void) {
    drop(unsafe { Box::from_raw(component as *mut T) });
}
extern "C" fn find<T: Offered>(id: *const c_char) -> *const c_void {
    if unsafe { CStr::from_ptr(id) }.to_bytes() == T::INTERFACE.as_bytes() { T::table() } else { null() }
}

pub fn component<T: Offered>(id: &str, summary: &str, params: Vec<Param>, traits: &[&str]) -> Component {
    Component {
        size: std::mem::size_of::<Component>() as u32,
        id: text(id),
        summary: text(summary),
        params: list(params.into_iter().map(kept).collect()),
        traits: list(traits.iter().map(|t| text(t)).collect()),
        create: create::<T>,
        destroy: destroy::<T>,
        find: find::<T>,
        inputs: null(),
        outputs: null(),
    }
}

/// What `shoal_plugin_v1` returns, and gives to `out`.
pub fn offer(out: *mut *const *const Component, components: Vec<Component>) -> i32 {
    let count = components.len() as i32;
    unsafe { *out = list(components.into_iter().map(kept).collect()) };
    count
}

// ---- Interfaces

#[repr(C)]
pub struct FitInput {
    size: u32,
    pub features: *const Array,
    weights: *const Array,
    init: *const Array,
}

#[repr(C)]
pub struct Clustering {
    size: u32,
    pub converged: i32,
    pub iterations: i64,
    pub clusters: i64,
    pub labels: *mut Buffer,
    pub centroids: *mut Buffer,
}

#[repr(C)]
pub struct Clusterer {
    pub size: u32,
    pub fit: extern "C" fn(*mut c_void, *const Context, *const FitInput, *mut Clustering) -> c_int,
    pub predict: extern "C" fn(*const c_void, *const Context, *const Array, *const Array) -> c_int,
}

#[repr(C)]
pub struct Transform {
    pub size: u32,
    pub fit: extern "C" fn(*mut c_void, *const Context, *const Array) -> c_int,
    pub columns: Option<extern "C" fn(*const c_void, *const Context, i64, *mut i64) -> c_int>,
    pub apply: extern "C" fn(*const c_void, *const Context, *const Array, *const Array) -> c_int,
}

#[repr(C)]
pub struct DatasetInfo {
    size: u32,
    pub rank: i32,
    pub code: i32,
    pub bits: i32,
    pub count: i64,
    pub shape: [i64; 8],
    pub class_names: *const *const c_char,
    pub labelled: i32,
    reserved: i32,
}

#[repr(C)]
pub struct Dataset {
    pub size: u32,
    pub open: extern "C" fn(*mut c_void, *const Context, *mut DatasetInfo) -> c_int,
    pub read: extern "C" fn(*const c_void, *const Context, i64, *const i64, *const Array, *const Array) -> c_int,
}

#[repr(C)]
pub struct Results {
    size: u32,
    number: extern "C" fn(*const Results, *const c_char, f64) -> c_int,
}

impl Results {
    pub fn give(&self, output: &'static CStr, value: f64) -> Result<(), Failure> {
        check((self.number)(self, output.as_ptr(), value))
    }
}

#[repr(C)]
pub struct Metric {
    pub size: u32,
    pub compute: extern "C" fn(*const c_void, *const Context, *const *const Array, *const Results) -> c_int,
}

pub const NODE_END: i32 = 5;

#[repr(C)]
pub struct Event {
    size: u32,
    pub kind: i32,
    level: i32,
    pub status: i32,
    time: f64,
    pub seconds: f64,
    pub row: i64,
    rows: i64,
    node: *const c_char,
    component: *const c_char,
}

impl Event {
    pub fn node(&self) -> String {
        unsafe { CStr::from_ptr(self.node) }.to_string_lossy().into_owned()
    }
    pub fn component(&self) -> String {
        unsafe { CStr::from_ptr(self.component) }.to_string_lossy().into_owned()
    }
}

#[repr(C)]
pub struct Reporter {
    pub size: u32,
    pub begin: extern "C" fn(*mut c_void, *const Context, *const c_char, *const c_char) -> c_int,
    pub on_event: extern "C" fn(*mut c_void, *const Context, *const Event) -> c_int,
}

/// The address of a table that is never freed.
pub fn table<T>(table: &'static T) -> *const c_void {
    table as *const T as *const c_void
}
