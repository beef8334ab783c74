import {
  type Logger,
  type Metrics,
  type Span,
  type SpanAttributes,
  silentLogger,
  type Tracing,
  ValidationError,
} from '@fluxori/core';
import { describe, expect, it } from '@jest/globals';
import { metricNames } from '../metric-names.js';
import { queueGauges } from '../queue/queue-gauges.js';
import { onAnyBackend } from '../testing/each-backend.js';
import { next, work } from '../testing/rig.js';

interface ToldSpan {
  readonly name: string;
  readonly attributes: SpanAttributes;
  readonly parent: string | undefined;
  readonly kind: string | undefined;
  error?: unknown;
}

/** Remembers spans, and names the present one. */
class SpanRecorder implements Tracing {
  readonly spans: ToldSpan[] = [];
  present: string | undefined;

  async span<T>(
    name: string,
    attributes: SpanAttributes,
    run: (span: Span) => Promise<T>,
    options: { parent?: string; kind?: string } = {},
  ): Promise<T> {
    const told: ToldSpan & { attributes: Record<string, string | number | boolean> } = {
      name,
      attributes: { ...attributes },
      parent: options.parent,
      kind: options.kind,
    };
    this.spans.push(told);
    try {
      return await run({ set: (more) => void Object.assign(told.attributes, more) });
    } catch (error) {
      told.error = error;
      throw error;
    }
  }

  current(): string | undefined {
    return this.present;
  }
}

class MetricsRecorder implements Metrics {
  readonly told: { name: string; labels: Readonly<Record<string, string>> | undefined; value: number }[] = [];
  count(name: string, labels?: Readonly<Record<string, string>>, by = 1): void {
    this.told.push({ name, labels, value: by });
  }
  gauge(name: string, value: number, labels?: Readonly<Record<string, string>>): void {
    this.told.push({ name, labels, value });
  }
  duration(name: string, ms: number, labels?: Readonly<Record<string, string>>): void {
    this.told.push({ name, labels, value: ms });
  }
  of(name: string) {
    return this.told.filter((one) => one.name === name);
  }
}

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

