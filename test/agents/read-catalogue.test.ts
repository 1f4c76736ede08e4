import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readCatalogue } from '../../src/agents/read-catalogue.js';
import { readScriptParameters } from '../../src/agents/script-parameters.js';
import { readVipParameters } from '../../src/agents/vip-parameters.js';
import { writeFenceAgent } from './harness/fence-device.js';
import { freshFolder, writeScript } from './harness/folder.js';
import { resource } from './harness/operation.js';
import { describeWith, FENCE_AGENTS, OCF_AGENTS } from './harness/requirements.js';

let folder: ReturnType<typeof freshFolder>;
beforeEach(() => {
  folder = freshFolder();
});
afterEach(() => folder.remove());

const XML =
  '<resource-agent><shortdesc>A thing</shortdesc><parameters><parameter name="ip"/></parameters></resource-agent>';

/** Installs an agent that counts how often it is asked. */
function install(answer: string): string {
  return writeScript(
    join(folder.path, 'resource.d/test/thing'),
    `#!/bin/bash\necho asked >> ${folder.path}/asked\n${answer}\n`,
  );
}

function timesAsked(): number {
  const path = join(folder.path, 'asked');
  return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n').length : 0;
}

async function readThing(rest: Partial<Parameters<typeof readCatalogue>[0]> = {}): Promise<unknown> {
  const { agents } = await readCatalogue({ types: ['ocf:test:thing'], ocfRoot: folder.path, ...rest });
  return agents['ocf:test:thing'];
}

describe('the catalogue of this machine', () => {
  it('holds what an OCF agent declares', async () => {
    install(`[ $1 = meta-data ] && echo '${XML}'`);
    const catalogue = await readCatalogue({ types: ['ocf:test:thing'], ocfRoot: folder.path });
    expect(catalogue).toMatchObject({
      source: 'this machine',
      agents: { 'ocf:test:thing': { declared: true, description: 'A thing', parameters: [{ name: 'ip' }] } },
    });
  });

  it('holds the names of what is there when something is missing', async () => {
    install(`[ $1 = meta-data ] && echo '${XML}'`);
    const where = { ocfRoot: folder.path, lsbFolder: folder.path };
    expect(await readCatalogue({ types: ['ocf:test:thing'], ...where })).not.toHaveProperty('installed');
    const { agents, installed } = await readCatalogue({ types: ['ocf:test:thnig'], ...where });
    expect([agents, installed?.filter((type) => type.startsWith('ocf:'))]).toEqual([
      { 'ocf:test:thnig': null },
      ['ocf:test:thing'],
    ]);
  });

  it('asks an agent once, and again when its script has changed', async () => {
    install(`echo '${XML}'`);
    await readThing();
    await readThing();
    expect(timesAsked()).toBe(1);
    install(`echo '${XML.replace('A thing', 'Another thing')}'`);
    expect(await readThing()).toMatchObject({ description: 'Another thing' });
    expect(timesAsked()).toBe(2);
  });

  it('is kept in a folder between runs, one file for each agent', async () => {
    const cacheFolder = join(folder.path, 'cache');
    install(`echo '${XML}'`);
    await readThing({ cacheFolder });
    expect(await readThing({ cacheFolder })).toMatchObject({ description: 'A thing' });
    expect(timesAsked()).toBe(1);
    install(`echo '${XML.replace('A thing', 'Another thing')}'`);
    expect(await readThing({ cacheFolder })).toMatchObject({ description: 'Another thing' });
    expect(readdirSync(cacheFolder)).toEqual(['ocf%3atest%3athing.xml']);
  });

  it.each(['exit 1', 'echo not xml', 'kill -KILL $$'])(
    'counts an agent that answers with "%s" as there and declaring nothing',
    async (answer) => {
      install(answer);
      expect(await readThing()).toMatchObject({ declared: false, parameters: [] });
    },
  );

  it('says of what is not there that it is not there', async () => {
    const types = ['ocf:test:missing', 'systemd:fairlead-missing', 'lsb:fairlead-missing', 'builtin:nothing'];
    const { agents } = await readCatalogue({ types, ocfRoot: folder.path });
    expect(agents).toEqual(Object.fromEntries(types.map((type) => [type, null])));
  });

  it('leaves out what is of no known form', async () => {
    const types = ['magic:thing', 'ocf:one', 'systemd:a b'];
    expect((await readCatalogue({ types })).agents).toEqual({});
  });

  it('knows an LSB script by its file', async () => {
    writeScript(join(folder.path, 'init.d/httpd'), '#!/bin/sh\n');
    const { agents } = await readCatalogue({ types: ['lsb:httpd'], lsbFolder: join(folder.path, 'init.d') });
    expect(agents['lsb:httpd']).toMatchObject({ declared: false });
  });

  it('lists agents in order of type', async () => {
    const { agents } = await readCatalogue({ types: ['script', 'builtin:vip', 'builtin:noop', 'script'] });
    expect(Object.keys(agents)).toEqual(['builtin:noop', 'builtin:vip', 'script']);
  });
});

