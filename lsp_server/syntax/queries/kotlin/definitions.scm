(class_declaration name: (identifier) @name (class_body) @body) @class
(class_declaration name: (identifier) @name (enum_class_body) @body) @class
(class_declaration name: (identifier) @name) @class
(object_declaration name: (identifier) @name (class_body) @body) @class
(enum_entry . (identifier) @name) @field
(type_alias . (identifier) @name) @type
(function_declaration name: (identifier) @name (function_value_parameters) @parameters (function_body)? @body) @function
(class_body (function_declaration name: (identifier) @name (function_value_parameters) @parameters (function_body)? @body) @method)
(source_file (property_declaration (variable_declaration (identifier) @name)) @variable)
(class_body (property_declaration (variable_declaration (identifier) @name)) @field)
