// Fibonacci numbers by calls alone: nothing but entries and exits of a function.
#include "kernel.h"
__attribute__((noinline)) static u32 fib(u32 n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }

u32 run(u32 rounds) {
  u32 sum = 0;
  while (rounds--) sum = sum * 3 + fib(20 + (rounds & 1));
  return sum;
}
