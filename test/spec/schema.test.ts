import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { generate, OUTPUTS } from '../../schemas/generate.mjs';
import { alertEvents } from '../../src/model/alert.js';
import { formatDuration } from '../../src/base/duration.js';
import { limits } from '../../src/model/limits.js';
import { allRules } from '../../src/spec/all-rules.js';
import { defaults } from '../../src/spec/defaults.js';

const root = new URL('../../', import.meta.url);
const schema: unknown = JSON.parse(readText('schemas/cluster.schema.json'));

/** A key of the schema with what stands at it. */
interface Described {
  readonly path: string;
  readonly node: Readonly<Record<string, unknown>>;
}

function readText(path: string): string {
  return readFileSync(fileURLToPath(new URL(path, root)), 'utf8');
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Everything that an editor can explain: each property and each definition. */
function describedParts(node: unknown, path = ''): Described[] {
  if (!isRecord(node)) return [];
  const own = Object.entries(node).flatMap(([key, value]): Described[] => {
    if ((key === 'properties' || key === 'definitions') && isRecord(value)) {
      return Object.entries(value).flatMap(([name, part]) => [
        ...(isRecord(part) ? [{ path: `${path}/${key}/${name}`, node: part }] : []),
        ...describedParts(part, `${path}/${key}/${name}`),
      ]);
    }
    return key === 'items' || key === 'additionalProperties' ? describedParts(value, `${path}/${key}`) : [];
  });
  return own;
}

function at(...path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => (isRecord(node) ? node[key] : undefined), schema);
}

