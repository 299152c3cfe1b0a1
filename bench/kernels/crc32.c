// CRC-32 by a table, byte by byte: a loop as tight as they come.
#include "kernel.h"
#define SIZE 16384
static u32 table[256];
static u8 data[SIZE];

u32 run(u32 rounds) {
  u32 crc = 0;
  seed = 8;
  for (u32 i = 0; i < 256; i++) {
    u32 c = i;
    for (int k = 0; k < 8; k++) c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
    table[i] = c;
  }
  for (int i = 0; i < SIZE; i++) data[i] = random_u32();
  while (rounds--)
    for (int i = 0; i < SIZE; i++) crc = table[(crc ^ data[i]) & 255] ^ crc >> 8;
  return crc;
}
