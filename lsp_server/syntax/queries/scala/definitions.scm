(class_definition name: (_) @name body: (_) @body) @class
(class_definition name: (_) @name) @class
(trait_definition name: (_) @name body: (_)? @body) @class
(object_definition name: (_) @name body: (_)? @body) @class
(enum_definition name: (_) @name body: (_) @body) @class
(simple_enum_case name: (_) @name) @field
(type_definition name: (_) @name) @type
(template_body (function_definition name: (_) @name parameters: (_)? @parameters body: (_) @body) @method)
(template_body (function_declaration name: (_) @name parameters: (_)? @parameters) @method)
(compilation_unit (function_definition name: (_) @name parameters: (_)? @parameters body: (_) @body) @function)
(template_body (val_definition pattern: (identifier) @name) @field)
(template_body (var_definition pattern: (identifier) @name) @field)
