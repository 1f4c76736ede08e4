import { allHolderRules } from '../ownership/holder.js';
import { allVoterRules } from '../ownership/voter-rules.js';
import { allMindRules } from '../reconciler/mind.js';
import { fencingMutants } from './fencing-mutants.js';
import type { Mutant } from './mutant.js';
import type { Profile } from './profiles.js';
import { VOTER_CHANGES } from './profiles.js';
import { calledBackReloadScene } from './reload-scene.js';
import {
  deafBeginningScene,
  forgetfulRenewalScene,
  frozenOwnerScene,
  longerLeaseScene,
  outdatedVotersScene,
  shortenedLeaseScene,
  unheardChoiceScene,
} from './scenes.js';
import {
  ofThree,
  ofThreeThatExchange,
  ofThreeWithLongLeases,
  ofThreeWithSeveralGroups,
  withLongLeases,
  withOldOwners,
  withSeveralGroups,
  withShortPromises,
  withSlowGroups,
} from './shapes.js';
import { allGuardRules } from './sim-guard.js';
import { withoutChange, withoutHolder, withoutVoter } from './without-rule.js';

const NETWORK: Profile = { name: 'network', faults: { cut: 10, weather: 4, rate: 1 }, count: [8, 24] };
const FORGETFUL: Profile = {
  name: 'forgetful voters',
  faults: { 'host-crash': 6, cut: 9 },
  count: [20, 36],
  downMsMax: 400,
};

const RESTARTED_IN_SILENCE: Profile = {
  name: 'restarts of forgetful voters',
  faults: { 'host-crash': 5, 'daemon-kill': 8 },
  count: [16, 30],
  downMsMax: 400,
};

const DEAD_DAEMONS: Profile = { name: 'dead daemons', faults: { 'daemon-kill': 8, cut: 2 }, count: [8, 18] };

const MOVES: Profile = {
  name: 'moves between groups',
  faults: { edit: 8, cut: 8 },
  count: [16, 30],
  edits: ['move resource', 'standby'],
};

