/**
 * Token buckets: the same steps in the same order as `buckets/token-bucket.ts` and `buckets/grants.ts`, which say why; a property test
 * compares the answers. `leaseMs` is defined before. A bucket is loaded once, changed in memory, and saved at the end of the script.
 *
 * Keys: `bucket/<key>` (hash), `bucket-names` (sorted by name, so that buckets can be listed without looking through everything), and
 * `leases` (grants in flight by the end of their lease; a member is the grant's id and its buckets' keys, with NUL between).
 * A bucket expires when it would be full and nobody waits: it would begin full anyway.
 */
export const tokenBucket = `
local tolerance = 1e-9
local slackMs = 60000
local idleMs = 600000
local longestMs = 1e14
local buckets = {}

local function findBucket(key)
  local bucket = buckets[key]
  if bucket ~= nil then return bucket end
  local kept = redis.call('HMGET', root .. 'bucket/' .. key, 'rate', 'burst', 'level', 'at', 'inFlight', 'arrivals', 'leaves')
  if kept[1] then
    bucket = {
      key = key, rate = tonumber(kept[1]), burst = tonumber(kept[2]), level = tonumber(kept[3]), at = tonumber(kept[4]),
      inFlight = tonumber(kept[5]), arrivals = kept[6] and tonumber(kept[6]), leaves = kept[7] and tonumber(kept[7])
    }
  else
    bucket = false
  end
  buckets[key] = bucket
  return bucket
end

local function newBucket(key, rate, burst)
  local bucket = { key = key, rate = rate, burst = burst, level = burst, at = now, inFlight = 0, changed = true }
  buckets[key] = bucket
  redis.call('ZADD', root .. 'bucket-names', 0, key)
  -- Names of buckets that have expired go a few at a time, so that they never are more than a part of all; those made by this very script
  -- are not saved yet.
  for _, name in ipairs(redis.call('ZRANDMEMBER', root .. 'bucket-names', 3)) do
    if not buckets[name] and redis.call('EXISTS', root .. 'bucket/' .. name) == 0 then
      redis.call('ZREM', root .. 'bucket-names', name)
    end
  end
  return bucket
end

local function refill(bucket)
  local gained = math.max(now - bucket.at, 0) / 1000 * bucket.rate
  bucket.level = math.min(bucket.level + gained, math.max(bucket.burst - bucket.inFlight, bucket.level))
  bucket.at = now
end

local function hasTokens(bucket, tokens)
  refill(bucket)
  return bucket.level >= tokens - tolerance
end

-- When so many will have come in, rounded up to whole milliseconds; and not rounded, for who reckons with it on another clock.
local function timeOfToken(bucket, tokens)
  refill(bucket)
  local missing = tokens - tolerance - bucket.level
  if missing <= 0 then return now, now end
  local at = now + missing / bucket.rate * 1000
  return math.ceil(at), at
end

local function setLimit(bucket, rate, burst)
  if rate == bucket.rate and burst == bucket.burst then return end
  refill(bucket)
  if bucket.level < 0 then bucket.level = 1 - (1 - bucket.level) * (rate / bucket.rate) end
  bucket.rate = rate
  bucket.burst = burst
  bucket.level = math.min(bucket.level, burst - bucket.inFlight)
  bucket.changed = true
end

local function bucketOf(key, rate, burst)
  local bucket = findBucket(key)
  if not bucket then return newBucket(key, rate, burst) end
  setLimit(bucket, rate, burst)
  return bucket
end

local function settleMember(member, consumed)
  for key in string.gmatch(member, '%z([^%z]+)') do
    local bucket = findBucket(key)
    if bucket then
      refill(bucket)
      bucket.inFlight = math.max(bucket.inFlight - 1, 0)
      if not consumed then bucket.level = math.min(bucket.level + 1, bucket.burst - bucket.inFlight) end
      bucket.changed = true
    end
  end
end

-- Whether it is there; a bucket in which something is in flight does not expire.
local function renewLease(member)
  if not redis.call('ZSCORE', root .. 'leases', member) then return false end
  redis.call('ZADD', root .. 'leases', text(now + leaseMs), member)
  for key in string.gmatch(member, '%z([^%z]+)') do
    local bucket = findBucket(key)
    if bucket then bucket.changed = true end
  end
  return true
end

local function endLeases()
  local ended = redis.call('ZRANGEBYSCORE', root .. 'leases', '-inf', text(now))
  if #ended == 0 then return end
  redis.call('ZREMRANGEBYSCORE', root .. 'leases', '-inf', text(now))
  for _, member in ipairs(ended) do settleMember(member, true) end
end

-- Settles what the process has finished meanwhile: pairs of a lease and whether its tokens were used.
local function settleAll(from)
  for index = from, #ARGV, 2 do
    if redis.call('ZREM', root .. 'leases', ARGV[index]) == 1 then settleMember(ARGV[index], ARGV[index + 1] == '1') end
  end
end

local function saveBuckets()
  for key, bucket in pairs(buckets) do
    if bucket and bucket.changed then
      local name = root .. 'bucket/' .. key
      redis.call('HSET', name, 'rate', text(bucket.rate), 'burst', text(bucket.burst), 'level', text(bucket.level),
        'at', text(bucket.at), 'inFlight', bucket.inFlight)
      local lifeMs = (bucket.burst - bucket.level) / bucket.rate * 1000 + leaseMs
      if bucket.arrivals then
        redis.call('HSET', name, 'arrivals', text(bucket.arrivals), 'leaves', text(bucket.leaves))
        lifeMs = math.max(lifeMs, bucket.leaves - now)
      elseif bucket.lineEnded then
        redis.call('HDEL', name, 'arrivals', 'leaves')
      end
      redis.call('PEXPIRE', name, text(math.ceil(math.min(lifeMs + idleMs, longestMs))))
    end
  end
end`;
