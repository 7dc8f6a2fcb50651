/* transform/l1-normalize in plain C11: every row divided by the sum of its absolute values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shoal/abi.h"

typedef struct {
  double epsilon;
} l1_normalize;

static const shoal_param epsilon = {.size = sizeof epsilon,
                                    .type = SHOAL_REAL,
                                    .flags = SHOAL_OPEN_MIN,
                                    .name = "epsilon",
                                    .help = "rows whose sum is smaller are divided by this",
                                    .initial = {.type = SHOAL_REAL, .as.real = 1e-12},
                                    .min = {.type = SHOAL_REAL, .as.real = 0}};
static const shoal_param* const params[] = {&epsilon, NULL};

static int create(const shoal_context* context, const shoal_value* values, void** self) {
  l1_normalize* made = malloc(sizeof *made);
  if (!made) return context->host->fail(context, SHOAL_E_MEMORY, "out of memory");
  made->epsilon = values[0].as.real;
  *self = made;
  return SHOAL_OK;
}

typedef struct {
  const l1_normalize* self;
  const shoal_array *in, *out;
} job;

static int rows(void* user, int64_t from, int64_t to) {
  const job* j = user;
  const int64_t columns = j->in->shape[1];
  for (int64_t i = from; i < to; ++i) {
    const double* x = (const double*)j->in->data + i * j->in->strides[0];
    double* y = (double*)j->out->data + i * j->out->strides[0];
    double sum = 0;
    for (int64_t c = 0; c < columns; ++c) sum += fabs(x[c]);
    for (int64_t c = 0; c < columns; ++c) y[c] = x[c] / fmax(sum, j->self->epsilon);
  }
  return SHOAL_OK;
}

static int apply(const void* self, const shoal_context* context, const shoal_array* in, const shoal_array* out) {
  job j = {self, in, out};
  return context->host->parallel(context, in->shape[0], 1024, rows, &j);
}

static const shoal_transform_1 transform = {.size = sizeof transform, .apply = apply};
static const void* find(const char* id) { return strcmp(id, "transform/1") == 0 ? &transform : NULL; }

static const char* const traits[] = {"float64", NULL};
static const shoal_component component = {.size = sizeof component,
                                          .id = "transform/l1-normalize",
                                          .summary = "rows whose absolute values add up to 1",
                                          .params = params,
                                          .traits = traits,
                                          .create = create,
                                          .destroy = free,
                                          .find = find};
static const shoal_component* const components[] = {&component};

SHOAL_DESCRIBE("l1-normalize", "0.1.0");

SHOAL_EXPORT int32_t shoal_plugin_v1(const shoal_context* context, const shoal_component* const** out) {
  (void)context;
  *out = components;
  return 1;
}
