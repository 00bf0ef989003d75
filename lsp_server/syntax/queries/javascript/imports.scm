(import_statement source: (string) @module) @import
(import_statement (import_clause (identifier) @default) source: (string) @module) @import
(import_statement (import_clause (namespace_import (identifier) @as)) source: (string) @module) @import
(import_statement (import_clause (named_imports (import_specifier name: (_) @name alias: (_)? @alias)))
  source: (string) @module) @import
(export_statement source: (string) @module) @import
(export_statement (export_clause (export_specifier name: (_) @name alias: (_)? @alias)) source: (string) @module) @import
((call_expression function: (identifier) @require arguments: (arguments . (string) @module)) @import
  (#eq? @require "require"))
(variable_declarator name: (identifier) @as
  value: ((call_expression function: (identifier) @require arguments: (arguments . (string) @module)) @import
  (#eq? @require "require")))
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @name)
  value: ((call_expression function: (identifier) @require arguments: (arguments . (string) @module)) @import
  (#eq? @require "require")))
((call_expression function: (import) arguments: (arguments . (string) @module)) @import)
