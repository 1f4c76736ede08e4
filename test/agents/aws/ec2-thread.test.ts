import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Ec2Thread } from '../../../src/agents/aws/ec2-thread.js';
import type { Ec2Answer } from '../../../src/agents/aws/ec2-call.js';
import { Ec2Server } from '../../aws/ec2-server.js';
import { Ec2World } from '../../aws/ec2-world.js';
import { MetadataServer } from '../../aws/metadata-server.js';
import { buildInto } from '../harness/build-programs.js';
import { freshFolder } from '../harness/folder.js';
import { until } from '../harness/until.js';

const EIP = 'eipalloc-0123456789abcdef0';
const INSTANCE = 'i-000000000000000aa';

describe('the thread that asks EC2', () => {
  let folder: ReturnType<typeof freshFolder>;
  let program: URL;
  let world: Ec2World;
  let ec2: Ec2Server;
  let metadata: MetadataServer;
  let thread: Ec2Thread;

  beforeAll(async () => {
    folder = freshFolder();
    const worker = new URL('../../../src/agents/aws/ec2-worker.ts', import.meta.url);
    program = pathToFileURL((await buildInto(folder.path, { worker }))('worker'));
  });
  beforeEach(async () => {
    world = new Ec2World();
    world.addAddress(EIP, '203.0.113.7');
    world.addInstance(INSTANCE, [{ macAddress: '02:00:00:00:00:11', privateIps: ['10.0.1.11'] }]);
    ec2 = await Ec2Server.start(world);
    metadata = await MetadataServer.start(world, INSTANCE);
    process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT = metadata.url;
    thread = new Ec2Thread({ program, idleMs: 20, lateMs: 20_000 });
  });
  afterEach(async () => {
    delete process.env.AWS_EC2_METADATA_SERVICE_ENDPOINT;
    thread.close();
    await Promise.all([ec2.close(), metadata.close()]);
  });
  afterAll(() => folder.remove());

  function look(signal = new AbortController().signal, timeoutMs = 10_000): Promise<Ec2Answer> {
    return thread.call(
      { kind: 'describe-address', address: { allocationId: EIP } },
      { place: { region: 'us-east-1', endpoint: ec2.url }, timeoutMs, signal },
    );
  }

  it('asks with the credentials of the instance, and is gone when it has been idle', async () => {
    expect(thread.isRunning).toBe(false);
    const [one, two] = await Promise.all([look(), look()]);
    expect(one).toEqual({
      kind: 'address',
      address: { allocationId: EIP, publicIp: '203.0.113.7', association: null },
    });
    expect(two).toEqual(one);
    expect(ec2.calls.map(({ by }) => by)).toEqual([`ASIA-${INSTANCE}`, `ASIA-${INSTANCE}`]);
    await until('the thread to be gone', () => !thread.isRunning);
    expect((await look()).kind).toBe('address');
  });

  it('says so where there are no credentials, and looks for them no longer than it has time', async () => {
    metadata.isSilent = true;
    expect(await look()).toMatchObject({ kind: 'fault', fault: 'no-credentials' });
    expect(await look(undefined, 50)).toMatchObject({ fault: 'unreachable', message: 'no answer came in time' });
  });

  it('ends a request when it is cancelled, and when its time is up', async () => {
    await look();
    ec2.inject({ kind: 'hang', times: 2 });
    const cancel = new AbortController();
    const answer = look(cancel.signal);
    await until('the request to be there', () => ec2.calls.length === 2);
    cancel.abort();
    expect(await answer).toMatchObject({ kind: 'fault', fault: 'unreachable' });
    expect(await look(undefined, 2000)).toMatchObject({ kind: 'fault', fault: 'unreachable' });
    expect(await look(AbortSignal.abort())).toMatchObject({ kind: 'fault', fault: 'unreachable' });
    expect(ec2.calls).toHaveLength(3);
  });

  it('that hangs itself is ended when the time is up, and the next question starts another', async () => {
    const stuck = join(folder.path, 'stuck.mjs');
    const text = `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { for (;;); });`;
    writeFileSync(stuck, text);
    thread = new Ec2Thread({ program: pathToFileURL(stuck), lateMs: 100 });
    const answers = await Promise.all([look(undefined, 200), look(undefined, 10_000)]);
    const silent = { kind: 'fault', fault: 'unreachable', message: 'the thread that asks EC2 does not answer' };
    expect(answers).toMatchObject([silent, silent]);
    expect(thread.isRunning).toBe(false);
    expect(await look(undefined, 100)).toMatchObject(silent);
  });

  it('that is ended or dies leaves nobody waiting, and the next question starts another', async () => {
    ec2.inject({ kind: 'hang' });
    const answer = look();
    await until('the request to be there', () => ec2.calls.length === 1);
    thread.close();
    expect(await answer).toMatchObject({ message: 'the thread that asks EC2 was ended' });
    expect((await look()).kind).toBe('address');

    const broken = join(folder.path, 'broken.mjs');
    writeFileSync(broken, 'throw new Error("no such thing")\n');
    thread.close();
    thread = new Ec2Thread({ program: pathToFileURL(broken) });
    expect(await look()).toMatchObject({
      fault: 'unreachable',
      message: 'the thread that asks EC2 failed: no such thing',
    });
  });
});
