import { describe, expect, it } from 'vitest';
import { mutants } from '../../src/sim/mutants.js';
import { hunt } from './hunt-mutants.js';

/** Schedules directed at a rule within which its removal must be noticed; the most that any needed so far is 82. */
const SCHEDULES_MAX = 400;

describe('a rule of the protocol that is switched off is noticed', () => {
  it.each(mutants.map((mutant) => [mutant.name, mutant] as const))('%s', { timeout: 600_000 }, (name, mutant) => {
    const caught = hunt(mutant, SCHEDULES_MAX);
    if (caught !== null) console.log(`${name}: seed ${caught.seed}: ${caught.breach.rule}: ${caught.breach.sentence}`);
    expect(caught).not.toBeNull();
    expect(caught?.control).toBeNull();
  });
});
