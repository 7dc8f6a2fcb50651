/* clusterer/@name@ in C11: K examples such that nobody is far from all of them. What the names mean: shoal/abi.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shoal/abi.h"

typedef struct {
  int64_t k, columns;
  double* centers; /* (k, columns); null before fit */
} clusterer;

static const shoal_param k_param = {.size = sizeof k_param,
                                    .type = SHOAL_INT,
                                    .name = "k",
                                    .help = "number of centres, and so of clusters",
                                    .initial = {.type = SHOAL_INT, .as.integer = 8},
                                    .min = {.type = SHOAL_INT, .as.integer = 1}};
static const shoal_param* const params[] = {&k_param, NULL};

static int create(const shoal_context* context, const shoal_value* values, void** self) {
  clusterer* made = calloc(1, sizeof *made);
  if (!made) return context->host->fail(context, SHOAL_E_MEMORY, "out of memory");
  made->k = values[0].as.integer;
  *self = made;
  return SHOAL_OK;
}

static void destroy(void* self) {
  free(((clusterer*)self)->centers);
  free(self);
}

/* The number at row i, column c of features, which are float32 or float64. */
static double at(const shoal_array* x, int64_t i, int64_t c) {
  const int64_t place = i * x->strides[0] + c;
  return x->bits == 32 ? ((const float*)x->data)[place] : ((const double*)x->data)[place];
}

static double squared_distance(const shoal_array* x, int64_t i, const double* center) {
  double sum = 0;
  for (int64_t c = 0; c < x->shape[1]; ++c) sum += (at(x, i, c) - center[c]) * (at(x, i, c) - center[c]);
  return sum;
}

typedef struct {
  const clusterer* self;
  const shoal_array *features, *labels;
} job;

/* The nearest centre of each row; the lowest label wins a tie. */
static int label_rows(void* user, int64_t from, int64_t to) {
  const job* j = user;
  for (int64_t i = from; i < to; ++i) {
    double nearest = INFINITY;
    for (int64_t c = 0; c < j->self->k; ++c) {
      const double d = squared_distance(j->features, i, j->self->centers + c * j->self->columns);
      if (d < nearest) nearest = d, ((int64_t*)j->labels->data)[i] = c;
    }
  }
  return SHOAL_OK;
}

/* Gonzalez, TCS 38 (1985) 293-306: the first centre is drawn, each further one is the example farthest from those
 * before it. */
static int choose(clusterer* self, const shoal_context* context, const shoal_array* x, double* centers,
                  double* nearest) {
  const int64_t n = x->shape[0], d = x->shape[1];
  int64_t next = (int64_t)(context->host->seed(context, "first") % (uint64_t)n);
  for (int64_t i = 0; i < n; ++i) nearest[i] = INFINITY;
  for (int64_t c = 0; c < self->k; ++c) {
    const int status = context->host->progress(context, c, self->k, "centres");
    if (status != SHOAL_OK) return status; /* the user stopped the run */
    for (int64_t column = 0; column < d; ++column) centers[c * d + column] = at(x, next, column);
    int64_t farthest = 0;
    for (int64_t i = 0; i < n; ++i) {
      nearest[i] = fmin(nearest[i], squared_distance(x, i, centers + c * d));
      if (nearest[i] > nearest[farthest]) farthest = i;
    }
    next = farthest;
  }
  return SHOAL_OK;
}

static int fit(void* user, const shoal_context* context, const shoal_fit_input* in, shoal_clustering* out) {
  clusterer* self = user;
  const shoal_array* x = in->features; /* (N, D), finite: the host has looked */
  const int64_t n = x->shape[0], d = x->shape[1];
  if (n < self->k) {
    char message[96];
    snprintf(message, sizeof message, "needs at least %lld examples, but there are only %lld", (long long)self->k,
             (long long)n);
    return context->host->fail(context, SHOAL_E_INPUT, message);
  }
  double *centers = malloc((size_t)(self->k * d) * sizeof *centers), *nearest = malloc((size_t)n * sizeof *nearest);
  int status = centers && nearest ? choose(self, context, x, centers, nearest)
                                  : context->host->fail(context, SHOAL_E_MEMORY, "out of memory");
  free(nearest);
  if (status != SHOAL_OK) {
    free(centers); /* the clusterer is as it was */
    return status;
  }
  free(self->centers);
  self->centers = centers;
  self->columns = d;

  const int64_t shape[2] = {self->k, d};
  shoal_buffer* labels = context->host->allocate(context, SHOAL_CODE_INT, 64, 1, &n);
  shoal_buffer* centroids = context->host->allocate(context, SHOAL_CODE_FLOAT, 64, 2, shape);
  if (labels && centroids) {
    memcpy(centroids->array.data, centers, (size_t)(self->k * d) * sizeof *centers);
    job j = {self, x, &labels->array};
    status = context->host->parallel(context, n, 1024, label_rows, &j);
  } else {
    status = SHOAL_E_MEMORY;
  }
  if (status != SHOAL_OK) {
    if (labels) labels->release(labels);
    if (centroids) centroids->release(centroids);
    return status;
  }
  out->labels = labels;
  out->centroids = centroids;
  out->clusters = out->iterations = self->k;
  out->converged = 1;
  return SHOAL_OK;
}

static int predict(const void* user, const shoal_context* context, const shoal_array* features,
                   const shoal_array* labels) {
  const clusterer* self = user;
  if (!self->centers) return context->host->fail(context, SHOAL_E_STATE, "predict before fit");
  if (features->shape[1] != self->columns) {
    char message[96];
    snprintf(message, sizeof message, "expected %lld columns, got %lld", (long long)self->columns,
             (long long)features->shape[1]);
    return context->host->fail(context, SHOAL_E_INPUT, message);
  }
  job j = {self, features, labels};
  return context->host->parallel(context, features->shape[0], 1024, label_rows, &j);
}

static const shoal_clusterer_1 table = {.size = sizeof table, .fit = fit, .predict = predict};
static const void* find(const char* id) { return strcmp(id, "clusterer/1") == 0 ? &table : NULL; }

static const char* const traits[] = {"random", NULL};
static const shoal_component component = {.size = sizeof component,
                                          .id = "clusterer/@name@",
                                          .summary = "k-centre by farthest-first traversal",
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
