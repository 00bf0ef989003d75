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

vim.api.nvim_create_autocmd('LspAttach', {
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client.name ~= 'kibitz' then return end
    vim.bo[event.buf].omnifunc = 'v:lua.vim.lsp.omnifunc'
    local options = { buffer = event.buf, desc = 'Explain an error, write a docstring' }
    vim.keymap.set({ 'n', 'v' }, 'gra', vim.lsp.buf.code_action, options)
  end,
})
