// Compresses text by hashed matches, and expands it again.
#include "kernel.h"
#define SIZE 32768
static u8 source[SIZE], packed[2 * SIZE], back[SIZE + 64];
static int heads[4096];

static u32 four(const u8 *p) { return p[0] | p[1] << 8 | p[2] << 16 | (u32)p[3] << 24; }

static int pack(void) {
  int out = 0;
  for (int i = 0; i < 4096; i++) heads[i] = -1;
  for (int at = 0; at < SIZE;) {
    int length = 0, from = 0;
    if (at + 4 <= SIZE) {
      u32 h = four(source + at) * 2654435761u >> 20;
      from = heads[h];
      heads[h] = at;
      if (from >= 0 && at - from < 65536)
        while (length < 255 && at + length < SIZE && source[from + length] == source[at + length]) length++;
    }
    if (length >= 4) {
      packed[out++] = length;
      packed[out++] = (at - from) & 255;
      packed[out++] = (at - from) >> 8;
      at += length;
    } else {
      packed[out++] = 0;
      packed[out++] = source[at++];
    }
  }
  return out;
}

static int unpack(int size) {
  int out = 0;
  for (int at = 0; at < size;) {
    int length = packed[at++];
    if (length) {
      int from = out - (packed[at] | packed[at + 1] << 8);
      at += 2;
      while (length--) back[out++] = back[from++];
    } else back[out++] = packed[at++];
  }
  return out;
}

u32 run(u32 rounds) {
  static const char *const words[] = {"actor ", "message ", "entry ", "of the ", "chain ", "and ", "replay "};
  u32 sum = 0;
  seed = 9;
  for (int at = 0; at < SIZE;)
    for (const char *w = words[random_u32() % 7]; *w && at < SIZE;) source[at++] = *w++;
  while (rounds--) {
    int size = pack();
    int length = unpack(size);
    sum = sum * 31 + size + back[length - 1] + back[length / 2];
  }
  return sum;
}
