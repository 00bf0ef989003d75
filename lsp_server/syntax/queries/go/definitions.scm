(function_declaration name: (identifier) @name parameters: (_) @parameters body: (_)? @body) @function
(method_declaration receiver: (_) @owner name: (field_identifier) @name parameters: (_) @parameters body: (_)? @body) @method
(type_spec name: (type_identifier) @name type: [(struct_type) (interface_type)] @body) @class
(type_spec name: (type_identifier) @name) @type
(type_alias name: (type_identifier) @name) @type
(method_elem name: (field_identifier) @name parameters: (_) @parameters) @method
(field_declaration name: (field_identifier) @name) @field
(source_file (const_declaration (const_spec name: (identifier) @name) @constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @variable))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @variable)))
