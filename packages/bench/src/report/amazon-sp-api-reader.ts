import { type IncomingMessage, request } from 'node:http';
import https from 'node:https';
import { SellingPartner } from 'amazon-sp-api';
import type { Read } from './open-report.js';

/**
 * A report by `amazon-sp-api`, as its README says: `download` gives the text, with `json: true` rows. It knows no other port than 443 and no plain
 * HTTP, so its requests are led to the bench's server here, which spares it TLS.
 */
export async function readWithAmazonSpApi(url: string, options: { json: boolean }): Promise<Read> {
  const { port } = new URL(url);
  https.request = ((given: object, listener: (answer: IncomingMessage) => void) =>
    request({ ...given, port }, listener)) as typeof https.request;
  const client = new SellingPartner({
    region: 'eu',
    refresh_token: 'Atzr|bench',
    credentials: {
      SELLING_PARTNER_APP_CLIENT_ID: 'amzn1.application-oa2-client.bench',
      SELLING_PARTNER_APP_CLIENT_SECRET: 'amzn1.oa2-cs.v1.bench',
    },
  });
  const report: unknown = await client.download({ url, compressionAlgorithm: 'GZIP' }, options);
  return typeof report === 'string'
    ? { bytes: Buffer.byteLength(report) }
    : { rows: (report as readonly unknown[]).length };
}
