/** Fence devices of tests: a spec of one, and an agent that follows the interface of fence agents and does as its parameters say. */
import { join } from 'node:path';
import type { FenceDeviceSpec } from '../../../src/model/cluster-spec.js';
import type { FenceAction, FenceRequest } from '../../../src/model/fencing.js';
import { writeScript } from './folder.js';

const PLACE = { file: 'test.yaml', line: 1, column: 1 };
let requests = 0;

/** A device for the node lb2. */
export function fenceDevice(agent: string, rest: Partial<FenceDeviceSpec> = {}): FenceDeviceSpec {
  return {
    id: 'device',
    agent,
    nodes: ['lb2'],
    plugs: {},
    action: 'off',
    timeoutMs: 10_000,
    retries: 0,
    delayBaseMs: 0,
    delayRandomMs: 0,
    params: {},
    place: PLACE,
    ...rest,
  };
}

/** A call of a device for the node lb2. */
export function fenceRequest(device: FenceDeviceSpec, action: FenceAction, node = 'lb2'): FenceRequest {
  requests += 1;
  return { id: `fence-${requests}`, device, node, action, timeoutMs: device.timeoutMs };
}

/**
 * Writes an agent into a folder and returns its path.
 *
 * It keeps the power of each plug in a file of the folder, writes each call with its input into `calls`, and reads from a file named as the action what it shall do instead: shell text.
 */
export function writeFenceAgent(
  folder: string,
  options: { readonly actions?: readonly string[]; readonly plug?: string } = {},
): string {
  const actions = options.actions ?? ['on', 'off', 'reboot', 'status', 'monitor', 'metadata'];
  const plug = options.plug ?? 'plug';
  const metadata = [
    '<?xml version="1.0" ?>',
    '<resource-agent name="fence_test" shortdesc="for tests">',
    `<parameters><parameter name="action" required="1"/><parameter name="${plug}" required="1"/></parameters>`,
    `<actions>${actions.map((action) => `<action name="${action}" />`).join('')}</actions>`,
    '</resource-agent>',
  ];
  return writeScript(
    join(folder, 'fence_test'),
    `#!/bin/bash
if [ "$2" = metadata ]; then
cat <<'END'
${metadata.join('\n')}
END
exit 0
fi
input=$(cat)
{ echo "arguments: $*"; echo "$input"; echo; } >> ${folder}/calls
action=$(sed -n 's/^action=//p' <<< "$input")
plug=$(sed -n 's/^${plug}=//p' <<< "$input")
password=$(sed -n 's/^password=//p' <<< "$input")
power=${folder}/power-$plug
[ -e "${folder}/$action" ] && . "${folder}/$action"
case $action in
  on) rm -f "$power" ;;
  off) echo off > "$power" ;;
  reboot) ;;
  status) [ -e "$power" ] && exit 2; exit 0 ;;
  monitor) ;;
  *) echo "ERROR: no action $action" >&2; exit 1 ;;
esac
`,
  );
}
