-- Kibitz for Neovim 0.12 and newer. Copy this file to ~/.config/nvim/plugin/kibitz.lua; no plugin is needed.
-- Only the first three statements are necessary. The rest makes it comfortable.

vim.lsp.config('kibitz', {
  cmd = { 'kibitz', 'serve' },
  root_markers = { '.git', 'pyproject.toml', 'package.json', 'go.mod', 'Cargo.toml' },
  settings = { kibitz = {} }, -- for example { kibitz = { completion = { maxLines = 4 } } }
})
vim.lsp.enable('kibitz')
vim.lsp.inline_completion.enable()

-- Tab accepts the grey text. Without any, it stays an ordinary Tab.
vim.keymap.set('i', '<Tab>', function()
  if not vim.lsp.inline_completion.get() then return '<Tab>' end
end, { expr = true, desc = 'Kibitz: accept the suggestion' })

local running = { number = 0, places = {} } -- the answer that is being written: its name, its request, its places

local function cancel()
  if running.request then running.client:cancel_request(running.request) end
  running.request = nil
end

-- Open the place of the answer at the cursor, in the window with the code.
local function open_place()
  local line, column = vim.api.nvim_get_current_line(), vim.api.nvim_win_get_cursor(0)[2] + 1
  for _, place in ipairs(running.places) do
    local first, last = line:find(place.text, 1, true)
    if first and (first <= column and column <= last or not line:find(':%d', last)) then
      local there = { start = { line = place.line, character = 0 }, ['end'] = { line = place.line, character = 0 } }
      vim.cmd.wincmd('p')
      return vim.lsp.util.show_document({ uri = place.uri, range = there }, 'utf-16', { focus = true, reuse_win = false })
    end
  end
end

