#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include "decode.h"

/* clang-format off */
#include <jpeglib.h> /* after stdio.h, which it needs and does not include */
/* clang-format on */

typedef struct reading {
  struct jpeg_decompress_struct jpeg; /* its client_data is this */
  struct jpeg_error_mgr errors;
  struct jpeg_progress_mgr progress;
  jmp_buf back;
  char* message;
} reading;

static void on_error(j_common_ptr jpeg) {
  reading* r = (reading*)jpeg->client_data;
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  snprintf(r->message, IMAGE_MESSAGE_BYTES, "%s", text);
  longjmp(r->back, 1);
}

/* libjpeg warns of damage that it papers over, a missing end say; here that is an error. */
static void on_message(j_common_ptr jpeg, int level) {
  if (level < 0) on_error(jpeg);
}

static void on_output(j_common_ptr jpeg) { (void)jpeg; }

static void fail(reading* r, const char* what) {
  snprintf(r->message, IMAGE_MESSAGE_BYTES, "%s", what);
  longjmp(r->back, 1);
}

/* A scan of a few bytes costs as much time as the picture is large; no honest file has hundreds. */
static void on_progress(j_common_ptr jpeg) {
  if (((j_decompress_ptr)jpeg)->input_scan_number > 200)
    fail((reading*)jpeg->client_data, "it has more than 200 scans");
}

static void read_header(reading* r, const unsigned char* bytes, size_t size, image_header* out) {
  jpeg_create_decompress(&r->jpeg);
  r->jpeg.progress = &r->progress;
  jpeg_mem_src(&r->jpeg, bytes, size);
  jpeg_read_header(&r->jpeg, TRUE);
  if (r->jpeg.num_components != 1 && r->jpeg.num_components != 3)
    fail(r, "it is neither grey nor red, green and blue (CMYK?)");
  out->width = r->jpeg.image_width;
  out->height = r->jpeg.image_height;
  out->channels = r->jpeg.num_components;
  out->has_alpha = out->is_deep = 0;
  /* At best a block of 64 numbers takes a bit, and one in colour stands for 256 pixels by six. */
  if (out->width * out->height > size * 1024) fail(r, "it is too short for the size that it says");
}

static void read_pixels(reading* r, const image_header* header, unsigned char* to) {
  const size_t row = header->width * (size_t)header->channels;
  r->jpeg.out_color_space = header->channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_start_decompress(&r->jpeg);
  if (r->jpeg.output_width * (size_t)r->jpeg.output_components != row)
    fail(r, "its rows are of another length than its header says");
  while (r->jpeg.output_scanline < r->jpeg.output_height) {
    JSAMPROW line = to + r->jpeg.output_scanline * row;
    jpeg_read_scanlines(&r->jpeg, &line, 1);
  }
  jpeg_finish_decompress(&r->jpeg);
}

/* With `to` null, the header alone. */
static int run(const unsigned char* bytes, size_t size, image_header* header, unsigned char* to, char* message) {
  reading r;
  memset(&r, 0, sizeof(r));
  r.message = message;
  r.jpeg.err = jpeg_std_error(&r.errors);
  r.errors.error_exit = on_error;
  r.errors.emit_message = on_message;
  r.errors.output_message = on_output;
  r.progress.progress_monitor = on_progress;
  r.jpeg.client_data = &r;
  if (setjmp(r.back) == 0) {
    read_header(&r, bytes, size, header);
    if (to != NULL) read_pixels(&r, header, to);
    jpeg_destroy_decompress(&r.jpeg);
    return 0;
  }
  jpeg_destroy_decompress(&r.jpeg);
  return -1;
}

int jpeg_look(const unsigned char* bytes, size_t size, image_header* out, char* message) {
  return run(bytes, size, out, NULL, message);
}

int jpeg_decode(const unsigned char* bytes, size_t size, unsigned char* to, char* message) {
  image_header header;
  return run(bytes, size, &header, to, message);
}
