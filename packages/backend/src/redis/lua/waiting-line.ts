/**
 * Who waits for a bucket: the same as `buckets/waiting-line.ts`, on sorted sets, so that every step takes logarithmic time.
 *
 * Keys of a bucket's line: `line/<key>` (everybody, by priority and arrival), `line-due/<key>` (those whose turn has come, by the same
 * order), `line-turns/<key>` (those whose turn is to come, by its time), `line-leaves/<key>` (everybody, by when they count as dead); and
 * `waiter/<name>`: the buckets in whose lines a waiter stands. All expire soon after the last of
 * the line has left, and before the bucket does.
 */
export const waitingLine = `
-- A place is the priority and, within it, the number of the arrival: exact for whole priorities up to 8000 and 10^12 arrivals.
local lane = 2 ^ 40

local function lineKeys(bucket)
  if not bucket.line then
    bucket.line = root .. 'line/' .. bucket.key
    bucket.due = root .. 'line-due/' .. bucket.key
    bucket.turns = root .. 'line-turns/' .. bucket.key
    bucket.leavers = root .. 'line-leaves/' .. bucket.key
  end
  return bucket
end

local function removeWaiter(bucket, name)
  lineKeys(bucket)
  if redis.call('ZREM', bucket.line, name) == 0 then return end
  redis.call('ZREM', bucket.due, name)
  redis.call('ZREM', bucket.turns, name)
  redis.call('ZREM', bucket.leavers, name)
  if redis.call('EXISTS', bucket.line) == 0 then
    bucket.arrivals = nil
    bucket.leaves = nil
    bucket.lineEnded = true
    bucket.changed = true
  end
end

local function leaveLine(bucket, name)
  if not bucket.arrivals then return end
  removeWaiter(bucket, name)
  redis.call('SREM', root .. 'waiter/' .. name, bucket.key)
end

-- Calls those whose turn has come, and gives up those who have not come in time.
local function advance(bucket)
  if not bucket.arrivals then return end
  lineKeys(bucket)
  for _, name in ipairs(redis.call('ZRANGEBYSCORE', bucket.leavers, '-inf', text(now))) do leaveLine(bucket, name) end
  if not bucket.arrivals then return end
  local called = redis.call('ZRANGEBYSCORE', bucket.turns, '-inf', text(now))
  if #called == 0 then return end
  redis.call('ZREMRANGEBYSCORE', bucket.turns, '-inf', text(now))
  for _, name in ipairs(called) do
    redis.call('ZADD', bucket.due, redis.call('ZSCORE', bucket.line, name), name)
  end
  bucket.lineTouched = true
end

local function appoint(bucket, name, turnAt, leavesAt, isDue)
  redis.call('ZADD', bucket.leavers, text(leavesAt), name)
  if isDue then
    redis.call('ZADD', bucket.due, redis.call('ZSCORE', bucket.line, name), name)
    redis.call('ZREM', bucket.turns, name)
  else
    redis.call('ZADD', bucket.turns, text(turnAt), name)
    redis.call('ZREM', bucket.due, name)
  end
  bucket.leaves = math.max(bucket.leaves or 0, leavesAt)
  bucket.lineTouched = true
  bucket.changed = true
end

local function join(bucket, name, priority, turnAt, leavesAt)
  lineKeys(bucket)
  bucket.arrivals = bucket.arrivals or 0
  redis.call('ZADD', bucket.line, text(priority * lane + bucket.arrivals), name)
  bucket.arrivals = bucket.arrivals + 1
  appoint(bucket, name, turnAt, leavesAt, false)
end

-- One who asks with another urgency than before goes to the end of those who share it.
local function reprioritise(bucket, name, priority)
  if not bucket.arrivals then return end
  local place = tonumber(redis.call('ZSCORE', lineKeys(bucket).line, name) or nil)
  if not place or (place >= priority * lane and place < priority * lane + bucket.arrivals) then return end
  local turnAt = tonumber(redis.call('ZSCORE', bucket.turns, name) or 0)
  local leavesAt = tonumber(redis.call('ZSCORE', bucket.leavers, name))
  removeWaiter(bucket, name)
  join(bucket, name, priority, turnAt, leavesAt)
end

local function endOfLane(bucket, priority)
  return '(' .. text(priority * lane + bucket.arrivals)
end

-- How many go before an asker of this priority, who may be in the line.
local function ahead(bucket, priority, name)
  if not bucket.arrivals then return 0 end
  local rank = name and redis.call('ZRANK', lineKeys(bucket).line, name)
  return rank or redis.call('ZCOUNT', lineKeys(bucket).line, '-inf', endOfLane(bucket, priority))
end

-- How many of those are due.
local function dueAhead(bucket, priority, name)
  if not bucket.arrivals then return 0 end
  local place = name and redis.call('ZSCORE', lineKeys(bucket).line, name)
  return redis.call('ZCOUNT', lineKeys(bucket).due, '-inf', place and '(' .. place or endOfLane(bucket, priority))
end

-- Tells this waiter its turn; one who is in the line keeps the place.
local function put(bucket, name, priority, turnAt, graceMs)
  if bucket.arrivals and redis.call('ZSCORE', lineKeys(bucket).line, name) then
    appoint(bucket, name, turnAt, turnAt + graceMs, false)
  else
    join(bucket, name, priority, turnAt, turnAt + graceMs)
  end
  local places = root .. 'waiter/' .. name
  redis.call('SADD', places, bucket.key)
  local lifeMs = math.ceil(turnAt + graceMs - now + idleMs)
  if redis.call('PTTL', places) < lifeMs then redis.call('PEXPIRE', places, text(lifeMs)) end
end

-- This waiter (if it is here) could come, but must wait for another bucket.
local function postpone(bucket, name, untilMs, graceMs)
  if not bucket.arrivals or not redis.call('ZSCORE', lineKeys(bucket).line, name) then return end
  local keepsClaim = untilMs - now <= graceMs and redis.call('ZSCORE', bucket.due, name)
  appoint(bucket, name, untilMs, untilMs + graceMs, keepsClaim)
end

local function saveLines()
  for _, bucket in pairs(buckets) do
    if bucket and bucket.lineTouched and bucket.arrivals then
      local lifeMs = text(math.ceil(math.min(bucket.leaves - now + slackMs, longestMs)))
      redis.call('PEXPIRE', bucket.line, lifeMs)
      redis.call('PEXPIRE', bucket.due, lifeMs)
      redis.call('PEXPIRE', bucket.turns, lifeMs)
      redis.call('PEXPIRE', bucket.leavers, lifeMs)
    end
  end
end`;
