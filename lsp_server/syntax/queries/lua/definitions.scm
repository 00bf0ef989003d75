(function_declaration name: (identifier) @name parameters: (_) @parameters body: (_)? @body) @function
(function_declaration name: (dot_index_expression table: (_) @owner field: (_) @name) parameters: (_) @parameters body: (_)? @body) @method
(function_declaration name: (method_index_expression table: (_) @owner method: (_) @name) parameters: (_) @parameters body: (_)? @body) @method
(assignment_statement (variable_list name: (dot_index_expression table: (_) @owner field: (_) @name)) (expression_list value: (function_definition parameters: (_) @parameters body: (_)? @body))) @method
(chunk (variable_declaration (assignment_statement (variable_list name: (identifier) @name) (expression_list value: [(table_constructor) (number) (string)]))) @variable)
