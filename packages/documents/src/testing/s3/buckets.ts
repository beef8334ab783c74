import { createHash, randomUUID } from 'node:crypto';

export interface S3Object {
  readonly bytes: Buffer;
  readonly etag: string;
  readonly modified: Date;
}

export interface S3Upload {
  readonly id: string;
  readonly key: string;
  readonly initiated: Date;
  readonly parts: Map<number, S3Object>;
}

const leastPart = 5 * 1024 * 1024;

/** What a bucket holds, and its rules. Answers are codes of S3's errors where they are no success. */
export class Bucket {
  readonly objects = new Map<string, S3Object>();
  readonly uploads = new Map<string, S3Upload>();

  put(key: string, bytes: Buffer): S3Object {
    const object = { bytes, etag: `"${md5(bytes)}"`, modified: new Date() };
    this.objects.set(key, object);
    return object;
  }

  begin(key: string, initiated = new Date()): S3Upload {
    const upload = { id: randomUUID(), key, initiated, parts: new Map<number, S3Object>() };
    this.uploads.set(upload.id, upload);
    return upload;
  }

  part(id: string, key: string, number: number, bytes: Buffer): S3Object | string {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) return 'NoSuchUpload';
    if (!(number >= 1 && number <= 10_000)) return 'InvalidArgument';
    const part = { bytes, etag: `"${md5(bytes)}"`, modified: new Date() };
    upload.parts.set(number, part);
    return part;
  }

  complete(id: string, key: string, named: readonly { number: number; etag: string }[]): S3Object | string {
    const upload = this.uploads.get(id);
    if (upload?.key !== key) return 'NoSuchUpload';
    if (named.length === 0) return 'MalformedXML';
    if (named.some(({ number }, index) => index > 0 && number <= (named[index - 1]?.number ?? 0))) {
      return 'InvalidPartOrder';
    }
    const parts = named.map(({ number }) => upload.parts.get(number));
    if (parts.some((part, index) => part === undefined || part.etag !== named[index]?.etag)) {
      return 'InvalidPart';
    }
    const bodies = parts.map((part) => part?.bytes ?? Buffer.alloc(0));
    if (bodies.slice(0, -1).some(({ length }) => length < leastPart)) return 'EntityTooSmall';
    this.uploads.delete(id);
    const bytes = Buffer.concat(bodies);
    const etag = `"${md5(Buffer.concat(bodies.map((body) => Buffer.from(md5(body), 'hex'))))}-${parts.length}"`;
    const object = { bytes, etag, modified: new Date() };
    this.objects.set(key, object);
    return object;
  }

  keys(prefix: string): readonly string[] {
    return [...this.objects.keys()].filter((key) => key.startsWith(prefix)).sort();
  }
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('hex');
}
