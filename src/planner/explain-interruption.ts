/**
 * How long what runs is interrupted, in words.
 */
import { unreachable } from '../base/invariant.js';
import type { Placement, Plan } from '../model/plan.js';
import type { Interruption } from './interruption.js';
import { nameSome } from './reasons.js';

/** All interruptions of a plan in one phrase, the longest first. Shape: `looked` are groups of which it is not known yet what runs. */
export function describeInterruptions(options: {
  readonly plan: Plan;
  readonly interruptions: readonly Interruption[];
  readonly looked: readonly string[];
}): string {
  const { plan, interruptions, looked } = options;
  const isAre = looked.length === 1 ? 'is' : 'are';
  const first = looked.length === 0 ? '' : `, ${nameSome(looked)} ${isAre} looked at first`;
  if (interruptions.length === 0) return looked.length === 0 ? 'none' : `none known${first}`;
  const changes = new Map(plan.placements.map((placement) => [placement.group, placement.change]));
  const longest = [...interruptions].sort((a, b) => lengthOf(b) - lengthOf(a) || (a.group < b.group ? -1 : 1));
  const said = longest.map((each) => `${each.group} ${sayLength(each, changes.get(each.group) === 'stop')}`);
  return `${nameSome(said)}${first}`;
}

/** What a change means for a group that runs, in a few words; empty where there is nothing to say. */
export function interruptionPhrase({ change }: Placement, interruption: Interruption | undefined): string {
  if (interruption === undefined) return change === 'adopt' ? 'no interruption' : '';
  return interruption.kind === 'open'
    ? sayLength(interruption, change === 'stop')
    : `interrupted ${sayLength(interruption, false)}`;
}

function lengthOf({ ms }: Interruption): number {
  return ms ?? Number.MAX_SAFE_INTEGER;
}

function sayLength(interruption: Interruption, isMeant: boolean): string {
  switch (interruption.kind) {
    case 'about':
      return `about ${writeTime(interruption.ms, Math.round)}`;
    case 'at-most':
      return `at most ${writeTime(interruption.ms, Math.ceil)} by its timeouts`;
    case 'open':
      return isMeant ? 'stays down' : 'down until it can start again';
    default:
      return unreachable(interruption);
  }
}

/** Tenths below ten seconds, whole seconds below two minutes, then minutes. */
function writeTime(ms: number, round: (value: number) => number): string {
  if (ms < 9950) return `${Math.max(1, round(ms / 100)) / 10} s`;
  if (ms < 120_000) return `${round(ms / 1000)} s`;
  return `${round(ms / 60_000)} min`;
}