/** Every rule that can be switched off. */
export const mutants: readonly Mutant[] = [
  {
    name: 'R1 voterClock',
    sentence: "a node does not compare its clock with the voters'",
    rules: withoutHolder('voterClock'),
    profile: { name: 'frozen', faults: { freeze: 8, weather: 1 }, count: [6, 14] },
    shape: withLongLeases,
  },
  {
    name: 'R11 continuity',
    sentence: 'voters grant anew what is owned without a look at the epoch, and their acks count like any other',
    rules: {
      ...allMindRules,
      voter: { ...allVoterRules, regrantedEpoch: false },
      holder: { ...allHolderRules, continuity: false },
    },
    profile: { name: 'a frozen owner', faults: { 'host-crash': 1 }, count: [0, 0], scene: frozenOwnerScene },
    shape: ofThree,
  },
  {
    name: 'R1 clock bound',
    sentence: 'clocks go wrong by thrice what the spec allows (no rule, but what all rules assume)',
    rules: allMindRules,
    profile: { name: 'wild clocks', faults: { cut: 10, 'host-crash': 2, rate: 4 }, count: [10, 24], rateFactor: 3 },
  },
  {
    name: 'R2 sendTime',
    sentence: 'validity counts from the receipt of the ack',
    rules: withoutHolder('sendTime'),
    profile: NETWORK,
  },
  {
    name: 'R3 promiseFactor',
    sentence: "voters promise the lease's length by their own clock",
    rules: withoutVoter('promiseFactor'),
    profile: NETWORK,
  },
  {
    name: 'R4 claimVersion',
    sentence: 'acks count for a lease that the voter has not recorded',
    rules: withoutHolder('claimVersion'),
    profile: NETWORK,
  },
  {
    name: 'R6 session',
    sentence:
      'a restarted daemon bears its incarnation on and forgets what it held, and voters keep what they had of its table',
    rules: { ...withoutVoter('wentBack'), session: false },
    profile: { name: 'restarts', faults: { 'daemon-kill': 8, cut: 4 }, count: [8, 18] },
  },
  {
    name: 'R7 quarantine',
    sentence: 'a voter that lost its memory answers at once',
    rules: withoutVoter('quarantine'),
    profile: FORGETFUL,
  },
  {
    name: 'R7 keptSilence',
    sentence: 'a daemon that is restarted in its quarantine takes its empty memory for a whole one',
    rules: withoutVoter('keptSilence'),
    profile: RESTARTED_IN_SILENCE,
  },
  {
    name: 'R7 longestPast',
    sentence: "a voter that lost its memory waits for its present spec's lease and stop budget only",
    rules: withoutVoter('longestPast'),
    profile: { name: 'shorter leases', faults: { 'host-crash': 1 }, count: [0, 0], scene: shortenedLeaseScene },
    shape: ofThreeWithLongLeases,
  },
  {
    name: 'R7 silence',
    sentence: 'a voter that lost its memory renews at once what is owned, and neither holder nor voter minds the gap',
    rules: {
      ...allMindRules,
      voter: { ...allVoterRules, silence: false },
      holder: { ...allHolderRules, continuity: false },
    },
    profile: {
      name: 'a forgetful voter renews',
      faults: { 'host-crash': 1 },
      count: [0, 0],
      scene: forgetfulRenewalScene,
    },
    shape: ofThree,
  },
  {
    name: 'R8 noRevival',
    sentence: 'a lapsed lease becomes valid again by late acks',
    rules: withoutHolder('noRevival'),
    profile: NETWORK,
  },
  {
    name: 'R9 releaseAfterStop',
    sentence: 'a lease is released before its group has stopped',
    rules: { ...allMindRules, releaseAfterStop: false },
    profile: {
      name: 'hand-overs',
      faults: { edit: 6, quirk: 8, cut: 2 },
      count: [10, 20],
      edits: ['standby', 'stop group'],
      quirks: ['stopFails', 'stopHangs'],
      cutAfterEdit: 0.6,
    },
    shape: withSeveralGroups,
  },
  {
    name: 'R9 stopBudget',
    sentence: 'promises do not cover the stop budget',
    rules: withoutVoter('stopBudget'),
    profile: NETWORK,
  },
  {
    name: 'R3 amendedBudget',
    sentence: 'a lease keeps the stop budget that it was claimed with',
    rules: withoutHolder('amendedBudget'),
    profile: MOVES,
    shape: withSlowGroups,
  },
  {
    name: 'R10 heartbeatLease',
    sentence: "a voter promises for its own spec's lease",
    rules: withoutVoter('heartbeatLease'),
    profile: { name: 'lease lengths', faults: { edit: 1 }, count: [8, 14], edits: ['lease length'], cutAfterEdit: 0.9 },
  },
  {
    name: 'R11 epochCheck',
    sentence: 'voters grant old epochs',
    rules: withoutVoter('epochCheck'),
    profile: {
      name: 'hand-overs with wrong wall clocks',
      faults: { edit: 6, cut: 6, leave: 2 },
      count: [12, 24],
      edits: ['standby'],
    },
  },
  {
    name: 'R11 wallFloor',
    sentence: 'epochs count from 1 when everybody has forgotten',
    rules: withoutHolder('wallFloor'),
    profile: FORGETFUL,
  },
  {
    name: 'R13 guard',
    sentence: 'nobody ends what a dead daemon left',
    rules: allMindRules,
    guard: { ...allGuardRules, isThere: false },
    profile: DEAD_DAEMONS,
  },
  {
    name: 'R13 deadline',
    sentence: 'the guard takes every deadline for two seconds later',
    rules: allMindRules,
    guard: { ...allGuardRules, namedDeadline: false },
    profile: DEAD_DAEMONS,
  },
  {
    name: 'R13 orders first',
    sentence: 'orders to the guard are kept after what they are about has been started',
    rules: allMindRules,
    guard: { ...allGuardRules, ordersFirst: false },
    profile: {
      name: 'daemons that die at work',
      faults: { 'daemon-kill': 10, edit: 12 },
      count: [30, 50],
      edits: ['standby'],
    },
    shape: ofThreeWithSeveralGroups,
  },
  {
    name: 'R12 joint',
    sentence: 'while the voters change, a majority of the new ones is enough',
    rules: withoutChange('joint'),
    profile: VOTER_CHANGES,
  },
  {
    name: 'R12 seal',
    sentence: 'voters go on answering who counts an older set',
    rules: withoutVoter('seal'),
    profile: VOTER_CHANGES,
  },
  {
    name: 'R12 sealedMajority',
    sentence: 'the new voters are enough some time after the change began, whoever of the old ones knows of it',
    rules: withoutChange('sealedMajority'),
    profile: {
      ...VOTER_CHANGES,
      name: 'an unheard choice',
      faults: { edit: 1 },
      count: [0, 0],
      scene: unheardChoiceScene,
    },
    shape: withOldOwners,
  },
  {
    name: 'R12 wait',
    sentence: 'the new voters are enough as soon as most of the old ones know of them',
    rules: withoutChange('wait'),
    profile: VOTER_CHANGES,
  },
  {
    name: 'R12 ackedLease',
    sentence: 'the new voters do not wait for leases by which somebody is only answered, and owns nothing',
    rules: withoutChange('ackedLease'),
    profile: { ...VOTER_CHANGES, name: 'longer leases', faults: { edit: 1 }, count: [0, 0], scene: longerLeaseScene },
    shape: withShortPromises,
  },
  {
    name: 'R12 keep',
    sentence: 'a restarted node believes its first voters',
    rules: withoutChange('keep'),
    profile: {
      ...VOTER_CHANGES,
      name: 'outdated voters',
      faults: { edit: 1 },
      count: [0, 0],
      scene: outdatedVotersScene,
    },
    shape: withShortPromises,
  },
  {
    name: 'R12 keepVotes',
    sentence: 'a voter answers who wants to change the voters before it has kept what it answers',
    rules: withoutChange('keepVotes'),
    profile: VOTER_CHANGES,
  },
  {
    name: 'R12 pledge',
    sentence: 'a new cluster begins with voters that have not heard all of each other, and may begin otherwise',
    rules: withoutChange('pledge'),
    profile: {
      ...VOTER_CHANGES,
      name: 'a deaf beginning',
      faults: { cut: 1 },
      count: [0, 0],
      scene: deafBeginningScene,
    },
  },
  ...fencingMutants,
  {
    name: 'exclusion by resource',
    sentence: 'voters tell leases apart by the name of the group only',
    rules: withoutVoter('resourceExclusion'),
    profile: MOVES,
    shape: withSeveralGroups,
  },
  {
    name: 'R9 givenUpAtOnce',
    sentence: "what a new list leaves out is the holder's until a majority took the list",
    rules: withoutHolder('givenUpAtOnce'),
    profile: MOVES,
    shape: withSeveralGroups,
  },
  {
    name: 'R11 newerList',
    sentence: 'voters add to a list what was used under a newer epoch',
    rules: withoutVoter('newerList'),
    profile: MOVES,
    shape: withSeveralGroups,
  },
  {
    name: 'R11 newestEpoch',
    sentence: 'neither holders nor voters mind that a resource was had under a newer epoch than that of its lease',
    rules: {
      ...allMindRules,
      voter: { ...allVoterRules, regrantedEpoch: false },
      holder: { ...allHolderRules, newestStart: false },
    },
    profile: {
      name: 'many moves between groups',
      faults: { edit: 8, cut: 12 },
      count: [50, 70],
      edits: ['move resource'],
    },
    shape: ofThreeThatExchange,
  },
  {
    name: 'S4 keepReload',
    sentence:
      'a reload is not kept before it begins, so a daemon that starts again takes what runs for what was started',
    rules: { ...allMindRules, keepReload: false },
    profile: { name: 'reloads that are called back', faults: { edit: 1 }, count: [0, 0], scene: calledBackReloadScene },
    shape: ofThree,
  },
  {
    name: 'permit',
    sentence: 'a start asks for no lease',
    rules: { ...allMindRules, permit: false },
    profile: MOVES,
    shape: withSeveralGroups,
  },
];
