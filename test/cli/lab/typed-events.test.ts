import { expect, test } from 'vitest';
import { SCRIPT_FORMS } from '../../../src/cli/lab/parse-script.js';
import { helpLines, isCallForHelp } from '../../../src/cli/lab/typed-events.js';

test('who asks for help gets the forms of all events, in no more lines than the page shows', () => {
  expect(['help', ' ? ', 'help me', 'kill n1', ''].map(isCallForHelp)).toEqual([true, true, false, false, false]);
  const lines = helpLines();
  for (const [form] of SCRIPT_FORMS) expect(lines.join(', ')).toContain(form);
  expect(lines.length).toBeLessThanOrEqual(7);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(70);
});
