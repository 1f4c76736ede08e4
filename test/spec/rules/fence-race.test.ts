import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

const NODES = 'nodes:\n  lb1: { addresses: [10.0.1.11] }\n  lb2: { addresses: [10.0.1.12] }\n';

/** Two voters with a device each. */
function pair(one: string, two: string, more = ''): string {
  return `${NODES}fencing:
  devices:
    one: { agent: fence_ipmilan, nodes: [lb1]${one} }
    two: { agent: fence_ipmilan, nodes: [lb2]${two} }
${more}`;
}

describe('fence-race', () => {
  it('finds two voters that would fence each other at the same time', () => {
    expectProblems(pair('', ''), [
      '5:3 warning fence-race "devices": after a split "lb1" and "lb2" would fence each other at the same time | both could be dead in the end | = write `prefer: [lb1]` under `fencing:`, or a `delay:` for one of the devices',
    ]);
  });

  it('finds that it helps nobody when both are preferred', () => {
    expectProblems(pair('', '', '  prefer: [lb1, lb2]\n'), [
      '8:3 warning fence-race "prefer": after a split "lb1" and "lb2" would fence each other at the same time | both are preferred, so neither is | = write `prefer: [lb1]` under `fencing:`, or a `delay:` for one of the devices',
    ]);
  });

  it('is quiet where one is preferred, where delays differ, or where chance decides', () => {
    expectProblems(pair('', '', '  prefer: [lb2]\n'), []);
    expectProblems(pair(', delay: { base: 5s }', ''), []);
    expectProblems(pair(', delay: { random: 5s }', ', delay: { random: 5s }'), []);
  });

  it('finds a head start that the preferred node may lose', () => {
    expectProblems(pair('', ', delay: { base: 5s, random: 20s }', '  prefer: [lb1]\n'), [
      '8:3 warning fence-race "prefer": the preferred node does not surely win | it may begin to fence after 25s, and be fenced after 15s | = lengthen `headStart:`, or shorten the delay of the device that fences the other node',
    ]);
    expectProblems(pair('', ', delay: { base: 5s, random: 20s }', '  prefer: [lb1]\n  headStart: 30s\n'), []);
  });
});
