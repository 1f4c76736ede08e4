/** A cloud of the tests: what there is in it, and what its API answers. Knows no HTTP and no clock. */
import { ADDRESS_ACTIONS, addressOf } from './ec2-addresses.js';
import { INTERFACE_ACTIONS } from './ec2-interfaces.js';
import { ownRoute, ROUTE_ACTIONS } from './ec2-routes.js';
import type { Action, Answer, CloudAddress, CloudInterface, CloudRoute, Query, State } from './ec2-state.js';
import { ApiError } from './ec2-state.js';

const ACTIONS: Readonly<Record<string, Action>> = { ...ADDRESS_ACTIONS, ...INTERFACE_ACTIONS, ...ROUTE_ACTIONS };

/** Changes that a read can be behind. */
const CHANGES_KEPT = 8;

/** A cloud. */
export class Ec2World {
  #state: State = { addresses: [], interfaces: [], tables: [] };
  /** As it was before each of the last changes, newest first. */
  #before: State[] = [];
  #numbers = 0;

  /** Those that there are now. */
  get interfaces(): readonly CloudInterface[] {
    return this.#state.interfaces;
  }

  /** An instance with interfaces in order of their device numbers. Shape: MAC address and private addresses of each. */
  addInstance(
    instanceId: string,
    interfaces: readonly { readonly macAddress: string; readonly privateIps: readonly string[] }[],
  ): CloudInterface[] {
    const added = interfaces.map(({ macAddress, privateIps }, deviceNumber): CloudInterface => {
      const subnet = (privateIps[0] ?? '').split('.').slice(0, 3);
      return {
        id: this.#newId('eni'),
        macAddress,
        instanceId,
        deviceNumber,
        subnetId: `subnet-${subnet.map((part) => Number(part).toString(16).padStart(2, '0')).join('')}00`,
        subnetCidr: `${subnet.join('.')}.0/24`,
        privateIps: [...privateIps],
        sourceDestCheck: true,
      };
    });
    this.#change((state) => state.interfaces.push(...added));
    return added;
  }

  /** An instance is gone, with its interfaces. */
  terminate(instanceId: string): void {
    this.#change((state) => {
      state.interfaces = state.interfaces.filter((each) => each.instanceId !== instanceId);
    });
  }

  /** An Elastic IP that is associated with nothing. */
  addAddress(allocationId: string, publicIp: string): void {
    this.#change(({ addresses }) => addresses.push({ allocationId, publicIp, association: null }));
  }

  /** A route table with the route that every table has, and others. */
  addRouteTable(id: string, routes: readonly CloudRoute[] = []): void {
    const local = { cidr: '10.0.0.0/16', targetId: 'local', origin: 'CreateRouteTable' };
    this.#change(({ tables }) => tables.push({ id, routes: [local, ...routes] }));
  }

  /** Who has an address now, whatever reads say. */
  associationOf(allocationId: string): CloudAddress['association'] {
    return addressOf(allocationId, this.#state).association;
  }

  /** Where a route leads now, whatever reads say; null where there is none. */
  routeOf(tableId: string, cidr: string): string | null {
    return ownRoute(tableId, cidr, this.#state)?.targetId ?? null;
  }

  /** Answers a request. Shape: a read is answered as things were `changesBehind` changes ago. Errors: throws {@link ApiError}. */
  answer(action: string, query: Query, changesBehind = 0): Answer {
    const act = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
    if (act === undefined) {
      throw new ApiError('InvalidAction', `The action ${action} is not valid for this web service.`);
    }
    return act(query, {
      seen: this.#before[changesBehind - 1] ?? this.#state,
      now: this.#state,
      change: (change) => this.#change(change),
      newId: (kind) => this.#newId(kind),
    });
  }

  #change(change: (state: State) => void): void {
    this.#before = [structuredClone(this.#state), ...this.#before].slice(0, CHANGES_KEPT);
    change(this.#state);
  }

  #newId(kind: string): string {
    this.#numbers += 1;
    return `${kind}-${this.#numbers.toString(16).padStart(17, '0')}`;
  }
}
