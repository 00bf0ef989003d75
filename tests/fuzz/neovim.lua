-- Random edits in a real buffer, with a server attached that tells what text it has. Run by neovim.py.
local seconds, tries, seed, result = tonumber(vim.env.SECONDS), tonumber(vim.env.TRIES), tonumber(vim.env.SEED), vim.env.RESULT
math.randomseed(seed)

local ALPHABET = {
  'a', 'b', 'x = 1', 'é', '漢', '\t', ' ', '\n', '\n', '\f', '\v', '\xc2\x85', '\xe2\x80\xa8', '\xe2\x80\xa9',
  '😀', '👩\xe2\x80\x8d💻', 'e\xcc\x81', '\xef\xbb\xbf',
}
local EDITS_PER_LOOK = 20

local function words(most)
  local pieces = {}
  for _ = 1, math.random(0, most) do
    table.insert(pieces, ALPHABET[math.random(#ALPHABET)])
  end
  return table.concat(pieces)
end

-- A place that exists and is no half of a character.
local function place()
  local row = math.random(0, vim.api.nvim_buf_line_count(0) - 1)
  local line = vim.api.nvim_buf_get_lines(0, row, row + 1, false)[1]
  local starts = vim.str_utf_pos(line)
  table.insert(starts, #line + 1)
  return { row, starts[math.random(#starts)] - 1 }
end

local function edit()
  local kind = math.random(12)
  if kind == 1 then
    pcall(vim.cmd, 'silent undo')
  elseif kind == 2 then
    pcall(vim.cmd, 'silent redo')
  elseif kind == 3 then
    vim.api.nvim_buf_set_lines(0, 0, math.random(0, 1) * -1, false, vim.split(words(20), '\n'))
  elseif kind == 4 and vim.api.nvim_buf_line_count(0) > 1 then
    pcall(vim.cmd, 'silent ' .. math.random(vim.api.nvim_buf_line_count(0)) .. 'join!')
  else
    local one, other = place(), place()
    if one[1] > other[1] or (one[1] == other[1] and one[2] > other[2]) then
      one, other = other, one
    end
    if math.random(3) > 1 then
      other = one
    end
    vim.api.nvim_buf_set_text(0, one[1], one[2], other[1], other[2], vim.split(words(5), '\n'))
  end
  if vim.api.nvim_buf_line_count(0) > 60 then
    vim.api.nvim_buf_set_lines(0, 20, -1, false, {})
  end
end

-- All that Neovim says of its buffer, and what the server answers when it is asked.
local log = {}

local function report(done, misstated, failure)
  vim.fn.writefile({ vim.json.encode({ done = done, misstated = misstated, failure = failure, log = log }) }, result)
  vim.cmd('qall!')
end

local client = vim.lsp.start({
  name = 'kibitz',
  cmd = { vim.env.PYTHON, '-m', 'tests.lsp.scripted_server', vim.env.STORE },
  cmd_cwd = vim.env.CWD,
  flags = { debounce_text_changes = 0 },
  before_init = function(_, config)
    local rpc = vim.lsp.get_client_by_id(config.id or 1).rpc
    local notify = rpc.notify
    rpc.notify = function(method, params)
      if method == 'textDocument/didOpen' then
        table.insert(log, { text = params.textDocument.text })
      elseif method == 'textDocument/didChange' then
        vim.list_extend(log, params.contentChanges)
      end
      return notify(method, params)
    end
  end,
}, { bufnr = 0 })
local ready = client and vim.wait(30000, function()
  local found = vim.lsp.get_client_by_id(client)
  return found ~= nil and found.initialized == true
end)
if not ready then
  report(0, 0, 'the server did not start')
  return
end

local done, misstated, started = 0, 0, vim.uv.now()
for _ = 1, tries do
  for _ = 1, EDITS_PER_LOOK do
    edit()
    done = done + 1
  end
  local reply = vim.lsp.get_client_by_id(client):request_sync('test/text', { uri = vim.uri_from_bufnr(0) }, 10000, 0)
  if not reply or not reply.result then
    report(done, misstated, 'no answer')
    return
  end
  table.insert(log, { server = reply.result })
  local mine = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n') .. '\n'
  if reply.result ~= mine then -- its own account of its buffer was wrong: begin anew
    misstated = misstated + 1
    vim.lsp.buf_detach_client(0, client)
    vim.lsp.buf_attach_client(0, client)
  end
  vim.uv.update_time()
  if vim.uv.now() - started > seconds * 1000 then
    break
  end
end
report(done, misstated)
