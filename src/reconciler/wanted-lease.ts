import { definitionOf } from '../lifecycle/resource-life.js';
import type { GroupSpec } from '../model/cluster-spec.js';
import { isHarmlessLate } from '../model/exclusivity.js';
import { killPathOf } from '../model/kill-path.js';
import type { StopBudgets } from '../model/lease.js';
import { promisedBudgetMs } from '../model/lease.js';
import type { Held } from '../ownership/holder.js';
import type { Mind } from './mind.js';
import { isOnlyUnder } from './only-under.js';

/** What a lease is to say by now. Shape: `resources` in no order. */
export interface WantedLease {
  readonly resources: readonly string[];
  readonly budgets: StopBudgets;
  readonly needsFencing: boolean;
}

/**
 * A lease lists what its group has, and of what left the group whatever still runs here under no other lease; its stop budgets are the group's, and leave time for the stop of all that as it runs. It is as strict as all that.
 *
 * Shape: null for a lease that is about no group of this spec.
 */
export function wantedLease(mind: Mind, held: Held): WantedLease | null {
  const group = mind.index.groups.get(held.key);
  const wanted = mind.index.exclusive.get(held.key);
  if (group === undefined || wanted === undefined) return null;
  const left = held.resources.filter((each) => !wanted.includes(each) && isOnlyUnder(mind, each, held));
  const resources = [...wanted, ...left];
  const isForgotten = (each: string): boolean => mind.unaccounted.has(each);
  const needsFencing =
    mind.index.fenced.has(group.id) ||
    left.some((each) => (isForgotten(each) ? held.needsFencing : isFenced(mind, each)));
  if (!mind.holder.rules.amendedBudget) return { resources, budgets: held, needsFencing };
  const budgets = budgetsFor(mind, group, left);
  // Of what nobody can look for nobody knows how long its stop takes.
  return { resources, budgets: left.some(isForgotten) ? longer(budgets, held) : budgets, needsFencing };
}

function budgetsFor(mind: Mind, group: GroupSpec, left: readonly string[]): StopBudgets {
  const stopBudgetMs = group.stopBudgetMs + beyondMs(mind, group, left);
  const isHarmless = promisedBudgetMs(group) === 0 && left.every((each) => endsHarmless(mind, each));
  return { stopBudgetMs, promisedBudgetMs: isHarmless ? 0 : stopBudgetMs };
}

/** How much longer than the group's own members, by the spec in force, it may take to stop what runs: a member of another type with which it was started, and what left the group. None where all can be killed in any time. */
function beyondMs(mind: Mind, { members }: GroupSpec, left: readonly string[]): number {
  let beyond = 0;
  const others = left.filter((each) => !members.includes(each));
  const lives = [...members, ...others].flatMap((each) => mind.lives.get(each) ?? []);
  for (const life of lives) {
    if (life.state === 'stopped') continue;
    const { id, timeouts } = life.resource;
    beyond += Math.max(0, definitionOf(life).timeouts.stopMs - (others.includes(id) ? 0 : timeouts.stopMs));
  }
  return beyond > 0 && lives.some((life) => killPathOf(definitionOf(life)) === null) ? beyond : 0;
}

function longer(a: StopBudgets, b: StopBudgets): StopBudgets {
  return {
    stopBudgetMs: Math.max(a.stopBudgetMs, b.stopBudgetMs),
    promisedBudgetMs: Math.max(a.promisedBudgetMs, b.promisedBudgetMs),
  };
}

function endsHarmless(mind: Mind, resource: string): boolean {
  const life = mind.lives.get(resource);
  return life !== undefined && isHarmlessLate(life.resource.exclusive);
}

function isFenced(mind: Mind, resource: string): boolean {
  return mind.lives.get(resource)?.resource.exclusive === 'fencing';
}
