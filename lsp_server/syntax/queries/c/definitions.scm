(function_definition declarator: (_) @declarator body: (_) @body) @function
(declaration declarator: (function_declarator) @declarator) @function
(declaration declarator: (pointer_declarator (function_declarator)) @declarator) @function
(struct_specifier name: (_) @name body: (_) @body) @class
(union_specifier name: (_) @name body: (_) @body) @class
(enum_specifier name: (_) @name body: (_) @body) @class
(enumerator name: (_) @name) @constant
(type_definition declarator: (_) @declarator) @type
(preproc_def name: (_) @name) @constant
(preproc_function_def name: (_) @name parameters: (_) @parameters) @macro
(field_declaration declarator: (_) @declarator) @field
(translation_unit (declaration declarator: (init_declarator declarator: (_) @declarator)) @variable)
