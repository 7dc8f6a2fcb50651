/* decode.h: PNG and JPEG in memory, by libpng and libjpeg.
 *
 * In C, since both libraries report errors by longjmp, which must not pass over destructors. Nothing is printed,
 * nothing exits: a function returns 0, or −1 with the reason in `message`. Threads: any, each with its own arguments.
 */
#ifndef SHOAL_DATASETS_IMAGE_DECODE_H_
#define SHOAL_DATASETS_IMAGE_DECODE_H_

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { IMAGE_MESSAGE_BYTES = 200 };

typedef struct image_header {
  size_t width, height; /* ≥ 1 */
  int channels;         /* 1 grey, 3 colour (red, green, blue); a palette is colour */
  int has_alpha;        /* it has one, which is left out */
  int is_deep;          /* 16 bits a number, which are scaled to 8 */
} image_header;

/* Reads the header. A picture that the file's bytes cannot hold is refused here, before memory is taken for it. */
int png_look(const unsigned char* bytes, size_t size, image_header* out, char* message);
int jpeg_look(const unsigned char* bytes, size_t size, image_header* out, char* message);

/* Decodes to `to`, height × width × channels bytes, as the look at the same bytes said. */
int png_decode(const unsigned char* bytes, size_t size, unsigned char* to, char* message);
int jpeg_decode(const unsigned char* bytes, size_t size, unsigned char* to, char* message);

#ifdef __cplusplus
}
#endif

#endif /* SHOAL_DATASETS_IMAGE_DECODE_H_ */
