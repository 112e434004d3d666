-- Requests of many families in turn. Arguments: the status that is right, or "any"; method; path; and a file with
-- one request a line: cookies, an ETag or nothing, a body or nothing, separated by tabs; where to begin in it; and
-- "look" to look at the status of each answer, which costs wrk some of the machine.
-- Without a file one plain request is sent again and again, and the status is left to wrk.

local threads = {}

function setup(thread)
  thread:set("number", #threads)
  table.insert(threads, thread)
end

local requests, at = {}, 1
wrong = 0

function init(args)
  local right, method, path, file = tonumber(args[1]), args[2], args[3], args[4]
  wrk.method, wrk.path = method, path
  wrk.headers["Accept-Encoding"] = "gzip, deflate, br"
  if not file then
    return
  end
  for line in io.lines(file) do
    local cookies, etag, body = line:match("^([^\t]*)\t([^\t]*)\t(.*)$")
    local headers = { Cookie = cookies, ["Accept-Encoding"] = "gzip, deflate, br" }
    if etag ~= "" then
      headers["If-None-Match"] = etag
    end
    if body ~= "" then
      headers["Content-Type"] = "application/x-www-form-urlencoded"
    end
    table.insert(requests, wrk.format(method, path, headers, body ~= "" and body or nil))
  end
  at = (tonumber(args[5]) + number * math.floor(#requests / 2)) % #requests

  function request()
    at = at % #requests + 1
    return requests[at]
  end

  if args[6] == "look" then
    function response(status)
      if status ~= right then
        wrong = wrong + 1
      end
    end
  end
end

function done(summary, latency, _)
  local bad = summary.errors.status
  for _, thread in ipairs(threads) do
    bad = bad + thread:get("wrong")
  end
  io.write(string.format(
    '\nfigures {"requests": %d, "seconds": %.6f, "bytes": %d, "p50_ms": %.3f, "wrong": %d, "failed": %d}\n',
    summary.requests, summary.duration / 1e6, summary.bytes, latency:percentile(50) / 1e3, bad,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
