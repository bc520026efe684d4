-- Asks for the paths in a file, one after another, beginning at a place in it: no two at a time are the same.
function init(args)
  requests = {}
  for path in io.lines(args[1]) do requests[#requests + 1] = wrk.format("GET", path) end
  place = tonumber(args[2]) % #requests
end
function request()
  place = place % #requests + 1
  return requests[place]
end
