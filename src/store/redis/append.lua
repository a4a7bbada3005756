-- Appends an entry to a call's journal if the writer knows all that is in it.
--
-- The journal is a list: the head, then the entries. Each element is the bytes of all entries up to it, a blank, and its
-- JSON. KEYS: the journal, the claim, and perhaps the open calls of the application.
local journal, claim, open = KEYS[1], KEYS[2], KEYS[3]
local at, entry, head, owner = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4]
local claimed, kept, entries, most = ARGV[5], ARGV[6], tonumber(ARGV[7]), tonumber(ARGV[8])
local ended, call, due, calls = ARGV[9] == '1', ARGV[10], ARGV[11], ARGV[12]

local known = redis.call('LLEN', journal) - 1
local bytes = #entry
if known >= 0 and known ~= at then
  local last = redis.call('LINDEX', journal, -1)
  -- Whoever did not hear that it was written may write it again.
  if known == at + 1 and string.sub(last, string.find(last, ' ', 1, true) + 1) == entry
      and (owner == '' or redis.call('GET', claim) == owner) then
    return {'written'}
  end
  local missed = redis.call('LRANGE', journal, at + 1, -1)
  table.insert(missed, 1, 'behind')
  return missed
elseif known >= 0 then
  bytes = bytes + tonumber(string.match(redis.call('LINDEX', journal, -1), '^%d+'))
elseif at > 0 then
  return {'unknown'}
end
if at >= entries or bytes > most then
  return {'full'}
end
if known < 0 then
  if open and calls ~= '' and redis.call('ZCARD', open) >= tonumber(calls) then
    return {'busy'}
  end
  redis.call('RPUSH', journal, '0 ' .. head)
end
redis.call('RPUSH', journal, string.format('%d ', bytes) .. entry)
redis.call('PEXPIRE', journal, kept)
if owner ~= '' then
  redis.call('SET', claim, owner, 'PX', claimed)
else
  redis.call('DEL', claim)
end
if open and ended then
  redis.call('ZREM', open, call)
elseif open and known < 0 then
  redis.call('ZADD', open, due, call)
end
return {'written'}
