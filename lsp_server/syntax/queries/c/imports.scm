(preproc_include path: (_) @include) @import
