/** Examines resources of EC2 by their types. */
import type { ResourceSpec } from '../../model/cluster-spec.js';
import { readEipParameters } from './eip-parameters.js';
import { examineEip } from './examine-eip.js';
import { examineRoute } from './examine-route.js';
import { examinePrivateIp } from './examine-private-ip.js';
import type { Examined, ExamineOptions } from './examined.js';
import { readPrivateIpParameters } from './private-ip-parameters.js';
import { readRouteParameters } from './route-parameters.js';

type Examiner = (resource: ResourceSpec, options: ExamineOptions) => Promise<Examined[]>;

const EXAMINERS: Readonly<Record<string, Examiner>> = {
  'builtin:aws-eip': examiner(readEipParameters, examineEip),
  'builtin:aws-private-ip': examiner(readPrivateIpParameters, examinePrivateIp),
  'builtin:aws-route': examiner(readRouteParameters, examineRoute),
};

/** Whether there is anything to examine of resources of a type. */
export function isExaminable(type: string): boolean {
  return Object.hasOwn(EXAMINERS, type);
}

/** Examines a resource on this node. */
export async function examineResource(resource: ResourceSpec, options: ExamineOptions): Promise<Examined[]> {
  return (await EXAMINERS[resource.type]?.(resource, options)) ?? [];
}

function examiner<P>(
  read: (resource: ResourceSpec) => P | string,
  examine: (parameters: P, options: ExamineOptions) => Promise<Examined[]>,
): Examiner {
  return async (resource, options) => {
    const parameters = read(resource);
    return typeof parameters === 'string'
      ? [{ what: 'parameters', state: 'missing', sentence: parameters }]
      : examine(parameters, options);
  };
}
