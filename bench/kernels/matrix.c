// Product of two matrices of doubles.
#include "kernel.h"
#define N 96
static double a[N][N], b[N][N], c[N][N];

u32 run(u32 rounds) {
  seed = 1;
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) a[i][j] = random_u32() % 1000, b[i][j] = random_u32() % 1000;
  double sum = 0;
  while (rounds--) {
    for (int i = 0; i < N; i++)
      for (int j = 0; j < N; j++) {
        double dot = 0;
        for (int k = 0; k < N; k++) dot += a[i][k] * b[k][j];
        c[i][j] = dot;
      }
    sum += c[rounds % N][7];
  }
  return (u32)(u64)sum;
}
