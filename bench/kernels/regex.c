// A backtracking matcher of regular expressions, over lines of text.
#include "kernel.h"
static char text[8192];

static int here(const char *pattern, const char *s);

static int one(const char *p, char c) { return c && (*p == '.' || *p == c || (*p == '#' && c >= '0' && c <= '9')); }

static int star(const char *p, const char *rest, const char *s) {
  const char *t = s;
  while (one(p, *t)) t++;
  do if (here(rest, t)) return 1; while (t-- > s);
  return 0;
}

static int here(const char *p, const char *s) {
  if (!*p) return 1;
  if (p[1] == '*') return star(p, p + 2, s);
  if (p[0] == '$' && !p[1]) return !*s;
  if (one(p, *s)) return here(p + 1, s + 1);
  return 0;
}

static int search(const char *p, const char *s) {
  if (*p == '^') return here(p + 1, s);
  do if (here(p, s)) return 1; while (*s++);
  return 0;
}

u32 run(u32 rounds) {
  static const char *const patterns[] = {"a.*b.*c", "^x*y##*z", "#*-#*-#*", "ab*a.*ba$", "zz#zz"};
  static const char letters[] = "abcxyz0123456789-";
  u32 sum = 0;
  seed = 5;
  for (int i = 0; i < 8191; i++) text[i] = i % 64 == 63 ? 0 : letters[random_u32() % 17];
  while (rounds--)
    for (int line = 0; line < 128; line++)
      for (int k = 0; k < 5; k++) sum = sum * 3 + search(patterns[k], text + 64 * line);
  return sum;
}
