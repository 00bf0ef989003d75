; @<kind> is the whole definition, @name its name; @body starts where the signature ends.
(function_definition name: (identifier) @name parameters: (_) @parameters body: (_) @body) @function
(class_definition name: (identifier) @name body: (_) @body) @class
(decorated_definition definition: (_ name: (identifier) @name)) @decorated
(module (expression_statement (assignment left: (identifier) @name)) @variable)
(class_definition body: (block (expression_statement (assignment left: (identifier) @name)) @field))
((assignment left: (attribute object: (identifier) @object attribute: (identifier) @name)) @field
  (#eq? @object "self"))
(type_alias_statement left: (type (identifier) @name)) @type
