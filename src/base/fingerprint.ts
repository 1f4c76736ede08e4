/**
 * A short fingerprint of a text, to notice that two nodes' tables differ. Not a defence: messages are authenticated elsewhere.
 *
 * Shape: 8 hexadecimal digits.
 * Source: FNV-1a, 32 bits, over UTF-16 code units.
 */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
