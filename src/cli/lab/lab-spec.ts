/** Reads the spec and the script of a lab, and makes sure that they can be played on one machine. */
import { readFileSync } from 'node:fs';
import { readSpec } from '../../host/spec-files.js';
import { describeSystemError } from '../../host/system-error.js';
import type { ClusterSpec } from '../../model/cluster-spec.js';
import { whyNotInLab } from '../../daemon/lab-limits.js';
import { decodeSpec } from '../../spec/decode-spec.js';
import { CommandFailure } from '../command-failure.js';
import { EXIT } from '../exit-codes.js';
import { describeScriptProblems, parseScript } from './parse-script.js';
import type { LabScript } from './script.js';
import { EMPTY_SCRIPT } from './script.js';

/** Reads a spec that a lab can run. Errors: throws a failure with one sentence. */
export async function readLabSpec(path: string): Promise<ClusterSpec> {
  const sighting = await readSpec(path);
  if (sighting.kind === 'vanished') throw failure(`there is no spec at "${path}"`);
  if (sighting.kind === 'unreadable') throw failure(sighting.why);
  const result = decodeSpec(sighting.files);
  if (result.kind === 'invalid') {
    const [first] = result.problems.filter(({ severity }) => severity === 'error');
    const at = first === undefined ? '' : `: line ${first.place.line} of ${first.place.file}: ${first.message}`;
    throw failure(`"${path}" is not valid${at}`, `\`fairlead validate ${path}\` tells every problem`);
  }
  const why = whyNotInLab(result.spec);
  if (why !== null) throw failure(why.message, why.help);
  return result.spec;
}

/** Reads a script for a spec; null for none. Errors: throws a failure that shows every mistake of it. */
export function readLabScript(path: string | null, spec: ClusterSpec): LabScript {
  if (path === null) return EMPTY_SCRIPT;
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw failure(`the script "${path}" cannot be read: ${describeSystemError(error)}`);
  }
  const names = { nodes: spec.nodes.map(({ id }) => id), groups: spec.groups.map(({ id }) => id) };
  const parsed = parseScript(text, names);
  if (parsed.kind === 'script') return parsed.script;
  throw failure(`the script is not valid\n${describeScriptProblems(path, parsed.problems).trimEnd()}`);
}

function failure(message: string, help?: string): CommandFailure {
  return new CommandFailure(EXIT.failed, message, help === undefined ? {} : { help });
}
