import { describe, expect, it } from 'vitest';
import { readOcfMetadata, readOcfTime } from '../../src/agents/ocf-metadata.js';

const THING = `noise of the script
<?xml version="1.0"?>
<!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
<resource-agent name="thing" version="1.0">
<version>1.1</version>
<longdesc lang="en">
A thing &amp; more,
over two lines.
</longdesc>
<shortdesc lang="en">A thing</shortdesc>
<shortdesc lang="de">Ein Ding</shortdesc>
<parameters>
<parameter name="ip" unique="1" required="1">
  <longdesc lang="en">The address, when &lt; 5.</longdesc>
  <content type="string" default="" />
</parameter>
<parameter name="port" unique-group="socket"><content type="integer" default="80"/></parameter>
<parameter name="old" unique="0" required="0"><deprecated/><content type="boolean"/></parameter>
<parameter name="plain" reloadable="1"/>
</parameters>
<actions>
<action name="start" timeout="20s"/>
<action name="monitor" depth="10" timeout="30" interval="1m"/>
<action name="meta-data"/>
</actions>
</resource-agent>`;

describe('the metadata of an OCF agent', () => {
  it('is read from the XML that it prints', async () => {
    expect(await readOcfMetadata('ocf:test:thing', THING)).toEqual({
      type: 'ocf:test:thing',
      declared: true,
      ocfVersion: '1.1',
      description: 'A thing',
      parameters: [
        {
          name: 'ip',
          required: true,
          unique: true,
          type: 'string',
          default: '',
          deprecated: false,
          description: 'The address, when < 5.',
        },
        {
          name: 'port',
          required: false,
          unique: true,
          uniqueGroup: 'socket',
          type: 'integer',
          default: '80',
          deprecated: false,
          description: '',
        },
        {
          name: 'old',
          required: false,
          unique: false,
          type: 'boolean',
          default: null,
          deprecated: true,
          description: '',
        },
        {
          name: 'plain',
          required: false,
          unique: false,
          reloadable: true,
          type: 'string',
          default: null,
          deprecated: false,
          description: '',
        },
      ],
      actions: [
        { name: 'start', timeoutMs: 20_000, intervalMs: null, depth: 0 },
        { name: 'monitor', timeoutMs: 30_000, intervalMs: 60_000, depth: 10 },
        { name: 'meta-data', timeoutMs: null, intervalMs: null, depth: 0 },
      ],
    });
  });

  it('says what stands in place of a deprecated parameter, by OCF and as fence agents do', async () => {
    const text = `<resource-agent><parameters>
      <parameter name="a"><deprecated><replaced-with name="b"/><replaced-with name="c"/></deprecated></parameter>
      <parameter name="ipaddr" deprecated="1"/><parameter name="ip" obsoletes="ipaddr"/></parameters></resource-agent>`;
    const metadata = await readOcfMetadata('ocf:test:one', text);
    expect(metadata?.parameters.map(({ name, deprecated, replacedBy }) => [name, deprecated, replacedBy])).toEqual([
      ['a', true, ['b', 'c']],
      ['ipaddr', true, ['ip']],
      ['ip', false, undefined],
    ]);
  });

  it('may declare a single parameter and a single action', async () => {
    const text =
      '<resource-agent><parameters><parameter name="a"/></parameters><actions><action name="start"/></actions></resource-agent>';
    const metadata = await readOcfMetadata('ocf:test:one', text);
    expect(metadata?.parameters.map(({ name }) => name)).toEqual(['a']);
    expect(metadata?.actions.map(({ name }) => name)).toEqual(['start']);
  });

  it('may declare nothing', async () => {
    expect(await readOcfMetadata('ocf:test:none', '<resource-agent name="none"/>')).toMatchObject({
      parameters: [],
      actions: [],
    });
  });

  it.each(['', 'usage: thing', '<resource-agent><parameters>', '<other/>', '<html><body></html>'])(
    'is not read from "%s"',
    async (text) => {
      expect(await readOcfMetadata('ocf:test:thing', text)).toBeNull();
    },
  );
});

describe('a time in metadata', () => {
  it.each([
    ['20s', 20_000],
    ['20', 20_000],
    [' 20 s ', 20_000],
    ['1m', 60_000],
    ['2min', 120_000],
    ['500ms', 500],
    ['1h', 3_600_000],
    ['0', 0],
    ['1.5s', 1500],
    ['', null],
    ['soon', null],
    ['20x', null],
    ['-5', null],
  ])('"%s" is %s ms', (text, expected) => {
    expect(readOcfTime(text)).toBe(expected);
  });
});