-- Show text in a split below the code, where it stays while you work: `q` closes it, Enter opens a place.
local function show(markdown)
  local lines = vim.split(vim.trim(markdown), '\n')
  local buffer = vim.fn.bufnr('kibitz://answer')
  local is_new = buffer < 0
  if is_new then
    buffer = vim.api.nvim_create_buf(false, true)
    vim.api.nvim_buf_set_name(buffer, 'kibitz://answer')
    vim.bo[buffer].filetype, vim.bo[buffer].bufhidden = 'markdown', 'wipe'
    vim.keymap.set('n', 'q', function() cancel() vim.cmd.close() end, { buffer = buffer, nowait = true })
    vim.keymap.set('n', '<CR>', open_place, { buffer = buffer })
  end
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].modifiable = false
  local height = math.min(#lines + 1, math.floor(vim.o.lines / 2))
  if not is_new then
    for _, window in ipairs(vim.fn.win_findbuf(buffer)) do vim.api.nvim_win_set_height(window, height) end
    return
  end
  local code = vim.api.nvim_get_current_win()
  local window = vim.api.nvim_open_win(buffer, false, { split = 'below', win = code, height = height })
  for name, value in pairs({ wrap = true, linebreak = true, number = false, relativenumber = false, conceallevel = 2 }) do
    vim.wo[window][0][name] = value
  end
end

-- Send a command whose answer is text, and show it while it is written.
local function ask(client, command, arguments)
  vim.cmd.redraw() -- or the menu that was just answered would ask for Enter
  vim.api.nvim_echo({ { 'Kibitz is reading …' } }, false, {})
  cancel()
  running.number = running.number + 1
  local name = 'answer-' .. running.number
  local argument = vim.tbl_extend('force', arguments[1], { answerId = name })
  running.client, running.name, running.places = client, name, {}
  local function done(problem, answer)
    if running.name ~= name then return end
    running.request = nil
    vim.api.nvim_echo({ { '' } }, false, {})
    if problem then vim.notify('Kibitz: ' .. problem.message, vim.log.levels.WARN) end
    if answer and answer.markdown then
      running.places = answer.places or {}
      show(answer.markdown)
    end
  end
  local sent, request = client:request('workspace/executeCommand', { command = command, arguments = { argument } }, done)
  running.request = sent and request or nil
end

-- Send one that needs no file: any Kibitz that runs can answer it.
local function ask_anyone(command, argument)
  local client = vim.lsp.get_clients({ name = 'kibitz', bufnr = 0 })[1] or vim.lsp.get_clients({ name = 'kibitz' })[1]
  if not client then return vim.notify('Kibitz: open a file of the repository first', vim.log.levels.WARN) end
  ask(client, command, { argument })
end

-- :KibitzAsk where is the tax rate read
vim.api.nvim_create_user_command('KibitzAsk', function(command)
  if command.args ~= '' then return ask_anyone('kibitz.ask', { question = command.args }) end
  vim.ui.input({ prompt = 'Ask about this repository: ' }, function(question)
    if question and question ~= '' then ask_anyone('kibitz.ask', { question = question }) end
  end)
end, { nargs = '*', desc = 'Ask about this repository' })

-- :KibitzExplainOutput explains the error in the clipboard, :'<,'>KibitzExplainOutput the one in these lines, of a terminal say.
vim.api.nvim_create_user_command('KibitzExplainOutput', function(command)
  local lines = vim.api.nvim_buf_get_lines(0, command.line1 - 1, command.line2, false)
  local copied = vim.fn.has('clipboard') == 1 and vim.fn.getreg('+') or vim.fn.getreg('"')
  ask_anyone('kibitz.explainOutput', { text = command.range > 0 and table.concat(lines, '\n') or copied })
end, { range = true, desc = 'Explain a traceback or what a compiler printed' })

-- The errors of every server at these lines. Neovim by itself tells a server only of its own.
local function all_problems(buffer, range)
  local found = {}
  for line = range.start.line, range['end'].line do
    vim.list_extend(found, vim.diagnostic.get(buffer, { lnum = line }))
  end
  return vim.lsp.diagnostic.from(found)
end

vim.lsp.config('kibitz', {
  init_options = { kibitzClient = { showsExplanations = true } },
  commands = {
    ['kibitz.explainError'] = function(command, context)
      ask(vim.lsp.get_client_by_id(context.client_id), command.command, command.arguments)
    end,
  },
  handlers = {
    ['kibitz/answer'] = function(_, written)
      if written.answerId == running.name then show(written.markdown) end
    end,
    ['kibitz/status'] = function(_, status)
      vim.g.kibitz_status = status.message -- for a status line
      if status.state == 'error' or status.state == 'noModel' then
        vim.notify(('Kibitz: %s %s'):format(status.message, status.hint or ''), vim.log.levels.WARN)
      end
    end,
  },
  on_attach = function(client, buffer)
    if not rawget(client, 'kibitz_sends_all_problems') then
      local request = client.request
      rawset(client, 'kibitz_sends_all_problems', true)
      rawset(client, 'request', function(self, method, params, ...)
        if method == 'textDocument/codeAction' and params.context then
          params.context.diagnostics = all_problems(vim.uri_to_bufnr(params.textDocument.uri), params.range)
        end
        return request(self, method, params, ...)
      end)
    end
    vim.api.nvim_buf_create_user_command(buffer, 'KibitzContext', function()
      local place = vim.lsp.util.make_position_params(0, client.offset_encoding)
      ask(client, 'kibitz.showContext', { { uri = place.textDocument.uri, position = place.position } })
    end, { desc = 'Show what Kibitz sees at the cursor' })
    vim.api.nvim_buf_create_user_command(buffer, 'KibitzExplain', function(command)
      local here = vim.lsp.util.make_position_params(0, client.offset_encoding).position
      local first, last = { line = command.line1 - 1, character = 0 }, { line = command.line2, character = 0 }
      local range = command.range > 0 and { start = first, ['end'] = last } or { start = here, ['end'] = here }
      ask(client, 'kibitz.explainCode', { { uri = vim.uri_from_bufnr(0), range = range } })
    end, { range = true, desc = 'Explain these lines, or the definition around the cursor' })
  end,
})
