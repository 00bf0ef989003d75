((call method: (identifier) @how arguments: (argument_list (string (string_content) @module))) @import
 (#any-of? @how "require" "require_relative" "load"))
