import { describe, expect, it } from 'vitest';
import { nextRandom, pickRandom, randomStream } from '../../src/base/random.js';
import type { RandomStream } from '../../src/base/random.js';
import type { Ballot, Offer, Proposal, Vote } from '../../src/model/voter-line.js';
import type { Campaign, Chooser } from '../../src/ownership/succession.js';
import { answerProposal, beginCampaign, countVote, freshChooser } from '../../src/ownership/succession.js';

const configuration = { phase: 0, hash: '0a' };
const VOTERS = ['v1', 'v2', 'v3'];
const offerOf = (...voters: string[]): Offer => ({ voters, revision: { generation: 2, hash: 'ab'.repeat(32) } });

function campaignOf(node: string, promised: Ballot | null, wanted: Offer): Campaign {
  return beginCampaign({ node, promised, wanted, untilMs: 1000 });
}

function proposalOf(campaign: Campaign): Proposal {
  const { ballot, offer } = campaign;
  return { kind: 'proposal', from: ballot.node, configuration, ballot, offer };
}

describe('R12 the choice of the next voters', () => {
  it('asks first, offers when a majority has promised, and is done when a majority has accepted', () => {
    const wanted = offerOf('v1', 'v4');
    const campaign = campaignOf('v1', null, wanted);
    const voters = new Map(VOTERS.map((voter) => [voter, freshChooser]));
    const ask = (voter: string): string => {
      const { chooser, vote } = answer(voters.get(voter) ?? freshChooser, proposalOf(campaign), voter);
      voters.set(voter, chooser);
      return countVote(campaign, vote, VOTERS).kind;
    };
    expect(['v1', 'v2'].map(ask)).toEqual(['counted', 'offered']);
    expect(campaign.offer).toEqual(wanted);
    expect(['v3', 'v2'].map(ask)).toEqual(['counted', 'chosen']);
  });

  it('takes over what a voter had accepted, the newest of several', () => {
    const campaign = campaignOf('v2', { round: 7, node: 'v9' }, offerOf('v1', 'v4'));
    const had = (round: number, ...voters: string[]): Chooser => {
      const ballot = { round, node: 'v9' };
      return { promised: ballot, accepted: { ballot, offer: offerOf(...voters) } };
    };
    for (const [voter, chooser] of [
      ['v1', had(3, 'v1', 'v5')],
      ['v3', had(5, 'v1', 'v6')],
    ] as const) {
      countVote(campaign, answer(chooser, proposalOf(campaign), voter).vote, VOTERS);
    }
    expect(campaign.offer?.voters).toEqual(['v1', 'v6']);
  });

  it('is refused by who has promised a higher round, and keeps what it promised', () => {
    const promised = { round: 4, node: 'v3' };
    const campaign = campaignOf('v1', null, offerOf('v1'));
    const { chooser, vote } = answer({ promised, accepted: null }, proposalOf(campaign), 'v2');
    expect(chooser).toEqual({ promised, accepted: null });
    expect(countVote(campaign, vote, VOTERS)).toEqual({ kind: 'outvoted' });
  });

  it('does not count who is no voter, nor an answer to the asking as one to the offer', () => {
    const campaign = campaignOf('v1', null, offerOf('v1'));
    const early = answer(freshChooser, proposalOf(campaign), 'v3').vote;
    for (const voter of ['v1', 'v2', 'v4'])
      countVote(campaign, answer(freshChooser, proposalOf(campaign), voter).vote, VOTERS);
    expect(campaign.offer).not.toBeNull();
    expect(countVote(campaign, early, VOTERS)).toEqual({ kind: 'counted' });
    expect(countVote(campaign, answer(freshChooser, proposalOf(campaign), 'v4').vote, VOTERS)).toEqual({
      kind: 'counted',
    });
    expect(campaign.answers.size).toBe(0);
  });

  it('never chooses two sets, whatever is lost, repeated, reordered, and whichever candidates die', () => {
    let choices = 0;
    for (let seed = 1; seed <= 3000; seed++) {
      const chosen = new Set(playElection(randomStream(seed), seed % 2 === 0 ? 3 : 5));
      expect([...chosen].length, `seed ${seed}`).toBeLessThanOrEqual(1);
      choices += chosen.size;
    }
    expect(choices).toBeGreaterThan(1500);
  });
});

function answer(
  chooser: Chooser,
  proposal: Proposal,
  node: string,
): { readonly chooser: Chooser; readonly vote: Vote } {
  return answerProposal(chooser, proposal, { node, configuration });
}

/** Candidates who want different sets, on a network that does what it likes. Returns every set that anyone saw chosen. */
function playElection(random: RandomStream, count: number): string[] {
  const voters = Array.from({ length: count }, (_, i) => `v${i + 1}`);
  const choosers = new Map<string, Chooser>(voters.map((voter) => [voter, freshChooser]));
  const campaigns = new Map<string, Campaign>();
  const chosen: string[] = [];
  let mail: { readonly to: string; readonly message: Proposal | Vote }[] = [];
  const propose = (campaign: Campaign) => {
    for (const to of voters) mail.push({ to, message: proposalOf(campaign) });
  };
  for (let turn = 0; turn < 120; turn++) {
    if (nextRandom(random) < 0.06 || turn === 0) {
      const node = pickRandom(random, voters) ?? 'v1';
      const own = choosers.get(node)?.promised ?? null;
      const campaign = campaignOf(node, own, offerOf(node, `w${turn}`));
      // Its own voter promises before anything leaves, so that no round is used twice.
      choosers.set(node, answer(choosers.get(node) ?? freshChooser, proposalOf(campaign), node).chooser);
      campaigns.set(node, campaign);
      propose(campaign);
    }
    if (nextRandom(random) < 0.02) campaigns.delete(pickRandom(random, voters) ?? '');
    const at = Math.floor(nextRandom(random) * mail.length);
    const letter = mail[at];
    if (letter === undefined) continue;
    if (nextRandom(random) < 0.9) mail = mail.filter((_, i) => i !== at);
    if (nextRandom(random) < 0.15) continue;
    const { to, message } = letter;
    if (message.kind === 'proposal') {
      const { chooser, vote } = answer(choosers.get(to) ?? freshChooser, message, to);
      choosers.set(to, chooser);
      mail.push({ to: message.from, message: vote });
      continue;
    }
    const campaign = campaigns.get(to);
    if (campaign === undefined) continue;
    const counted = countVote(campaign, message, voters);
    if (counted.kind === 'offered') propose(campaign);
    if (counted.kind === 'chosen') chosen.push(counted.offer.voters.join(' '));
  }
  return chosen;
}
