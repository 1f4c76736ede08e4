/** `reconcile --dry-run`: gives the plan what it may read of this machine, and nothing else. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { unreachable } from '../base/invariant.js';
import { readSpecInForce, readStatus } from '../control/client.js';
import { readSpec } from '../host/spec-files.js';
import { splitFiles } from '../host/spec-text.js';
import { describeSystemError } from '../host/system-error.js';
import type { AgentCatalogue } from '../model/agent-catalogue.js';
import type { CommandCall } from './command.js';
import { CommandFailure, usageFailure } from './command-failure.js';
import { EXIT } from './exit-codes.js';
import type { ExitCode } from './exit-codes.js';
import { socketPathOf } from './flags.js';
import { showPlan } from './show-plan.js';
import type { PlanWish, SpecFiles } from './show-plan.js';

/** Shows the plan from now to a spec. */
export async function runDryRun({ operands, flags, terminal }: CommandCall): Promise<ExitCode> {
  if (flags.has('adopt')) throw usageFailure('"--adopt" does not go with --dry-run');
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
    isVerbose: flags.has('verbose'),
    color,
    talkColor: terminal.colours('err', flags.text('color')),
  };
  return showPlan(wish, {
    readSpec: readSpecFiles,
    readText,
    fetchStatus: () => readStatus(socketPathOf(flags)),
    fetchSpec: () => specInForce(socketPathOf(flags)),
    readCatalogue: (types) => catalogueOf(metadata, types),
    out: terminal.out,
    err: terminal.err,
  });
}

function outputOf(word: string | null): PlanWish['output'] {
  if (word === 'json' || word === 'markdown' || word === 'patch') return word;
  return 'text';
}

/** What agents declare is read from files only: asking an agent means to start it. */
async function catalogueOf(metadata: string | null, types: readonly string[]): Promise<AgentCatalogue | null> {
  if (metadata === null) return null;
  const { checkMetadataDir } = await import('./validated-spec.js');
  const { readCatalogue } = await import('../agents/read-catalogue.js');
  return readCatalogue({ types, metadataDir: checkMetadataDir(metadata) ?? metadata });
}

async function specInForce(socketPath: string): Promise<SpecFiles | null> {
  const { revision, text } = await readSpecInForce(socketPath);
  return text === null ? null : { files: splitFiles(text), hash: revision?.hash ?? null };
}

async function readSpecFiles(path: string): Promise<SpecFiles> {
  const sighting = await readSpec(path);
  switch (sighting.kind) {
    case 'files': {
      const { files, hash } = sighting;
      const isFolder = (await stat(path)).isDirectory();
      return { files: files.map(({ file, text }) => ({ file: isFolder ? join(path, file) : path, text })), hash };
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
