/** Examines whether a node can have a route lead to it. */
import type { Ec2Request, RouteTable } from './ec2-call.js';
import type { Ask, Examined, ExamineOptions } from './examined.js';
import { beginExamination, ofAnswer, untried } from './examined.js';
import type { RouteParameters } from './route-parameters.js';
import { mayBeTaken, NOT_TO_BE_TAKEN, routeWords } from './route-target.js';
import { sentenceOfCheck } from './source-dest-check.js';

/** Examines a `builtin:aws-route` resource on this node. */
export async function examineRoute(parameters: RouteParameters, options: ExamineOptions): Promise<Examined[]> {
  const { found, interfaceId, ask } = await beginExamination(parameters, options);
  if (ask === null) return found;
  if (interfaceId !== null) found.push(...(await examineCheck(parameters, { interfaceId, ask })));
  const { tableIds, destination } = parameters;
  const look: Ec2Request = { kind: 'describe-routes', tableIds, destination };
  const read = await ask.look(look);
  const tables = read.kind === 'routes' ? read.tables : [];
  found.push(ofAnswer(look, read, tables.map((table) => routeWords(table, destination.cidr)).join('; ')));
  for (const table of tables) {
    if (mayBeTaken(table.target, { interfaceId, takeFrom: parameters.takeFrom })) continue;
    const sentence = `${routeWords(table, destination.cidr)}, ${NOT_TO_BE_TAKEN}`;
    found.push({ what: 'the route', state: 'missing', sentence });
  }
  found.push(...(await examineChanges(parameters, { interfaceId, tables, dryRun: ask.dryRun })));
  return found;
}

async function examineCheck(
  { sourceDestCheck }: RouteParameters,
  { interfaceId, ask }: { readonly interfaceId: string; readonly ask: { readonly look: Ask; readonly dryRun: Ask } },
): Promise<Examined[]> {
  if (sourceDestCheck === 'ignore') return [];
  const look: Ec2Request = { kind: 'describe-interface', interfaceId };
  const read = await ask.look(look);
  const isChecked = read.kind === 'interface' && read.interface.isChecked;
  const said = `${interfaceId} ${isChecked ? 'checks' : 'does not check'} source and destination`;
  const found = [ofAnswer(look, read, said)];
  if (sourceDestCheck === 'disable') {
    const wish: Ec2Request = { kind: 'disable-check', interfaceId };
    found.push(ofAnswer(wish, await ask.dryRun(wish)));
  } else if (isChecked) {
    found.push({ what: 'source/destination check', state: 'missing', sentence: sentenceOfCheck(interfaceId) });
  }
  return found;
}

/** Each change is tried where it would be made: permissions may hold for some tables only. */
async function examineChanges(
  { destination, onStop }: RouteParameters,
  how: { readonly interfaceId: string | null; readonly tables: readonly RouteTable[]; readonly dryRun: Ask },
): Promise<Examined[]> {
  const { interfaceId, tables, dryRun } = how;
  const found: Examined[] = [];
  const examine = async (wishes: readonly Ec2Request[], kind: Ec2Request['kind'], when: string): Promise<void> => {
    if (wishes.length === 0) found.push(untried(kind, when));
    for (const wish of wishes) found.push(ofAnswer(wish, await dryRun(wish), `granted${tableOf(wish)}`));
  };
  const places = (isThere: boolean) =>
    tables.filter(({ target }) => (target !== null) === isThere).map(({ id }) => ({ tableId: id, destination }));
  const pointing = (kind: 'create-route' | 'replace-route', isThere: boolean): Ec2Request[] =>
    interfaceId === null ? [] : places(isThere).map((at) => ({ kind, at, interfaceId }));
  await examine(pointing('replace-route', true), 'replace-route', 'it can be tried while the route is there');
  await examine(
    pointing('create-route', false),
    'create-route',
    'it is needed, and can be tried, where there is no route',
  );
  if (onStop === 'delete') {
    const deletions = places(true).map((at): Ec2Request => ({ kind: 'delete-route', at }));
    await examine(deletions, 'delete-route', 'it can be tried while the route is there');
  }
  return found;
}

function tableOf(request: Ec2Request): string {
  return 'at' in request ? ` for ${request.at.tableId}` : '';
}
