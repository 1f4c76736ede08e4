import { describe, it } from 'vitest';
import { expectProblems } from '../expect-problems.js';

describe('two-voters-no-witness', () => {
  it('finds two members alone, at the policy', () => {
    expectProblems(
      `
quorum:
  onLoss: stop
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
`,
      [
        '2:3 error two-voters-no-witness "onLoss": two voters and no witness: neither side can win after a split | 2 votes, majority is 2, so the loss of either node stops every group | = add a node with `role: witness`, or devices under `fencing:` for both; to run unsafely, `onLoss: ignore` with `acknowledge:`',
      ],
    );
  });

  it('points at the nodes where no policy is written', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
`,
      [
        '1:1 error two-voters-no-witness "nodes": two voters and no witness: neither side can win after a split | 2 votes, majority is 2, so the loss of either node stops every group | = add a node with `role: witness`, or devices under `fencing:` for both; to run unsafely, `onLoss: ignore` with `acknowledge:`',
      ],
    );
  });

  it('finds a member with a witness, which are two votes as well', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2], role: worker }
  w: { addresses: [10.0.0.3], role: witness }
`,
      [
        '1:1 error two-voters-no-witness "nodes": two voters, one of them a witness: neither side can win after a split | 2 votes, majority is 2, so the loss of either node stops every group | = let a third node vote',
      ],
    );
  });

  it('lets two voters pass that accept two owners in words', () => {
    expectProblems(
      `
quorum: { onLoss: ignore, acknowledge: a cache may run twice }
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
`,
      [
        '1:19 warning unsafe-quorum "ignore": `onLoss: ignore` can give a service two owners | after a split a side without a majority takes everything over | = add a witness and write `onLoss: stop`',
      ],
    );
  });

  it('lets two voters pass that both can be fenced', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
fencing:
  prefer: [a]
  devices: { ipmi: { agent: fence_ipmilan, nodes: [a, b] } }
`,
      [],
    );
  });

  it('finds two voters of which only one can be fenced', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
fencing:
  devices: { ipmi: { agent: fence_ipmilan, nodes: [a] } }
`,
      [
        '1:1 error two-voters-no-witness "nodes": two voters and no witness: neither side can win after a split | no device can fence "b", so its loss stops every group | = add a node with `role: witness`, or devices under `fencing:` for both; to run unsafely, `onLoss: ignore` with `acknowledge:`',
      ],
    );
  });

  it('finds two voters with a watchdog, which is no vote', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
fencing:
  watchdog: { device: /dev/watchdog, timeout: 2s }
`,
      [
        '1:1 error two-voters-no-witness "nodes": two voters and no witness: neither side can win after a split | 2 votes, majority is 2, so the loss of either node stops every group | = add a node with `role: witness`, or devices under `fencing:` for both; to run unsafely, `onLoss: ignore` with `acknowledge:`',
      ],
    );
  });

  it('says nothing of votes while a node is left out for its shape', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
  b: { addresses: [10.0.0.2] }
  w: { addresses: [10.0.0.3], role: witnes }
`,
      [
        '4:37 error not-allowed "witnes": "role" of node "w" cannot be "witnes" | did you mean "witness"? | = it can be member, worker or witness',
      ],
    );
  });

  it('lets a single node pass, which has nobody to be split from', () => {
    expectProblems(
      `
nodes:
  a: { addresses: [10.0.0.1] }
`,
      [],
    );
  });
});
