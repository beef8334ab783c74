import type { Health } from '@fluxori/core';
import { afterEach, describe, expect, it } from '@jest/globals';
import { prometheusMetrics } from '../metrics/prometheus-metrics.js';
import { type MetricsServer, type MetricsServerOptions, startMetricsServer } from './metrics-server.js';

const open: MetricsServer[] = [];
afterEach(async () => {
  for (const server of open.splice(0)) await server.close();
});

async function serve(options: Partial<MetricsServerOptions> = {}): Promise<MetricsServer> {
  const metrics = prometheusMetrics({ processMetrics: false });
  metrics.count('test_total');
  const server = await startMetricsServer({ port: 0, metrics, health: () => ({ status: 'up' }), ...options });
  open.push(server);
  return server;
}

const get = async (server: MetricsServer, path: string, method = 'GET') => {
  const answer = await fetch(`${server.url}${path}`, { method });
  return { status: answer.status, headers: answer.headers, body: await answer.text() };
};

describe('the metrics server', () => {
  it('serves metrics in Prometheus’ format, to this machine', async () => {
    const server = await serve();
    const { status, headers, body } = await get(server, '/metrics?x=1');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toContain('\ntest_total 1\n');
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  });

  it('lives as long as it answers', async () => {
    const { status, body } = await get(await serve({ health: () => ({ status: 'down' }) }), '/healthz');
    expect({ status, body: JSON.parse(body) }).toEqual({
      status: 200,
      body: { status: 'up', uptimeSeconds: expect.any(Number) },
    });
  });

  it.each<[string, MetricsServerOptions['health'], number, unknown]>([
    [
      'ready when all is up',
      () => ({ status: 'up', parts: { backend: { status: 'up' } } }),
      200,
      { status: 'up' },
    ],
    [
      'ready when a part is only degraded, and says which',
      () => ({ status: 'degraded', parts: { limits: { status: 'degraded' } } }),
      200,
      { status: 'degraded', reasons: ['limits is degraded'] },
    ],
    [
      'not ready while a part is down, and says which and why, without its password',
      (): Health => ({
        status: 'down',
        parts: {
          backend: {
            status: 'down',
            details: { error: 'no answer from redis://u:hunter2@cache', since: '2026-11-20T00:00:00.000Z' },
          },
          queues: { status: 'up' },
        },
      }),
      503,
      {
        status: 'down',
        reasons: ['backend is down since 2026-11-20T00:00:00.000Z: no answer from redis://[redacted]@cache'],
      },
    ],
    [
      'not ready when health cannot be told in time',
      () => new Promise<Health>(() => {}),
      503,
      { status: 'down', reasons: ['process is down: no part told its health in 900 ms'] },
    ],
  ])('is %s', async (_, health, status, body) => {
    const answer = await get(await serve({ health }), '/readyz');
    expect({ status: answer.status, body: JSON.parse(answer.body) }).toEqual({ status, body });
  });

  it('answers HEAD without a body, refuses what would change something, and knows no other page', async () => {
    const server = await serve();
    expect(await get(server, '/healthz', 'HEAD')).toMatchObject({ status: 200, body: '' });
    const post = await get(server, '/metrics', 'POST');
    expect([post.status, post.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
    for (const path of ['/', '/metrics/', '/constructor', '/../etc/passwd'])
      expect((await get(server, path)).status).toBe(404);
  });

  it('goes on when a page fails, and tells the asker nothing of why', async () => {
    const metrics = { contentType: 'text/plain', text: () => Promise.reject(new Error('password=hunter2')) };
    const server = await serve({ metrics });
    const { status, body } = await get(server, '/metrics');
    expect(status).toBe(500);
    expect(body).not.toContain('hunter2');
    expect((await get(server, '/healthz')).status).toBe(200);
  });

  it('says plainly that a port is taken', async () => {
    const { port } = await serve();
    await expect(serve({ port })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: `The metrics server cannot listen on 127.0.0.1:${port}: another program has it.`,
    });
  });

  it('refuses a port that does not exist', async () => {
    await expect(serve({ port: 70_000 })).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: 'The metrics server cannot listen on 127.0.0.1:70000: there is no such port.',
    });
  });

  it('closes at once, also while somebody is connected, and more than once', async () => {
    const server = await serve();
    await get(server, '/healthz');
    await Promise.all([server.close(), server.close()]);
    await expect(fetch(`${server.url}/healthz`)).rejects.toThrow();
  });
});
