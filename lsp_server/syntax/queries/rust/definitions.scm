(function_item name: (_) @name parameters: (_) @parameters body: (_) @body) @function
(function_signature_item name: (_) @name parameters: (_) @parameters) @function
(struct_item name: (_) @name body: (_)? @body) @class
(union_item name: (_) @name body: (_) @body) @class
(enum_item name: (_) @name body: (_) @body) @class
(enum_variant name: (_) @name) @field
(trait_item name: (_) @name body: (_) @body) @class
(type_item name: (_) @name) @type
(associated_type name: (_) @name) @type
(const_item name: (_) @name) @constant
(static_item name: (_) @name) @variable
(macro_definition name: (_) @name) @macro
(field_declaration name: (_) @name) @field
(mod_item name: (_) @name body: (_) @body) @module
; An impl block is no definition of its own, but it owns what stands in it.
(impl_item type: (_) @owner) @scope
