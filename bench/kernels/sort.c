// Quicksort of integers, and a heap sort of the same.
#include "kernel.h"
#define N 4096
static u32 items[N], heap[N];

static void quick(u32 *v, int low, int high) {
  while (low < high) {
    u32 pivot = v[(low + high) / 2];
    int i = low, j = high;
    while (i <= j) {
      while (v[i] < pivot) i++;
      while (v[j] > pivot) j--;
      if (i <= j) {
        u32 t = v[i];
        v[i++] = v[j];
        v[j--] = t;
      }
    }
    if (j - low < high - i) quick(v, low, j), low = i;
    else quick(v, i, high), high = j;
  }
}

static void sift(u32 *v, int root, int size) {
  for (int child; (child = 2 * root + 1) < size; root = child) {
    if (child + 1 < size && v[child] < v[child + 1]) child++;
    if (v[root] >= v[child]) return;
    u32 t = v[root];
    v[root] = v[child];
    v[child] = t;
  }
}

u32 run(u32 rounds) {
  u32 sum = 0;
  seed = 2;
  while (rounds--) {
    for (int i = 0; i < N; i++) items[i] = heap[i] = random_u32();
    quick(items, 0, N - 1);
    for (int i = N / 2; i--;) sift(heap, i, N);
    for (int i = N; --i;) {
      u32 t = heap[0];
      heap[0] = heap[i];
      heap[i] = t;
      sift(heap, 0, i);
    }
    for (int i = 0; i < N; i += 97) sum = sum * 31 + items[i] + heap[i];
  }
  return sum;
}
