-- Takes the key of a record that has expired from those of its collection, unless it was written again. KEYS: the record,
-- the keys of its collection. ARGV: the key.
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('ZREM', KEYS[2], ARGV[1])
end
return 0
