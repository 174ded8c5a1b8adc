-- Posts one body repeatedly, with a number in each request, and prints the results as one line of JSON.
--   wrk ... -s post.lua URL -- BODY_FILE MARK FIRST TASKS NAME=VALUE...
-- Each request replaces MARK in the body by the next number, starting from FIRST, and :task in the path by that number
-- modulo TASKS. If body and path contain neither, wrk sends the same bytes every time, which is the fastest.
function init(args)
  local file = assert(io.open(args[1], "rb"))
  local body, mark, number, tasks = file:read("*a"), args[2], tonumber(args[3]), tonumber(args[4])
  file:close()
  wrk.method, wrk.body = "POST", body
  for i = 5, #args do
    local name, value = args[i]:match("^(.-)=(.*)$")
    wrk.headers[name] = value
  end

  local before, after = wrk.path:match("^(.*):task(.*)$")
  local from, to = body:find(mark, 1, true)
  if not before and not from then return end
  local head, tail = body:sub(1, (from or 1) - 1), body:sub((to or 0) + 1)
  function request()
    number = number + 1
    local path = before and before .. string.format("%d", number % tasks) .. after or wrk.path
    return wrk.format(nil, path, nil, from and head .. string.format("%.0f", number) .. tail or body)
  end
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"seconds":%f,"p50Ms":%f,"p99Ms":%f,"status":%d,"timeout":%d,"socket":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.timeout, errors.connect + errors.read + errors.write))
end
