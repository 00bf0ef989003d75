(function_declaration name: (identifier) @name parameters: (_) @parameters body: (_) @body) @function
(generator_function_declaration name: (identifier) @name parameters: (_) @parameters body: (_) @body) @function
(class_declaration name: (identifier) @name body: (_) @body) @class
(method_definition name: (_) @name parameters: (_) @parameters body: (_) @body) @method
(field_definition property: (_) @name) @field
(program (lexical_declaration (variable_declarator name: (identifier) @name) @variable))
(program (variable_declaration (variable_declarator name: (identifier) @name) @variable))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @variable)))
(program (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function parameters: (_) @parameters body: (_) @body) (function_expression parameters: (_) @parameters body: (_) @body)]) @function))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function parameters: (_) @parameters body: (_) @body) (function_expression parameters: (_) @parameters body: (_) @body)]) @function)))
(expression_statement (assignment_expression left: (member_expression property: (property_identifier) @name)
  right: (function_expression parameters: (_) @parameters body: (_) @body)) @function)
