/* shoal/abi.h: all that crosses between Shoal and a portable plugin. C11 and C++20; append-only.
 *
 * A plugin is a shared library that exports one function, `shoal_plugin_v1`, and carries one `shoal_descriptor` in its
 * ELF section ".shoal". Authors in C++ include shoal/plugin.h and never see this file; authors in C start here.
 *
 * Growing    Structs that begin with `size` grow at their end (ask SHOAL_HAS before reading a field that is newer than
 *            1.0) and are listed as null-ended arrays of pointers. shoal_value, shoal_entry, shoal_array and
 *            shoal_buffer never change.
 * Text       UTF-8, NUL-terminated; the tables and texts of a component live as long as the process.
 * Status     int: SHOAL_OK or SHOAL_E_…; who returns an error has called host->fail(context, code, message) before, on
 *            the thread that was called.
 * Ownership  Arguments are borrowed for the call. A shoal_buffer* in a result hands one reference over.
 * Threads    A context serves one call at a time. Functions marked [any] may be called from several threads at once.
 * Loading    A library is never unloaded. */
#ifndef SHOAL_ABI_H_
#define SHOAL_ABI_H_
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

enum { SHOAL_ABI_MAJOR = 1, SHOAL_ABI_MINOR = 1 };
#define SHOAL_SDK_VERSION "0.1.0"

/* Whether the struct behind `p`, which may come from an older or a newer SDK, has `field`. */
#define SHOAL_HAS(p, field) ((p)->size >= (uint32_t)((const char*)(&(p)->field + 1) - (const char*)(p)))

/* ---- The descriptor: 512 bytes read from the file, before the library is opened --------------------------------- */

#define SHOAL_MAGIC \
  { 'S', 'H', 'O', 'A', 'L', '\r', '\n', 0x1a }
enum { SHOAL_TORCH = 1, SHOAL_ASAN = 2, SHOAL_TSAN = 4, SHOAL_DEBUG_STL = 8 }; /* descriptor flags */

typedef struct shoal_descriptor {
  char magic[8]; /* SHOAL_MAGIC; a text-mode copy breaks it visibly */
  uint32_t size; /* 512 */
  uint16_t abi_major, abi_minor; /* the major number must be the host's; the minor one is shown, not compared */
  uint64_t flags;
  char name[48], version[24], sdk[24];
  char toolchain[72];                /* "gcc 12.2 libstdc++ 20220819 cxx11 1" */
  char isa[64];                      /* what the compiler was allowed beyond the baseline: "avx2 fma"; "" is none */
  char torch[32], torch_build[48];   /* torch tier: version and GNU build-id of the LibTorch that was linked */
  char reserved[176];
} shoal_descriptor;

/* ---- Parameters: declared by the component, checked by the host ------------------------------------------------- */

enum { SHOAL_NULL, SHOAL_BOOL, SHOAL_INT, SHOAL_REAL, SHOAL_TEXT, SHOAL_LIST, SHOAL_MAP };

typedef struct shoal_value {
  int32_t type, reserved;
  int64_t count; /* bytes of a text without its NUL; entries of a list or map */
  union {
    int64_t integer; /* a bool is 0 or 1 */
    double real;
    const char* text;
    const struct shoal_value* items;
    const struct shoal_entry* entries;
  } as;
} shoal_value;

typedef struct shoal_entry {
  const char* key;
  shoal_value value;
} shoal_entry;

enum {
  SHOAL_REQUIRED = 1,    /* parameter: has no default; port: must be wired */
  SHOAL_OPTIONAL = 2,    /* parameter: may be null, which is not its initial value's type */
  SHOAL_SPEED_ONLY = 4,  /* the result does not depend on it: it stays out of a node's key */
  SHOAL_PATH = 8,        /* a text that names a file; relative to the file that says it */
  SHOAL_OPEN_MIN = 16,   /* the bound itself is not allowed */
  SHOAL_OPEN_MAX = 32,
  SHOAL_ADVANCED = 64,   /* shown last */
  SHOAL_VARIADIC = 128,  /* port: takes a list of nodes, in order */
  SHOAL_HIGHER = 256,    /* output: a higher number is better */
  SHOAL_LOWER = 512      /* output: a lower number is better */
};

