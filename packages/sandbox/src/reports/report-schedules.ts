import { Prng } from '../random/prng.js';
import { Alarm } from '../work/alarm.js';
import type { Region } from '../world/marketplaces.js';
import type { Seller } from '../world/seller.js';
import type { ReportDesk } from './report-desk.js';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/** Source: `period` of reports_2021-06-30, checked November 2026. P1M is a month of the calendar. */
const periods: Readonly<Record<string, number>> = {
  PT5M: 5 * minute,
  PT15M: 15 * minute,
  PT30M: 30 * minute,
  PT1H: hour,
  PT2H: 2 * hour,
  PT4H: 4 * hour,
  PT8H: 8 * hour,
  PT12H: 12 * hour,
  P1D: day,
  P2D: 2 * day,
  P3D: 3 * day,
  PT84H: 84 * hour,
  P7D: 7 * day,
  P14D: 14 * day,
  P15D: 15 * day,
  P18D: 18 * day,
  P30D: 30 * day,
};

export const schedulePeriods: readonly string[] = [...Object.keys(periods), 'P1M'];

export interface ReportSchedule {
  readonly id: string;
  readonly seller: Seller;
  readonly region: Region;
  readonly applicationId: string;
  readonly reportType: string;
  readonly marketplaceIds: readonly string[];
  readonly options: Readonly<Record<string, string>> | undefined;
  readonly period: string;
  nextMs: number;
}

export type NewSchedule = Omit<ReportSchedule, 'id' | 'nextMs'> & { readonly nextMs: number | undefined };

export interface ReportSchedulesParts {
  readonly seed: number;
  readonly now: () => number;
  readonly desk: ReportDesk;
}

/** Reports that Amazon makes again and again: each over what came since the one before. */
export class ReportSchedules {
  readonly #parts: ReportSchedulesParts;
  readonly #byId = new Map<string, ReportSchedule>();
  readonly #alarm: Alarm;
  #made = 0;

  constructor(parts: ReportSchedulesParts) {
    this.#parts = parts;
    this.#alarm = new Alarm(parts.now, () => this.advance());
  }

  /** Takes the place of a schedule for the same type and marketplaces. */
  create({ nextMs, ...order }: NewSchedule): ReportSchedule {
    this.advance();
    for (const old of this.#byId.values()) if (isSame(old, order)) this.#byId.delete(old.id);
    const start = Prng.of(this.#parts.seed, 'schedule-ids').integer(50_000_000, 59_999_999);
    const id = `${start + this.#made++}020770`;
    const now = this.#parts.now();
    const schedule = { ...order, id, nextMs: nextMs ?? next(now, order.period) };
    this.#byId.set(id, schedule);
    this.advance();
    return schedule;
  }

  all(): Iterable<ReportSchedule> {
    this.advance();
    return this.#byId.values();
  }

  find(
    id: string,
    owner: { readonly sellerId: string; readonly region: Region },
  ): ReportSchedule | undefined {
    this.advance();
    const found = this.#byId.get(id);
    return found?.seller.sellerId === owner.sellerId && found.region === owner.region ? found : undefined;
  }

  cancel({ id }: ReportSchedule): void {
    this.#byId.delete(id);
    this.advance();
  }

  /** Makes the reports whose time has come. */
  advance(): void {
    const now = this.#parts.now();
    let soonest: number | undefined;
    for (const schedule of this.#byId.values()) {
      while (schedule.nextMs <= now) this.#make(schedule);
      soonest = Math.min(soonest ?? schedule.nextMs, schedule.nextMs);
    }
    this.#alarm.set(soonest);
  }

  close(): void {
    this.#alarm.close();
  }

  #make(schedule: ReportSchedule): void {
    const {
      applicationId,
      id: scheduleId,
      marketplaceIds,
      nextMs,
      options,
      period,
      region,
      reportType,
      seller,
    } = schedule;
    this.#parts.desk.create({
      ...{ applicationId, marketplaceIds, options, region, reportType, scheduleId, seller },
      ...{ createdMs: nextMs, dataStartMs: previous(nextMs, period), dataEndMs: nextMs },
    });
    schedule.nextMs = next(nextMs, period);
  }
}

function isSame(a: ReportSchedule, b: Omit<NewSchedule, 'nextMs'>): boolean {
  const places = (one: { marketplaceIds: readonly string[] }) => [...one.marketplaceIds].sort().join();
  return (
    a.seller === b.seller && a.region === b.region && a.reportType === b.reportType && places(a) === places(b)
  );
}

function next(fromMs: number, period: string): number {
  return periods[period] === undefined ? monthsFrom(fromMs, 1) : fromMs + periods[period];
}

function previous(fromMs: number, period: string): number {
  return periods[period] === undefined ? monthsFrom(fromMs, -1) : fromMs - periods[period];
}

function monthsFrom(fromMs: number, months: number): number {
  const date = new Date(fromMs);
  return date.setUTCMonth(date.getUTCMonth() + months);
}
