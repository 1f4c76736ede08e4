import { parseArgs } from 'node:util';

/**
 * Reads a command's words that are all numbers.
 *
 * Shape: `defaults` names the options and what each is without a word. Returns a sentence when the words make no sense.
 */
export function readWholeNumbers<Name extends string>(
  words: readonly string[],
  defaults: Readonly<Record<Name, number>>,
): Readonly<Record<Name, number>> | string {
  const numbers: Record<Name, number> = { ...defaults };
  const options: Record<string, { readonly type: 'string' }> = {};
  for (const name in defaults) options[name] = { type: 'string' };
  try {
    const { values } = parseArgs({ args: [...words], options });
    for (const name in defaults) numbers[name] = Number(values[name] ?? defaults[name]);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  for (const name in numbers) {
    if (!Number.isSafeInteger(numbers[name]) || numbers[name] < 0) return 'numbers are whole and not negative';
  }
  return numbers;
}
