(function_declaration name: (identifier) @name parameters: (_) @parameters body: (_) @body) @function
(generator_function_declaration name: (identifier) @name parameters: (_) @parameters body: (_) @body) @function
(function_signature name: (identifier) @name parameters: (_) @parameters) @function
(class_declaration name: (type_identifier) @name body: (_) @body) @class
(abstract_class_declaration name: (type_identifier) @name body: (_) @body) @class
(interface_declaration name: (type_identifier) @name body: (_) @body) @class
(enum_declaration name: (identifier) @name body: (_) @body) @class
(enum_body (property_identifier) @name @field)
(enum_assignment name: (property_identifier) @name) @field
(type_alias_declaration name: (type_identifier) @name value: (_) @body) @type
(internal_module name: (_) @name body: (_) @body) @module
(method_definition name: (_) @name parameters: (_) @parameters body: (_) @body) @method
(method_signature name: (_) @name parameters: (_) @parameters) @method
(abstract_method_signature name: (_) @name parameters: (_) @parameters) @method
(property_signature name: (_) @name) @field
(public_field_definition name: (_) @name) @field
(program (lexical_declaration (variable_declarator name: (identifier) @name) @variable))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @variable)))
(internal_module (statement_block (export_statement (lexical_declaration (variable_declarator name: (identifier) @name) @variable))))
(program (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function parameters: (_) @parameters body: (_) @body) (function_expression parameters: (_) @parameters body: (_) @body)]) @function))
(program (export_statement (lexical_declaration (variable_declarator name: (identifier) @name
  value: [(arrow_function parameters: (_) @parameters body: (_) @body) (function_expression parameters: (_) @parameters body: (_) @body)]) @function)))
