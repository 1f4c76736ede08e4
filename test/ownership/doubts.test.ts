import { expect, it } from 'vitest';
import type { Message } from '../../src/model/message.js';
import { receiveAck, receiveRefusal } from '../../src/ownership/answers.js';
import { beat } from '../../src/ownership/beat.js';
import { expire } from '../../src/ownership/expiry.js';
import type { HolderState } from '../../src/ownership/holder.js';
import { release } from '../../src/ownership/holder.js';
import { restoreHolder, saveHolder } from '../../src/ownership/memory.js';
import type { VoterState } from '../../src/ownership/voter-state.js';
import { receiveHeartbeat } from '../../src/ownership/voter.js';
import { claimAt, heldOf, newHolder } from './acks.js';
import { newVoter } from './heartbeats.js';

/** One heartbeat to these voters and their answers, at once; sent again where a token was to be learned. Shape: `realMs` is the clock of the voters, `nowMs` that of the holder. */
function exchange(
  holder: HolderState,
  voters: readonly VoterState[],
  { nowMs, realMs }: { readonly nowMs: number; readonly realMs: number },
): void {
  for (const round of [1, 2]) {
    expire(holder, nowMs);
    let isTokenNew = false;
    for (const { to, heartbeat } of beat(holder, { nowMs, digest: () => [] })) {
      const voter = voters.find(({ node }) => node === to);
      if (voter === undefined) continue;
      for (const { message } of receiveHeartbeat(voter, heartbeat, { nowMs: realMs, digest: () => [] })) {
        if (take(holder, message, nowMs)) isTokenNew = true;
      }
    }
    if (!isTokenNew || round === 2) return;
  }
}

function take(holder: HolderState, message: Message, nowMs: number): boolean {
  if (message.kind === 'ack') receiveAck(holder, message, nowMs);
  return message.kind === 'refusal' && receiveRefusal(holder, message, nowMs) && message.reason === 'token';
}

/** n1 owns web by v1 and v2, its machine is paused for an hour; n2 owns it meanwhile by v1 and v2, and gives it up; v1 reboots. n1 goes on and reaches v1 and v3, which know nothing of that. */
function pausedOwner() {
  const voter = (node: string, token = `token-${node}`) => newVoter({ node, token });
  const [v1, v2, v3] = [voter('v1'), voter('v2'), voter('v3')];
  const n1 = newHolder({ node: 'n1', incarnation: 'n1-1' });
  claimAt(n1, 'web', 0);
  exchange(n1, [v1, v2], { nowMs: 0, realMs: 0 });
  expect(heldOf(n1, 'web')).toMatchObject({ state: 'own', validUntilMs: 1000 });
  exchange(n1, [v1, v2], { nowMs: 50, realMs: 50 });
  const older = heldOf(n1, 'web').epoch;

  const n2 = newHolder({ node: 'n2', incarnation: 'n2-1', nowMs: 5000 });
  exchange(n2, [v1, v2], { nowMs: 5000, realMs: 5000 });
  claimAt(n2, 'web', 5000);
  exchange(n2, [v1, v2], { nowMs: 5000, realMs: 5000 });
  // Its epoch is not the newest: it learns of that and asks again.
  claimAt(n2, 'web', 5200);
  exchange(n2, [v1, v2], { nowMs: 5200, realMs: 5200 });
  expect(heldOf(n2, 'web').state).toBe('own');
  expect(heldOf(n2, 'web').epoch).toBeGreaterThan(older);
  release(n2, 'web', 8000);
  exchange(n2, [v1, v2], { nowMs: 8000, realMs: 8000 });

  return { n1, v1: voter('v1', 'token-v1-after-its-reboot'), v3 };
}

const HOUR = 3_600_000;

it('R11 a lease that a majority grants anew, unvouched for, lapses', () => {
  const { n1, v1, v3 } = pausedOwner();
  for (const nowMs of [60, 260, 460, 660, 860]) exchange(n1, [v1, v3], { nowMs, realMs: nowMs + HOUR });
  expire(n1, 1050);
  expect(heldOf(n1, 'web').state).toBe('lapsed');
});

it('R11 S5 whom a holder doubts its next daemon doubts as well', () => {
  const { n1, v1, v3 } = pausedOwner();
  exchange(n1, [v1, v3], { nowMs: 60, realMs: 60 + HOUR });
  expect([...heldOf(n1, 'web').doubted.keys()].sort()).toEqual(['v1', 'v3']);
  const again = newHolder({ node: 'n1', incarnation: 'n1-1', nowMs: 300 });
  restoreHolder(again, JSON.parse(saveHolder(n1)), 300);
  for (const nowMs of [300, 500, 700, 900, 1100]) exchange(again, [v1, v3], { nowMs, realMs: nowMs + HOUR });
  expire(again, 1150);
  expect(heldOf(again, 'web').state).toBe('lapsed');
});

it('R11 a voter that was vouched for counts for the next daemon too, though one that vouched is gone by then', () => {
  const [v1, v2, v3] = ['v1', 'v2', 'v3'].map((node) => newVoter({ node, token: `token-${node}` }));
  if (v1 === undefined || v2 === undefined || v3 === undefined) throw new Error('there are three');
  const n1 = newHolder({ node: 'n1', incarnation: 'n1-1' });
  claimAt(n1, 'web', 0);
  exchange(n1, [v1, v2, v3], { nowMs: 0, realMs: 0 });
  const forgetful = newVoter({ node: 'v1', token: 'token-v1-after-its-reboot' });
  exchange(n1, [forgetful], { nowMs: 200, realMs: 200 });
  expect([...heldOf(n1, 'web').doubted.keys()]).toEqual(['v1']);
  n1.isUnsaved = false;
  exchange(n1, [v2, v3], { nowMs: 400, realMs: 400 });
  expect([heldOf(n1, 'web').doubted.size, n1.isUnsaved]).toEqual([0, true]);
  const again = newHolder({ node: 'n1', incarnation: 'n1-1', nowMs: 500 });
  restoreHolder(again, JSON.parse(saveHolder(n1)), 500);
  for (const nowMs of [500, 700, 900, 1100, 1300, 1500]) exchange(again, [forgetful, v2], { nowMs, realMs: nowMs });
  expect(heldOf(again, 'web').state).toBe('own');
});
