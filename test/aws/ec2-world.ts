/**
 * What there is in the cloud of the tests, and what its API does to it. Knows no HTTP and no clock.
 *
 * Source: Amazon EC2 API Reference, version 2016-11-15: AssociateAddress, DisassociateAddress, DescribeAddresses, and "Error codes".
 */

/** Shape: the first private address is the primary one. */
export interface CloudInterface {
  readonly id: string;
  readonly macAddress: string;
  readonly instanceId: string;
  readonly deviceNumber: number;
  readonly privateIps: string[];
  readonly subnetCidr: string;
}

/** An Elastic IP. */
export interface CloudAddress {
  readonly allocationId: string;
  readonly publicIp: string;
  association: { readonly id: string; readonly interfaceId: string; readonly privateIp: string } | null;
}

/** What a request says. Shape: as in the query, `PublicIp.1` and all. */
export type Query = Readonly<Record<string, string>>;

/** A refusal. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 400,
  ) {
    super(message);
  }
}

/** Elements of an answer: texts, or lists whose members are each an `item`. */
export type Answer = { readonly [name: string]: string | readonly Answer[] };

/** Everything that can be changed; copied for reads that are behind. */
interface State {
  addresses: CloudAddress[];
}

/** Changes that a read can be behind. */
const CHANGES_KEPT = 8;

/** A cloud. */
export class Ec2World {
  readonly interfaces: CloudInterface[] = [];
  #state: State = { addresses: [] };
  /** As it was before each of the last changes, newest first. */
  #before: State[] = [];
  #numbers = 0;

  /** An instance with interfaces in order of their device numbers. Shape: MAC address and private addresses of each. */
  addInstance(
    instanceId: string,
    interfaces: readonly { readonly macAddress: string; readonly privateIps: readonly string[] }[],
  ): CloudInterface[] {
    const added = interfaces.map(({ macAddress, privateIps }, deviceNumber) => ({
      id: this.#newId('eni'),
      macAddress,
      instanceId,
      deviceNumber,
      privateIps: [...privateIps],
      subnetCidr: `${(privateIps[0] ?? '').split('.').slice(0, 3).join('.')}.0/24`,
    }));
    this.interfaces.push(...added);
    return added;
  }

  /** An Elastic IP that is associated with nothing. */
  addAddress(allocationId: string, publicIp: string): void {
    this.#change(({ addresses }) => addresses.push({ allocationId, publicIp, association: null }));
  }

  /** Who has an address now, whatever reads say. */
  associationOf(allocationId: string): CloudAddress['association'] {
    return this.#address(allocationId).association;
  }

  /** Answers a request. Shape: a read is answered as things were `changesBehind` changes ago. Errors: throws {@link ApiError}. */
  answer(action: string, query: Query, changesBehind = 0): Answer {
    switch (action) {
      case 'DescribeAddresses':
        return this.#describeAddresses(query, this.#before[changesBehind - 1] ?? this.#state);
      case 'AssociateAddress':
        return this.#associateAddress(query);
      case 'DisassociateAddress':
        return this.#disassociateAddress(query);
      default:
        throw new ApiError('InvalidAction', `The action ${action} is not valid for this web service.`);
    }
  }

  #describeAddresses(query: Query, { addresses }: State): Answer {
    const ids = listOf(query, 'AllocationId');
    const ips = listOf(query, 'PublicIp');
    for (const id of ids) {
      if (!addresses.some(({ allocationId }) => allocationId === id)) {
        throw new ApiError('InvalidAllocationID.NotFound', `The allocation ID '${id}' does not exist`);
      }
    }
    for (const ip of ips) {
      if (!addresses.some(({ publicIp }) => publicIp === ip)) {
        throw new ApiError('InvalidAddress.NotFound', `Address '${ip}' not found.`);
      }
    }
    const found = addresses.filter(
      ({ allocationId, publicIp }) =>
        (ids.length === 0 || ids.includes(allocationId)) && (ips.length === 0 || ips.includes(publicIp)),
    );
    return { addressesSet: found.map((address) => this.#describe(address)) };
  }

  #describe({ publicIp, allocationId, association }: CloudAddress): Answer {
    const at = this.interfaces.find(({ id }) => id === association?.interfaceId);
    return {
      publicIp,
      allocationId,
      domain: 'vpc',
      publicIpv4Pool: 'amazon',
      networkBorderGroup: 'us-east-1',
      ...(association === null || at === undefined
        ? {}
        : {
            instanceId: at.instanceId,
            associationId: association.id,
            networkInterfaceId: at.id,
            networkInterfaceOwnerId: '123456789012',
            privateIpAddress: association.privateIp,
          }),
    };
  }

