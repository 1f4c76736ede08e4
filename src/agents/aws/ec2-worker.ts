/** Asks EC2 in a thread of its own: loading the SDK takes longer than the thread that sends heartbeats may stand still. */
import { parentPort } from 'node:worker_threads';
import { callEc2 } from './ec2-client.js';
import type { ThreadAnswer, ThreadOrder } from './ec2-thread.js';

const underWay = new Map<number, AbortController>();

parentPort?.on('message', (order: ThreadOrder) => {
  if (order.kind === 'cancel') {
    underWay.get(order.id)?.abort();
    return;
  }
  void answer(order);
});

async function answer({ id, request, ...how }: Extract<ThreadOrder, { kind: 'ask' }>): Promise<void> {
  const cancel = new AbortController();
  underWay.set(id, cancel);
  const given: ThreadAnswer = { id, answer: await callEc2(request, { ...how, signal: cancel.signal }) };
  underWay.delete(id);
  parentPort?.postMessage(given);
}
