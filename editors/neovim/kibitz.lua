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

-- Show text in a split below the code, where it stays while you work; `q` closes it.
local function show(answer)
  local old = vim.fn.bufnr('kibitz://answer')
  if old > 0 then vim.api.nvim_buf_delete(old, { force = true }) end
  local buffer, code = vim.api.nvim_create_buf(false, true), vim.api.nvim_get_current_win()
  vim.api.nvim_buf_set_name(buffer, 'kibitz://answer')
  local lines = vim.split(vim.trim(answer.markdown), '\n')
  vim.api.nvim_buf_set_lines(buffer, 0, -1, false, lines)
  vim.bo[buffer].filetype, vim.bo[buffer].bufhidden, vim.bo[buffer].modifiable = 'markdown', 'wipe', false
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, nowait = true })
  local height = math.min(#lines + 1, math.floor(vim.o.lines / 2))
  local window = vim.api.nvim_open_win(buffer, false, { split = 'below', win = code, height = height })
  for name, value in pairs({ wrap = true, linebreak = true, number = false, relativenumber = false, conceallevel = 2 }) do
    vim.wo[window][0][name] = value
  end
end

-- Send a command whose answer is text, and show what comes back.
local function ask(client, command, arguments)
  vim.cmd.redraw() -- or the menu that was just answered would ask for Enter
  vim.api.nvim_echo({ { 'Kibitz is reading …' } }, false, {})
  client:request('workspace/executeCommand', { command = command, arguments = arguments }, function(problem, answer)
    vim.api.nvim_echo({ { '' } }, false, {})
    if problem then vim.notify('Kibitz: ' .. problem.message, vim.log.levels.WARN) end
    if answer and answer.markdown then show(answer) end
  end)
end

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
  end,
})
