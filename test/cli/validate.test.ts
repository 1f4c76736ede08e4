import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FlagValues } from '../../src/cli/command.js';
import { runValidate } from '../../src/cli/validate.js';
import { writtenTerminal } from './written-terminal.js';

const HEAD = 'apiVersion: fairlead/v1\nkind: Cluster\n';
const FINE = `${HEAD}cluster: { name: test }\nnodes: { a: { addresses: [10.0.0.1] } }\n`;
const WARNED = `${FINE}pings: { gateway: { hosts: [10.0.0.9] } }\n`;
const BAD = `${FINE}resources:\n  vip: { type: builtin:vip, params: { address: 10.0.0.5/24, adress: x }, prefer: [b] }\n`;

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-validate-'));
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a file in the test's folder and gives its path. */
function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

/** Runs the command as the command line would. Shape: `out` without the path of the test's folder. */
async function validate(
  operands: readonly string[],
  wishes: {
    readonly output?: readonly string[];
    readonly switches?: readonly string[];
    readonly metadata?: string;
  } = {},
): Promise<{ readonly code: number; readonly out: string }> {
  const written: string[] = [];
  const flags: FlagValues = {
    has: (name) => wishes.switches?.includes(name) ?? false,
    text: (name) => (name === 'metadata' ? (wishes.metadata ?? null) : name === 'color' ? 'never' : null),
    texts: () => wishes.output ?? ['text'],
    durationMs: () => null,
  };
  const code = await runValidate({ operands, flags, terminal: writtenTerminal(written) });
  return { code, out: written.join('').replaceAll(`${folder}/`, '') };
}

