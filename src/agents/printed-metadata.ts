import { limits } from '../model/limits.js';
import type { ProcessRequest } from './process-run.js';
import { runProcess } from './process-run.js';

/** What an agent prints of itself when it is run like this; null when it fails. */
export async function printedMetadata(request: Omit<ProcessRequest, 'outputBytesMax'>): Promise<string | null> {
  const end = await runProcess({ ...request, outputBytesMax: limits.agentMetadataBytesMax });
  return end.kind === 'exited' && end.code === 0 ? end.stdout : null;
}
