import type { ResponseOf } from '@fluxori/amazon-sp-models';
import { z } from 'zod';
import { readBody } from '../../checks/body-schema.js';
import { momentOf } from '../../checks/moment.js';
import { accessDenied, notFound } from '../../http/refusal.js';
import { implement, type OperationCall } from '../../operation/implementation.js';
import { isReportType, reportTypes } from '../../reports/report-types.js';
import type { StoredReport } from '../../reports/stored-report.js';
import { checkAlone } from '../../work/work-list.js';
import { labelOf } from '../document-label.js';
import { badBody, cancelWork, iso, ownerOf, ownPage, progressOf, workOf } from '../work-operations.js';

const moment = z.string().transform((text, context) => {
  const ms = momentOf(text);
  if (ms !== undefined) return ms;
  context.addIssue({ code: 'custom', message: 'must be an ISO 8601 date-time' });
  return z.NEVER;
});
const reportBody = z.object({
  reportType: z.string().min(1),
  marketplaceIds: z.array(z.string()).min(1).max(25),
  dataStartTime: moment.optional(),
  dataEndTime: moment.optional(),
  reportOptions: z.record(z.string(), z.string()).optional(),
});

export const createReport = implement('reports', '2021-06-30', 'createReport', (call) => {
  const body = readBody(reportBody, call.params.body);
  const { dataEndTime: dataEndMs, dataStartTime: dataStartMs, marketplaceIds, reportOptions: options } = body;
  checkReportType(call, body.reportType);
  if (dataStartMs !== undefined && dataStartMs > (dataEndMs ?? call.now()))
    throw badBody('dataStartTime must not be after dataEndTime.');
  const report = call.desks.reports.create({
    ...{ seller: call.seller, region: call.region, applicationId: call.application.applicationId },
    ...{ reportType: body.reportType, marketplaceIds, dataStartMs, dataEndMs, options },
  });
  return { reportId: report.id };
});

export const getReport = implement('reports', '2021-06-30', 'getReport', (call) =>
  render(workOf(call, call.desks.reports, 'report', call.params.reportId)),
);

export const getReports = implement('reports', '2021-06-30', 'getReports', (call) => {
  const { nextToken, reportTypes: types, ...others } = call.params;
  checkAlone(call.params, 'reportTypes');
  const order = { filter: { ...others, types }, token: nextToken };
  const { items, ...rest } = ownPage(call, 'reports.getReports', allReports(call), order);
  return { reports: items.map(render), ...rest };
});

export const cancelReport = implement('reports', '2021-06-30', 'cancelReport', (call) =>
  cancelWork(call, call.desks.reports, 'report', call.params.reportId),
);

/** Of a restricted type only for a restricted data token, which then names this one document. */
export const getReportDocument = implement('reports', '2021-06-30', 'getReportDocument', (call) => {
  const { enableContentEncodingUrlHeader = false, reportDocumentId } = call.params;
  const { desks } = call;
  const document = desks.shelf.find(['report'], reportDocumentId, ownerOf(call));
  const report = document && desks.reports.ofDocument(document.id);
  if (document === undefined || report === undefined)
    throw notFound(
      'The specified resource does not exist.',
      `There is no report document ${reportDocumentId}.`,
    );
  if (reportTypes[report.type]?.restricted && call.auth !== 'rdt')
    throw accessDenied(`Reports of type ${report.type} are restricted: a restricted data token is needed.`);
  return {
    reportDocumentId,
    url: desks.shelf.downloadUrl(document, enableContentEncodingUrlHeader),
    ...labelOf(document, call.wrongLabel),
  };
});

/** @throws Refusal (400) for a type that Amazon does not have, or makes by itself. */
export function checkReportType(call: OperationCall<unknown>, reportType: string): void {
  if (!isReportType(reportType) && !call.desks.reports.gives(reportType))
    throw badBody(`reportType: '${reportType}' is no report type.`);
  if (reportTypes[reportType]?.unasked)
    throw badBody(`reportType: ${reportType} cannot be requested; Amazon makes it, and getReports lists it.`);
}

/** Reports of schedules whose time has come are made first. */
function allReports({ desks }: OperationCall<unknown>): readonly StoredReport[] {
  desks.schedules.advance();
  return [...desks.reports.all()];
}

function render(report: StoredReport): ResponseOf<'reports', '2021-06-30', 'getReport'> {
  const { documentId, scheduleId } = report;
  return {
    reportId: report.id,
    reportType: report.type,
    marketplaceIds: [...report.marketplaceIds],
    dataStartTime: iso(report.dataStartMs),
    dataEndTime: iso(report.dataEndMs),
    ...(scheduleId === undefined ? {} : { reportScheduleId: scheduleId }),
    ...progressOf(report),
    ...(documentId === undefined ? {} : { reportDocumentId: documentId }),
  };
}
