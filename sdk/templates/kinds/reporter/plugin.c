/* reporter/@name@ in C11: how long each node took, as a table in the run folder. What the names mean: shoal/abi.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shoal/abi.h"

typedef struct {
  FILE* file; /* null before begin */
  char name[256];
} reporter;

static const shoal_param file_param = {
    .size = sizeof file_param,
    .type = SHOAL_TEXT,
    .name = "file",
    .help = "its name in the run folder",
    .initial = {.type = SHOAL_TEXT, .count = sizeof "@name@.csv" - 1, .as.text = "@name@.csv"}};
static const shoal_param* const params[] = {&file_param, NULL};

static int fail_with(const shoal_context* context, const char* what, const char* name, const char* why) {
  char message[5000];
  snprintf(message, sizeof message, "%s%s%s", what, name, why);
  return context->host->fail(context, SHOAL_E_INPUT, message);
}

static int create(const shoal_context* context, const shoal_value* values, void** self) {
  const char* name = values[0].as.text;
  if (*name == '\0' || strchr(name, '/') || strlen(name) >= sizeof((reporter*)0)->name)
    return fail_with(context, "'file' must be a name in the run folder, but is '", name, "'");
  reporter* made = calloc(1, sizeof *made);
  if (!made) return context->host->fail(context, SHOAL_E_MEMORY, "out of memory");
  strcpy(made->name, name);
  *self = made;
  return SHOAL_OK;
}

static void destroy(void* user) {
  reporter* self = user;
  if (self->file) fclose(self->file);
  free(self);
}

static int begin(void* user, const shoal_context* context, const char* run_folder, const char* experiment) {
  (void)experiment;
  reporter* self = user;
  char path[4352];
  if (snprintf(path, sizeof path, "%s/%s", run_folder, self->name) >= (int)sizeof path)
    return fail_with(context, "the path of the run folder is too long: ", run_folder, "");
  self->file = fopen(path, "w");
  if (!self->file) {
    char why[256];
    snprintf(why, sizeof why, ": %s", strerror(errno));
    return fail_with(context, "cannot create ", path, why);
  }
  fputs("row,node,component,seconds,ended\n", self->file);
  return fflush(self->file) == 0 ? SHOAL_OK : fail_with(context, "cannot write ", path, "");
}

static int on_event(void* user, const shoal_context* context, const shoal_event* event) {
  reporter* self = user;
  if (event->type != SHOAL_NODE_END) return SHOAL_OK;
  const char* ended = event->status < 0 ? "stored" : event->status == SHOAL_OK ? "done" : "failed";
  fprintf(self->file, "%lld,%s,%s,%.9g,%s\n", (long long)event->row, event->node, event->component, event->seconds,
          ended);
  /* Flushed: who looks while the run goes on sees all of it. */
  return fflush(self->file) == 0 ? SHOAL_OK : fail_with(context, "cannot write ", self->name, "");
}

static const char* const traits[] = {NULL};
static const shoal_reporter_1 table = {.size = sizeof table, .begin = begin, .on_event = on_event};

static const void* find(const char* id) { return strcmp(id, "reporter/1") == 0 ? &table : NULL; }

static const shoal_component component = {.size = sizeof component,
                                          .id = "reporter/@name@",
                                          .summary = "how long each node took, as comma-separated values",
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