typedef struct shoal_param {
  uint32_t size;
  int32_t type, item_type; /* item_type: of a LIST */
  uint32_t flags;
  const char *name, *help, *unit;             /* unit: null or "" is none */
  shoal_value initial, min, max;              /* type NULL: none. Bounds of a list hold for its items */
  const char *const *choices, *const *renamed_from; /* null, or null-ended */
  const struct shoal_param* const* fields;    /* of a MAP; null: it is free, any entries in the order of their keys */
} shoal_param;

/* ---- Arrays ------------------------------------------------------------------------------------------------------ */

enum { SHOAL_CODE_INT = 0, SHOAL_CODE_UINT = 1, SHOAL_CODE_FLOAT = 2 }; /* DLPack's */

/* DLPack's DLTensor, field by field, under a name of our own. device_type 1, device_id 0 is the host's memory. */
typedef struct shoal_array {
  void* data;
  int32_t device_type, device_id, rank;
  uint8_t code, bits; /* (2, 32) is float32, (2, 64) float64, (1, 8) uint8, (0, 64) int64 */
  uint16_t lanes;     /* 1 */
  const int64_t *shape, *strides; /* strides in elements, never null, the last one 1 */
  uint64_t byte_offset;           /* 0 */
} shoal_array;

/* Memory of the host: 64-byte aligned, row-major, counted [any]. A component may keep one. */
typedef struct shoal_buffer {
  shoal_array array;
  void (*retain)(struct shoal_buffer*);
  void (*release)(struct shoal_buffer*);
} shoal_buffer;

/* ---- The host's services ----------------------------------------------------------------------------------------- */

enum {
  SHOAL_OK,
  SHOAL_E_INPUT,       /* what was given is wrong */
  SHOAL_E_STATE,       /* called out of order: predict before fit */
  SHOAL_E_UNSUPPORTED, /* this component cannot do that */
  SHOAL_E_CANCELLED,   /* the user stopped the run */
  SHOAL_E_MEMORY,
  SHOAL_E_FAILED /* anything else */
};

enum { SHOAL_DEBUG, SHOAL_INFO, SHOAL_WARNING }; /* levels of log */

typedef struct shoal_context { /* made by the host, one for a call; the host's own fields follow */
  uint32_t size;
  const struct shoal_host* host;
} shoal_context;

typedef struct shoal_host {
  uint32_t size;
  int (*fail)(const shoal_context*, int code, const char* message); /* keeps the message, returns the code */
  const char* (*message)(const shoal_context*);                     /* of the last failure, until the next call */
  /* [any] An array of the host, zeroed. Null: no memory, and fail has been called. */
  shoal_buffer* (*allocate)(const shoal_context*, int code, int bits, int rank, const int64_t* shape);
  /* Runs body once for each [i·block, min(n, (i+1)·block)) on the process's thread pool; cuts never depend on the
   * number of threads. Of the statuses that are not SHOAL_OK, the one of the lowest block is returned. A call from
   * inside a body runs serially. */
  int (*parallel)(const shoal_context*, int64_t n, int64_t block, int (*body)(void*, int64_t from, int64_t to), void*);
  uint64_t (*seed)(const shoal_context*, const char* stream);           /* [any] of (experiment seed, node, stream) */
  int (*progress)(const shoal_context*, int64_t done, int64_t total, const char* unit); /* SHOAL_E_CANCELLED: end soon */
  void (*log)(const shoal_context*, int level, const char* text);       /* [any] */
  void (*scalar)(const shoal_context*, const char* name, double value, int64_t step);
  /* A context of its own streams, message and names, for calls of another component or of an epoch. Null: no memory. */
  const shoal_context* (*open)(const shoal_context*, const char* name, int64_t index);
  void (*close)(const shoal_context*);
  const void* (*extension)(const shoal_context*, const char* id); /* null: this host has it not */
} shoal_host;

/* ---- A component ------------------------------------------------------------------------------------------------- */

