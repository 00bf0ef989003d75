(namespace_use_clause . [(qualified_name) (name)] @module) @import
(namespace_use_clause . [(qualified_name) (name)] @module alias: (name) @as) @import
(require_once_expression (string (string_content) @module)) @import
(require_expression (string (string_content) @module)) @import
(include_once_expression (string (string_content) @module)) @import
(include_expression (string (string_content) @module)) @import
