import type { Clock, Logger, Random } from '@fluxori/core';
import { diedTooOften } from '../job/job-note.js';
import { ParkRequest } from '../outcome/park-request.js';
import { reviveError } from '../outcome/stored-error.js';
import type { BullJob } from '../queue/bull-types.js';
import type { Checkpoints } from '../run/checkpoints.js';
import { stallOf } from './crash-count.js';
import { apartReason } from './recover-orphans.js';

interface Parts {
  readonly checkpoints: Checkpoints;
  readonly maxCrashes: number;
  readonly logger: Logger;
  readonly clock: Clock;
  readonly random: Random;
}

/** Those that came back together start within this time, each when chance says. */
const apartWithinMs = 30_000;

/**
 * Reckons in that the job came back because its lock ran out, which shows only now. From the second time at the same point on it starts
 * apart from others; after too many it fails. Costs nothing for jobs that this never happened to.
 *
 * @throws what ends the run.
 */
export async function chargeStall(job: BullJob, parts: Parts): Promise<void> {
  const { checkpoints, maxCrashes, logger, clock, random } = parts;
  if (job.stalledCounter === 0) return;
  const crash = await stallOf(job, checkpoints);
  if (crash === undefined) return;
  const { count } = crash;
  logger.info(
    { jobId: job.id, job: job.name, count },
    'The lock of this job had run out; it is taken up again.',
  );
  await job.updateData({ ...job.data, crashes: crash });
  if (count >= maxCrashes) throw reviveError(diedTooOften(count));
  if (count === 1) return;
  const until = new Date(clock.now() + apartWithinMs * random());
  throw new ParkRequest({ until, reason: apartReason(count) }, 'crash');
}
