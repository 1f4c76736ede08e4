/** Holds a keeper of units and obeys orders, one JSON text a line; ends when its input ends. Time goes on by order only. */
import { createInterface } from 'node:readline';
import { UnitHolds } from '../../src/agents/unit-hold.js';
import { UnitKeeper } from '../../src/daemon/unit-keeper.js';
import { beginConditions } from '../../src/reconciler/conditions.js';
import { ManualClock } from '../host/manual-clock.js';
import { specOf } from '../reconciler/specs.js';

/** What it can be told: which units the spec names, that the next round is due, that everything is to be given back. It answers each with what it has to tell. */
export type KeeperOrder =
  | { readonly kind: 'units'; readonly units: readonly string[] }
  | { readonly kind: 'round' | 'let-go' };

/** Its answer. */
export interface KeeperAnswer {
  readonly conditions: readonly string[];
  readonly log: readonly string[];
}

const clock = new ManualClock();
const conditions = beginConditions();
const log: string[] = [];
let units: readonly string[] = [];

const keeper = new UnitKeeper({
  node: process.argv[2] ?? '',
  spec: () =>
    specOf({
      nodes: { n1: {}, n2: {}, wit: { role: 'witness' } },
      groups: Object.fromEntries(units.map((_, number) => [`r${number}`, {}])),
      resources: Object.fromEntries(units.map((unit, number) => [`r${number}`, { type: `systemd:${unit}` }])),
    }),
  holds: new UnitHolds({ owner: 'test' }),
  conditions,
  clock,
  log: { event: (_level, sentence) => log.push(sentence) },
});

async function obey(order: KeeperOrder): Promise<void> {
  if (order.kind === 'units') units = order.units;
  else if (order.kind === 'let-go') await keeper.letGo();
  else await round();
}

/** The first is begun, the others by the clock; each sets its alarm when it is through. */
async function round(): Promise<void> {
  if (clock.waiting === 0) keeper.start();
  else clock.advance(30_000);
  while (clock.waiting === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

let last: Promise<void> = Promise.resolve();
const lines = createInterface({ input: process.stdin });
lines.on('line', (line) => {
  last = last
    .then(() => obey(JSON.parse(line)))
    .then(() => {
      const told = [...conditions.values()].map(({ severity, sentence }) => `${severity}: ${sentence}`);
      const answer: KeeperAnswer = { conditions: told, log: log.splice(0) };
      process.stdout.write(`${JSON.stringify(answer)}\n`);
    });
});
