((function_call name: (identifier) @how arguments: (arguments (string content: (_) @module))) @import
 (#any-of? @how "require" "dofile"))
((variable_declaration (assignment_statement (variable_list name: (identifier) @as)
   (expression_list value: (function_call name: (identifier) @how arguments: (arguments (string content: (_) @module))) @import)))
 (#eq? @how "require"))
