import { Tally } from '../../src/sim/tally.js';

/** Something that must not happen, and with which input. */
export interface Violation {
  /** Which input it was, counted from 0: with the seed it leads there again. */
  readonly input: number;
  readonly sentence: string;
}

/** Violations that are kept in words; the rest are counted. */
const VIOLATIONS_KEPT_MAX = 20;

/** What was fed, what became of it, and what must not have happened. */
export class Findings {
  readonly fed = new Tally();
  readonly answers = new Tally();
  readonly violations: Violation[] = [];
  violationCount = 0;
  inputs = 0;

  /** Notes an input and how it was taken. */
  took(kind: string, how: string): void {
    this.inputs += 1;
    this.fed.count(kind);
    this.answers.count(`${kind}: ${how}`);
  }

  /** Notes a violation by the newest input. */
  violate(sentence: string): void {
    this.violationCount += 1;
    if (this.violations.length < VIOLATIONS_KEPT_MAX) this.violations.push({ input: this.inputs, sentence });
  }
}
