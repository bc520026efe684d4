-- Creates jobs with names that nobody else has.
local threads = 0
function setup(thread) thread:set("number", threads); threads = threads + 1 end
function init(args) run = args[1]; made = 0 end
function request()
  made = made + 1
  local body = string.format('{"name": "bench %s, thread %d, job %d"}', run, number, made)
  return wrk.format("POST", "/api/jobs/", {["Content-Type"] = "application/json"}, body)
end
function response(status) if status ~= 201 then wrk.thread:stop() end end
