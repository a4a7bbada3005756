-- Says who is at work on a call. KEYS: the journal, the claim. 1: claimed, 0: somebody else has it, -1: no such call.
if redis.call('EXISTS', KEYS[1]) == 0 then
  return -1
end
local other = redis.call('GET', KEYS[2])
if other and other ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1
