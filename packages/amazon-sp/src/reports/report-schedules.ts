import type { ParamsOf, ResponseOf } from '@fluxori/amazon-sp-models';
import { ValidationError } from '@fluxori/core';
import { callOptions, type SpCallOptions } from '../pipeline/call-options.js';
import type { SectionContext } from '../pipeline/section-context.js';
import { type CheckedSpec, checkSpec, type ReportSpec } from './report-spec.js';
import { findReportType } from './types/report-types.js';

type CreateBody = ParamsOf<'reports', '2021-06-30', 'createReportSchedule'>['body'];
type AmazonSchedule = ResponseOf<'reports', '2021-06-30', 'getReportSchedule'>;

/** How often: ISO 8601, one of Amazon's. */
export type SchedulePeriod = CreateBody['period'];

export interface ReportSchedule {
  readonly scheduleId: string;
  readonly reportType: string;
  readonly marketplaceIds: readonly string[];
  readonly period: string;
  readonly options?: Readonly<Record<string, string>>;
  readonly nextAt?: Date;
}

/** Reports that Amazon makes again and again by itself. */
export class ReportSchedules {
  readonly #context: SectionContext;

  constructor(context: SectionContext) {
    this.#context = context;
  }

  /** @param reportTypes - 1 to 10. */
  async list(
    reportTypes: readonly string[],
    options: SpCallOptions = {},
  ): Promise<readonly ReportSchedule[]> {
    if (reportTypes.length === 0 || reportTypes.length > 10) {
      throw new ValidationError('reportTypes: Amazon takes 1 to 10.', {
        field: 'reportTypes',
        account: this.#context.config.accountId,
        remedy: 'Name the types whose schedules are wanted.',
      });
    }
    const { reportSchedules } = await this.#context
      .api('reports')
      .getReportSchedules({ reportTypes: [...reportTypes] }, callOptions(options));
    return reportSchedules.map(toSchedule);
  }

  async get(scheduleId: string, options: SpCallOptions = {}): Promise<ReportSchedule> {
    const { api } = this.#context;
    return toSchedule(
      await api('reports').getReportSchedule({ reportScheduleId: scheduleId }, callOptions(options)),
    );
  }

  /**
   * Sets up a schedule. Amazon has one for a type and its marketplaces: an older one is replaced, so doing it twice does no harm.
   *
   * @param spec.startAt - when the first report is made; now by default.
   * @returns the schedule's id.
   * @throws ValidationError before anything is sent.
   */
  async create(
    spec: Pick<ReportSpec, 'reportType' | 'marketplaceIds' | 'options' | 'unchecked'> & {
      readonly period: SchedulePeriod;
      readonly startAt?: Date;
    },
    options: SpCallOptions = {},
  ): Promise<string> {
    const { period, startAt, ...report } = spec;
    const checked = this.#checked(report);
    const { reportScheduleId } = await this.#context.api('reports').createReportSchedule(
      {
        body: {
          reportType: checked.reportType,
          marketplaceIds: [...checked.marketplaceIds],
          period,
          ...(checked.options && { reportOptions: { ...checked.options } }),
          ...(startAt && { nextReportCreationTime: startAt.toISOString() }),
        },
      },
      callOptions(options),
    );
    return reportScheduleId;
  }

  async cancel(scheduleId: string, options: SpCallOptions = {}): Promise<void> {
    const { api } = this.#context;
    await api('reports').cancelReportSchedule({ reportScheduleId: scheduleId }, callOptions(options));
  }

  #checked(report: Pick<ReportSpec, 'reportType' | 'marketplaceIds' | 'options' | 'unchecked'>): CheckedSpec {
    const availability = findReportType(report.reportType)?.availability;
    if (!report.unchecked && (availability === 'request' || availability === 'found')) {
      throw new ValidationError(`reportType: ${report.reportType} cannot be scheduled at Amazon.`, {
        field: 'reportType',
        account: this.#context.config.accountId,
        remedy:
          availability === 'found'
            ? 'Amazon makes it by itself: look for it with `reports.find(…)`.'
            : 'Let a schedule of ours run the job `reports.run` with `last: { days }` instead.',
      });
    }
    // The span is Amazon's own in a schedule.
    return checkSpec({ ...report }, this.#context, 'schedule');
  }
}

function toSchedule(schedule: AmazonSchedule): ReportSchedule {
  const { reportScheduleId, reportType, marketplaceIds = [], period } = schedule;
  return {
    ...{ scheduleId: reportScheduleId, reportType, marketplaceIds, period },
    ...(schedule.reportOptions && { options: schedule.reportOptions as Record<string, string> }),
    ...(schedule.nextReportCreationTime && { nextAt: new Date(schedule.nextReportCreationTime) }),
  };
}
