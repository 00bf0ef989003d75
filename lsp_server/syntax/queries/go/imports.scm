(import_spec path: (_) @module) @import
(import_spec name: (_) @as path: (_) @module) @import
