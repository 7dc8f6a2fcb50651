/* transform/@name@ in C11: every column scaled to one range. What the names mean: shoal/abi.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shoal/abi.h"

typedef struct {
  double low, high;
  int64_t columns;
  double* range; /* least and greatest of each column; null before fit */
} transform;

static const shoal_param low_param = {.size = sizeof low_param,
                                      .type = SHOAL_REAL,
                                      .name = "low",
                                      .help = "what the least number of a column becomes",
                                      .initial = {.type = SHOAL_REAL, .as.real = 0}};
static const shoal_param high_param = {.size = sizeof high_param,
                                       .type = SHOAL_REAL,
                                       .name = "high",
                                       .help = "what the greatest becomes",
                                       .initial = {.type = SHOAL_REAL, .as.real = 1}};
static const shoal_param* const params[] = {&low_param, &high_param, NULL};

static int create(const shoal_context* context, const shoal_value* values, void** self) {
  const double low = values[0].as.real, high = values[1].as.real;
  if (!(low < high)) {
    char message[128];
    snprintf(message, sizeof message, "'low' must be less than 'high', but they are %g and %g", low, high);
    return context->host->fail(context, SHOAL_E_INPUT, message);
  }
  transform* made = calloc(1, sizeof *made);
  if (!made) return context->host->fail(context, SHOAL_E_MEMORY, "out of memory");
  made->low = low;
  made->high = high;
  *self = made;
  return SHOAL_OK;
}

static void destroy(void* self) {
  free(((transform*)self)->range);
  free(self);
}

/* The number at row i, column c of features, which are float32 or float64. */
static double at(const shoal_array* x, int64_t i, int64_t c) {
  const int64_t place = i * x->strides[0] + c;
  return x->bits == 32 ? ((const float*)x->data)[place] : ((const double*)x->data)[place];
}

static int fit(void* user, const shoal_context* context, const shoal_array* x) {
  transform* self = user;
  const int64_t columns = x->shape[1];
  double* range = malloc((size_t)columns * 2 * sizeof *range);
  if (!range) return context->host->fail(context, SHOAL_E_MEMORY, "out of memory");
  for (int64_t c = 0; c < columns; ++c) {
    double least = INFINITY, greatest = -INFINITY;
    for (int64_t i = 0; i < x->shape[0]; ++i) {
      least = fmin(least, at(x, i, c));
      greatest = fmax(greatest, at(x, i, c));
    }
    range[2 * c] = least;
    range[2 * c + 1] = greatest;
  }
  free(self->range);
  self->range = range;
  self->columns = columns;
  return SHOAL_OK;
}

typedef struct {
  const transform* self;
  const shoal_array *in, *out;
} job;

static int scale_rows(void* user, int64_t from, int64_t to) {
  const job* j = user;
  const transform* self = j->self;
  for (int64_t i = from; i < to; ++i) {
    for (int64_t c = 0; c < self->columns; ++c) {
      const double least = self->range[2 * c], width = self->range[2 * c + 1] - least;
      const double share = width > 0 ? (at(j->in, i, c) - least) / width : 0;
      const double scaled = self->low + share * (self->high - self->low);
      const int64_t place = i * j->out->strides[0] + c;
      if (j->out->bits == 32) ((float*)j->out->data)[place] = (float)scaled;
      else ((double*)j->out->data)[place] = scaled;
    }
  }
  return SHOAL_OK;
}

static int apply(const void* user, const shoal_context* context, const shoal_array* in, const shoal_array* out) {
  const transform* self = user;
  if (!self->range) return context->host->fail(context, SHOAL_E_STATE, "apply before fit");
  if (in->shape[1] != self->columns) {
    char message[96];
    snprintf(message, sizeof message, "expected %lld columns, got %lld", (long long)self->columns,
             (long long)in->shape[1]);
    return context->host->fail(context, SHOAL_E_INPUT, message);
  }
  job j = {self, in, out};
  return context->host->parallel(context, in->shape[0], 1024, scale_rows, &j);
}

static const char* const traits[] = {NULL}; /* none: float32 and float64, no chance */
static const shoal_transform_1 table = {.size = sizeof table, .fit = fit, .apply = apply};

static const void* find(const char* id) { return strcmp(id, "transform/1") == 0 ? &table : NULL; }

static const shoal_component component = {.size = sizeof component,
                                          .id = "transform/@name@",
                                          .summary = "every column scaled to one range",
                                          .params = params,
                                          .traits = traits,
                                          .create = create,
                                          .destroy = destroy,
                                          .find = find};
static const shoal_component* const components[] = {&component};

SHOAL_DESCRIBE("@name@", "0.1.0");

SHOAL_EXPORT int32_t shoal_plugin_v1(const shoal_context* context, const shoal_component* const** out) {
  (void)context;
  *out = components;
  return 1;
}