/* A named input or output. Types: "dataset" "features" "labels" "array" "number" "series" and the kinds of components. */
typedef struct shoal_port {
  uint32_t size, flags;
  const char *name, *type, *help;
  /* Since size says so: the id of an interface that a component wired here must offer beyond its kind, "torch.decoder/1";
   * null: none. */
  const char* needs;
} shoal_port;

typedef struct shoal_component {
  uint32_t size;
  const char *id, *summary; /* "clusterer/kmeans": kind and name */
  const shoal_param* const* params;
  /* Null-ended: "random" (uses seed), "noise" (labels may be −1), "input:weights", "input:init", and the dtypes that
   * it takes: "float32" "float64" "uint8" (none named: float32 and float64). */
  const char* const* traits;
  int (*create)(const shoal_context*, const shoal_value* values, void** self); /* values[i] of params[i]: all there, checked, typed */
  void (*destroy)(void* self);
  const void* (*find)(const char* id);         /* "clusterer/1" → const shoal_clusterer_1*; null: not offered */
  const shoal_port *const *inputs, *const *outputs; /* beyond those of its kind; null: none */
} shoal_component;

/* A component at work, lent to another: the host keeps it alive as long as its user. */
typedef struct shoal_object {
  uint32_t size;
  const shoal_component* component;
  void* self;
} shoal_object;

/* The one exported function, "shoal_plugin_v1": returns how many components there are, or −status. */
typedef int32_t shoal_plugin_fn(const shoal_context*, const shoal_component* const** out);

/* ---- Interfaces, by id ------------------------------------------------------------------------------------------- */

typedef struct shoal_fit_input {
  uint32_t size;
  const shoal_array *features, *weights, *init; /* (N, D); (N) or null; (K, D) or null */
} shoal_fit_input;

typedef struct shoal_clustering { /* zeroed by the caller, who has set `size` */
  uint32_t size;
  int32_t converged;
  int64_t iterations, clusters;
  shoal_buffer *labels, *centroids; /* (N) int64 in [0, clusters), or −1 with trait "noise"; (K, D) or null */
  /* Since 1.1: of the time in fit, what went into another form of the features and of the results, for a library behind
   * the component; 0 ≤ it ≤ that time. */
  double convert_seconds;
} shoal_clustering;

typedef struct shoal_clusterer_1 { /* "clusterer/1"; C++: shoal/clusterer.h */
  uint32_t size;
  int (*fit)(void* self, const shoal_context*, const shoal_fit_input*, shoal_clustering*);
  int (*predict)(const void* self, const shoal_context*, const shoal_array* features, const shoal_array* labels_out); /* [any] */
} shoal_clusterer_1;

typedef struct shoal_partial_fit_1 { /* "partial-fit/1" */
  uint32_t size;
  int (*partial_fit)(void* self, const shoal_context*, const shoal_array* batch);
} shoal_partial_fit_1;

typedef struct shoal_transform_1 { /* "transform/1"; fit may be null: nothing to learn; columns may be null: D' = D */
  uint32_t size;
  int (*fit)(void* self, const shoal_context*, const shoal_array* features);
  int (*columns)(const void* self, const shoal_context*, int64_t in, int64_t* out); /* known before fit */
  int (*apply)(const void* self, const shoal_context*, const shoal_array* features, const shoal_array* out); /* [any] */
} shoal_transform_1;

typedef struct shoal_dataset_info {
  uint32_t size;
  int32_t rank, code, bits; /* of one example */
  int64_t count, shape[8];
  const char* const* class_names; /* null-ended; null: no names */
  int32_t labelled, reserved;     /* 1: there are labels */
} shoal_dataset_info;

typedef struct shoal_dataset_1 { /* "dataset/1" */
  uint32_t size;
  int (*open)(void* self, const shoal_context*, shoal_dataset_info*); /* headers only, no data; may be called again */
  /* [any] examples_out (n, …) or null; labels_out (n) int64 or null; which: n row numbers */
  int (*read)(const void* self, const shoal_context*, int64_t n, const int64_t* which, const shoal_array* examples_out,
              const shoal_array* labels_out);
} shoal_dataset_1;

