/**
 * How many bytes a value takes as JSON text in UTF-8.
 *
 * Shape: `value` is plain data; 0 for undefined.
 */
export function jsonSize(value: unknown): number {
  const text = JSON.stringify(value);
  if (text === undefined) return 0;
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    // A surrogate pair is four bytes in UTF-8, two units here: each unit adds one.
    bytes += unit < 0x800 || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2;
  }
  return bytes;
}
