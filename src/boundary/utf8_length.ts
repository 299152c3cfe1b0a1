/** How many bytes of UTF-8 a well-formed text takes. */
export function utf8Length(text: string): number {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A surrogate pair is two units and four bytes.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
}

/** Whether a well-formed text takes at most `max` bytes of UTF-8. */
export function fitsUtf8(text: string, max: number): boolean {
  if (text.length * 3 <= max) return true; // No unit takes more: nearly all texts end here.
  return text.length <= max && utf8Length(text) <= max;
}
