/**
 * The weights of a score's parts. Specs name intents and never numbers; these turn the order of precedence into one number that can be compared.
 *
 * Shape: each weight outweighs all the weaker ones together, so a stronger intent is never outvoted.
 * Source: ours; docs/planning.md tells the order for operators.
 */
import { invariant } from '../base/invariant.js';
import { limits } from '../model/limits.js';

/** One weight for each intent, strongest first. */
export const weights = {
  /** The group is here and stays while it may (`failback: never`). */
  stayFirm: 1e12,
  /** The group avoids the node: used only if nothing else is left. */
  avoid: -1e11,
  /** A group that must run beside this one may not run here. */
  dependentShut: -1e10,
  /** A group that must run beside this one is here, and this one is nowhere yet. */
  dependentHere: 4e9,
  /** One place in the order of `prefer`. */
  preferStep: 1e6,
  /** The same for a group that returns to where it prefers to be (`failback: auto`). */
  dependentHereLoose: 4e5,
  /** The group is here or under way to here, which decides between equals (`failback: auto`). */
  stayLoose: 1e5,
  /** One more group on the node. */
  balanceStep: -1,
} as const;

/** Selectors of one `prefer` list that are told apart; later ones count as the last. */
export const preferRanksMax = limits.nodesMax;

invariant(weights.stayLoose > limits.groupsMax, 'where a group is must outweigh balance');
invariant(
  weights.dependentHereLoose > weights.stayLoose * 2,
  'what runs beside a group must outweigh a claim under way',
);
invariant(
  weights.preferStep > weights.dependentHereLoose + weights.stayLoose + limits.groupsMax,
  'a preference must outweigh where a group is',
);
invariant(
  weights.dependentHere > weights.preferStep * preferRanksMax + weights.stayLoose + limits.groupsMax,
  'what runs beside a group already must outweigh its preferences',
);
invariant(
  -weights.dependentShut > weights.dependentHere * 2,
  'what may not run beside a group must outweigh what does',
);
invariant(-weights.avoid > -weights.dependentShut * 2, 'what a group avoids must outweigh what runs beside it');
invariant(weights.stayFirm > -weights.avoid * 2, 'a group that stays must outweigh what it avoids');
