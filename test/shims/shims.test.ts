import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { daemonAt } from '../../src/shims/ask-daemon.js';
import { attrdUpdater, crmAttribute, crmMaster } from '../../src/shims/attribute-shims.js';
import {
  cibadmin,
  crmFailcount,
  crmNode,
  crmResource,
  crmStandby,
  nodeNumber,
  pacemakerd,
} from '../../src/shims/cluster-shims.js';
import { crmMon } from '../../src/shims/crm-mon.js';
import type { Shim } from '../../src/shims/shim.js';
import { ShimFailure } from '../../src/shims/shim.js';
import { freshFolder } from '../agents/harness/folder.js';
import { clusterSocket } from './cluster-socket.js';

let folder: ReturnType<typeof freshFolder>;
let socket: Awaited<ReturnType<typeof clusterSocket>>;
beforeAll(async () => {
  folder = freshFolder();
  socket = await clusterSocket(folder.path);
});
afterAll(async () => {
  await socket.close();
  folder.remove();
});

const PROGRAMS: Readonly<Record<string, Shim>> = {
  attrd_updater: attrdUpdater,
  cibadmin,
  crm_attribute: crmAttribute,
  crm_failcount: crmFailcount,
  crm_master: crmMaster,
  crm_mon: crmMon,
  crm_node: crmNode,
  crm_resource: crmResource,
  crm_standby: crmStandby,
  pacemakerd,
};

/** Runs a program with words separated by blanks, as the agent of the resource `db` on n1: what it printed, or `exit CODE: message`. */
async function run(line: string, connected = true): Promise<string> {
  const [name = '', ...args] = line.split(' ');
  const program = PROGRAMS[name];
  if (program === undefined) throw new Error(`no program "${name}"`);
  try {
    return await program(args, { ...daemonAt(connected ? socket.path : null), node: 'n1', resource: 'db:0' });
  } catch (error) {
    if (!(error instanceof ShimFailure)) throw error;
    return `exit ${error.code}: ${error.message}`;
  }
}

describe('crm_attribute', () => {
  it('writes and reads a promotion score, in the forms that agents use', async () => {
    expect(await run('crm_attribute -p -v 5')).toBe('');
    expect(await run('crm_attribute -p -G')).toBe('scope=status  name=master-db value=5\n');
    expect(await run('crm_attribute --promotion=other -v -INFINITY')).toBe('');
    expect(await run('crm_attribute -N n1 -l reboot --name master-other --query -q')).toBe('-INFINITY\n');
    expect(await run('crm_attribute -p -D')).toBe('');
    expect(await run('crm_attribute -p -G')).toBe('exit 105: "n1" has no attribute "master-db"');
  });

  it('keeps what ends with the boot apart from what lasts', async () => {
    await run('crm_attribute -l reboot -N n2 -n db-status -v HS:sync');
    await run('crm_attribute -l forever -N n2 -n db-status -v LATEST');
    expect(await run('crm_attribute -l reboot -N n2 -n db-status -G -q')).toBe('HS:sync\n');
    expect(await run('crm_attribute -t nodes --node n2 -n db-status -G -Q')).toBe('LATEST\n');
    expect(await run('crm_attribute -N n2 -n db-status')).toBe('scope=nodes  name=db-status value=LATEST\n');
  });

  it('keeps what is of the whole cluster', async () => {
    await run('crm_attribute --type crm_config --name db_REPL_INFO -s db_replication -v n1');
    expect(await run('crm_attribute --name db_REPL_INFO --query -q')).toBe('n1\n');
  });

  it('answers with the default for what is not there', async () => {
    expect(await run('crm_attribute -n nothing -l reboot -G -q -d 0')).toBe('0\n');
  });

  it.each([
    ['crm_attribute -n cpu -z -G', 'exit 3: no utilization is kept'],
    ['crm_attribute -t tickets -n a -G', 'exit 3: nothing of the kind "tickets" is kept'],
    ['crm_attribute -G', 'exit 64: "--attr-name" is needed'],
    ['crm_attribute -n a --frobnicate', 'exit 64: "--frobnicate" is not done here'],
    ['crm_attribute -n a -v', 'exit 64: "-v" needs a value'],
    ['crm_attribute -n a -l reboot -v value++', 'exit 3: "value++" is not counted up'],
    ['crm_attribute -n a -N n9 -l reboot -v 1', 'exit 1: the spec has no node "n9"; it has n1, n2, n3'],
  ])('refuses "%s"', async (line, why) => {
    expect(await run(line)).toContain(why);
  });

  it('says that it is not connected, with the code by which agents know it', async () => {
    expect(await run('crm_attribute -n a -G', false)).toContain('exit 102: not connected to a daemon');
  });
});

describe('crm_master', () => {
  it('writes, reads and deletes a score, of another node too', async () => {
    await run('crm_master -N n2 -l reboot -v 100');
    expect(await run('crm_master -N n2 -l reboot -G --quiet')).toBe('100\n');
    expect(await run('crm_master -l reboot -G --quiet')).toContain('exit 105');
    await run('crm_master -N n2 -l reboot -D');
    expect(await run('crm_master -N n2 -G')).toContain('exit 105');
  });
});

