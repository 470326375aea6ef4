// SPDX-License-Identifier: MIT
// What Redis does in one step: scripts, for Redis 7.
#ifndef SSEWIRE_EXAMPLES_SCRIPTS_HPP
#define SSEWIRE_EXAMPLES_SCRIPTS_HPP

#include <string>

namespace cluster {

/// A script, and its digest once Redis has said it.
struct script {
  const char* name;
  std::string text, digest;
};

namespace lua {

// IDs have up to 20 digits in each half, more than numbers of Lua hold: they are compared as text.
inline const std::string less = R"lua(
local function less(a, b)
  local a1, a2 = a:match('^(%d+)-(%d+)$')
  local b1, b2 = b:match('^(%d+)-(%d+)$')
  if a1 == b1 then a1, b1 = a2, b2 end
  if #a1 ~= #b1 then return #a1 < #b1 end
  return a1 < b1
end
)lua";

// What a stream says about itself. One that is not there says what an empty one would.
inline const std::string about = R"lua(
local about = {['last-generated-id'] = '0-0', ['max-deleted-entry-id'] = '0-0',
               ['entries-added'] = 0, length = 0}
if redis.call('EXISTS', KEYS[1]) == 1 then
  local said = redis.call('XINFO', 'STREAM', KEYS[1])
  for i = 1, #said, 2 do about[said[i]] = said[i + 1] end
end
local last = about['last-generated-id']
)lua";

// An epoch is made where there is none. Usage: epoch(known, fresh).
inline const std::string epoch = R"lua(
local function epoch(fresh)
  local found = redis.call('GET', KEYS[2])
  if found and #found <= 16 and found:match('^[0-9a-z]+$') then return found end
  redis.call('SET', KEYS[2], fresh)
  return fresh
end
)lua";

}  // namespace lua

/// The state of a stream: its epoch, last ID and number of entries. If it is in the epoch that is
/// known, but has not got as far as was read there, then it has lost entries, and may give their
/// IDs to others: that is the end of the epoch.
/// Keys: stream, epoch. Arguments: the epoch known, the last ID read there, how many entries were
/// added up to it, another epoch.
inline script state{"state", "#!lua\n" + lua::less + lua::about + lua::epoch + R"lua(
local found = epoch(ARGV[4])
local is_back = less(last, ARGV[2]) or about['entries-added'] < tonumber(ARGV[3])
if found == ARGV[1] and is_back then
  found = ARGV[4]
  redis.call('SET', KEYS[2], found)
end
return {found, last, about['entries-added']}
)lua",
                    ""};

/// The next entries, and what the stream says about itself at that moment: so what is no longer
/// there is known. Of an entry that is too large only the size comes.
/// Keys: stream, epoch. Arguments: the ID in front, the most entries, the bytes that are enough,
/// the most bytes of an entry.
inline script next_page{"next_page", "#!lua flags=no-writes\n" + lua::less + lua::about + R"lua(
local at, entries, bytes, all, count = ARGV[1], {}, 0, 1, 1
while all == 1 and less(at, last) do
  local some, size_of_some = redis.call('XRANGE', KEYS[1], '(' .. at, '+', 'COUNT', count), 0
  if #some == 0 then break end
  for _, entry in ipairs(some) do
    if #entries == tonumber(ARGV[2]) or bytes >= tonumber(ARGV[3]) then
      all = 0
      break
    end
    local size = 0
    for _, text in ipairs(entry[2]) do size = size + #text end
    size_of_some = size_of_some + size
    if size > tonumber(ARGV[4]) then
      entry[2] = size
    else
      bytes = bytes + size
    end
    at = entry[1]
    entries[#entries + 1] = entry
  end
  -- Several at once are less work, as long as they are small.
  count = size_of_some < 8192 and 8 or 1
end
local first = about['first-entry'] and about['first-entry'][1] or ''
return {redis.call('GET', KEYS[2]) or '', first, last, about['max-deleted-entry-id'],
        about['entries-added'], about.length, all, entries}
)lua",
                        ""};

/// Adds an entry once: a publisher that does not know whether it has been heard says the same key
/// again, and gets the ID of the first time.
/// Keys: stream, epoch, and the publisher's key if it gave one.
/// Arguments: another epoch, = or ~, the most entries, the data, the type or nothing, how many
/// seconds a key is kept.
inline script publish{"publish", "#!lua\n" + lua::epoch + R"lua(
if KEYS[3] then
  local known = redis.call('GET', KEYS[3])
  if known then
    local found, id, number = known:match('^(%S+) (%S+) (%S+)$')
    return {0, found, id, tonumber(number)}
  end
end
local fields = {'data', ARGV[4]}
if ARGV[5] ~= '' then
  fields[3] = 'type'
  fields[4] = ARGV[5]
end
local found = epoch(ARGV[1])
local id = redis.call('XADD', KEYS[1], 'MAXLEN', ARGV[2], ARGV[3], '*', unpack(fields))
local number
local said = redis.call('XINFO', 'STREAM', KEYS[1])
for i = 1, #said, 2 do
  if said[i] == 'entries-added' then number = said[i + 1] end
end
if KEYS[3] then
  redis.call('SET', KEYS[3], found .. ' ' .. id .. ' ' .. number, 'EX', ARGV[6])
end
return {1, found, id, number}
)lua",
                      ""};

}  // namespace cluster

#endif
