(namespace_declaration name: (_) @name body: (_) @body) @module
(class_declaration name: (_) @name body: (_) @body) @class
(interface_declaration name: (_) @name body: (_) @body) @class
(struct_declaration name: (_) @name body: (_) @body) @class
(record_declaration name: (_) @name) @class
(enum_declaration name: (_) @name body: (_) @body) @class
(delegate_declaration name: (_) @name parameters: (_) @parameters) @type
(method_declaration name: (_) @name parameters: (_) @parameters body: (_)? @body) @method
(constructor_declaration name: (_) @name parameters: (_) @parameters body: (_)? @body) @method
(local_function_statement name: (_) @name parameters: (_) @parameters body: (_) @body) @function
(property_declaration name: (_) @name) @field
(field_declaration (variable_declaration (variable_declarator name: (_) @name))) @field
(enum_member_declaration name: (_) @name) @field
