/** What the wire costs: microseconds for a heartbeat with five leases, each way, the code over it included. */
import { randomBytes } from 'node:crypto';
import { wireCodec } from '../../src/runtime/wire-codec.js';
import { plainHeartbeat } from '../runtime/wire-specimens.js';
import type { Bench } from './bench.js';
import { tableOf } from './bench.js';

/** One measured row. Shape: times of one call in microseconds, the median over batches. */
export interface WireRow {
  readonly leases: number;
  readonly bytes: number;
  readonly encodeUs: number;
  readonly decodeUs: number;
}

const BATCHES = 21;
const CALLS_PER_BATCH = 2000;

/** Measures heartbeats with 0 and 5 leases. */
export function benchWire(): WireRow[] {
  const codec = wireCodec({ cluster: 'edge-prod', keys: [randomBytes(32)] });
  return [0, 5].map((leases) => {
    const heartbeat = plainHeartbeat(leases);
    const frame = codec.encode(heartbeat);
    return {
      leases,
      bytes: frame.length,
      encodeUs: medianUs(() => codec.encode(heartbeat)),
      decodeUs: medianUs(() => codec.decode(frame)),
    };
  });
}

/** The bench, as a table. */
export const bench: Bench = async () => {
  const figures = benchWire();
  const rows = figures.map(({ leases, bytes, encodeUs, decodeUs }) => [
    `${leases}`,
    `${bytes}`,
    `${encodeUs.toFixed(1)} us`,
    `${decodeUs.toFixed(1)} us`,
  ]);
  return { table: tableOf([['leases', 'bytes', 'encode', 'decode'], ...rows]), figures };
};

function medianUs(call: () => unknown): number {
  const batches = Array.from({ length: BATCHES }, () => {
    const from = process.hrtime.bigint();
    for (let i = 0; i < CALLS_PER_BATCH; i++) call();
    return Number(process.hrtime.bigint() - from) / 1000 / CALLS_PER_BATCH;
  });
  return batches.sort((a, b) => a - b)[Math.floor(BATCHES / 2)] ?? Number.NaN;
}
