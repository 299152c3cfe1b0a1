// Edit distance of two texts, by rows.
#include "kernel.h"
#define N 256
static u8 a[N], b[N];
static int row[N + 1];

static int min(int x, int y) { return x < y ? x : y; }

u32 run(u32 rounds) {
  u32 sum = 0;
  seed = 12;
  for (int i = 0; i < N; i++) a[i] = random_u32() % 6, b[i] = random_u32() % 6;
  while (rounds--) {
    for (int j = 0; j <= N; j++) row[j] = j;
    for (int i = 1; i <= N; i++) {
      int corner = row[0];
      row[0] = i;
      for (int j = 1; j <= N; j++) {
        int above = row[j];
        row[j] = min(min(above, row[j - 1]) + 1, corner + (a[i - 1] != b[j - 1]));
        corner = above;
      }
    }
    sum = sum * 31 + row[N];
    a[rounds % N] ^= 1;
  }
  return sum;
}
