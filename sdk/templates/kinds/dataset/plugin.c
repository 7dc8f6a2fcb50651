/* dataset/@name@ in C11: spirals that wind around each other. What the names mean: shoal/abi.h. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shoal/abi.h"

static const double kPi = 3.14159265358979323846;

typedef struct {
  int64_t examples, arms;
  double turns;
} spirals;

static const shoal_param examples_param = {.size = sizeof examples_param,
                                           .type = SHOAL_INT,
                                           .name = "examples",
                                           .help = "number of points",
                                           .initial = {.type = SHOAL_INT, .as.integer = 1000},
                                           .min = {.type = SHOAL_INT, .as.integer = 1}};
static const shoal_param arms_param = {.size = sizeof arms_param,
                                       .type = SHOAL_INT,
                                       .name = "arms",
                                       .help = "number of spirals, and so of classes",
                                       .initial = {.type = SHOAL_INT, .as.integer = 2},
                                       .min = {.type = SHOAL_INT, .as.integer = 1},
                                       .max = {.type = SHOAL_INT, .as.integer = 8}};
static const shoal_param turns_param = {.size = sizeof turns_param,
                                        .type = SHOAL_REAL,
                                        .flags = SHOAL_OPEN_MIN,
                                        .name = "turns",
                                        .help = "how often a spiral goes around the centre",
                                        .initial = {.type = SHOAL_REAL, .as.real = 1.5},
                                        .min = {.type = SHOAL_REAL, .as.real = 0}};
static const shoal_param* const params[] = {&examples_param, &arms_param, &turns_param, NULL};

static int create(const shoal_context* context, const shoal_value* values, void** self) {
  const spirals made = {values[0].as.integer, values[1].as.integer, values[2].as.real};
  if (made.arms > made.examples) {
    char message[96];
    snprintf(message, sizeof message, "%lld examples cannot have %lld classes", (long long)made.examples,
             (long long)made.arms);
    return context->host->fail(context, SHOAL_E_INPUT, message);
  }
  if (!(*self = malloc(sizeof made))) return context->host->fail(context, SHOAL_E_MEMORY, "out of memory");
  memcpy(*self, &made, sizeof made);
  return SHOAL_OK;
}

/* Null-ended, for each number of arms. They live as long as the process, as tables and texts of a component do. */
static const char* const names[8][9] = {{"arm 0"},
                                        {"arm 0", "arm 1"},
                                        {"arm 0", "arm 1", "arm 2"},
                                        {"arm 0", "arm 1", "arm 2", "arm 3"},
                                        {"arm 0", "arm 1", "arm 2", "arm 3", "arm 4"},
                                        {"arm 0", "arm 1", "arm 2", "arm 3", "arm 4", "arm 5"},
                                        {"arm 0", "arm 1", "arm 2", "arm 3", "arm 4", "arm 5", "arm 6"},
                                        {"arm 0", "arm 1", "arm 2", "arm 3", "arm 4", "arm 5", "arm 6", "arm 7"}};

static int open_spirals(void* user, const shoal_context* context, shoal_dataset_info* info) {
  (void)context;
  const spirals* self = user;
  info->rank = 1;
  info->code = SHOAL_CODE_FLOAT;
  info->bits = 64;
  info->count = self->examples;
  info->shape[0] = 2;
  info->labelled = 1;
  info->class_names = names[self->arms - 1];
  return SHOAL_OK;
}

/* Example i is of arm i mod `arms`; along an arm radius and angle grow evenly. */
static int read_spirals(const void* user, const shoal_context* context, int64_t n, const int64_t* which,
                        const shoal_array* examples, const shoal_array* labels) {
  (void)context;
  const spirals* self = user;
  const int64_t steps = (self->examples + self->arms - 1) / self->arms; /* of the longest arm */
  for (int64_t row = 0; row < n; ++row) {
    const int64_t arm = which[row] % self->arms, step = which[row] / self->arms;
    if (labels) ((int64_t*)labels->data)[row] = arm;
    if (!examples) continue;
    const double share = ((double)step + 1) / (double)steps;
    const double angle = 2 * kPi * (self->turns * share + (double)arm / (double)self->arms);
    const double radius = 0.25 + 0.75 * share; /* in the middle the arms would meet */
    double* point = (double*)examples->data + row * examples->strides[0];
    point[0] = radius * cos(angle);
    point[1] = radius * sin(angle);
  }
  return SHOAL_OK;
}

static const char* const traits[] = {NULL};
static const shoal_dataset_1 table = {.size = sizeof table, .open = open_spirals, .read = read_spirals};

static const void* find(const char* id) { return strcmp(id, "dataset/1") == 0 ? &table : NULL; }

static const shoal_component component = {.size = sizeof component,
                                          .id = "dataset/@name@",
                                          .summary = "spirals that wind around each other",
                                          .params = params,
                                          .traits = traits,
                                          .create = create,
                                          .destroy = free,
                                          .find = find};
static const shoal_component* const components[] = {&component};

SHOAL_DESCRIBE("@name@", "0.1.0");

SHOAL_EXPORT int32_t shoal_plugin_v1(const shoal_context* context, const shoal_component* const** out) {
  (void)context;
  *out = components;
  return 1;
}
