/** The rules of a mind with one of them switched off. */
import type { HolderRules } from '../ownership/holder.js';
import { allHolderRules } from '../ownership/holder.js';
import type { VoterRules } from '../ownership/voter-rules.js';
import { allVoterRules } from '../ownership/voter-rules.js';
import type { FencingRules } from '../reconciler/fencing-state.js';
import { allFencingRules } from '../reconciler/fencing-state.js';
import type { MindRules } from '../reconciler/mind.js';
import { allMindRules } from '../reconciler/mind.js';
import type { VoterChangeRules } from '../reconciler/voters-state.js';
import { allVoterChangeRules } from '../reconciler/voters-state.js';

/** All rules but a rule of holders. */
export function withoutHolder(rule: keyof HolderRules): MindRules {
  return { ...allMindRules, holder: { ...allHolderRules, [rule]: false } };
}

/** All rules but a rule of changes of the voters. */
export function withoutChange(rule: keyof VoterChangeRules): MindRules {
  return { ...allMindRules, voters: { ...allVoterChangeRules, [rule]: false } };
}

/** All rules but a rule of fencing. */
export function withoutFencing(rule: keyof FencingRules): MindRules {
  return { ...allMindRules, fencing: { ...allFencingRules, [rule]: false } };
}

/** All rules but a rule of voters. */
export function withoutVoter(rule: keyof VoterRules): MindRules {
  return { ...allMindRules, voter: { ...allVoterRules, [rule]: false } };
}
