(using_directive [(identifier) (qualified_name)] @module .) @import
(using_directive name: (identifier) @as [(identifier) (qualified_name)] @module .) @import
