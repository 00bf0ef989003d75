(variable_declarator name: (_) @bound)
(formal_parameters (_) @bound)
(arrow_function parameter: (identifier) @bound)
(catch_clause parameter: (_) @bound)
(for_in_statement left: (_) @bound)
(function_declaration name: (_) @bound)
(function_expression name: (_) @bound)
(generator_function_declaration name: (_) @bound)
(class_declaration name: (_) @bound)
(class name: (_) @bound)
(import_clause (identifier) @bound)
(namespace_import (identifier) @bound)
(import_specifier name: (_) @bound !alias)
(import_specifier alias: (_) @bound)
(export_specifier) @bound
(identifier) @used
(shorthand_property_identifier) @used
