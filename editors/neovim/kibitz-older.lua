-- Kibitz for Neovim 0.8 to 0.11, which cannot show grey text: suggestions come in the completion menu.
-- Copy this file to ~/.config/nvim/plugin/kibitz.lua. In insert mode, Ctrl-X Ctrl-O asks for a suggestion.

vim.api.nvim_create_autocmd('FileType', {
  callback = function(event)
    if vim.bo[event.buf].buftype ~= '' then return end
    local marker = vim.fs.find({ '.git', 'pyproject.toml', 'package.json', 'go.mod', 'Cargo.toml' }, {
      upward = true, path = vim.fs.dirname(vim.api.nvim_buf_get_name(event.buf)),
    })[1]
    vim.lsp.start({ name = 'kibitz', cmd = { 'kibitz', 'serve' }, root_dir = marker and vim.fs.dirname(marker) })
  end,
})

-- Ask for what can be done here, and tell every server of every problem on this line.
local function code_action()
  local problems = vim.diagnostic.get(0, { lnum = vim.api.nvim_win_get_cursor(0)[1] - 1 })
  vim.lsp.buf.code_action({ context = { diagnostics = vim.tbl_map(function(it)
    local range = { start = { line = it.lnum, character = it.col }, ['end'] = { line = it.end_lnum, character = it.end_col } }
    return { range = range, message = it.message, severity = it.severity, source = it.source, code = it.code }
  end, problems) } })
end

vim.api.nvim_create_autocmd('LspAttach', {
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client.name ~= 'kibitz' then return end
    vim.bo[event.buf].omnifunc = 'v:lua.vim.lsp.omnifunc'
    local options = { buffer = event.buf, desc = 'Explain an error, write a docstring' }
    vim.keymap.set('n', 'gra', code_action, options)
  end,
})
