/** Who this node is in EC2: its instance, its region, and the network interface that a resource means. */
import { isJsonObject, parseJson } from '../../base/json-object.js';
import type { Outcome } from '../../model/operation.js';
import type { Log } from '../../ports/log.js';
import { runNetworkProgram } from '../network-command.js';
import { failed, oneLine, outcomeOfBrokenRun, unknown } from '../outcome.js';
import type { InstanceMetadata } from './instance-metadata.js';

/** Which interface of an instance is meant. */
export type InterfaceWish =
  | { readonly by: 'primary' }
  | { readonly by: 'name'; readonly name: string }
  | { readonly by: 'mac'; readonly macAddress: string }
  | { readonly by: 'private-ip'; readonly privateIp: string };

/** What was found out, or what the operation comes to without it. */
export type Found<T> =
  | { readonly kind: 'found'; readonly value: T }
  | { readonly kind: 'none'; readonly outcome: Outcome };

/** How it is asked within one call. */
export interface Asking {
  readonly leftMs: () => number;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** One node. What never changes in an instance's life is asked for once, so that a silent metadata service breaks nothing later. */
export class AwsNode {
  readonly #metadata: InstanceMetadata;
  readonly #path: string | undefined;
  readonly #known = new Map<string, string>();

  constructor(options: { readonly metadata: InstanceMetadata; readonly path?: string }) {
    this.#metadata = options.metadata;
    this.#path = options.path;
  }

  /** Its id, such as i-0123456789abcdef0. */
  instanceId(asking: Asking): Promise<Found<string>> {
    return this.#once('instance-id', asking);
  }

  region(asking: Asking): Promise<Found<string>> {
    return this.#once('placement/region', asking);
  }

  /** The id of an interface, such as eni-0123456789abcdef0. */
  async interfaceId(wish: InterfaceWish, asking: Asking): Promise<Found<string>> {
    const mac = await this.#macOf(wish, asking);
    if (mac.kind === 'none') return mac;
    const id = await this.#once(`network/interfaces/macs/${mac.value}/interface-id`, asking);
    return id.kind === 'none' && id.outcome.kind === 'failed'
      ? none(failed('node', `this instance has no network interface with the MAC address ${mac.value}`))
      : id;
  }

  /** The subnet of an interface: its id, such as subnet-0123456789abcdef0, and its addresses, such as 10.0.1.0/24. */
  async subnetOf(wish: InterfaceWish, asking: Asking): Promise<Found<{ readonly id: string; readonly cidr: string }>> {
    const mac = await this.#macOf(wish, asking);
    if (mac.kind === 'none') return mac;
    const id = await this.#once(`network/interfaces/macs/${mac.value}/subnet-id`, asking);
    if (id.kind === 'none') return id;
    const cidr = await this.#once(`network/interfaces/macs/${mac.value}/subnet-ipv4-cidr-block`, asking);
    return cidr.kind === 'none' ? cidr : { kind: 'found', value: { id: id.value, cidr: cidr.value } };
  }

  /** Whether an interface has a private address, as the instance itself is told. */
  async hasAddress(wish: InterfaceWish, privateIp: string, asking: Asking): Promise<Found<boolean>> {
    const mac = await this.#macOf(wish, asking);
    if (mac.kind === 'none') return mac;
    const read = await this.#addressesOf(mac.value, asking);
    return read.kind === 'none' ? read : { kind: 'found', value: read.value.includes(privateIp) };
  }

  #macOf(wish: InterfaceWish, asking: Asking): Promise<Found<string>> {
    switch (wish.by) {
      case 'primary':
        return this.#once('mac', asking);
      case 'mac':
        return Promise.resolve({ kind: 'found', value: wish.macAddress });
      case 'name':
        return this.#macOfDevice(wish.name, asking);
      case 'private-ip':
        return this.#macOfAddress(wish.privateIp, asking);
    }
  }

  async #macOfDevice(name: string, asking: Asking): Promise<Found<string>> {
    const end = await runNetworkProgram({ path: this.#path, ...asking }, ['ip', '-j', 'link', 'show', 'dev', name]);
    if (end.kind !== 'exited') return none(outcomeOfBrokenRun(end, '"ip"') ?? unknown('"ip" gave no answer'));
    if (/does not exist|Cannot find device/.test(end.stderr)) {
      return none(failed('node', `this node has no interface "${name}"`));
    }
    const listed = parseJson(end.stdout);
    const first: unknown = Array.isArray(listed) ? listed[0] : null;
    return isJsonObject(first) && typeof first.address === 'string'
      ? { kind: 'found', value: first.address.toLowerCase() }
      : none(unknown(`the MAC address of "${name}" could not be found out: ${oneLine(end.stderr) || 'no address'}`));
  }

  /** Addresses may come and go, so they are asked for each time. */
  async #macOfAddress(privateIp: string, asking: Asking): Promise<Found<string>> {
    const listed = await this.#read('network/interfaces/macs/', asking);
    if (listed.kind === 'none') return listed;
    for (const mac of listed.value.split('\n').map((line) => line.replace(/\/$/, ''))) {
      const addresses = await this.#addressesOf(mac, asking);
      if (addresses.kind === 'none' && addresses.outcome.kind === 'unknown') return addresses;
      if (addresses.kind === 'found' && addresses.value.includes(privateIp)) return { kind: 'found', value: mac };
    }
    return none(failed('node', `no network interface of this instance has the private address ${privateIp}`));
  }

  async #addressesOf(mac: string, asking: Asking): Promise<Found<readonly string[]>> {
    const read = await this.#read(`network/interfaces/macs/${mac}/local-ipv4s`, asking);
    return read.kind === 'none' ? read : { kind: 'found', value: read.value.split('\n') };
  }

  async #once(path: string, asking: Asking): Promise<Found<string>> {
    const known = this.#known.get(path);
    if (known !== undefined) return { kind: 'found', value: known };
    const read = await this.#read(path, asking);
    if (read.kind === 'found') this.#known.set(path, read.value);
    return read;
  }

  async #read(path: string, asking: Asking): Promise<Found<string>> {
    const answer = await this.#metadata.read(path, asking);
    switch (answer.kind) {
      case 'text':
        return { kind: 'found', value: answer.text.trim() };
      case 'absent':
        return none(failed('node', `the instance metadata service has no "${path}"`));
      case 'unreachable':
        return none(unknown(answer.why));
    }
  }
}

function none(outcome: Outcome): Found<never> {
  return { kind: 'none', outcome };
}
