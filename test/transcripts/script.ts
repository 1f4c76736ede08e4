/**
 * The language of stories: one command a line, `#` for remarks. What each brings about is printed under it.
 *
 *     begin n1 n2 n3 every=200 lease=1000 budget=500 drift=0.1
 *     want n1 web [vip nginx]     claim it whenever that is allowed; resources default to the group's name
 *     unwant n1 web
 *     strict web                  no time ends a promise for it (R14); before it is wanted
 *     dead n1.1                   every voter that is up sees the certificate that this life is over
 *     run 500                     let so many milliseconds pass
 *     amend n1 web vip nginx      ask for another list of resources
 *     stopping n1 web             a planned stop begins; `stopped n1 web` says that nothing runs any more and releases
 *     cut n1>n2 · cut n1          lose everything one way, or all ways of a node; `heal` ends every cut
 *     hold n1>n2 · let n1>n2 [reversed]
 *     double n1>n2                everything comes twice from now on
 *     sleep n1 · wake n1          it does and hears nothing meanwhile, its clock goes on
 *     crash n1 · start n1 [without voter|session|memory]
 *     clock n1 0.91               rate of its clock; before anything else happens
 *     talk on|off                 whether mere renewals are printed too
 *     show                        who owns what, and what every voter promised
 */
import { amend } from '../../src/ownership/amendment.js';
import { beginStop } from '../../src/ownership/holder.js';
import { printEvent, printMessage, printWorld } from './print.js';
import { World } from './world.js';

/** Plays a story and returns it with the outputs of this run. Lines that begin with a space are outputs and are replaced. */
export function play(text: string): string {
  const out: string[] = [];
  const story = new Story(out);
  for (const line of text.split('\n')) {
    if (line.startsWith(' ')) continue;
    out.push(line);
    if (line !== '' && !line.startsWith('#')) story.command(line.split(/\s+/));
  }
  return out.join('\n');
}

class Story {
  readonly #out: string[];
  #world: World | null = null;
  #talk = false;

  constructor(out: string[]) {
    this.#out = out;
  }

  #say(line: string): void {
    this.#out.push(`  ${line}`);
  }

  get #here(): World {
    if (this.#world === null) throw new Error('a story begins with `begin`');
    return this.#world;
  }

  command([verb = '', first = '', second = '', ...rest]: readonly string[]): void {
    if (verb === 'begin') {
      this.#begin([first, second, ...rest]);
      return;
    }
    const world = this.#here;
    switch (verb) {
      case 'want':
        world.actor(first).wants.set(second, rest.length === 0 ? [second] : rest);
        break;
      case 'strict':
        world.strict.add(first);
        return;
      case 'dead':
        world.certify(first);
        break;
      case 'unwant':
        world.actor(first).wants.delete(second);
        break;
      case 'run':
        world.advanceTo(world.atMs + Number(first));
        return;
      case 'amend': {
        const { holder } = world.actor(first);
        const nowMs = world.clockOf(world.actor(first));
        amend(holder, { key: second, resources: rest, nowMs, wallMs: 1000 + world.atMs });
        break;
      }
      case 'stopping':
        beginStop(world.actor(first).holder, second, world.clockOf(world.actor(first)));
        break;
      case 'stopped':
        world.stopped(first, second);
        break;
      case 'cut':
        for (const way of waysOf(world, first)) world.cut.add(way);
        return;
      case 'heal':
        world.cut.clear();
        return;
      case 'hold':
        for (const way of waysOf(world, first)) world.held.set(way, []);
        return;
      case 'let':
        for (const way of waysOf(world, first)) world.letGo(way, second === 'reversed' ? 'last-first' : 'first-first');
        return;
      case 'double':
        for (const way of waysOf(world, first)) world.doubled.add(way);
        return;
      case 'crash':
      case 'sleep':
        world.actor(first).isUp = false;
        return;
      case 'wake':
        world.actor(first).isUp = true;
        break;
      case 'start': {
        const lost = second === 'without' ? (rest[0] ?? '') : '';
        const isAll = lost === 'memory';
        world.start(first, { voter: isAll || lost === 'voter', session: isAll || lost === 'session' });
        break;
      }
      case 'clock':
        world.actor(first).rate = Number(second);
        return;
      case 'talk':
        this.#talk = first === 'on';
        return;
      case 'show':
        for (const line of printWorld(world)) this.#say(line);
        return;
      default:
        throw new Error(`no command "${verb}"`);
    }
    world.settle();
  }

  #begin(words: readonly string[]): void {
    const names = words.filter((word) => word !== '' && !word.includes('='));
    const numbers = new Map(
      words
        .filter((word) => word.includes('='))
        .map((word) => [...word.split('=')] as const)
        .map(([name = '', value]) => [name, Number(value)]),
    );
    const numberOf = (name: string, otherwise: number) => numbers.get(name) ?? otherwise;
    const at = (world: World, line: string) => this.#say(`${String(world.atMs).padStart(5)}  ${line}`);
    this.#world = new World(
      names,
      {
        everyMs: numberOf('every', 200),
        leaseMs: numberOf('lease', 1000),
        budgetMs: numberOf('budget', 500),
        drift: numberOf('drift', 0.1),
      },
      {
        sent: (world, datagram) => {
          const line = printMessage(datagram, this.#talk);
          if (line !== null) at(world, line);
        },
        happened: (world, actor, event) => at(world, printEvent(actor, event)),
      },
    );
  }
}

function waysOf(world: World, word: string): string[] {
  if (word.includes('>')) return [word];
  const others = [...world.actors.keys()].filter((name) => name !== word);
  return others.flatMap((other) => [`${word}>${other}`, `${other}>${word}`]);
}
