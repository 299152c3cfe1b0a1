// What every kernel shares: a memory to carve, a generator of numbers, and the export that is measured.
typedef unsigned char u8;
typedef unsigned int u32;
typedef unsigned long long u64;

static u32 seed;

__attribute__((unused)) static u32 random_u32(void) {
  seed = seed * 1664525u + 1013904223u;
  return seed >> 8;
}

// Runs the kernel `rounds` times from the same start; returns a checksum of what came out.
__attribute__((export_name("run"))) u32 run(u32 rounds);
