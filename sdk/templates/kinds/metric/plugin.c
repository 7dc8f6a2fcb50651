/* metric/@name@ in C11: how pure clusters are. What the names mean: shoal/abi.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shoal/abi.h"

static int create(const shoal_context* context, const shoal_value* values, void** self) {
  (void)values;
  *self = malloc(1); /* nothing to keep, but not null */
  return *self ? SHOAL_OK : context->host->fail(context, SHOAL_E_MEMORY, "out of memory");
}

typedef struct {
  int64_t cluster, label;
} example;

static int by_cluster_and_label(const void* a, const void* b) {
  const example *x = a, *y = b;
  if (x->cluster != y->cluster) return x->cluster < y->cluster ? -1 : 1;
  return (x->label > y->label) - (x->label < y->label);
}

/* How many of the sorted examples are of the commonest class of their cluster; noise, -1, never is. */
static int64_t count_right(const example* sorted, int64_t n) {
  int64_t right = 0, most = 0, run = 0;
  for (int64_t i = 0; i < n; ++i) {
    const int same_cluster = i > 0 && sorted[i].cluster == sorted[i - 1].cluster;
    if (!same_cluster) right += most, most = 0;
    run = same_cluster && sorted[i].label == sorted[i - 1].label ? run + 1 : 1;
    if (sorted[i].cluster >= 0 && run > most) most = run;
  }
  return right + most;
}

static int compute(const void* self, const shoal_context* context, const shoal_array* const* inputs,
                   const shoal_results* results) {
  (void)self;
  const shoal_array *predicted = inputs[0], *labels = inputs[1]; /* in the order of `ports` */
  const int64_t n = labels->shape[0];
  if (predicted->shape[0] != n) {
    char message[96];
    snprintf(message, sizeof message, "there are %lld predicted labels, but %lld true ones",
             (long long)predicted->shape[0], (long long)n);
    return context->host->fail(context, SHOAL_E_INPUT, message);
  }
  if (n == 0) return context->host->fail(context, SHOAL_E_INPUT, "there are no examples");
  example* examples = malloc((size_t)n * sizeof *examples);
  if (!examples) return context->host->fail(context, SHOAL_E_MEMORY, "out of memory");
  for (int64_t i = 0; i < n; ++i)
    examples[i] = (example){((const int64_t*)predicted->data)[i], ((const int64_t*)labels->data)[i]};
  qsort(examples, (size_t)n, sizeof *examples, by_cluster_and_label);
  const double purity = (double)count_right(examples, n) / (double)n;
  free(examples);
  return results->number(results, "purity", purity);
}

static const shoal_port predicted_port = {
    sizeof predicted_port, SHOAL_REQUIRED, "predicted", "labels", "clusters (N); -1 is noise", NULL};
static const shoal_port labels_port = {sizeof labels_port, SHOAL_REQUIRED,     "labels",
                                       "labels",           "true classes (N)", NULL};
static const shoal_port* const ports[] = {&predicted_port, &labels_port, NULL};
static const shoal_port purity_port = {sizeof purity_port,
                                       SHOAL_HIGHER,
                                       "purity",
                                       "number",
                                       "share that is of its cluster's commonest class; rises with K",
                                       NULL};
static const shoal_port* const outputs[] = {&purity_port, NULL};

static const shoal_param* const params[] = {NULL};
static const char* const traits[] = {NULL};
static const shoal_metric_1 table = {.size = sizeof table, .compute = compute};

static const void* find(const char* id) { return strcmp(id, "metric/1") == 0 ? &table : NULL; }

static const shoal_component component = {.size = sizeof component,
                                          .id = "metric/@name@",
                                          .summary = "how pure clusters are",
                                          .params = params,
                                          .traits = traits,
                                          .create = create,
                                          .destroy = free,
                                          .find = find,
                                          .inputs = ports,
                                          .outputs = outputs};
static const shoal_component* const components[] = {&component};

SHOAL_DESCRIBE("@name@", "0.1.0");

SHOAL_EXPORT int32_t shoal_plugin_v1(const shoal_context* context, const shoal_component* const** out) {
  (void)context;
  *out = components;
  return 1;
}
