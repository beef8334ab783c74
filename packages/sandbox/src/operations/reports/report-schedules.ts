import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { momentOf } from '../../checks/moment.js';
import { invalidInput, notFound } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { type ReportSchedule, schedulePeriods } from '../../reports/report-schedules.js';
import { checkReportType } from './reports.js';

const scheduleBody = z.object({
  reportType: z.string().min(1),
  marketplaceIds: z.array(z.string()).min(1).max(25),
  reportOptions: z.record(z.string(), z.string()).optional(),
  period: z
    .string()
    .refine((period) => schedulePeriods.includes(period), `must be one of ${schedulePeriods.join(', ')}`),
  nextReportCreationTime: z.string().optional(),
});

export const createReportSchedule = implement('reports', '2021-06-30', 'createReportSchedule', (call) => {
  const {
    marketplaceIds,
    nextReportCreationTime,
    period,
    reportOptions: options,
    reportType,
  } = readBody(scheduleBody, call.params.body);
  checkReportType(call, reportType);
  const nextMs = nextReportCreationTime === undefined ? undefined : momentOf(nextReportCreationTime);
  if (nextReportCreationTime !== undefined && nextMs === undefined)
    throw invalidInput('Request body is invalid.', 'nextReportCreationTime: must be an ISO 8601 date-time.');
  const { applicationId } = call.application;
  const { region, seller } = call;
  const schedule = call.desks.schedules.create({
    ...{ applicationId, seller, region, reportType, marketplaceIds, options, period, nextMs },
  });
  return { reportScheduleId: schedule.id };
});

export const getReportSchedule = implement('reports', '2021-06-30', 'getReportSchedule', (call) =>
  render(scheduleOf(call, call.params.reportScheduleId)),
);

export const getReportSchedules = implement('reports', '2021-06-30', 'getReportSchedules', (call) => {
  const { desks, params, region, seller } = call;
  const own = [...desks.schedules.all()].filter((one) => one.seller === seller && one.region === region);
  return { reportSchedules: own.filter((one) => params.reportTypes.includes(one.reportType)).map(render) };
});

export const cancelReportSchedule = implement('reports', '2021-06-30', 'cancelReportSchedule', (call) => {
  call.desks.schedules.cancel(scheduleOf(call, call.params.reportScheduleId));
  return undefined;
});

function scheduleOf(call: OperationCall<unknown>, id: string): ReportSchedule {
  const found = call.desks.schedules.find(id, { sellerId: call.seller.sellerId, region: call.region });
  if (found === undefined)
    throw notFound('The specified resource does not exist.', `There is no report schedule ${id}.`);
  return found;
}

function render(schedule: ReportSchedule): ResponseOf<'reports', '2021-06-30', 'getReportSchedule'> {
  const { id, marketplaceIds, nextMs, options, period, reportType } = schedule;
  return {
    reportScheduleId: id,
    reportType,
    marketplaceIds: [...marketplaceIds],
    ...(options === undefined ? {} : { reportOptions: options }),
    period,
    nextReportCreationTime: new Date(nextMs).toISOString(),
  };
}
