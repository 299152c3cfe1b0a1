// The sieve of Eratosthenes.
#include "kernel.h"
#define N 65536
static u8 composite[N];

u32 run(u32 rounds) {
  u32 sum = 0;
  while (rounds--) {
    __builtin_memset(composite, 0, N);
    for (u32 i = 2; i * i < N; i++)
      if (!composite[i])
        for (u32 j = i * i; j < N; j += i) composite[j] = 1;
    for (u32 i = 2; i < N; i++) sum += composite[i] ? 0 : i;
  }
  return sum;
}
