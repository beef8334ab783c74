import { openBackend } from '@fluxori/backend';
import { startServer } from '@fluxori/test-services';
import { Queue, Worker } from 'bullmq';
const own = process.env.PGURL ? undefined : await startServer('postgres');
const url = process.env.PGURL ?? own.url;
console.log(url, process.env.PARAMS ?? '');
const backend = await openBackend(url + (process.env.PARAMS ?? ''));
const pct = (a, p) => a.sort((x, y) => x - y)[Math.floor(a.length * p)];
async function run(name, concurrency, limitsOf, ms = 2500) {
  const lat = []; let n = 0;
  const end = performance.now() + ms; const cpu0 = process.cpuUsage(); const t0 = performance.now();
  await Promise.all(Array.from({ length: concurrency }, async (_, i) => {
    while (performance.now() < end) {
      const s = performance.now();
      const r = await backend.buckets.take(limitsOf(i, n), { priority: 3 });
      lat.push(performance.now() - s); n++;
      if (r.granted) backend.buckets.settle(r.grant);
    }
  }));
  const cpu = process.cpuUsage(cpu0); const secs = (performance.now() - t0) / 1000;
  console.log(name.padEnd(34), `c=${concurrency}`.padEnd(6), `${Math.round(n / secs)}/s`.padEnd(10), `p50 ${pct(lat, .5).toFixed(2)} p99 ${pct(lat, .99).toFixed(2)} ms`, ` cpu ${((cpu.user + cpu.system) / n).toFixed(0)} us/take`);
}
const big = (key) => ({ key, ratePerSecond: 1e6, burst: 1e6 });
await run('warm', 8, () => [big('one')], 1000);
for (const c of [1, 8, 32, 128]) {
  await run('one bucket', c, () => [big('one')]);
  await run('many buckets (500)', c, (i, n) => [big('many' + (n * 7 + i) % 500)]);
  await run('two buckets (account + app)', c, (i, n) => [big('acc' + (n * 7 + i) % 500), big('app')]);
}
await run('refused, empty bucket', 8, () => [{ key: 'empty', ratePerSecond: 0.001, burst: 1 }]);
for (const [n, f] of [['kv get', () => backend.keyValues.get('x')], ['kv set', () => backend.keyValues.set('x', 1)], ['lock', () => backend.locks.withLock('l' , async () => {})]]) {
  const lat = []; for (let i = 0; i < 300; i++) { const s = performance.now(); await f(); lat.push(performance.now() - s); }
  console.log(n, 'p50', pct(lat, .5).toFixed(2), 'p99', pct(lat, .99).toFixed(2));
}
const rec = Array.from({length: 100}, (_, i) => i); let t = performance.now();
for (let b = 0; b < 100; b++) await backend.records.write({ accountId: 'a', records: rec.map((i) => ({ kind: 'order', id: `${b}-${i}`, version: '1', value: { a: 'x'.repeat(300) } })), state: { mark: b } });
console.log('records/s', Math.round(10000 / ((performance.now() - t) / 1000)));
const { connection, backendFactory } = await backend.queueConnection();
const queue = new Queue('bench', { connection }, backendFactory);
t = performance.now(); for (let i = 0; i < 5; i++) await queue.addBulk(Array.from({ length: 1000 }, () => ({ name: 'w', data: {} })));
console.log('added/s', Math.round(5000 / ((performance.now() - t) / 1000)));
let done = 0; t = performance.now(); const c0 = process.cpuUsage();
const worker = new Worker('bench', async () => void done++, { connection, concurrency: 20 }, backendFactory);
while (done < 5000) await new Promise((r) => setTimeout(r, 5));
const c1 = process.cpuUsage(c0);
console.log('worked/s', Math.round(5000 / ((performance.now() - t) / 1000)), 'cpu us/job', ((c1.user + c1.system) / 5000).toFixed(0));
await worker.close(); await queue.close();
console.log(await backend.health());
await backend.close(); await own?.[Symbol.asyncDispose]();
process.exit();