describe('validate', () => {
  it('is silent but for the count when all is well', async () => {
    expect(await validate([file('a.yaml', FINE)])).toEqual({ code: 0, out: 'no problems in 1 file\n' });
  });

  it('tells warnings, and fails for them only when told to', async () => {
    const path = file('a.yaml', WARNED);
    const { code, out } = await validate([path]);
    expect([code, out.split('\n')[0]]).toEqual([0, 'warning[unused-ping] no group requires ping "gateway"']);
    expect((await validate([path], { switches: ['strict'] })).code).toBe(3);
  });

  it('says in plain words that a report cannot be written', async () => {
    const target = join(folder, 'none', 'report.json');
    await expect(validate([file('a.yaml', FINE)], { output: [`json=${target}`] })).rejects.toThrow(
      `cannot write "${target}": its folder does not exist`,
    );
    await expect(validate([file('a.yaml', FINE)], { output: [`json=${folder}`] })).rejects.toThrow(
      `cannot write "${folder}": it is a directory (EISDIR)`,
    );
  });

  it('tells every problem of every path in one run', async () => {
    const { code, out } = await validate([file('a.yaml', BAD), file('b.yaml', WARNED), join(folder, 'nowhere')]);
    expect(code).toBe(1);
    expect(out.match(/^(error|warning)\[.*$/gm)).toEqual([
      'error[unknown-parameter] builtin:vip has no parameter "adress"',
      'error[unknown-node] resource "vip" names node "b", which is not in the spec',
      'warning[unused-ping] no group requires ping "gateway"',
      'error[unreadable] there is no file or folder "nowhere"',
    ]);
    expect(out.trimEnd().split('\n').at(-1)).toBe('3 errors, 1 warning in 3 files');
  });

  it('reads a folder as one spec, and places problems in its files', async () => {
    const spec = join(folder, 'spec');
    mkdirSync(spec);
    writeFileSync(join(spec, '1.yaml'), FINE);
    writeFileSync(join(spec, '2.yml'), `${HEAD}resources: { x: { type: builtin:noop, prefer: [b] } }\n`);
    writeFileSync(join(spec, 'notes.txt'), 'not read');
    const { code, out } = await validate([spec]);
    expect(code).toBe(1);
    expect(out).toContain('--> spec/2.yml:3:48');
    expect(out).toContain('1 error in 2 files');
  });

  it('places what cannot be read in the file of a folder, and bytes that are no text where they stand', async () => {
    const spec = join(folder, 'spec');
    mkdirSync(spec);
    const latin = file('latin.yaml', '');
    writeFileSync(latin, Buffer.concat([Buffer.from('# é\nname: caf'), Buffer.from([0xe9]), Buffer.from('\nx: é\n')]));
    writeFileSync(join(spec, '1.yaml'), FINE);
    symlinkSync('nowhere', join(spec, '2.yaml'));
    const { out } = await validate([spec, latin]);
    expect(out.match(/^ *--> .*$/gm)?.map((line) => line.trim())).toEqual([
      '--> spec/2.yaml:1:1',
      '--> latin.yaml:2:10',
    ]);
  });

  it('shows no secret that stands in the spec', async () => {
    const device = '{ agent: fence_ipmilan, nodes: [a], params: { password: geheim, option: x } }';
    const { out } = await validate([file('a.yaml', `${FINE}fencing: { devices: { d: ${device} } }\n`)]);
    expect(out).toContain('warning[secret-in-clear-text]');
    expect(out).toContain('error[fence-params]');
    expect(out).not.toContain('geheim');
  });

  it('tells the facts of a valid spec when asked for more', async () => {
    const { out } = await validate([file('a.yaml', FINE)], { switches: ['verbose'] });
    expect(out).toContain('a.yaml:\n  1 vote, majority 1: the loss of any of them is one too many\n');
  });

  it('answers in JSON, also into a file beside the text', async () => {
    const target = join(folder, 'report.json');
    const { out } = await validate([file('a.yaml', BAD)], { output: ['text', `json=${target}`] });
    expect(out).toContain('2 errors in 1 file');
    const parsed: unknown = JSON.parse(readFileSync(target, 'utf8'));
    expect(parsed).toMatchObject({
      valid: false,
      errors: 2,
      warnings: 0,
      files: 1,
      specs: [
        {
          valid: false,
          problems: [{ code: 'unknown-parameter', place: { line: 6, column: 61 } }, { code: 'unknown-node' }],
        },
      ],
    });
  });

  it('knows agents from metadata files', async () => {
    const metadata = join(folder, 'metadata');
    mkdirSync(join(metadata, 'own'), { recursive: true });
    writeFileSync(
      join(metadata, 'own', 'thing.xml'),
      `<?xml version="1.0"?><resource-agent name="thing"><parameters><parameter name="colour" required="1"><content type="string"/></parameter></parameters><actions><action name="stop" timeout="60s"/></actions></resource-agent>`,
    );
    const text = `${FINE}resources:\n  x: { type: "ocf:own:thing", params: { color: red } }\n  y: { type: "ocf:own:other" }\n`;
    const { code, out } = await validate([file('a.yaml', text)], { metadata });
    expect(code).toBe(1);
    expect(out.match(/^(error|warning)\[.*$/gm)?.map((line) => line.replace(folder, ''))).toEqual([
      'warning[timeout-below-advice] resource "x" gives ocf:own:thing less time than it advises',
      'error[missing-parameter] resource "x" has no parameter "colour", which ocf:own:thing requires',
      'warning[unknown-parameter] ocf:own:thing has no parameter "color"',
      'warning[agent-not-here] ocf:own:other is not on "metadata"',
    ]);
    expect(out).toContain('did you mean "colour"?');
  });

  it.each([
    [{ output: ['yaml'] }, 'there is no output "yaml"; there are text and json'],
    [{ output: ['text', 'json'] }, 'only one form of output can go to stdout'],
    [{ metadata: '/nowhere' }, '--metadata needs a folder, and "/nowhere" is none'],
  ])('refuses %j', async (wishes, sentence) => {
    await expect(validate([file('a.yaml', FINE)], wishes)).rejects.toThrow(sentence);
  });
});
