/**
 * What kind of failure an error of the SDK is.
 *
 * Source: Amazon EC2 API Reference, "Error codes for the Amazon EC2 API".
 */
import type { Ec2Fault, Ec2FaultKind } from './ec2-call.js';

const DENIED = new Set([
  'UnauthorizedOperation',
  'AuthFailure',
  'AccessDenied',
  'AccessDeniedException',
  'Blocked',
  'ExpiredToken',
  'InvalidClientTokenId',
  'MissingAuthenticationToken',
  'OptInRequired',
  'PendingVerification',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
]);

const THROTTLED = new Set([
  'RequestLimitExceeded',
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'EC2ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'TooManyRequestsException',
  'PriorRequestNotComplete',
  'SlowDown',
]);

const CONFLICTS = new Set(['Resource.AlreadyAssociated', 'InvalidIPAddress.InUse', 'RouteAlreadyExists']);

/** What has no code of its own, by the sentence. Source: reports of people who saw them; that of ReplaceRoute is told in getmoto/moto#6425, those of private addresses in ansible's ec2_eni and in controllers for Kubernetes. */
const SENTENCES: readonly (readonly [form: RegExp, kind: Ec2FaultKind])[] = [
  [/^There is no route defined for /, 'not-found'],
  [/assigned, but move is not allowed/, 'conflict'],
  [/ not assigned to interface /, 'not-found'],
];

/** EC2's own clock says that the request is too old or too new; the SDK has learned the difference, so the next one is right. */
const SKEWED = new Set(['RequestExpired', 'RequestInTheFuture', 'RequestTimeTooSkewed']);

/** The fault of anything that the SDK throws. */
export function ec2FaultOf(error: unknown): Ec2Fault {
  const name = textOf(error, 'name');
  // Answers of EC2 have their code as the name; errors of a socket have it as the code, behind the error that tells of them.
  const code = [name, textOf(error, 'code'), textOf(error, 'Code')].find(
    (text) => text !== '' && text !== 'Error' && text !== 'AggregateError',
  );
  const message = textOf(error, 'message');
  const status = statusOf(error);
  return { kind: 'fault', fault: kindOf(code ?? '', { status, message }), code: code ?? '', message };
}

function kindOf(
  code: string,
  { status, message }: { readonly status: number | null; readonly message: string },
): Ec2FaultKind {
  if (code === 'CredentialsProviderError' || code === 'TokenProviderError') return 'no-credentials';
  if (DENIED.has(code)) return 'denied';
  if (THROTTLED.has(code)) return 'throttled';
  if (CONFLICTS.has(code)) return 'conflict';
  if (SKEWED.has(code)) return 'broken';
  if (status === null) return 'unreachable';
  if (code.endsWith('.NotFound')) return 'not-found';
  if (code.endsWith('LimitExceeded')) return 'quota';
  if (status >= 500) return 'broken';
  return (code === 'InvalidParameterValue' && SENTENCES.find(([form]) => form.test(message))?.[1]) || 'refused';
}

function statusOf(error: unknown): number | null {
  const metadata = fieldOf(error, '$metadata');
  const status = fieldOf(metadata, 'httpStatusCode');
  return typeof status === 'number' ? status : null;
}

function textOf(value: unknown, name: string): string {
  const text = fieldOf(value, name);
  return typeof text === 'string' ? text : '';
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
