(class_declaration name: (type_identifier) @name body: (_) @body) @class
(class_declaration name: (user_type) @owner body: (_) @body) @scope
(protocol_declaration name: (_) @name body: (_) @body) @class
(typealias_declaration name: (type_identifier) @name) @type
(enum_entry name: (simple_identifier) @name) @field
(source_file (function_declaration name: (simple_identifier) @name body: (_) @body) @function)
(class_body (function_declaration name: (simple_identifier) @name body: (_) @body) @method)
(protocol_function_declaration name: (simple_identifier) @name) @method
(init_declaration "init" @name body: (_)? @body) @method
(source_file (property_declaration name: (pattern bound_identifier: (_) @name)) @variable)
(class_body (property_declaration name: (pattern bound_identifier: (_) @name)) @field)