typedef struct shoal_dataset_view { /* zeroed by the caller, who has set `size` */
  uint32_t size;
  int32_t rank, code, bits;     /* of all examples: one axis more than an example */
  const void* data;             /* not to be written to; valid and unchanged as long as the component; null: no view */
  int64_t shape[8], strides[8]; /* (N, …); strides in elements, the numbers of one example lie together */
} shoal_dataset_view;

typedef struct shoal_dataset_view_1 { /* "dataset-view/1": all examples, where they lie in memory anyway */
  uint32_t size;
  int (*view)(const void* self, const shoal_context*, shoal_dataset_view*); /* [any] after open; what read would copy */
} shoal_dataset_view_1;

typedef struct shoal_inputs_1 { /* "inputs/1": a component over others, as a subset over a dataset; before any other call */
  uint32_t size;
  int (*bind)(void* self, const shoal_context*, const char* port, int64_t count, const shoal_object* const* objects);
} shoal_inputs_1;

typedef struct shoal_results { /* where a metric puts what it computed; the names are those of its outputs */
  uint32_t size;
  int (*number)(const struct shoal_results*, const char* output, double value);
  int (*array)(const struct shoal_results*, const char* output, shoal_buffer* value);
} shoal_results;

typedef struct shoal_metric_1 { /* "metric/1"; inputs[i] belongs to the component's inputs[i], null where it is not wired */
  uint32_t size;
  int (*compute)(const void* self, const shoal_context*, const shoal_array* const* inputs, const shoal_results*);
} shoal_metric_1;

enum {
  SHOAL_RUN_BEGIN, SHOAL_RUN_END, SHOAL_ROW_BEGIN, SHOAL_ROW_END, SHOAL_NODE_BEGIN, SHOAL_NODE_END,
  SHOAL_PROGRESS, SHOAL_SCALAR, SHOAL_LOG
};

typedef struct shoal_event {
  uint32_t size;
  int32_t type, level;  /* level: of a LOG */
  int32_t status;       /* of an END: SHOAL_OK, an error, or −1: reused, not computed */
  double time, seconds; /* Unix time; how long what ENDs took */
  int64_t row, rows;    /* which run of the matrix, of how many */
  const char *node, *component, *name, *text; /* never null; "" where there is none. name: of a SCALAR or a unit */
  double value;
  int64_t step, done, total; /* step −1: an output, given at the node's end; total 0: not known */
} shoal_event;

typedef struct shoal_reporter_1 { /* "reporter/1"; all calls come from one thread, in the order of events */
  uint32_t size;
  int (*begin)(void* self, const shoal_context*, const char* run_folder, const char* experiment);
  int (*on_event)(void* self, const shoal_context*, const shoal_event*);
} shoal_reporter_1;

/* State as named arrays; load(save(x)) predicts, applies and continues exactly as x. */
typedef struct shoal_state_writer {
  uint32_t size;
  int (*put)(const struct shoal_state_writer*, const char* name, const shoal_array*); /* copied */
} shoal_state_writer;
typedef struct shoal_state_reader {
  uint32_t size;
  const shoal_array* (*get)(const struct shoal_state_reader*, const char* name); /* null: not there */
} shoal_state_reader;
typedef struct shoal_state_1 { /* "state/1" */
  uint32_t size;
  int (*save)(const void* self, const shoal_context*, const shoal_state_writer*);
  int (*load)(void* self, const shoal_context*, const shoal_state_reader*);
} shoal_state_1;

#ifdef __cplusplus
} /* extern "C" */
#endif

/* ---- What a plugin says of itself -------------------------------------------------------------------------------- */

#define SHOAL_EXPORT_ATTRIBUTE __attribute__((visibility("default"), used))
#ifdef __cplusplus
#define SHOAL_EXPORT extern "C" SHOAL_EXPORT_ATTRIBUTE
#else
#define SHOAL_EXPORT SHOAL_EXPORT_ATTRIBUTE
#endif

