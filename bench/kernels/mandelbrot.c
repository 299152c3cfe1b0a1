// Points of the Mandelbrot set, in doubles.
#include "kernel.h"
u32 run(u32 rounds) {
  u32 sum = 0;
  while (rounds--)
    for (int py = 0; py < 40; py++)
      for (int px = 0; px < 60; px++) {
        double x0 = px / 20.0 - 2, y0 = py / 20.0 - 1, x = 0, y = 0;
        int n = 0;
        for (; n < 200 && x * x + y * y <= 4; n++) {
          double t = x * x - y * y + x0;
          y = 2 * x * y + y0;
          x = t;
        }
        sum = sum * 5 + n;
      }
  return sum;
}
