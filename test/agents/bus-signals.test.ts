import { describe, expect, it } from 'vitest';
import { BusSignals, changedText } from '../../src/agents/bus-signals.js';
import { unitPath } from '../../src/agents/unit-watch.js';

/** Writes values as D-Bus does, in one byte order. */
class Marshal {
  #bytes: number[] = [];

  constructor(private readonly isLittleEndian: boolean) {}

  get buffer(): Buffer {
    return Buffer.from(this.#bytes);
  }

  align(to: number): this {
    while (this.#bytes.length % to !== 0) this.#bytes.push(0);
    return this;
  }

  byte(value: number): this {
    this.#bytes.push(value);
    return this;
  }

  number(value: number): this {
    this.align(4);
    const bytes = [value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24];
    this.#bytes.push(...(this.isLittleEndian ? bytes : bytes.reverse()));
    return this;
  }

  text(value: string): this {
    this.number(value.length);
    this.#bytes.push(...Buffer.from(`${value}\0`));
    return this;
  }

  signature(value: string): this {
    this.#bytes.push(value.length, ...Buffer.from(`${value}\0`));
    return this;
  }

  raw(value: Buffer): this {
    this.#bytes.push(...value);
    return this;
  }
}

const PATH = '/org/freedesktop/systemd1/unit/nginx_2eservice';

/** A signal that some properties of the type string changed. */
function changed(properties: Readonly<Record<string, string>>, isLittleEndian = true): Buffer {
  const marshal = () => new Marshal(isLittleEndian);
  const entries = marshal();
  for (const [name, value] of Object.entries(properties)) entries.align(8).text(name).signature('s').text(value);
  const body = marshal().text('org.freedesktop.systemd1.Unit').number(entries.buffer.length).align(8);
  body.raw(entries.buffer).number(0);
  const fields = marshal();
  const field = (code: number, type: string) => fields.align(8).byte(code).signature(type);
  field(1, 'o').text(PATH);
  field(9, 'u').number(7);
  field(8, 'g').signature('sa{sv}as');
  field(2, 's').text('org.freedesktop.DBus.Properties');
  field(3, 's').text('PropertiesChanged');
  return marshal()
    .byte(isLittleEndian ? 0x6c : 0x42)
    .byte(4)
    .byte(1)
    .byte(1)
    .number(body.buffer.length)
    .number(1)
    .number(fields.buffer.length)
    .raw(fields.buffer)
    .align(8)
    .raw(body.buffer).buffer;
}

const properties = { Id: 'nginx.service', ActiveState: 'failed', SubState: 'failed' };

describe('signals of a bus', () => {
  it.each([true, false])('are read in either byte order (little endian: %s)', (isLittleEndian) => {
    const [signal] = new BusSignals().take(changed(properties, isLittleEndian));
    expect(signal).toMatchObject({ path: PATH, member: 'PropertiesChanged' });
    expect(signal && changedText(signal, 'ActiveState')).toBe('failed');
  });

  it('come in pieces of any size', () => {
    const bytes = Buffer.concat([changed(properties), changed({ ActiveState: 'active' })]);
    for (const size of [1, 7, 100, 10_000]) {
      const signals = new BusSignals();
      const states: unknown[] = [];
      for (let at = 0; at < bytes.length; at += size) {
        for (const each of signals.take(bytes.subarray(at, at + size))) states.push(changedText(each, 'ActiveState'));
      }
      expect(states).toEqual(['failed', 'active']);
    }
  });

  it('that name a property in another value do not say what it is', () => {
    const [signal] = new BusSignals().take(changed({ Description: 'my ActiveState', SubState: 'dead' }));
    expect(signal && changedText(signal, 'ActiveState')).toBeNull();
  });

  it('are told from other messages', () => {
    const reply = changed(properties);
    reply[1] = 2;
    expect(new BusSignals().take(Buffer.concat([reply, changed({ ActiveState: 'active' })]))).toHaveLength(1);
  });

  it.each([
    ['what is no message', Buffer.from('HTTP/1.1 400 Bad Request'), 'begins with 72'],
    ['a message that is too long', Buffer.from('6c040101ffffff7f0100000000000000', 'hex'), 'bytes'],
  ])('are not looked for in %s', (_, bytes, why) => {
    expect(() => new BusSignals().take(bytes)).toThrow(why);
  });
});

describe('the object of a unit', () => {
  it.each([
    ['nginx.service', 'nginx_2eservice'],
    ['web@1.service', 'web_401_2eservice'],
    ['9p-data.mount', '_39p_2ddata_2emount'],
  ])('of %s is %s', (unit, name) => {
    expect(unitPath(unit)).toBe(`/org/freedesktop/systemd1/unit/${name}`);
  });
});
