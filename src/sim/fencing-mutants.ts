import {
  fencedInTurnScene,
  forgottenOwnerScene,
  oldWordScene,
  successorScene,
  unknownToNewVotersScene,
} from './fencing-scenes.js';
import type { Mutant } from './mutant.js';
import { FENCING, WILD_FENCING } from './profiles.js';
import { ofOneOwner, ofTwo, ofTwoThatFence, ofTwoAndAnother } from './shapes.js';
import { withoutFencing, withoutVoter } from './without-rule.js';

/** Nothing by chance, and a scene. */
const SCENE = { faults: { cut: 1 }, count: [0, 0], breed: 'fenced' } as const;

/** The rules of fencing (R14) that can be switched off. */
export const fencingMutants: readonly Mutant[] = [
  {
    name: 'R14 namedIncarnation',
    sentence: 'a certificate ends whatever its node has, under whatever life',
    rules: withoutVoter('namedIncarnation'),
    profile: { ...SCENE, name: 'a life after a death', scene: successorScene },
    shape: ofOneOwner(3, 3),
  },
  {
    name: 'R14 untilFenced',
    sentence: 'promises that need fencing end by time',
    rules: withoutVoter('untilFenced'),
    profile: { ...SCENE, name: 'a forgotten owner', scene: forgottenOwnerScene },
    shape: ofOneOwner(3, 3),
  },
  {
    name: 'R14 keep',
    sentence: 'a voter that lost its memory forgets to whom it promised what needs fencing',
    rules: withoutFencing('keep'),
    profile: { ...WILD_FENCING, name: 'forgetful voters that fence', faults: { 'host-crash': 10, freeze: 9, cut: 4 } },
  },
  {
    name: 'R14 carry',
    sentence: 'new voters are enough though they do not know of promises that need fencing',
    rules: withoutFencing('carry'),
    profile: { ...SCENE, name: 'an owner unknown to new voters', scene: unknownToNewVotersScene, isFenceBroken: true },
    shape: ofOneOwner(5, 3),
  },
  {
    name: 'R14 majority',
    sentence: 'a node fences without asking anybody (costs progress, not safety: what is fenced is dead)',
    rules: withoutFencing('majority'),
    profile: FENCING,
  },
  {
    name: 'R14 untilHeard',
    sentence:
      'one of two voters counts as dead after it was heard again (costs no safety: nothing is granted without the other)',
    rules: withoutFencing('untilHeard'),
    profile: { ...FENCING, name: 'one of two that comes back', faults: { 'host-crash': 6, cut: 6 } },
    shape: ofTwo,
  },
  {
    name: 'R14 endedLife',
    sentence: 'a daemon goes on with the life that left, which the other one of two voters does not wait for',
    rules: withoutFencing('endedLife'),
    profile: { ...FENCING, name: 'back after leaving', faults: { leave: 6, cut: 4, 'host-crash': 1 } },
    shape: ofTwo,
  },
  {
    name: 'R14 seenSince',
    sentence:
      'that the other one of two voters left is believed of a third node, by who has not heard it since it booted',
    rules: withoutFencing('seenSince'),
    profile: { ...SCENE, name: 'an old word', scene: oldWordScene, isFenceBroken: true },
    shape: ofTwoAndAnother,
  },
  {
    name: 'R14 listens',
    sentence: 'a daemon that begins counts the other one of two voters as dead by what an earlier daemon knew',
    rules: withoutFencing('listens'),
    profile: { ...SCENE, name: 'fenced in turn', faults: { 'host-crash': 1 }, scene: fencedInTurnScene },
    shape: ofTwoThatFence,
  },
];
