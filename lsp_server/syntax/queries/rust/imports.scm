(use_declaration argument: (_) @use) @import
(mod_item name: (identifier) @mod !body) @import
