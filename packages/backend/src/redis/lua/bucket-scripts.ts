import { type RedisScript, redisScript } from '../redis-script.js';
import { redisTime, steadyTime } from './time.js';
import { tokenBucket } from './token-bucket.js';
import { waitingLine } from './waiting-line.js';

export interface BucketScripts {
  /** id, keys of its lease, priority, whether there is a waiter, waiter, whether it is a repetition, number of limits, limits; settles. */
  readonly take: RedisScript;
  /** key, rate, burst, whether there is an end, the end as the caller reckons it, its distance in ms; settles. */
  readonly drain: RedisScript;
  /** prefix, the last key that was told, how many; settles. */
  readonly inspect: RedisScript;
  /** waiter; settles. */
  readonly forget: RedisScript;
  /** settles. */
  readonly settle: RedisScript;
  /** number of leases, leases whose holder is alive; settles. */
  readonly renew: RedisScript;
}

/**
 * What can be done with buckets, each in one atomic script.
 *
 * @param leaseMs - a grant that is not renewed for so long is over.
 * @param time - Lua that defines `wallClock()`; a test may hold it still, and nothing outside of the source can.
 */
export function bucketScripts(leaseMs: number, time: string = redisTime): BucketScripts {
  const common = [time, steadyTime, `local leaseMs = ${leaseMs}`, tokenBucket, waitingLine];
  return {
    take: redisScript(...common, take),
    drain: redisScript(...common, drain),
    inspect: redisScript(...common, inspect),
    forget: redisScript(...common, forget),
    settle: redisScript(...common, settle),
    renew: redisScript(...common, renew),
  };
}

/** As in `BucketLedger.take`. */
const take = `
local lease, priority = ARGV[1], tonumber(ARGV[2])
local waiter = ARGV[3] == '1' and ARGV[4]
local isRepeated = ARGV[5] == '1'
local limits = tonumber(ARGV[6])
-- For the asker the lease begins with the answer that arrives.
local isGranted = isRepeated and renewLease(lease)
endLeases()
settleAll(7 + limits * 3)

-- The answer to the first time was lost: it is given again.
if isGranted then
  saveBuckets()
  return { 1, text(now) }
end

local seats, seen = {}, {}
for index = 7, 6 + limits * 3, 3 do
  local bucket = bucketOf(ARGV[index], tonumber(ARGV[index + 1]), tonumber(ARGV[index + 2]))
  if not seen[bucket] then
    seen[bucket] = true
    seats[#seats + 1] = bucket
  end
end
for _, bucket in ipairs(seats) do
  advance(bucket)
  if waiter then reprioritise(bucket, waiter, priority) end
end

local slowest, turnAt, toldAt
for _, bucket in ipairs(seats) do
  if not hasTokens(bucket, dueAhead(bucket, priority, waiter) + 1) then
    local turn, told = timeOfToken(bucket, ahead(bucket, priority, waiter) + 1)
    if not slowest or turn > turnAt then slowest, turnAt, toldAt = bucket, turn, told end
  end
end

if slowest then
  for _, bucket in ipairs(seats) do
    bucket.changed = true
    -- How long after its turn a waiter keeps its claim.
    local graceMs = math.max(2000, 2000 / bucket.rate)
    if waiter and bucket == slowest then
      put(bucket, waiter, priority, turnAt, graceMs)
    elseif waiter then
      postpone(bucket, waiter, turnAt, graceMs)
    end
  end
  saveLines()
  saveBuckets()
  return { 0, text(now), text(toldAt), slowest.key }
end

for _, bucket in ipairs(seats) do
  refill(bucket)
  bucket.level = bucket.level - 1
  bucket.inFlight = bucket.inFlight + 1
  bucket.changed = true
  if waiter then leaveLine(bucket, waiter) end
end
redis.call('ZADD', root .. 'leases', text(now + leaseMs), lease)
saveLines()
saveBuckets()
return { 1, text(now) }`;

const drain = `
endLeases()
settleAll(7)
local bucket = bucketOf(ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]))
refill(bucket)
local paused = 0
if ARGV[4] == '1' then
  -- The caller's reckoning of our clock is right to a few milliseconds, unless a clock has just been set.
  local untilMs = tonumber(ARGV[5])
  local distanceMs = tonumber(ARGV[6])
  if math.abs(untilMs - (now + distanceMs)) > 1000 then untilMs = now + distanceMs end
  paused = 1 - bucket.rate * (untilMs - now) / 1000
end
bucket.level = math.min(bucket.level, paused, 0)
bucket.changed = true
saveBuckets()
return { text(now) }`;

const inspect = `
endLeases()
settleAll(4)
local from = ARGV[2] ~= '' and '(' .. ARGV[2] or '[' .. ARGV[1]
local names = redis.call('ZRANGEBYLEX', root .. 'bucket-names', from, '(' .. ARGV[1] .. '\\255', 'LIMIT', 0, ARGV[3])
local found = {}
for _, name in ipairs(names) do
  local bucket = findBucket(name)
  if bucket then
    advance(bucket)
    refill(bucket)
    local _, nextAt = timeOfToken(bucket, 1)
    local waiting = bucket.arrivals and redis.call('ZCARD', lineKeys(bucket).line) or 0
    found[#found + 1] = {
      name, text(bucket.rate), text(bucket.burst), text(bucket.level), bucket.inFlight, waiting, text(nextAt)
    }
  else
    redis.call('ZREM', root .. 'bucket-names', name)
  end
end
saveLines()
saveBuckets()
return { text(now), found, names[#names] or '' }`;

const forget = `
endLeases()
settleAll(2)
local places = root .. 'waiter/' .. ARGV[1]
for _, key in ipairs(redis.call('SMEMBERS', places)) do
  local bucket = findBucket(key)
  if bucket and bucket.arrivals then removeWaiter(bucket, ARGV[1]) end
end
redis.call('DEL', places)
saveBuckets()
return { text(now) }`;

const settle = `
endLeases()
settleAll(1)
saveBuckets()
return { text(now) }`;

/** First of all: a lease whose end nobody has noticed yet goes on. One that has been ended is no more, and nothing brings it back. */
const renew = `
local leases = tonumber(ARGV[1])
for index = 2, 1 + leases do renewLease(ARGV[index]) end
endLeases()
settleAll(2 + leases)
saveBuckets()
return { text(now) }`;
