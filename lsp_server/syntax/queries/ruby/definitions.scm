(module name: (_) @name body: (_)? @body) @module
(class name: (_) @name body: (_)? @body) @class
(method name: (_) @name parameters: (_)? @parameters body: (_)? @body) @method
(singleton_method name: (_) @name parameters: (_)? @parameters body: (_)? @body) @method
(assignment left: (constant) @name) @constant