describe('attrd_updater', () => {
  it('writes, reads and deletes, in the forms that agents use', async () => {
    await run('attrd_updater -n ethmonitor-eth0 -v 1');
    expect(await run('attrd_updater -n ethmonitor-eth0 -Q')).toBe('name="ethmonitor-eth0" host="n1" value="1"\n');
    await run('attrd_updater -p --name gtid --node n2 --update 0-1-7');
    expect(await run('attrd_updater -p -N n2 -n gtid -Q')).toBe('name="gtid" host="n2" value="0-1-7"\n');
    expect(await run('attrd_updater -n gtid -Q -A')).toBe('name="gtid" host="n2" value="0-1-7"\n');
    await run('attrd_updater -D -S state -n gtid -N n2');
    expect(await run('attrd_updater -n gtid -Q -N n2')).toBe('exit 105: "n2" has no attribute "gtid"');
    expect(await run('attrd_updater -R')).toBe('');
  });

  it('needs to be told what to do', async () => {
    expect(await run('attrd_updater -n a')).toContain('exit 64: one of --update, --delete and --query is needed');
  });
});

describe('crm_node', () => {
  it('tells this node, all of them, who is there, and whether they are a majority', async () => {
    expect(await run('crm_node -n')).toBe('n1\n');
    expect(await run('crm_node -i')).toBe(`${nodeNumber('n1')}\n`);
    expect(await run('crm_node -l')).toBe(
      ['n1', 'n2', 'n3'].map((node) => `${nodeNumber(node)} ${node} member\n`).join(''),
    );
    expect(await run('crm_node -p')).toBe('n1 n2 n3\n');
    expect(await run('crm_node -l -p')).toBe('n1 n2 n3\n');
    expect(await run('crm_node -q')).toBe('1\n');
    expect(await run(`crm_node -N ${nodeNumber('n2')}`)).toBe('n2\n');
  });

  it.each([
    ['crm_node', 'exit 64: one of --name'],
    ['crm_node -N 1', 'exit 105: no node has the number 1'],
    ['crm_node -R n2', 'exit 64: "-R" is not done here'],
  ])('refuses "%s"', async (line, why) => {
    expect(await run(line)).toContain(why);
  });
});

describe('crm_resource', () => {
  it('tells where a resource runs', async () => {
    const { observed } = await daemonAt(socket.path).status();
    const running = observed.resources.find(({ state }) => state === 'running');
    expect(running).toBeDefined();
    const { resource, node } = running ?? { resource: '', node: '' };
    expect(await run(`crm_resource -W -r ${resource}`)).toBe(`resource ${resource} is running on: ${node}\n`);
    expect(await run(`crm_resource -Q --locate --resource ${resource}`)).toBe(`${node}\n`);
    expect(await run('crm_resource -W -r nothing')).toBe('resource nothing is NOT running\n');
    expect(await run('crm_resource -l')).toContain(`${resource}\n`);
  });

  it.each([
    ['crm_resource -Q -r vm -z -g cpu', 'not connected'],
    ['crm_resource -B -r db -N n1 -Q', 'exit 64: "-B" is not done here'],
    ['crm_resource --list-operations -N n1', 'exit 64: "--list-operations" is not done here'],
    ['crm_resource -r db', 'exit 3: resources are changed by the spec'],
  ])('refuses "%s"', async (line, why) => {
    expect(await run(line)).toContain(why);
  });
});

describe('crm_mon', () => {
  it('has in its XML what agents look for', async () => {
    const xml = await run('crm_mon -1 --output-as=xml');
    expect(await run('crm_mon -1X')).toBe(xml);
    expect(await run('crm_mon -r --as-xml')).toBe(xml);
    expect(
      xml.match(/<node name="n\d" id="\d+" online="true" standby="false" .*unclean="false".* type="member"\/>/g),
    ).toHaveLength(3);
    expect(xml).toMatch(/<resource id="[^"]+" role="Started" active="true" orphaned="false" .*failed="false"/);
  });

  it('is a text without that', async () => {
    expect(await run('crm_mon -1')).toContain('  * Online: [ n1 n2 n3 ]');
  });

  it('does not go on', async () => {
    expect(await run('crm_mon')).toContain('exit 3: only -1 is answered');
  });
});

describe('the others', () => {
  it('tell who stands by, and leave that to the spec', async () => {
    expect(await run('crm_standby -G -N n2')).toBe('scope=nodes  name=standby value=off\n');
    expect(await run('crm_standby -G -q')).toBe('off\n');
    expect(await run('crm_standby -v on')).toContain('exit 3: the spec says which node stands by');
    expect(await run('crm_standby -G -N n9')).toContain('exit 105');
  });

  it('tell failures, and have them forgotten', async () => {
    const [resource = ''] = (await run('crm_resource -l')).split('\n');
    expect(await run(`crm_failcount -r ${resource} -G -N n1`)).toBe(
      `scope=status  name=fail-count-${resource} value=0\n`,
    );
    expect(await run(`crm_failcount -D -r ${resource}`)).toBe('');
    expect(await run('crm_failcount -D -r nothing')).toContain('exit 1: the spec has no resource or group "nothing"');
  });

  it('say what agents ask before they use the rest', async () => {
    expect(await run('pacemakerd -$')).toMatch(/^Pacemaker 2\.\d/);
    expect(await run('pacemakerd --foreground')).toContain('exit 64');
    expect(await run('cibadmin -Q')).toBe('<cib validate-with="none"/>\n');
    expect(await run('cibadmin -Q --xpath //nodes')).toContain('exit 3');
  });
});
