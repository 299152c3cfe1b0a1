// Planets that attract each other.
#include "kernel.h"
#define N 5
static double p[N][3], v[N][3], m[N] = {39.47, 0.037, 0.011, 0.0017, 0.002};

u32 run(u32 rounds) {
  seed = 7;
  for (int i = 0; i < N; i++)
    for (int k = 0; k < 3; k++) p[i][k] = random_u32() % 1000 / 50.0, v[i][k] = random_u32() % 100 / 100.0;
  for (rounds *= 1000; rounds--;) {
    for (int i = 0; i < N; i++)
      for (int j = i + 1; j < N; j++) {
        double d[3], square = 0.01;
        for (int k = 0; k < 3; k++) d[k] = p[i][k] - p[j][k], square += d[k] * d[k];
        double force = 0.001 / (square * __builtin_sqrt(square));
        for (int k = 0; k < 3; k++) v[i][k] -= d[k] * m[j] * force, v[j][k] += d[k] * m[i] * force;
      }
    for (int i = 0; i < N; i++)
      for (int k = 0; k < 3; k++) p[i][k] += 0.001 * v[i][k];
  }
  return (u32)(long long)(p[0][0] * 1e6);
}
