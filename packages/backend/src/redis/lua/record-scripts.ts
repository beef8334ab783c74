import { redisScript } from '../redis-script.js';

/**
 * Records of a kind and account: `record/<kind>/<account>` (id -> JSON) and `record-version/<kind>/<account>` (id -> version).
 * Their order, newest version first: `record-order/<kind>/<account>`, and `record-order/<kind>` over all accounts; sorted sets by text
 * whose members begin with the version's bytes turned round (255 less each) and an end byte, so that going up means newest first and, within
 * one version, by account and id. A state is a field of `state/<account>`.
 */
const common = `
local root = KEYS[1]

local turnedByte = {}
for byte = 0, 255 do turnedByte[string.char(byte)] = string.char(255 - byte) end

local function turned(version)
  return (string.gsub(version, '.', turnedByte)) .. '\\255'
end

-- Lua takes only so many arguments at once.
local function inParts(command, key, items, size)
  for from = 1, #items, size do
    redis.call(command, key, unpack(items, from, math.min(from + size - 1, #items)))
  end
end`;

/**
 * account, number of kinds, per kind: kind, number of records, records (id, version, JSON); then the number of states and the states (key,
 * JSON or nothing to delete). Answers with how many were inserted and updated.
 */
export const writeRecords = redisScript(
  common,
  `
local account = ARGV[1]
local at = 3
local inserted, updated = 0, 0

local function writeKind(kind, count)
  local ids = {}
  for index = at, at + count * 3 - 1, 3 do ids[#ids + 1] = ARGV[index] end
  local versionsKey = root .. 'record-version/' .. kind .. '/' .. account
  local values, versions, own, all, ownGone, allGone = {}, {}, {}, {}, {}, {}
  for from = 1, #ids, 1000 do
    local part = { unpack(ids, from, math.min(from + 999, #ids)) }
    local there = redis.call('HMGET', versionsKey, unpack(part))
    for step, id in ipairs(part) do
      local place = at + (from + step - 2) * 3
      local version, old = ARGV[place + 1], there[step]
      if not old or old < version then
        local order = turned(version)
        if old then
          local before = turned(old)
          ownGone[#ownGone + 1] = before .. id
          allGone[#allGone + 1] = before .. account .. ' ' .. id
          updated = updated + 1
        else
          inserted = inserted + 1
        end
        values[#values + 1] = id
        values[#values + 1] = ARGV[place + 2]
        versions[#versions + 1] = id
        versions[#versions + 1] = version
        own[#own + 1] = 0
        own[#own + 1] = order .. id
        all[#all + 1] = 0
        all[#all + 1] = order .. account .. ' ' .. id
      end
    end
  end
  inParts('HSET', root .. 'record/' .. kind .. '/' .. account, values, 1000)
  inParts('HSET', versionsKey, versions, 1000)
  inParts('ZREM', root .. 'record-order/' .. kind .. '/' .. account, ownGone, 1000)
  inParts('ZREM', root .. 'record-order/' .. kind, allGone, 1000)
  inParts('ZADD', root .. 'record-order/' .. kind .. '/' .. account, own, 1000)
  inParts('ZADD', root .. 'record-order/' .. kind, all, 1000)
  at = at + count * 3
end

for _ = 1, tonumber(ARGV[2]) do
  local kind, count = ARGV[at], tonumber(ARGV[at + 1])
  at = at + 2
  writeKind(kind, count)
end
for index = at, #ARGV, 2 do
  if ARGV[index + 1] == '' then
    redis.call('HDEL', root .. 'state/' .. account, ARGV[index])
  else
    redis.call('HSET', root .. 'state/' .. account, ARGV[index], ARGV[index + 1])
  end
end
return { inserted, updated }`,
);

/**
 * kind, account or nothing for all, how many to skip, how many, and where the page before ended (version, account, id, if any).
 * Answers with the values and where this page ended.
 */
