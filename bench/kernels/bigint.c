// Digits of e, by arithmetic on long numbers.
#include "kernel.h"
#define LIMBS 128
static u32 sum_of[LIMBS], term[LIMBS];

static int divide(u32 *n, u32 by) {
  u64 rest = 0;
  u32 any = 0;
  for (int k = 0; k < LIMBS; k++) {
    rest = rest << 32 | n[k];
    n[k] = rest / by;
    any |= n[k];
    rest %= by;
  }
  return any != 0;
}

static void add(u32 *to, const u32 *n) {
  u64 carry = 0;
  for (int k = LIMBS; k--;) {
    carry += (u64)to[k] + n[k];
    to[k] = carry;
    carry >>= 32;
  }
}

u32 run(u32 rounds) {
  u32 sum = 0;
  while (rounds--) {
    for (int k = 0; k < LIMBS; k++) sum_of[k] = term[k] = 0;
    sum_of[0] = term[0] = 1;
    for (u32 n = 1; divide(term, n); n++) add(sum_of, term);
    sum = sum * 31 + sum_of[LIMBS / 2];
  }
  return sum;
}