onAnyBackend((rig) => {
  describe('a job’s runs', () => {
    it('are spans under the one in which the job was put in, also when another process runs it', async () => {
      const putting = new SpanRecorder();
      putting.present = traceparent;
      const queue = rig().queue(async () => {}, { tracing: putting });
      const [added] = await queue.addBulk([{ name: 'test.work', ...work() }]);
      const { jobId } = added!;
      await queue.close();

      const running = new SpanRecorder();
      const worker = rig().queue(async () => 'done', { tracing: running }, {}, true);
      await worker.start();
      expect(await worker.waitFor(jobId)).toBe('done');
      expect(putting.spans).toEqual([]);
      expect(running.spans).toEqual([
        {
          name: 'fluxori.job test.work',
          kind: 'consumer',
          parent: traceparent,
          attributes: {
            'messaging.system': 'bullmq',
            'messaging.operation.type': 'process',
            'messaging.operation.name': 'process',
            'messaging.destination.name': 'test',
            'messaging.message.id': jobId,
            'fluxori.job.name': 'test.work',
            'fluxori.account': 'acme-za',
            'fluxori.job.priority': 'normal',
            'fluxori.job.attempt': 1,
            'fluxori.job.run': 1,
            'fluxori.job.outcome': 'completed',
          },
        },
      ]);
    });

    it('are spans that failed only when the run failed: parking is no failure', async () => {
      const tracing = new SpanRecorder();
      const queue = rig().queue(
        async (ctx) => {
          if (ctx.state === undefined) {
            await ctx.checkpoint({ step: 1 });
            ctx.park({ until: new Date(Date.now() + 10), reason: 'a rest' });
          }
          throw new ValidationError('It cannot be done.');
        },
        { tracing },
      );
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await expect(queue.waitFor(jobId)).rejects.toThrow('It cannot be done.');
      const told = tracing.spans.map(({ attributes, error }) => [
        attributes['fluxori.job.run'],
        attributes['fluxori.job.outcome'],
        (error as Error | undefined)?.name,
      ]);
      expect(told).toEqual([
        [1, 'parked', undefined],
        [2, 'failed', 'ValidationError'],
      ]);
      expect(await queue.get(jobId)).toMatchObject({ state: 'failed', error: { code: 'VALIDATION_FAILED' } });
    });

    it('are spans that say when they were cancelled', async () => {
      const tracing = new SpanRecorder();
      const queue = rig().queue(
        (ctx) =>
          new Promise((_, reject) => {
            ctx.signal.addEventListener('abort', () => reject(ctx.signal.reason));
          }),
        { tracing },
      );
      await queue.start();
      const active = next(queue, 'active');
      const cancelled = next(queue, 'cancelled');
      const { jobId } = await queue.add('test.work', work());
      await active;
      await queue.cancel(jobId);
      await cancelled;
      expect(tracing.spans[0]).toMatchObject({ attributes: { 'fluxori.job.outcome': 'cancelled' } });
      expect(tracing.spans[0]).not.toHaveProperty('error');
    });
  });

  describe('a queue’s metrics', () => {
    it('count what became of jobs, why they were parked, and how long they ran and waited', async () => {
      const metrics = new MetricsRecorder();
      const queue = rig().queue(
        async (ctx) => {
          if (ctx.payload.n === 1) return;
          if (ctx.payload.n === 2) throw new ValidationError('No.');
          if (ctx.state === undefined) {
            await ctx.checkpoint({ step: 1 });
            ctx.park({ until: new Date(Date.now() + 10), reason: 'a rest' });
          }
        },
        { metrics },
      );
      await queue.start();
      for (const n of [1, 2, 3]) {
        // When it is told, it is counted; the store may show it before.
        const ended = n === 2 ? next(queue, 'failed') : next(queue, 'completed');
        await queue.add('test.work', work(n));
        await ended;
      }
      const labels = { section: 'test', job_name: 'test.work' };
      expect(metrics.of(metricNames.completed)).toEqual(
        Array(2).fill({ name: metricNames.completed, labels, value: 1 }),
      );
      expect(metrics.of(metricNames.failed)).toEqual([
        { name: metricNames.failed, labels: { ...labels, code: 'VALIDATION_FAILED' }, value: 1 },
      ]);
      expect(metrics.of(metricNames.parked)).toEqual([
        { name: metricNames.parked, labels: { ...labels, reason: 'handler' }, value: 1 },
      ]);
      expect(metrics.of(metricNames.runDuration)).toHaveLength(4);
      const delays = metrics.of(metricNames.startDelay);
      expect(delays.map((one) => one.labels)).toEqual(Array(4).fill({ section: 'test', priority: 'normal' }));
      expect(delays.every(({ value }) => value >= 0 && value < 3_600_000)).toBe(true);
    });

    it('tell how many jobs there are by state when somebody looks', async () => {
      const queue = rig().queue(async () => {});
      await queue.add('test.work', work());
      await queue.add('test.work', { ...work(), delayMs: 3_600_000 });
      const source = queueGauges({ counts: async () => ({ test: await queue.counts() }) });
      const samples = await source.read({ signal: new AbortController().signal });
      const byState = Object.fromEntries(samples.map(({ labels, value }) => [labels?.state, value]));
      expect(byState).toEqual({ waiting: 1, parked: 1, active: 0, completed: 0, failed: 0, cancelled: 0 });
      expect(samples.every(({ name, labels }) => name === 'fluxori_jobs' && labels?.section === 'test')).toBe(
        true,
      );
    });
  });

  describe('a queue’s log', () => {
    it('has a line for a job’s beginning and end, each with job, kind and account; the handler’s lines, too', async () => {
      const lines: Record<string, unknown>[] = [];
      const recording = (bound: Readonly<Record<string, unknown>>): Logger => ({
        ...silentLogger,
        info: (fields, message) => lines.push({ ...bound, ...fields, message }),
        child: (fields) => recording({ ...bound, ...fields }),
      });
      const queue = rig().queue(async (ctx) => ctx.logger.info({ step: 1 }, 'A line of its own.'), {
        logger: recording({}),
      });
      await queue.start();
      const { jobId } = await queue.add('test.work', work());
      await queue.waitFor(jobId);
      const whose = { section: 'test', jobId, job: 'test.work', account: 'acme-za' };
      const ofJob = lines.filter((line) => line.jobId === jobId);
      expect(ofJob).toEqual([
        expect.objectContaining({ ...whose, message: 'The job begins.' }),
        expect.objectContaining({ ...whose, step: 1, message: 'A line of its own.' }),
        expect.objectContaining({ ...whose, durationMs: expect.any(Number), message: 'The job is done.' }),
      ]);
    });
  });
});
