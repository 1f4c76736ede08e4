/** Messages about the line of voter sets, from their arrays: as strict as those of leases. */
import { limits } from '../model/limits.js';
import { lineHashesMax } from '../model/voter-line.js';
import type { Ballot, Configuration, LineMessage, Offer, Proposal, Vote } from '../model/voter-line.js';
import { asCount, asFingerprint, asFlag, asId, asRow, asSha256, malformed } from './wire-fields.js';
import type { Row } from './wire-fields.js';

/** A node's line. */
export function decodeLine(row: Row): LineMessage {
  const [, from, number, sets, hashes, isFounded, epochFloor, generation, hash] = row;
  const decoded = asRow(sets, 2).map(decodeSet);
  const names = asRow(hashes, lineHashesMax).map(asFingerprint);
  if (decoded.length === 0 || names.length < decoded.length) malformed('line');
  return {
    kind: 'line',
    from: asId(from),
    line: {
      number: asCount(number),
      sets: decoded,
      hashes: names,
      isFounded: asFlag(isFounded),
      epochFloor: asCount(epochFloor),
      revision: { generation: asCount(generation, 1), hash: asSha256(hash) },
    },
  };
}

/** A candidate's question or offer. */
export function decodeProposal(row: Row): Proposal {
  const [, from, phase, hash, ballot, offer] = row;
  return {
    kind: 'proposal',
    from: asId(from),
    configuration: decodeConfiguration(phase, hash),
    ballot: decodeBallot(ballot),
    offer: offer === null ? null : decodeOffer(offer),
  };
}

/** A voter's answer to one. */
export function decodeVote(row: Row): Vote {
  const [, from, phase, hash, ballot, promised, by, offer] = row;
  const accepted = row.length < 8 ? null : { ballot: decodeBallot(by), offer: decodeOffer(offer) };
  return {
    kind: 'vote',
    from: asId(from),
    configuration: decodeConfiguration(phase, hash),
    ballot: decodeBallot(ballot),
    promised: decodeBallot(promised),
    accepted,
  };
}

function decodeConfiguration(phase: unknown, hash: unknown): Configuration {
  return { phase: asCount(phase), hash: asFingerprint(hash) };
}

function decodeBallot(value: unknown): Ballot {
  const [round, node] = asRow(value);
  return { round: asCount(round, 1), node: asId(node) };
}

function decodeOffer(value: unknown): Offer {
  const [voters, generation, hash] = asRow(value);
  return { voters: decodeSet(voters), revision: { generation: asCount(generation, 1), hash: asSha256(hash) } };
}

/** In order of id and without a name twice, since a name that counted twice would be two votes. */
function decodeSet(value: unknown): string[] {
  const voters = asRow(value, limits.votersMax).map((voter) => asId(voter));
  if (voters.length === 0 || voters.some((voter, i) => i > 0 && voter <= (voters[i - 1] ?? ''))) malformed('voters');
  return voters;
}
