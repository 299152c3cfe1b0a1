// Words counted in a map with chains, its nodes from an allocator of its own.
#include "kernel.h"
struct entry { struct entry *next; u32 hash, count; int size; const char *word; };
static struct entry *buckets[1024], pool[4096], *free_list;
static char text[32768];
static int used;

static struct entry *allocate(void) {
  struct entry *e = free_list;
  if (e) free_list = e->next;
  else e = &pool[used++];
  return e;
}

static void release(struct entry *e) { e->next = free_list, free_list = e; }

static u32 hash_of(const char *s, int size) {
  u32 h = 2166136261u;
  for (int k = 0; k < size; k++) h = (h ^ (u8)s[k]) * 16777619u;
  return h;
}

static int same(const char *a, const char *b, int size) {
  for (int k = 0; k < size; k++)
    if (a[k] != b[k]) return 0;
  return 1;
}

__attribute__((noinline)) static struct entry *lookup(const char *word, int size) {
  u32 h = hash_of(word, size);
  struct entry **at = &buckets[h & 1023];
  for (; *at; at = &(*at)->next)
    if ((*at)->hash == h && (*at)->size == size && same((*at)->word, word, size)) return *at;
  struct entry *e = allocate();
  e->next = 0, e->hash = h, e->count = 0, e->size = size, e->word = word;
  return *at = e;
}

u32 run(u32 rounds) {
  u32 sum = 0;
  seed = 10;
  for (int i = 0; i < 32767; i++) text[i] = random_u32() % 4 ? 'a' + random_u32() % 4 : ' ';
  while (rounds--) {
    for (int i = 0, from = 0; i < 32767; i++)
      if (text[i] == ' ') {
        if (i > from && i - from < 6) lookup(text + from, i - from)->count++;
        from = i + 1;
      }
    for (int k = 0; k < 1024; k++)
      for (struct entry *e = buckets[k], *next; e; e = next) {
        next = e->next;
        sum = sum * 3 + e->count;
        release(e);
        buckets[k] = 0;
      }
  }
  return sum;
}
