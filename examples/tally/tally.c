// The smallest actor that is not JavaScript: it counts its messages.
//
// The state is a decimal number, which is JSON; the response is the same number.
// No library and no allocator: what the host passes in is put into one arena,
// which is empty again when the call has returned.
//
// Built by `deno run -A tools/build_guests.ts` (needs clang and wasm-ld).

#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))
#define ACTOR "theater:actor/actor@0.1.0#"
#define LOG(name) __attribute__((import_module("theater:actor/log@0.1.0"), import_name(name)))

LOG("write") void log_write(int32_t level, const char *text, size_t size);

enum { level_info = 1, arena_bytes = 2 << 20 };

static char arena[arena_bytes];
static size_t used;

// How the host asks for room for the strings that it passes in.
EXPORT("cabi_realloc") void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
  size_t at = (used + align - 1) & ~(align - 1);
  if (at + size > arena_bytes) __builtin_trap();
  used = at + size;
  for (size_t i = 0; i < old_size; i++) arena[at + i] = ((char *)old)[i];
  return arena + at;
}

typedef struct {
  const char *text;
  size_t size;
} json;

// result<json, string> and result<tuple<json, json>, string>, as the canonical ABI lays them out.
typedef struct {
  int32_t is_err;
  json state;
  json response;
} result;

static result returned;
static char digits[20];

static json format(uint64_t number) {
  char *at = digits + sizeof digits;
  do *--at = '0' + number % 10;
  while (number /= 10);
  return (json){at, digits + sizeof digits - at};
}

EXPORT(ACTOR "init") result *init(const char *params, size_t size) {
  returned = (result){0, {"0", 1}};
  return &returned;
}

EXPORT(ACTOR "handle") result *handle(const char *state, size_t state_size, const char *message, size_t size) {
  log_write(level_info, message, size);
  uint64_t count = 0;
  for (size_t i = 0; i < state_size; i++) count = count * 10 + (state[i] - '0');
  json next = format(count + 1);
  returned = (result){0, next, next};
  return &returned;
}

// Called when the host has read what was returned.
EXPORT("cabi_post_" ACTOR "init") void free_init(result *unused) { used = 0; }
EXPORT("cabi_post_" ACTOR "handle") void free_handle(result *unused) { used = 0; }