  #associateAddress(query: Query): Answer {
    const address = this.#address(query.AllocationId ?? '');
    const at = this.#interfaceFor(query);
    const privateIp = query.PrivateIpAddress ?? at.privateIps[0] ?? '';
    if (!at.privateIps.includes(privateIp)) {
      throw new ApiError('InvalidParameterValue', `The address ${privateIp} does not belong to ${at.id}.`);
    }
    const { association, allocationId } = address;
    if (association?.interfaceId === at.id && association.privateIp === privateIp) {
      return { return: 'true', associationId: association.id };
    }
    const mayMove = query.AllowReassociation !== 'false';
    if (association !== null && !mayMove) {
      throw new ApiError(
        'Resource.AlreadyAssociated',
        `resource ${allocationId} is already associated with associate-id ${association.id}`,
      );
    }
    const other = this.#state.addresses.find(
      (each) => each.association?.interfaceId === at.id && each.association.privateIp === privateIp,
    );
    if (other !== undefined && !mayMove) {
      throw new ApiError(
        'Resource.AlreadyAssociated',
        `resource ${at.id} is already associated with address ${other.publicIp}`,
      );
    }
    const id = this.#newId('eipassoc');
    this.#change(({ addresses }) => {
      for (const each of addresses) {
        if (each.allocationId === other?.allocationId) each.association = null;
        if (each.allocationId === allocationId) each.association = { id, interfaceId: at.id, privateIp };
      }
    });
    return { return: 'true', associationId: id };
  }

  #disassociateAddress(query: Query): Answer {
    const { AssociationId: id = '' } = query;
    if (!this.#state.addresses.some(({ association }) => association?.id === id)) {
      throw new ApiError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`);
    }
    this.#change(({ addresses }) => {
      for (const each of addresses) if (each.association?.id === id) each.association = null;
    });
    return { return: 'true' };
  }

  #address(allocationId: string): CloudAddress {
    const found = this.#state.addresses.find((each) => each.allocationId === allocationId);
    if (found === undefined) {
      throw new ApiError('InvalidAllocationID.NotFound', `The allocation ID '${allocationId}' does not exist`);
    }
    return found;
  }

  #interfaceFor({ NetworkInterfaceId, InstanceId }: Query): CloudInterface {
    const found = this.interfaces.filter(({ id, instanceId }) =>
      NetworkInterfaceId === undefined ? instanceId === InstanceId : id === NetworkInterfaceId,
    );
    const [first] = found;
    if (first === undefined) {
      throw NetworkInterfaceId === undefined
        ? new ApiError('InvalidInstanceID.NotFound', `The instance ID '${InstanceId}' does not exist`)
        : new ApiError(
            'InvalidNetworkInterfaceID.NotFound',
            `The networkInterface ID '${NetworkInterfaceId}' does not exist`,
          );
    }
    if (found.length > 1) {
      throw new ApiError(
        'InvalidInstanceID',
        `There are multiple interfaces attached to instance '${InstanceId}'. Please specify an interface ID for the operation instead.`,
      );
    }
    return first;
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

/** The members of a list: `Name.1`, `Name.2`... */
function listOf(query: Query, name: string): string[] {
  const members: string[] = [];
  for (let number = 1; ; number += 1) {
    const member = query[`${name}.${number}`];
    if (member === undefined) return members;
    members.push(member);
  }
}
