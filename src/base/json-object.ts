/** What a JSON text says, as far as it can be known before anybody has looked at its members. */

/** The value of a JSON text; null when there is no text, or one that was cut short or is not ours. */
export function parseJson(text: string | null): unknown {
  if (text === null) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Whether a value has members by name: neither a list nor null. */
export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
