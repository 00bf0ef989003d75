(import_declaration [(identifier) (scoped_identifier)] @module .) @import
(import_declaration [(identifier) (scoped_identifier)] @module (asterisk) @star) @import
(package_declaration (_) @package) @import
