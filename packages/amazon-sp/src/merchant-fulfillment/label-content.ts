import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { DocumentError } from '@fluxori/core';
import type { AmazonShipment } from './shipment-mapping.js';

/** What is printed and stuck on a parcel. It holds the recipient's address: personal data. */
export interface ShippingLabel {
  readonly shipmentId: string;
  /** E.g. `application/pdf`. */
  readonly contentType: string;
  readonly bytes: Uint8Array;
  /** Inches or centimetres, as `unit` says. */
  readonly size: { readonly length: number; readonly width: number; readonly unit: string };
}

/** Larger than any label; a bound for what is unpacked. */
const mostBytes = 32 * 1024 * 1024;

/**
 * The label of a shipment: Base64 taken off, unpacked, and compared with its MD5.
 *
 * @throws DocumentError `DOCUMENT_NOT_FOUND` when the shipment has none (any more), `DOCUMENT_DAMAGED` when it is not what Amazon says.
 */
export function labelOf(
  { ShipmentId: shipmentId, Label: label }: AmazonShipment,
  account: string,
): ShippingLabel {
  const { Contents, Checksum, FileType } = label?.FileContents ?? {};
  const context = { account, operation: 'merchantFulfillment.getShipment' };
  if (!Contents)
    throw new DocumentError(`Shipment ${shipmentId} has no label.`, {
      ...context,
      code: 'DOCUMENT_NOT_FOUND',
      remedy: 'The label of a shipment that was cancelled is gone: buy another.',
    });
  const packed = Buffer.from(Contents, 'base64');
  const damaged = (text: string, cause?: unknown) =>
    new DocumentError(`The label of shipment ${shipmentId} ${text}.`, {
      ...{ ...context, cause },
      code: 'DOCUMENT_DAMAGED',
      remedy: 'Ask for the shipment again; the label was bought, so do not buy another.',
    });
  let bytes: Buffer = packed;
  if (packed[0] === 0x1f && packed[1] === 0x8b) {
    try {
      bytes = gunzipSync(packed, { maxOutputLength: mostBytes });
    } catch (error) {
      throw damaged('cannot be unpacked', error);
    }
  }
  // The model says "of the PDF document data"; of which form is not said, so either will do.
  if (Checksum && md5(bytes) !== Checksum && md5(packed) !== Checksum)
    throw damaged('is not the one that its checksum belongs to');
  const { Length, Width, Unit } = label.Dimensions;
  return {
    shipmentId,
    contentType: FileType ?? 'application/octet-stream',
    bytes: new Uint8Array(bytes),
    size: { length: Length, width: Width, unit: Unit },
  };
}

function md5(bytes: Uint8Array): string {
  return createHash('md5').update(bytes).digest('base64');
}
