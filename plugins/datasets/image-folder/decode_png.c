#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "decode.h"

/* What is shared with libpng's callbacks, and freed after an error. It outlives the setjmp, so its members are safe. */
typedef struct reading {
  const unsigned char* bytes;
  size_t size, at;
  png_structp png;
  png_infop info;
  png_bytep* rows;
  image_header header;
  char* message;
} reading;

static void on_error(png_structp png, png_const_charp what) {
  reading* r = (reading*)png_get_error_ptr(png);
  snprintf(r->message, IMAGE_MESSAGE_BYTES, "%s", what);
  longjmp(png_jmpbuf(png), 1);
}

/* Of what libpng reads anyway: an odd colour profile, say. Damage has a wrong CRC, which is an error. */
static void on_warning(png_structp png, png_const_charp what) {
  (void)png;
  (void)what;
}

static void on_read(png_structp png, png_bytep to, size_t n) {
  reading* r = (reading*)png_get_io_ptr(png);
  if (n > r->size - r->at) png_error(png, "it is cut short");
  memcpy(to, r->bytes + r->at, n);
  r->at += n;
}

static void require_possible(reading* r) {
  /* Deflate packs 1032 bytes into one at most, and a row has a byte more than its numbers. */
  const size_t row = png_get_rowbytes(r->png, r->info) + 1;
  if (r->header.height > r->size * 1032 / row) png_error(r->png, "it is too short for the size that it says");
}

static void read_header(reading* r) {
  png_uint_32 width, height;
  int depth, colour;
  png_set_crc_action(r->png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
  png_set_read_fn(r->png, r, on_read);
  png_read_info(r->png, r->info);
  png_get_IHDR(r->png, r->info, &width, &height, &depth, &colour, NULL, NULL, NULL);
  r->header.width = width;
  r->header.height = height;
  r->header.channels = (colour & PNG_COLOR_MASK_COLOR) != 0 ? 3 : 1;
  r->header.has_alpha = (colour & PNG_COLOR_MASK_ALPHA) != 0 || png_get_valid(r->png, r->info, PNG_INFO_tRNS) != 0;
  r->header.is_deep = depth == 16;
  require_possible(r);
}

static void read_pixels(reading* r, unsigned char* to) {
  const size_t row = r->header.width * (size_t)r->header.channels;
  png_set_scale_16(r->png);
  png_set_expand(r->png); /* palettes, and fewer than 8 bits */
  png_set_strip_alpha(r->png);
  png_set_interlace_handling(r->png);
  png_read_update_info(r->png, r->info);
  if (png_get_rowbytes(r->png, r->info) != row)
    png_error(r->png, "its rows are of another length than its header says");
  r->rows = (png_bytep*)malloc(r->header.height * sizeof(png_bytep));
  if (r->rows == NULL) png_error(r->png, "out of memory");
  for (size_t y = 0; y < r->header.height; ++y) r->rows[y] = to + y * row;
  png_read_image(r->png, r->rows);
  png_read_end(r->png, NULL);
}

/* With `to` null, the header alone. */
static int run(reading* r, unsigned char* to) {
  r->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, r, on_error, on_warning);
  if (r->png == NULL) {
    snprintf(r->message, IMAGE_MESSAGE_BYTES, "libpng cannot be used");
    return -1;
  }
  if (setjmp(png_jmpbuf(r->png)) == 0) {
    r->info = png_create_info_struct(r->png);
    if (r->info == NULL) png_error(r->png, "out of memory");
    read_header(r);
    if (to != NULL) read_pixels(r, to);
    png_destroy_read_struct(&r->png, &r->info, NULL);
    free(r->rows);
    return 0;
  }
  png_destroy_read_struct(&r->png, &r->info, NULL);
  free(r->rows);
  return -1;
}

int png_look(const unsigned char* bytes, size_t size, image_header* out, char* message) {
  reading r = {bytes, size, 0, NULL, NULL, NULL, {0, 0, 0, 0, 0}, message};
  const int status = run(&r, NULL);
  *out = r.header;
  return status;
}

int png_decode(const unsigned char* bytes, size_t size, unsigned char* to, char* message) {
  reading r = {bytes, size, 0, NULL, NULL, NULL, {0, 0, 0, 0, 0}, message};
  return run(&r, to);
}
