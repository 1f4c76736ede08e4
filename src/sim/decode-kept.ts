/** A text that the program under trial wrote itself, so its shape is not checked. Null when there is none. */
export function decodeKept<T>(text: string | null): T | null {
  return text === null ? null : (JSON.parse(text) as T);
}
