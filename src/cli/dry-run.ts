/** `reconcile --dry-run`: gives the plan what it may read of this machine, and nothing else. */
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { unreachable } from '../base/invariant.js';
import { readStatus } from '../control/client.js';
import { readSpec } from '../host/spec-files.js';
import { describeSystemError } from '../host/system-error.js';
import type { CommandCall } from './command.js';
import { CommandFailure, usageFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { socketPathOf } from './flags.js';
import { showPlan } from './show-plan.js';
import type { PlanWish, SpecFiles } from './show-plan.js';

/** Shows the plan from now to a spec. */
export async function runDryRun({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  const stranger = ['adopt'].find((name) => flags.has(name));
  if (stranger !== undefined) throw usageFailure(`"--${stranger}" does not go with --dry-run`);
  const observedFile = flags.text('observed');
  const isOffline = flags.has('offline');
  if (isOffline && observedFile !== null) {
    throw usageFailure('"--offline" and "--observed" do not go together', 'name one source of what is observed');
  }
  const [path = ''] = operands;
  const metadata = flags.text('metadata');
  const color = terminal.colours('out', flags.text('color'));
  const wish: PlanWish = {
    path,
    output: outputOf(flags.text('output')),
    observedFile,
    isOffline,
    isDetailed: flags.has('detailed-exitcode'),
    isStrict: flags.has('strict'),
    color,
    talkColor: terminal.colours('err', flags.text('color')),
  };
  return showPlan(wish, {
    readSpec: readSpecFiles,
    readText,
    fetchStatus: () => readStatus(socketPathOf(flags)),
    readCatalogue: async (types) =>
      metadata === null
        ? null
        : (await import('../agents/read-catalogue.js')).readCatalogue({ types, metadataDir: metadata }),
    out: terminal.out,
    err: terminal.err,
  });
}

function outputOf(word: string | null): PlanWish['output'] {
  if (word === 'json' || word === 'markdown' || word === 'patch') return word;
  return 'text';
}

async function readSpecFiles(path: string): Promise<SpecFiles> {
  const sighting = await readSpec(path);
  switch (sighting.kind) {
    case 'files': {
      const { files, hash } = sighting;
      const isFile = files.length === 1 && files[0]?.file === basename(path);
      return { files: files.map(({ file, text }) => ({ file: isFile ? path : join(path, file), text })), hash };
    }
    case 'vanished':
      throw new CommandFailure(EXIT.failed, `"${path}" does not exist`, { help: 'give the path of a spec' });
    case 'unreadable':
      throw new CommandFailure(EXIT.failed, sighting.why);
    default:
      return unreachable(sighting);
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CommandFailure(EXIT.failed, `cannot read "${path}": ${describeSystemError(error)}`, { cause: error });
  }
}
