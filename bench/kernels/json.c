// Parses a JSON text into a tree, and writes it out again.
#include "kernel.h"
#define TEXT 16384
struct node { int kind, size; struct node *first, *next; const char *text; double number; };
static char source[TEXT], target[2 * TEXT];
static struct node nodes[4096];
static int used, size, at, written;

static void put(const char *text) { while (*text) source[size++] = *text++; }
static void put_number(u32 n) {
  char digits[12];
  int k = 0;
  do digits[k++] = '0' + n % 10; while (n /= 10);
  while (k) source[size++] = digits[--k];
}

static void make_text(void) {
  size = 0;
  put("[");
  for (int i = 0; i < 120; i++) {
    put(i ? ", {\"id\": " : "{\"id\": ");
    put_number(i);
    put(", \"name\": \"item number \\\"");
    put_number(random_u32() % 10000);
    put("\\\"\", \"price\": ");
    put_number(random_u32() % 1000);
    put(".25, \"tags\": [\"red\", \"green\", true, null], \"in\": {\"x\": ");
    put_number(random_u32() % 100);
    put("}}");
  }
  put("]");
  source[size] = 0;
}

static void blank(void) { while (source[at] == ' ' || source[at] == '\n') at++; }

static struct node *value(void) {
  struct node *n = &nodes[used++];
  n->first = n->next = 0;
  blank();
  char c = source[at];
  n->kind = c;
  if (c == '[' || c == '{') {
    struct node **end = &n->first;
    at++;
    for (blank(); source[at] != ']' && source[at] != '}'; blank()) {
      *end = value();
      end = &(*end)->next;
      blank();
      if (source[at] == ',' || source[at] == ':') at++;
    }
    at++;
  } else if (c == '"') {
    n->text = &source[++at];
    while (source[at] != '"') at += source[at] == '\\' ? 2 : 1;
    n->size = &source[at++] - n->text;
  } else if (c >= '0' && c <= '9') {
    double v = 0, scale = 1;
    while (source[at] >= '0' && source[at] <= '9') v = v * 10 + (source[at++] - '0');
    if (source[at] == '.')
      for (at++; source[at] >= '0' && source[at] <= '9';) v += (source[at++] - '0') * (scale /= 10);
    n->number = v;
  } else {
    n->text = &source[at];
    while (source[at] >= 'a' && source[at] <= 'z') at++;
    n->size = &source[at] - n->text;
  }
  return n;
}

static void write(const struct node *n) {
  if (n->kind == '[' || n->kind == '{') {
    target[written++] = n->kind;
    int k = 0;
    for (const struct node *c = n->first; c; c = c->next) {
      if (k++) target[written++] = n->kind == '{' && k % 2 == 0 ? ':' : ',';
      write(c);
    }
    target[written++] = n->kind == '[' ? ']' : '}';
  } else if (n->kind >= '0' && n->kind <= '9') {
    u32 whole = n->number;
    char digits[12];
    int k = 0;
    do digits[k++] = '0' + whole % 10; while (whole /= 10);
    while (k) target[written++] = digits[--k];
  } else {
    int quoted = n->kind == '"';
    if (quoted) target[written++] = '"';
    for (int k = 0; k < n->size; k++) target[written++] = n->text[k];
    if (quoted) target[written++] = '"';
  }
}

u32 run(u32 rounds) {
  u32 sum = 0;
  seed = 3;
  make_text();
  while (rounds--) {
    used = at = written = 0;
    write(value());
    for (int k = 0; k < written; k += 13) sum = sum * 31 + target[k];
  }
  return sum;
}
