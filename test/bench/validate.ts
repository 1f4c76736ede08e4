/**
 * How long a large spec takes to validate, beside Pacemaker's `crm_verify` on the same cluster: each as a process, one after the other in turn, so that both meet the machine in
 * the same mood.
 *
 * The two do not do the same: `crm_verify` checks the XML against its schema and then plays the scheduler on it; `fairlead validate` checks shape, references, arithmetic and the
 * agents' metadata, and leaves the plan to `reconcile --dry-run`.
 */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../e2e/harness/command.js';
import { CLI } from '../e2e/stories/daemons.js';
import type { Bench, BenchOptions } from './bench.js';
import { medianOf, tableOf } from './bench.js';
import { bigCib, bigSpec } from './big-cluster.js';
import type { BigCluster } from './big-cluster.js';

/** Sizes that are measured. The largest is what must validate in seconds. */
const SIZES: readonly BigCluster[] = [
  { groups: 1000, nodes: 16 },
  { groups: 10_000, nodes: 16 },
];

const ROUNDS = 3;

/** A process that takes longer is ended, and its time said to be more. */
const LONGEST_MS = 300_000;

/** Where Debian's package pacemaker-cli-utils puts it. */
const CRM_VERIFY = '/usr/sbin/crm_verify';

/** The times of one program on one cluster. Shape: milliseconds; null for a process that was ended for its length. */
interface ValidateRow {
  readonly program: string;
  readonly groups: number;
  readonly bytes: number;
  readonly tookMs: readonly (number | null)[];
}

/** The bench, as a table with the ratio. */
export const bench: Bench = async (options) => {
  const hasRival = existsSync(CRM_VERIFY);
  if (!hasRival) options.tell('crm_verify is not here and left out; it is in the Debian package pacemaker-cli-utils');
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  try {
    const figures: ValidateRow[] = [];
    for (const size of SIZES) figures.push(...(await measure(size, { folder, hasRival, options })));
    return { table: tableOf([['program', 'groups', 'file', 'median', 'ratio'], ...rowsOf(figures)]), figures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

async function measure(
  size: BigCluster,
  around: { readonly folder: string; readonly hasRival: boolean; readonly options: BenchOptions },
): Promise<ValidateRow[]> {
  const { folder, hasRival, options } = around;
  const spec = bigSpec(size);
  const cib = bigCib(size);
  const specFile = join(folder, `${size.groups}.yaml`);
  const cibFile = join(folder, `${size.groups}.xml`);
  writeFileSync(specFile, spec);
  writeFileSync(cibFile, cib);
  const ours: (number | null)[] = [];
  const theirs: (number | null)[] = [];
  for (let round = 0; round < (options.rounds ?? ROUNDS); round++) {
    ours.push(await timeOf([process.execPath, CLI, 'validate', specFile]));
    if (hasRival) theirs.push(await timeOf([CRM_VERIFY, '--xml-file', cibFile]));
    options.tell(`${size.groups} groups, round ${round + 1}`);
  }
  const row = { groups: size.groups };
  return [
    { ...row, program: 'fairlead validate', bytes: Buffer.byteLength(spec), tookMs: ours },
    ...(hasRival ? [{ ...row, program: 'crm_verify', bytes: Buffer.byteLength(cib), tookMs: theirs }] : []),
  ];
}

async function timeOf(argv: readonly string[]): Promise<number | null> {
  const fromMs = performance.now();
  const { code, stdout, stderr } = await runCommand(argv, { timeoutMs: LONGEST_MS });
  const tookMs = performance.now() - fromMs;
  if (tookMs >= LONGEST_MS) return null;
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${String(code)}:\n${stdout}${stderr}`);
  return tookMs;
}

function rowsOf(figures: readonly ValidateRow[]): string[][] {
  return figures.map(({ program, groups, bytes, tookMs }) => {
    const own = medianMs(tookMs);
    const ours = medianMs(figures.find((each) => each.groups === groups)?.tookMs ?? []);
    const time = own === LONGEST_MS ? `over ${LONGEST_MS / 1000} s` : `${(own / 1000).toFixed(2)} s`;
    return [program, `${groups}`, `${(bytes / 1e6).toFixed(2)} MB`, time, `${(own / ours).toFixed(1)} x`];
  });
}

function medianMs(tookMs: readonly (number | null)[]): number {
  return medianOf(tookMs.map((each) => each ?? LONGEST_MS));
}
