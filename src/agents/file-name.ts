/**
 * A file name for an id, different for different ids, that leads nowhere else.
 *
 * Shape: letters, digits, `_`, `-` and inner dots stay; anything else becomes `%` and the hexadecimal digits of its UTF-8 bytes.
 */
export function fileNameOf(id: string): string {
  const encoded = id.replace(/[^A-Za-z0-9_.-]/gu, (character) =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join(''),
  );
  return encoded.startsWith('.') ? `%2e${encoded.slice(1)}` : encoded;
}

/** The id for which {@link fileNameOf} made a name; the name itself where it made none like it. */
export function idOfFileName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (error) {
    if (error instanceof URIError) return name;
    throw error;
  }
}
