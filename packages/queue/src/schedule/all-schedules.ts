import { ValidationError } from '@fluxori/core';
import { unknownJob } from '../job/unknown-job.js';
import type { ScheduleOptions } from './schedule-spec.js';
import type { Schedules, ScheduleView } from './schedules.js';

interface Section {
  readonly section: string;
  readonly jobNames: readonly string[];
  readonly schedules: Schedules;
}

/** The schedules of all sections. A name is one schedule, whatever its section. */
export class AllSchedules {
  readonly #sections: readonly Section[];

  constructor(sections: readonly Section[]) {
    this.#sections = sections;
  }

  /** Throws as `Schedules.upsert` does, and when the name belongs to a schedule of another section. */
  async upsert(name: string, options: ScheduleOptions): Promise<ScheduleView> {
    const section = this.#sections.find(({ jobNames }) => jobNames.includes(options.job));
    if (section === undefined) {
      throw unknownJob(
        options.job,
        this.#sections.flatMap(({ jobNames }) => jobNames),
      );
    }
    for (const other of this.#sections) {
      if (other === section || (await other.schedules.get(name)) === undefined) continue;
      throw new ValidationError(
        `The name ${JSON.stringify(name)} belongs to a schedule of ${other.section}.`,
        {
          field: 'name',
          remedy: 'Use another name, or remove that schedule first.',
        },
      );
    }
    return section.schedules.upsert(name, options);
  }

  /** In order of their next run. */
  async list(): Promise<ScheduleView[]> {
    const lists = await Promise.all(this.#sections.map(({ schedules }) => schedules.list()));
    const time = ({ nextRunAt }: ScheduleView) => nextRunAt?.getTime() ?? Number.POSITIVE_INFINITY;
    return lists.flat().sort((a, b) => time(a) - time(b));
  }

  /** @returns whether there was one of that name. */
  async remove(name: string): Promise<boolean> {
    const removed = await Promise.all(this.#sections.map(({ schedules }) => schedules.remove(name)));
    return removed.includes(true);
  }
}
