/** A folder for the programs that test files start, for one run of the suite: what one file has built, the next one finds there. */
import type { TestProject } from 'vitest/node';
import { freshFolder } from './folder.js';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly programsFolder: string;
  }
}

let folder: ReturnType<typeof freshFolder> | null = null;

/** Makes it before the first file. */
export function setup(project: TestProject): void {
  folder = freshFolder();
  project.provide('programsFolder', folder.path);
}

/** Removes it after the last. */
export function teardown(): void {
  folder?.remove();
}
