import type { QueryField } from './parse-query.js';
import {
  type DatasetQuestion,
  type Row,
  salesAndTrafficByAsin,
  salesAndTrafficByDate,
  sampleRows,
} from './sales-and-traffic.js';

/** One of the things that can be asked of a dataset. */
export interface DatasetView {
  /** Arguments that must be there. */
  readonly needs: readonly string[];
  /** Absent: the sandbox has no data of this kind. */
  readonly rowsOf?: (question: DatasetQuestion) => Iterable<Row>;
  /** By which the fields that are asked for are checked. Absent: they are not. */
  readonly sample?: Row;
}

const span = ['startDate', 'endDate'] as const;

/**
 * The datasets of Data Kiosk and their views.
 * Source: schemas/data-kiosk of Amazon's models, checked November 2026.
 */
export const datasets: Readonly<Record<string, Readonly<Record<string, DatasetView>>>> = {
  analytics_salesAndTraffic_2024_04_24: {
    salesAndTrafficByAsin: {
      needs: [...span, 'marketplaceIds', 'aggregateBy'],
      rowsOf: salesAndTrafficByAsin,
      sample: sampleRows.byAsin,
    },
    salesAndTrafficByDate: {
      needs: [...span, 'marketplaceIds', 'aggregateBy'],
      rowsOf: salesAndTrafficByDate,
      sample: sampleRows.byDate,
    },
    salesAndTrafficTrends: { needs: [...span, 'filters', 'asinAggregation', 'dateAggregation'] },
  },
  analytics_economics_2024_03_15: {
    economics: { needs: [...span, 'marketplaceIds'] },
    economicsPreview: { needs: [...span, 'marketplaceIds', 'feeTypes'] },
    economicsSimulation: { needs: [...span, 'marketplaceId', 'products', 'actionTypes'] },
  },
  analytics_vendorAnalytics_2024_09_30: {
    manufacturingView: { needs: [...span, 'aggregateBy'] },
    sourcingView: { needs: [...span, 'aggregateBy'] },
  },
};

/** Source: developer-docs.amazon.com/sp-api/docs (deprecation schedule), checked November 2026. */
export const retiredDatasets: Readonly<Record<string, string>> = {
  analytics_salesAndTraffic_2023_11_15: 'analytics_salesAndTraffic_2024_04_24',
};

/** Fields that a view does not have, or of which more or less must be said, by their path. */
export function wrongFields(fields: readonly QueryField[], sample: unknown, path = ''): readonly string[] {
  return fields.flatMap(({ fields: inner, name }) => {
    const at = path === '' ? name : `${path}.${name}`;
    const value = (sample as Row)[name];
    if (value === undefined) return [`${at} does not exist`];
    const isObject = typeof value === 'object' && value !== null;
    if (isObject && inner.length === 0) return [`${at} must have a selection of its fields`];
    if (!isObject && inner.length > 0) return [`${at} has no fields`];
    return wrongFields(inner, value, at);
  });
}

/** The part of a row that was asked for, under the names that the query gives. */
export function selected(row: unknown, fields: readonly QueryField[]): Row {
  return Object.fromEntries(
    fields.map(({ alias, fields: inner, name }) => {
      const value = (row as Row)[name];
      return [alias, inner.length === 0 || value === null ? value : selected(value, inner)];
    }),
  );
}