describe('the schema', () => {
  it('has written the files that are generated from it', async () => {
    const texts = await generate();
    expect(texts.type === readText(OUTPUTS.type), `${OUTPUTS.type} is stale; run npm run schema`).toBe(true);
    expect(texts.check === readText(OUTPUTS.check), `${OUTPUTS.check} is stale; run npm run schema`).toBe(true);
  });

  it('is valid draft-07', () => {
    const ajv = new Ajv({ strict: false });
    expect(ajv.validateSchema(isRecord(schema) ? schema : {})).toBe(true);
  });

  it('describes every key, with an example', () => {
    const parts = describedParts(schema).filter(({ node }) => node.$ref === undefined);
    expect(parts.length).toBeGreaterThan(80);
    const silent = parts.filter(({ node }) => typeof node.description !== 'string' || !Array.isArray(node.examples));
    const known = ['/definitions/names', '/definitions/selectors'];
    expect(silent.map(({ path }) => path).filter((path) => !known.includes(path))).toEqual([]);
  });

  it('refuses unknown keys wherever keys are fixed', () => {
    const open = describedParts(schema).filter(
      ({ node }) => isRecord(node.properties) && node.additionalProperties !== false,
    );
    expect(open.map(({ path }) => path)).toEqual([]);
  });

  it('tells the defaults that the decoder has', () => {
    const tells = (...path: string[]) => at(...path, 'default');
    const inObject = (path: string[], key: string) => tells(...path, 'properties', key);
    const heartbeat = ['properties', 'heartbeat'];
    const usual = defaults.heartbeat;
    expect(inObject(heartbeat, 'port')).toBe(usual.port);
    expect(inObject(heartbeat, 'lease')).toBe(formatDuration(usual.leaseMs));
    expect(inObject(heartbeat, 'every')).toBe(formatDuration(usual.leaseMs * usual.everyPart));
    expect(inObject(heartbeat, 'warnAfter')).toBe(formatDuration(usual.leaseMs * usual.warnAfterPart));
    expect(inObject(heartbeat, 'clockDrift')).toBe(`${usual.clockDrift * 100}%`);
    expect(tells('definitions', 'secret')).toEqual({ file: usual.keyFile });
    expect(inObject(['properties', 'quorum'], 'onLoss')).toBe(defaults.quorum.onLoss);
    expect(inObject(['properties', 'quorum'], 'firstStart')).toBe(defaults.quorum.firstStart);
    expect(inObject(['properties', 'concurrency'], 'startsPerNode')).toBe(defaults.startsPerNode);
    const ping = ['definitions', 'ping'];
    expect(inObject(ping, 'every')).toBe(formatDuration(defaults.ping.everyMs));
    expect(inObject(ping, 'timeout')).toBe(formatDuration(defaults.ping.timeoutMs));
    expect(inObject(ping, 'attempts')).toBe(defaults.ping.attempts);
    expect(inObject(ping, 'failAfter')).toBe(formatDuration(defaults.ping.failAfterMs));
    expect(inObject(ping, 'recoverAfter')).toBe(formatDuration(defaults.ping.recoverAfterMs));
    expect(inObject(ping, 'mode')).toBe(defaults.ping.mode);
    expect(inObject(ping, 'onAllLost')).toBe(defaults.ping.onAllLost);
    expect(tells('definitions', 'failback')).toBe(defaults.failback);
    const policy = defaults.failurePolicy;
    expect(tells('definitions', 'failurePolicy')).toEqual({
      restarts: policy.restarts,
      within: formatDuration(policy.withinMs),
      // biome-ignore lint/suspicious/noThenProperty: the spec's own word
      then: policy.then,
      forgetAfter: formatDuration(policy.forgetAfterMs),
    });
    const { startMs, stopMs, monitorMs } = defaults.timeouts;
    expect(tells('definitions', 'timeouts')).toEqual({
      start: formatDuration(startMs),
      stop: formatDuration(stopMs),
      monitor: formatDuration(monitorMs),
    });
    expect(tells('definitions', 'monitors')).toEqual([
      { every: formatDuration(defaults.monitor.everyMs), timeout: formatDuration(monitorMs) },
    ]);
    expect(tells('definitions', 'resource', 'properties', 'onFail')).toEqual(defaults.onFail);
    expect(inObject(['properties', 'fencing', 'properties', 'watchdog'], 'device')).toBe(defaults.watchdog.device);
    expect(inObject(['properties', 'fencing', 'properties', 'watchdog'], 'timeout')).toBe(
      formatDuration(defaults.watchdog.timeoutMs),
    );
    const device = ['definitions', 'fenceDevice'];
    expect(inObject(['properties', 'fencing'], 'headStart')).toBe(formatDuration(defaults.fencing.headStartMs));
    expect(inObject(device, 'action')).toBe(defaults.fenceDevice.action);
    expect(inObject(device, 'timeout')).toBe(formatDuration(defaults.fenceDevice.timeoutMs));
    expect(inObject(device, 'retries')).toBe(defaults.fenceDevice.retries);
    const receiver = ['definitions', 'alertReceiver'];
    expect(inObject(receiver, 'timeout')).toBe(formatDuration(defaults.alert.timeoutMs));
    expect(inObject(receiver, 'retries')).toBe(defaults.alert.retries);
    expect(inObject(receiver, 'timestampFormat')).toBe(defaults.alert.timestampFormat);
    expect(inObject(receiver, 'events')).toEqual(alertEvents);
    const delay = [...device, 'properties', 'delay'];
    expect(inObject(delay, 'base')).toBe(`${defaults.fenceDevice.delayBaseMs}s`);
    expect(inObject(delay, 'random')).toBe(`${defaults.fenceDevice.delayRandomMs}s`);
  });

  it('has the limits of the product', () => {
    for (const section of ['nodes', 'pings', 'groups', 'resources']) {
      const pattern = new RegExp(String(at('properties', section, 'propertyNames', 'pattern')));
      expect(pattern.test('a'.repeat(limits.idLengthMax))).toBe(true);
      expect(pattern.test('a'.repeat(limits.idLengthMax + 1))).toBe(false);
    }
    expect(at('properties', 'nodes', 'maxProperties')).toBe(limits.nodesMax);
    expect(at('properties', 'groups', 'maxProperties')).toBe(limits.groupsMax);
    expect(at('definitions', 'node', 'properties', 'addresses', 'maxItems')).toBe(limits.linksMax);
    const levels = ['properties', 'fencing', 'properties', 'levels', 'additionalProperties'];
    expect(at(...levels, 'maxItems')).toBe(limits.fenceLevelsMax);
    expect(at(...levels, 'items', 'maxItems')).toBe(limits.fenceDevicesPerLevelMax);
  });
});

describe('the rules', () => {
  const codes = allRules.map((rule) => rule.code);
  const filesIn = (folder: string, ending: string) =>
    readdirSync(fileURLToPath(new URL(folder, root)))
      .filter((name) => name.endsWith(ending))
      .map((name) => name.slice(0, -ending.length))
      .sort();

  it('stand one in each file, which is named as the code', () => {
    expect(filesIn('src/spec/rules', '.ts')).toEqual([...codes].sort());
  });

  it('have a test each, of the same name', () => {
    expect(filesIn('test/spec/rules', '.test.ts')).toEqual([...codes].sort());
  });
});
