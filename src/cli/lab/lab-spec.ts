/** Reads the spec and the script of a lab, and makes sure that they can be played on one machine. */
import { readFileSync } from 'node:fs';
import { readSpec } from '../../host/spec-files.js';
import { describeSystemError } from '../../host/system-error.js';
import type { ClusterSpec, ResourceSpec } from '../../model/cluster-spec.js';
import { decodeSpec } from '../../spec/decode-spec.js';
import { CommandFailure } from '../command-failure.js';
import { EXIT } from '../exit-codes.js';
import { describeScriptProblems, parseScript } from './parse-script.js';
import type { LabScript } from './script.js';
import { EMPTY_SCRIPT } from './script.js';

/** An address that is of this machine alone, whatever network it is in. */
const LOOPBACK = /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/;

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

/** Why a spec cannot be run on one machine; null when it can. */
export function whyNotInLab(spec: ClusterSpec): { readonly message: string; readonly help: string } | null {
  for (const { id, addresses } of spec.nodes) {
    const outside = addresses.find((address) => !LOOPBACK.test(address));
    if (outside !== undefined) {
      return {
        message: `node "${id}" has the address ${outside}, and a lab takes only those of 127.0.0.0/8`,
        help: 'a lab runs every node on this machine; copy the spec and give its nodes addresses such as 127.77.0.1, 127.77.0.2',
      };
    }
  }
  const { devices, watchdog } = spec.fencing;
  if (devices.length > 0 || watchdog !== null) {
    const [first] = devices;
    return {
      message:
        first === undefined
          ? 'the spec has a watchdog, and a lab would reset this machine with it'
          : `the spec has the fence device "${first.id}", and a lab would take the power of a real machine with it`,
      help: 'copy the spec and take `fencing:` out, and what is `exclusive: fencing`',
    };
  }
  const stranger = spec.resources.find((resource) => !endsWithItsNode(resource));
  if (stranger === undefined) return null;
  return {
    message: `resource "${stranger.id}" is of type ${describeType(stranger)}, which a lab does not run`,
    help: 'all nodes of a lab share this machine, so only what is kept as a process of one node can be told from the others: use `script` with `run`, or `builtin:noop`',
  };
}

function endsWithItsNode({ type, params }: ResourceSpec): boolean {
  return type === 'builtin:noop' || (type === 'script' && params.run !== undefined);
}

function describeType({ type }: ResourceSpec): string {
  return type === 'script' ? '`script` with commands of its own' : type;
}

function failure(message: string, help?: string): CommandFailure {
  return new CommandFailure(EXIT.failed, message, help === undefined ? {} : { help });
}