#define SHOAL_TEXT_OF_(x) #x
#define SHOAL_TEXT_OF(x) SHOAL_TEXT_OF_(x)
#if defined(__clang__)
#define SHOAL_COMPILER "clang " SHOAL_TEXT_OF(__clang_major__) "." SHOAL_TEXT_OF(__clang_minor__)
#else
#define SHOAL_COMPILER "gcc " SHOAL_TEXT_OF(__GNUC__) "." SHOAL_TEXT_OF(__GNUC_MINOR__)
#endif
#if defined(__GLIBCXX__)
#define SHOAL_STDLIB " libstdc++ " SHOAL_TEXT_OF(__GLIBCXX__) " cxx11 " SHOAL_TEXT_OF(_GLIBCXX_USE_CXX11_ABI)
#elif defined(_LIBCPP_VERSION)
#define SHOAL_STDLIB " libc++ " SHOAL_TEXT_OF(_LIBCPP_VERSION)
#else
#define SHOAL_STDLIB ""
#endif
#if defined(__SANITIZE_ADDRESS__)
#define SHOAL_HAS_ASAN SHOAL_ASAN
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SHOAL_HAS_ASAN SHOAL_ASAN
#endif
#endif
#ifndef SHOAL_HAS_ASAN
#define SHOAL_HAS_ASAN 0
#endif
#if defined(__SANITIZE_THREAD__)
#define SHOAL_HAS_TSAN SHOAL_TSAN
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define SHOAL_HAS_TSAN SHOAL_TSAN
#endif
#endif
#ifndef SHOAL_HAS_TSAN
#define SHOAL_HAS_TSAN 0
#endif
#ifdef _GLIBCXX_DEBUG
#define SHOAL_HAS_DEBUG_STL SHOAL_DEBUG_STL
#else
#define SHOAL_HAS_DEBUG_STL 0
#endif
/* Set by shoal_add_plugin: the LibTorch that is linked, and the instruction sets that the compiler was allowed. */
#ifdef SHOAL_BUILD_TORCH
#define SHOAL_HAS_TORCH SHOAL_TORCH
#else
#define SHOAL_HAS_TORCH 0
#define SHOAL_BUILD_TORCH ""
#define SHOAL_BUILD_TORCH_BUILD_ID ""
#endif
#ifndef SHOAL_BUILD_ISA
#define SHOAL_BUILD_ISA ""
#endif

#if defined(__has_attribute)
#if __has_attribute(retain)
#define SHOAL_RETAIN , retain
#endif
#endif
#ifndef SHOAL_RETAIN
#define SHOAL_RETAIN
#endif

/* Puts the descriptor into the library. Once in a plugin, at file scope; SHOAL_PLUGIN does it for C++. */
#ifdef __cplusplus
#define SHOAL_DESCRIPTOR_LINKAGE extern "C"
#else
#define SHOAL_DESCRIPTOR_LINKAGE extern
#endif
#define SHOAL_DESCRIBE(plugin_name, plugin_version)                                                                   \
  SHOAL_DESCRIPTOR_LINKAGE __attribute__((visibility("hidden"))) const shoal_descriptor shoal_descriptor_v1;          \
  __attribute__((section(".shoal"), used SHOAL_RETAIN, aligned(8)))                                                          \
  const shoal_descriptor shoal_descriptor_v1 = {SHOAL_MAGIC,                                                          \
                                                (uint32_t)sizeof(shoal_descriptor),                                   \
                                                SHOAL_ABI_MAJOR,                                                      \
                                                SHOAL_ABI_MINOR,                                                      \
                                                SHOAL_HAS_TORCH | SHOAL_HAS_ASAN | SHOAL_HAS_TSAN |                   \
                                                    SHOAL_HAS_DEBUG_STL,                                              \
                                                plugin_name,                                                          \
                                                plugin_version,                                                       \
                                                SHOAL_SDK_VERSION,                                                    \
                                                SHOAL_COMPILER SHOAL_STDLIB,                                          \
                                                SHOAL_BUILD_ISA,                                                      \
                                                SHOAL_BUILD_TORCH,                                                    \
                                                SHOAL_BUILD_TORCH_BUILD_ID,                                           \
                                                {0}}

#endif /* SHOAL_ABI_H_ */
