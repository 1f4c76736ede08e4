import { describe, expect, it } from 'vitest';
import { directedSchedule } from '../../src/sim/directed-schedule.js';
import { mutants } from '../../src/sim/mutants.js';
import { play } from '../../src/sim/play.js';
import { shrink } from '../../src/sim/shrink.js';
import { hunt } from './hunt-mutants.js';

describe('a schedule that breaks a rule', () => {
  it('is left with nothing that is not needed to break it', { timeout: 300_000 }, () => {
    const mutant = mutants.find((each) => each.name === 'R12 keep');
    const caught = mutant === undefined ? null : hunt(mutant, 20);
    if (mutant === undefined || caught === null) throw new Error('no schedule to make smaller');
    const whole = directedSchedule(mutant, caught.seed);
    const { schedule } = shrink(whole, caught.breach.rule);
    const ruleOf = (faults: typeof whole.faults) => play({ ...schedule, faults }).breaches[0]?.rule;
    expect(ruleOf(schedule.faults)).toBe(caught.breach.rule);
    expect(schedule.faults.length).toBeLessThan(whole.faults.length);
    for (const fault of schedule.faults)
      expect(ruleOf(schedule.faults.filter((each) => each !== fault))).not.toBe(caught.breach.rule);
  });
});