export const listRecords = redisScript(
  common,
  `
local kind, account = ARGV[1], ARGV[2]
local order = root .. 'record-order/' .. kind
if account ~= '' then order = order .. '/' .. account end
local from = '-'
if ARGV[5] then
  from = '(' .. turned(ARGV[5]) .. (account ~= '' and '' or ARGV[6] .. ' ') .. ARGV[7]
end
local members = redis.call('ZRANGEBYLEX', order, from, '+', 'LIMIT', ARGV[3], ARGV[4])
local values, last = {}, {}
for index, member in ipairs(members) do
  local rest = string.sub(member, string.find(member, '\\255', 1, true) + 1)
  local owner, id = account, rest
  if account == '' then
    local gap = string.find(rest, ' ', 1, true)
    owner, id = string.sub(rest, 1, gap - 1), string.sub(rest, gap + 1)
  end
  values[index] = redis.call('HGET', root .. 'record/' .. kind .. '/' .. owner, id)
  if index == #members then
    last = { redis.call('HGET', root .. 'record-version/' .. kind .. '/' .. owner, id), owner, id }
  end
end
return { values, last }`,
);

/**
 * kind, account or nothing for all, how many, and where the page before ended (version, account, id, if any).
 * Answers with account, id, version and value of each, one after another.
 */
export const walkRecords = redisScript(
  common,
  `
local kind, account = ARGV[1], ARGV[2]
local order = root .. 'record-order/' .. kind
if account ~= '' then order = order .. '/' .. account end
local from = '-'
if ARGV[4] then
  from = '(' .. turned(ARGV[4]) .. (account ~= '' and '' or ARGV[5] .. ' ') .. ARGV[6]
end
local found = {}
for _, member in ipairs(redis.call('ZRANGEBYLEX', order, from, '+', 'LIMIT', 0, ARGV[3])) do
  local rest = string.sub(member, string.find(member, '\\255', 1, true) + 1)
  local owner, id = account, rest
  if account == '' then
    local gap = string.find(rest, ' ', 1, true)
    owner, id = string.sub(rest, 1, gap - 1), string.sub(rest, gap + 1)
  end
  found[#found + 1] = owner
  found[#found + 1] = id
  found[#found + 1] = redis.call('HGET', root .. 'record-version/' .. kind .. '/' .. owner, id)
  found[#found + 1] = redis.call('HGET', root .. 'record/' .. kind .. '/' .. owner, id)
end
return found`,
);

/** kind, account, ids. Answers with account, id, version and value of each that is there, one after another. */
export const storedRecords = redisScript(`
local root = KEYS[1]
local of = ARGV[1] .. '/' .. ARGV[2]
local found = {}
for at = 3, #ARGV do
  local version = redis.call('HGET', root .. 'record-version/' .. of, ARGV[at])
  if version then
    found[#found + 1] = ARGV[2]
    found[#found + 1] = ARGV[at]
    found[#found + 1] = version
    found[#found + 1] = redis.call('HGET', root .. 'record/' .. of, ARGV[at])
  end
end
return found`);

/** kind, account, then id, version, JSON of each. Answers with how many had this version. */
export const replaceRecords = redisScript(
  common,
  `
local of = ARGV[1] .. '/' .. ARGV[2]
local replaced = 0
for at = 3, #ARGV, 3 do
  if redis.call('HGET', root .. 'record-version/' .. of, ARGV[at]) == ARGV[at + 1] then
    redis.call('HSET', root .. 'record/' .. of, ARGV[at], ARGV[at + 2])
    replaced = replaced + 1
  end
end
return replaced`,
);

/** kind, account, the version that they must be older than or nothing, then ids. Answers with how many there were. */
export const deleteRecords = redisScript(
  common,
  `
local kind, account, olderThan = ARGV[1], ARGV[2], ARGV[3]
local of = kind .. '/' .. account
local deleted = 0
for at = 4, #ARGV do
  local id = ARGV[at]
  local version = redis.call('HGET', root .. 'record-version/' .. of, id)
  if version and (olderThan == '' or version < olderThan) then
    local order = turned(version)
    redis.call('HDEL', root .. 'record/' .. of, id)
    redis.call('HDEL', root .. 'record-version/' .. of, id)
    redis.call('ZREM', root .. 'record-order/' .. of, order .. id)
    redis.call('ZREM', root .. 'record-order/' .. kind, order .. account .. ' ' .. id)
    deleted = deleted + 1
  end
end
return deleted`,
);
