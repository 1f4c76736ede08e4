import { expect, test } from 'vitest';
import { renderStatus } from '../../src/cli/status-report.js';
import {
  groupStatus,
  healthyStatus,
  nodeStatus,
  partitionStatus,
  statusSpecimens,
} from '../control/status-specimens.js';

const ESCAPE = '\u001b';
const ANSI = new RegExp(`${ESCAPE}\\[\\d+m`, 'g');

test.each(Object.keys(statusSpecimens))('a %s cluster reads as in its file', async (name) => {
  const status = statusSpecimens[name]?.() ?? healthyStatus();
  await expect(renderStatus(status, { color: false, width: 100 })).toMatchFileSnapshot(`status/${name}.txt`);
});

test.each(Object.keys(statusSpecimens))('no line of a %s cluster is wider than the terminal', (name) => {
  const status = statusSpecimens[name]?.() ?? healthyStatus();
  for (const width of [60, 80, 100, 140]) {
    const lines = renderStatus(status, { color: false, width, isVerbose: true }).split('\n');
    expect(lines.filter((line) => line.length > width)).toEqual([]);
  }
});

test.each(Object.keys(statusSpecimens))('colours of a %s cluster add nothing that is not in words', (name) => {
  const status = statusSpecimens[name]?.() ?? healthyStatus();
  const plain = renderStatus(status, { color: false, width: 100 });
  const coloured = renderStatus(status, { color: true, width: 100 });
  expect(plain).not.toContain(ESCAPE);
  expect(coloured).toContain(ESCAPE);
  expect(coloured.replace(ANSI, '')).toBe(plain);
});

test('the verdict comes first', () => {
  const [, , third] = renderStatus(partitionStatus(), { color: false, width: 100 }).split('\n');
  expect(third).toMatch(/^DOWN {2}No majority of the voters answers this node/);
});

test('what an agent printed can neither forge a line nor drive the terminal', () => {
  const sentence = `nginx on lb1: ${ESCAPE}[2Jgone\nOK  all is well\u2028`;
  const failures = [
    { resource: 'nginx', node: 'lb1', failures: 1, banned: false, blocked: false, forgottenInMs: null, sentence },
  ];
  const text = renderStatus({ ...healthyStatus(), failures }, { color: false, width: 100 });
  expect(text).toContain('nginx on lb1: \\u001b[2Jgone\\nOK  all is well\\u2028');
  expect(text).not.toContain(ESCAPE);
});

test('more nodes than fit the width stand in blocks below each other', () => {
  const nodes = Array.from({ length: 12 }, (_, index) => nodeStatus(`node-${index + 10}`));
  const text = renderStatus({ ...healthyStatus(), nodes }, { color: false, width: 80 });
  const heads = text.split('\n').filter((line) => line.startsWith('Groups'));
  expect(heads).toEqual([
    'Groups  node-10  node-11  node-12  node-13  node-14  node-15',
    'Groups  node-16  node-17  node-18  node-19  node-20  node-21',
  ]);
});

test('a hundred groups at rest are counted, and one that is not is shown', () => {
  const resting = Array.from({ length: 100 }, (_, index) => groupStatus({ group: `web${index}` }));
  const groups = [...resting, groupStatus({ group: 'db', state: 'failed', sentence: 'db has failed on lb1' })];
  const text = renderStatus({ ...healthyStatus(), groups }, { color: false, width: 100 });
  expect(text).toContain('and 80 more at rest (-v shows all)');
  expect(text).toContain('> db has failed on lb1');
  expect(text).not.toContain('web99');
});
