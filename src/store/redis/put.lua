-- Writes a record if it has the version the writer knows. KEYS: the record, the keys of its collection. ARGV: that version
-- (0: none), the value, a mark of this very write, how long it is kept, the key. Answers with `written`, or with `changed`
-- and what the record is, if it is.
local known, value, mark = tonumber(ARGV[1]), ARGV[2], ARGV[3]
local there = redis.call('HMGET', KEYS[1], 'version', 'value', 'mark')
if tonumber(there[1] or '0') ~= known then
  -- Whoever did not hear that it was written may write it again.
  if there[3] == mark then
    return {'written'}
  end
  if not there[1] then
    return {'changed'}
  end
  return {'changed', there[1], there[2]}
end
redis.call('HSET', KEYS[1], 'version', string.format('%d', known + 1), 'value', value, 'mark', mark)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
redis.call('ZADD', KEYS[2], 0, ARGV[5])
return {'written'}