describe('the catalogue of a folder of metadata', () => {
  it('is read from files of either name, and nothing is run', async () => {
    install('exit 1');
    writeScript(join(folder.path, 'metadata/ocf:test:thing.xml'), XML);
    writeScript(join(folder.path, 'metadata/other/thing.xml'), XML);
    const metadataDir = join(folder.path, 'metadata');
    const types = ['ocf:test:thing', 'ocf:other:thing', 'ocf:test:missing', 'systemd:nginx', 'lsb:httpd', 'script'];
    const catalogue = await readCatalogue({ types, metadataDir, ocfRoot: folder.path });
    expect(catalogue.source).toBe(metadataDir);
    expect(Object.keys(catalogue.agents)).toEqual(['ocf:other:thing', 'ocf:test:missing', 'ocf:test:thing', 'script']);
    expect(catalogue.agents['ocf:test:thing']).toMatchObject({ declared: true });
    expect(catalogue.agents['ocf:other:thing']).toMatchObject({ declared: true });
    expect(catalogue.agents['ocf:test:missing']).toBeNull();
    expect(timesAsked()).toBe(0);
  });
});

describe('what our own agents declare', () => {
  it('is what they read: every declared parameter is known and an example of it is taken', async () => {
    const { agents } = await readCatalogue({ types: ['script', 'builtin:vip'] });
    const example: Readonly<Record<string, string | readonly string[]>> = {
      address: '10.0.1.50/24',
      interface: 'eth0',
      label: 'web',
      duplicateCheck: 'false',
      run: ['sleep', '60'],
      monitor: ['true'],
      startAfter: '1s',
      stopSignal: 'QUIT',
      environment: ['A=b'],
      directory: '/srv',
    };
    const paramsOf = (type: string, without: readonly string[]): Record<string, string | readonly string[]> =>
      Object.fromEntries(
        (agents[type]?.parameters ?? [])
          .filter(({ name }) => !without.includes(name))
          .map(({ name }) => [name, example[name] ?? `no example of ${name}`]),
      );
    expect(readVipParameters(resource('builtin:vip', paramsOf('builtin:vip', [])))).toEqual({
      address: { address: { family: 'ipv4', text: '10.0.1.50' }, prefixLength: 24 },
      interfaceName: 'eth0',
      label: 'web',
      checksForDuplicate: false,
    });
    expect(readScriptParameters(resource('script', paramsOf('script', ['start', 'stop'])))).toEqual({
      kind: 'kept',
      run: ['sleep', '60'],
      monitor: ['true'],
      startAfterMs: 1000,
      stopSignal: 'SIGQUIT',
      environment: { A: 'b' },
      directory: '/srv',
    });
  });
});

describe('the catalogue of fence agents', () => {
  it('has those at a path, tells those that are not there, and reads a folder instead where one is given', async () => {
    const agent = writeFenceAgent(folder.path);
    const gone = join(folder.path, 'fence_gone');
    const { agents } = await readCatalogue({ types: [`fence:${agent}`, `fence:${gone}`] });
    expect(agents[`fence:${agent}`]?.parameters.map(({ name }) => name)).toEqual(['action', 'plug']);
    expect(agents[`fence:${gone}`]).toBeNull();
    writeFileSync(join(folder.path, 'fence_x.xml'), XML);
    const read = await readCatalogue({ types: ['fence:fence_x', 'fence:fence_y'], metadataDir: folder.path });
    expect(read.agents).toMatchObject({ 'fence:fence_x': { parameters: [{ name: 'ip' }] } });
    expect(Object.keys(read.agents)).toEqual(['fence:fence_x']);
  });
});

describeWith("the catalogue of Debian's fence agents", { files: [FENCE_AGENTS] }, () => {
  it('holds their parameters', async () => {
    const { agents } = await readCatalogue({ types: ['fence:fence_ipmilan'] });
    expect(agents['fence:fence_ipmilan']?.parameters.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['ip', 'username', 'password', 'lanplus']),
    );
  });
});

describeWith("the catalogue of Debian's resource agents", { files: [OCF_AGENTS] }, () => {
  it('holds their parameters and the times that they advise', async () => {
    const types = ['ocf:heartbeat:IPaddr2', 'ocf:heartbeat:Dummy', 'ocf:heartbeat:nginx'];
    const { agents } = await readCatalogue({ types });
    const ip = agents['ocf:heartbeat:IPaddr2']?.parameters.find(({ name }) => name === 'ip');
    expect(ip).toMatchObject({ required: true, unique: true, type: 'string' });
    expect(agents['ocf:heartbeat:IPaddr2']?.parameters.map(({ name }) => name)).toContain('cidr_netmask');
    expect(agents['ocf:heartbeat:Dummy']?.actions).toContainEqual({
      name: 'monitor',
      timeoutMs: 20_000,
      intervalMs: 10_000,
      depth: 0,
    });
    expect(agents['ocf:heartbeat:nginx']?.declared).toBe(true);
  });
});
