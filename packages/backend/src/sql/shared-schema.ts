import { bucketStep } from './shared-buckets.js';
import { lockStep } from './shared-locks.js';

/**
 * What a database that several processes share has beside the tables of `schema.ts`; a step that has been released is never changed.
 * A function that changes gets a new name in a further step, because processes of the version before go on calling it for a while.
 */
export const sharedSteps: readonly string[] = [lockStep, bucketStep];
